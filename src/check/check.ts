/**
 * The certificate checker: a small program of its own, to be read before it is believed. It imports nothing.
 *
 * THEOREM. If `checkCertificate` accepts, then for every sequence of letters, of any length, that the certificate's machine
 * can read from its initial state, the certificate's network (`first` at the first step, `step` at every later one) answers
 * as the machine does wherever an answer is asked: in exact arithmetic, and in floating point if
 *  - + − × ÷ round correctly to float32 (with subnormal numbers) or to an IEEE format that holds it; comparisons are exact;
 *  - sums (whole trees of Add, Sub, Neg, Mul, MatMul) are added in any order, with or without fused multiply-add;
 *  - Tanh, Sigmoid and Exp err by at most 2^-20 (1 + |exact value|);
 *  - HardSigmoid is max(0, min(1, αx + β)), each operation rounded; constants are exact or rounded to float32.
 *
 * PROOF, by induction over steps. Every number is kept as an interval that holds its exact value and all computed ones.
 * `first` ends in a set of the machine's state and answers right for every letter; from anywhere in a set, for every letter
 * that its machine state can read, `step` answers right and ends in a set of the machine's next state.
 *
 * NOT CHECKED: that the machine is the task's and the equations the model's (the verb `longhand check` compares them); that
 * an engine computes as assumed; `claim`, `model`, `found`; JavaScript itself (its Math.tanh, … are trusted to 2^-30).
 */
export type CheckResult =
  /** `margin`: the least distance from a wrong answer that the bounds leave. */
  | Readonly<{ accepted: true; states: number; sets: number; moves: number; margin: number }>
  | Readonly<{ accepted: false; reason: string }>;

/**
 * Accepts a certificate (parsed JSON; see src/proof/certificate.ts), or says what is wrong first. Never throws. The margin
 * that the certificate claims may exceed the one found here by a thousandth.
 */
export async function checkCertificate(value: unknown): Promise<CheckResult> {
  try {
    // A copy, so that nothing changes while it is read. Whatever isn't as `Certificate` says fails where it is used.
    return await check(JSON.parse(JSON.stringify(value)) as Certificate);
  } catch (error) {
    return { accepted: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

type Equation = { name: string; operator: string; inputs: string[]; shape: number[]; attributes?: Attributes };
type Attributes = Readonly<Record<"axis" | "start" | "stride" | "low" | "high" | "alpha" | "beta" | "to", unknown>> & {
  readonly [list in "values" | "permutation"]: readonly unknown[];
};
type Step = { equations: Equation[]; outputs: Record<string, string> };
type Certificate = {
  format: string;
  formatVersion: number;
  machine: { states: string[]; initial: number; letters: number[][]; transitions: number[][] };
  network: { weights: Record<string, { shape: number[]; values: number[] }>; sha256: string; first: Step; step: Step };
  sets: { state: number; bounds: Record<string, { lower: number[]; upper: number[] }> }[];
  moves: number[][];
  margin: number;
};

function fail(reason: string): never {
  throw new Error(reason);
}
/** What f returns; where it fails, the reason says where. */
function within<T>(place: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    return fail(`${place}: ${(error as Error).message}`);
  }
}
const number = (x: unknown, kind = "number", isOne: (x: number) => boolean = Number.isFinite) =>
  typeof x === "number" && isOne(x) ? x : fail(`${x} is no ${kind}`);
const float32 = (x: unknown) => number(x, "float32 number", (x) => x === Math.fround(x));
const integer = (x: unknown, least: number, most: number) =>
  number(x, `integer of ${least} … ${most}`, (x) => Number.isInteger(x) && x >= least && x <= most);
function once<T>(entries: readonly (readonly [string, T])[]): Map<string, T> {
  const map = new Map(entries);
  return map.size === entries.length ? map : fail(`the same twice: ${entries.map(([name]) => name)}`);
}

// ── Intervals ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Σ tᵢ over terms that are numbers or products of two, before any rounding: low ≤ Σ tᵢ ≤ high. `count`: how many; `size`: the
 * greatest Σ|tᵢ|; `unit`: a power of two of which every term is a multiple (∞ if all are 0), or 0 if a term isn't known.
 */
type Sum = Readonly<{ low: number; high: number; count: number; size: number; unit: number }>;
/** low ≤ the exact value and every computed value ≤ high. Both ends are float32 numbers. `sum`: what it was added up from. */
type Value = Readonly<{ low: number; high: number; sum: Sum }>;
/** A float32 number at or at most two places below x. */
function floor32(x: number): number {
  const near = Math.fround(x);
  return near <= x ? near : Math.fround(near - Math.max(2 ** -149, Math.abs(near) * 2 ** -23));
}
const ceil32 = (x: number) => -floor32(-x);
/** The largest power of two that divides x. */
function unitOf(x: number): number {
  let unit = x === 0 ? Infinity : 1;
  while (x % unit !== 0) unit /= 2;
  while (x % (2 * unit) === 0 && x !== 0) unit *= 2;
  return unit;
}
function term(low: number, high: number): Sum {
  return { low, high, count: 1, size: Math.max(Math.abs(low), Math.abs(high)), unit: low === high ? unitOf(low) : 0 };
}
function plus(a: Sum, b: Sum): Sum {
  const [low, high, count, size] = [a.low + b.low, a.high + b.high, a.count + b.count, a.size + b.size];
  return { low, high, count, size, unit: Math.min(a.unit, b.unit) };
}
/** Of values, as one term. The products of their ends, float32 numbers, are exact in JavaScript's float64. */
function product(a: Value, b: Value): Sum {
  const ends = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return term(Math.min(...ends), Math.max(...ends));
}
const LARGE = 2 ** 62;
/** A value between float32 numbers. All values are made here: nothing overflows (integers neither), nothing is NaN. */
function between(low: number, high: number, sum = term(low, high)): Value {
  if (!(low <= high && Math.max(-low, high, sum.size) <= LARGE)) fail("a number is too large or in disorder");
  return { low, high, sum };
}
/** A value between any numbers. around(x, x): x as it is, or rounded to float32. */
const around = (low: number, high: number) => between(floor32(low), ceil32(high));
/**
 * What a sum of n terms, Σ|tᵢ| ≤ M, can become when it is computed.
 * If all terms are multiples of a unit q ≥ 2^-149 and M ≤ 2^24 q: itself. In every order all partial sums are multiples of q
 * of at most 2^24 q, so they are float32 numbers: nothing rounds. (Nor did low, high and M, here.)
 * Otherwise a term takes part in at most n + 1 roundings (a product, n − 1 additions, a last conversion), each a factor 1 + δ
 * with |δ| ≤ u = 2^-24, or (1 + u)(1 + 2^-53) − 1 by way of a wider format. The error is at most γ_{n+2} M, where
 * γ_k = ku / (1 − ku) (Higham, Accuracy and Stability of Numerical Algorithms, lemma 3.1), and 2^-150 for each of the fewer
 * than 3n operations that may underflow. A third u is more than float64's rounding of low, high and M here, (2n + 2) 2^-53 M.
 */
function total(sum: Sum): Value {
  if (sum.unit >= 2 ** -149 && sum.size <= 2 ** 24 * sum.unit) return between(sum.low, sum.high, sum);
  const ku = (sum.count + 3) * 2 ** -24;
  const error = ku < 2 ** -4 ? (ku / (1 - ku)) * sum.size + sum.count * 2 ** -148 : fail("a sum has too many terms");
  return between(floor32(sum.low - error), ceil32(sum.high + error), sum);
}
const negative = (x: Value) => between(-x.high, -x.low, { ...x.sum, low: -x.sum.high, high: -x.sum.low });
/** An increasing function that engines approximate to c (1 + |y|), c = 2^-20. (y ± c (1 + |y|) increase too.) */
const approximated = (f: (x: number) => number) => (x: Value) => {
  const error = (y: number) => (2 ** -20 + 2 ** -30) * (1 + Math.abs(y));
  return around(f(x.low) - error(f(x.low)), f(x.high) + error(f(x.high)));
};
/** A function that increases with each argument and is computed without error. */
function increasing(f: (...x: number[]) => number) {
  return (...x: Value[]) => between(f(...x.map(({ low }) => low)), f(...x.map(({ high }) => high)));
}
const truth = (isAlways: boolean, isPossible: boolean) => between(Number(isAlways), Number(isPossible));
const hull = (a: Value, b: Value) => between(Math.min(a.low, b.low), Math.max(a.high, b.high));
const print = ({ low, high }: Value) => `[${low}, ${high}]`;

// ── Operators ──────────────────────────────────────────────────────────────────────────────────────────────────────────

type Shape = readonly number[];
/** Row-major. Integers and truth values (0, 1) are kept like other numbers: what may round a float only widens them. */
type Tensor = Readonly<{ shape: Shape; values: readonly Value[] }>;
type Operator = (inputs: readonly Tensor[], attributes: Attributes, shape: Shape) => Tensor;

const sizeOf = (shape: Shape) => shape.reduce((size, extent) => size * integer(extent, 1, 2 ** 20), 1);
const tensor = (shape: Shape, values: readonly Value[]): Tensor =>
  values.length === sizeOf(shape) ? { shape, values } : fail(`${values.length} elements for the shape [${shape}]`);
/** The element at an index of a shape to which the tensor is broadcast. */
function at(x: Tensor, index: Shape): Value {
  const skipped = index.length - x.shape.length;
  return x.values[x.shape.reduce((sum, n, k) => sum * n + (n === 1 ? 0 : index[skipped + k]!), 0)]!;
}
/** The tensor whose element at each index is as said. */
function tabulate(shape: Shape, element: (index: Shape) => Value): Tensor {
  const strides = shape.map((_, k) => sizeOf(shape.slice(k + 1)));
  const indexOf = (flat: number) => shape.map((extent, k) => Math.floor(flat / strides[k]!) % extent);
  return tensor(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, flat) => element(indexOf(flat))),
  );
}
/** NumPy's rule: shapes are aligned at their ends, extents of 1 repeat. */
function broadcast(a: Shape, b: Shape): Shape {
  if (a.length < b.length) return broadcast(b, a);
  const common = (m: number, n = 1) => (m === n || n === 1 ? m : m === 1 ? n : fail(`[${a}] and [${b}] don't fit`));
  return a.map((extent, k) => common(extent, b[k - a.length + b.length]));
}
function pointwise(f: (...x: Value[]) => Value): Operator {
  const shapeOf = (inputs: readonly Tensor[]) => inputs.map(({ shape }) => shape).reduce(broadcast);
  return (inputs) => tabulate(shapeOf(inputs), (index) => f(...inputs.map((x) => at(x, index))));
}
/** a > b or a ≥ b, as `isOver` says of numbers. */
const compare = (isOver: (a: number, b: number) => boolean) => (a: Value, b: Value) =>
  truth(isOver(a.low, b.high), isOver(a.high, b.low));
const [greater, greaterOrEqual] = [compare((a, b) => a > b), compare((a, b) => a >= b)];
/** A number as it is written, or rounded to float32. */
const constant = (x: unknown) => around(number(x), number(x));
const clip = (low: unknown, high: unknown) => (x: Value) =>
  increasing(Math.min)(increasing(Math.max)(x, constant(low)), constant(high));
/** Axes count from the end: −1 is the last. */
const axisOf = (x: Tensor, axis: unknown) => x.shape.length + integer(axis, -x.shape.length, -1);

const concat: Operator = (inputs, attributes) => {
  const [{ shape }, axis] = [inputs[0]!, axisOf(inputs[0]!, attributes.axis)];
  const slices = inputs.flatMap((x) => Array.from({ length: x.shape[axis]! }, (_, k) => ({ x, k })));
  if (new Set(inputs.map((x) => `${x.shape.with(axis, 1)}`)).size > 1) fail("the inputs don't fit");
  return tabulate(shape.with(axis, slices.length), (index) => {
    const { x, k } = slices[index[axis]!]!;
    return at(x, index.with(axis, k));
  });
};
/** By the number of inputs, then by name. */
const operators: readonly Readonly<Record<string, Operator>>[] = [
  { Constant: (_, { values }, shape) => tensor(shape, values.map(constant)) },
  {
    Identity: ([x]) => x!,
    Reshape: ([x], _, shape) => tensor(shape, x!.values),
    Cast: ([x], { to }) => (to === "float" ? x! : fail(`the type ${to} is not known here`)),
    Expand: ([x], _, shape) => tabulate(broadcast(x!.shape, shape), (index) => at(x!, index)),
    Transpose([x], { permutation }) {
      const from = x!.shape.map((_, axis) => permutation.indexOf(axis));
      if (permutation.length !== from.length || from.includes(-1)) fail(`[${permutation}] is no permutation`);
      const shape = permutation.map((axis) => x!.shape[Number(axis)]!);
      return tabulate(shape, (index) =>
        at(
          { ...x! },
          from.map((k) => index[k]!),
        ),
      );
    },
    Slice([x], attributes, shape) {
      const axis = axisOf(x!, attributes.axis);
      const [last, count] = [x!.shape[axis]! - 1, shape[axis] ?? 0];
      const [start, stride] = [integer(attributes.start, 0, last), integer(attributes.stride, 1, 2 ** 20)];
      integer(start + stride * (count - 1), start, last);
      return tabulate(x!.shape.with(axis, count), (i) => at(x!, i.with(axis, start + stride * i[axis]!)));
    },
    Neg: pointwise(negative),
    Abs: pointwise((x) => between(Math.max(0, x.low, -x.high), Math.max(-x.low, x.high))),
    Relu: pointwise(increasing((x) => Math.max(x, 0))),
    // JSON writes an infinite limit as null.
    Clip: (inputs, a) => pointwise(clip(a.low ?? -LARGE, a.high ?? LARGE))(inputs, a, []),
    HardSigmoid(inputs, a) {
      const linear = (x: Value) => total(plus(product(constant(a.alpha), x), constant(a.beta).sum));
      return pointwise((x) => clip(0, 1)(linear(x)))(inputs, a, []);
    },
    Tanh: pointwise(approximated(Math.tanh)),
    Sigmoid: pointwise(approximated((x) => 1 / (1 + Math.exp(-x)))),
    Exp: pointwise(approximated(Math.exp)),
    Not: pointwise((x) => between(1 - x.high, 1 - x.low)),
  },
  {
    MatMul([a, b]) {
      const [terms, columns] = [a!.shape.at(-1) ?? 0, b!.shape[1]!];
      if (b!.shape.length !== 2 || b!.shape[0] !== terms) fail(`[${a!.shape}] and [${b!.shape}] don't fit`);
      return tabulate([...a!.shape.slice(0, -1), columns], (index) => {
        const each = (_: unknown, k: number) => product(at(a!, index.with(-1, k)), at(b!, [k, index.at(-1)!]));
        return total(Array.from({ length: terms }, each).reduce(plus));
      });
    },
    Add: pointwise((a, b) => total(plus(a.sum, b.sum))),
    Sub: pointwise((a, b) => total(plus(a.sum, negative(b).sum))),
    Mul: pointwise((a, b) => total(product(a, b))),
    Max: pointwise(increasing(Math.max)),
    Min: pointwise(increasing(Math.min)),
    And: pointwise(increasing(Math.min)),
    Or: pointwise(increasing(Math.max)),
    Equal: pointwise((a, b) => truth(a.low === b.high && a.high === b.low, a.low <= b.high && b.low <= a.high)),
    Greater: pointwise(greater),
    Less: pointwise((a, b) => greater(b, a)),
    GreaterOrEqual: pointwise(greaterOrEqual),
    LessOrEqual: pointwise((a, b) => greaterOrEqual(b, a)),
  },
  { Where: pointwise((c, yes, no) => (c.low === 1 ? yes : c.high === 0 ? no : hull(yes, no))) },
];

// ── The certificate ────────────────────────────────────────────────────────────────────────────────────────────────────

type Named = readonly [string, Tensor];

/** The outputs of a step, by name, from the weights, symbols and state that are given. */
function run({ equations, outputs }: Step, given: readonly Named[]): ReadonlyMap<string, Tensor> {
  const known = once(given);
  const find = (name: string) => known.get(name) ?? fail(`"${name}" has no value`);
  for (const { name, operator, inputs, shape, attributes = {} as Attributes } of equations) {
    within(`${name} = ${operator}`, () => {
      const table = operators[inputs.length] ?? {};
      const isKnown = operator === "Concat" || Object.hasOwn(table, operator) || fail("the operator is not known here");
      const made = ((isKnown && table[operator]) || concat)(inputs.map(find), attributes, shape);
      if (`${made.shape}` !== `${shape}`) fail(`the shape is [${made.shape}], not [${shape}]`);
      known.has(name) ? fail("the name is taken") : known.set(name, made);
    });
  }
  return new Map(Object.entries(outputs).map(([output, name]) => [output, find(name)]));
}

/** How far logits are from a wrong answer: the right one less the largest other. One logit z, 1 if z > 0, has 0 for 0. */
function marginOf({ values }: Tensor, answer: number): number {
  const logits = values.length === 1 ? [between(0, 0), ...values] : values;
  const right = logits[answer] ?? fail(`${values.length} logits, answer ${answer}`);
  const margin = right.low - Math.max(...logits.filter((_, k) => k !== answer).map(({ high }) => high));
  const isRight = margin > 0 || (margin === 0 && values.length === 1 && answer === 0);
  return isRight ? margin : fail(`the answer may not be ${answer}: logits in ${values.map(print)}`);
}

/** SHA-256 of the weights, as src/proof/certificate.ts says. */
async function hashOf(weights: readonly Named[]): Promise<string> {
  const sorted = [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.flatMap(([name, { shape, values }]) => {
    const bytes = new DataView(new ArrayBuffer(4 * values.length));
    for (const [k, { low }] of values.entries()) bytes.setFloat32(4 * k, low, true);
    return [`${name} ${shape.join("x")}\n`, bytes];
  });
  const hash = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function check(certificate: Certificate): Promise<CheckResult> {
  const { format, formatVersion, machine, network } = certificate;
  if (format !== "longhand-certificate" || formatVersion !== 1) fail("the format is unknown");
  const stateOf = (x: unknown) => integer(x, 0, machine.states.length - 1);
  once(machine.letters.map((letter) => [`${letter}`, letter]));
  const letters = machine.letters.map((letter) =>
    tensor(
      [1, letter.length],
      letter.map((symbol) => constant(integer(symbol, 0, 2 ** 24))),
    ),
  );
  const transitions = once(
    machine.transitions.map(([state, letter, next, answer]) => {
      const from = `${stateOf(state)} ${integer(letter, 0, letters.length - 1)}`;
      return [from, [stateOf(next), integer(answer, -1, 2 ** 20)] as const];
    }),
  );
  for (const state of machine.states.keys()) {
    if (!letters.some((_, letter) => transitions.has(`${state} ${letter}`))) fail(`no letter comes in state ${state}`);
  }
  const weights = Object.entries(network.weights).map(
    ([name, { shape, values }]): Named => [
      name,
      tensor(
        shape,
        values.map((x) => between(float32(x), float32(x))),
      ),
    ],
  );
  if (network.sha256 !== (await hashOf(weights))) fail("sha256 is not that of the weights");
  const sets = certificate.sets.map(({ state, bounds }) => {
    const tensors = Object.entries(bounds).map(([name, { lower, upper }]): Named => {
      const values = lower.map((low, k) => between(float32(low), float32(upper[k])));
      return [name, tensor([1, upper.length], values)];
    });
    return { state: stateOf(state), tensors };
  });
  const moves = once(
    certificate.moves.map(([set, letter, next]) => [`${set} ${letter}`, integer(next, 0, sets.length - 1)]),
  );

  /** The margin of a step from a set (−1: the first step) by a letter; fails where it goes wrong. */
  const follow = (set: number, letter: number, next: number, answer: number) => {
    const to = moves.get(`${set} ${letter}`) ?? fail("no move");
    const target = sets[to]!;
    if (target.state !== next) fail(`set ${to} is of machine state ${target.state}, not ${next}`);
    const state = (sets[set]?.tensors ?? []).map(([name, x]): Named => [`state ${name}`, x]);
    const given: Named[] = [...weights, ["symbols", letters[letter]!], ...state];
    const outputs = run(set < 0 ? network.first : network.step, given);
    const find = (name: string) => outputs.get(name) ?? fail(`no output "${name}"`);
    if (outputs.size !== target.tensors.length + 1) fail(`set ${to} doesn't bound all of ${[...outputs.keys()]}`);
    for (const [name, { shape, values }] of target.tensors) {
      const made = find(`next ${name}`);
      if (`${made.shape}` !== `${shape}`) fail(`next ${name} is [${made.shape}], its bounds are [${shape}]`);
      const k = made.values.findIndex(({ low, high }, k) => low < values[k]!.low || high > values[k]!.high);
      if (k >= 0) fail(`next ${name}[${k}] in ${print(made.values[k]!)} leaves ${print(values[k]!)} of set ${to}`);
    }
    const logits = find("logits");
    return answer < 0 ? Infinity : marginOf(logits, answer);
  };
  let [count, margin] = [0, Infinity];
  for (const [k, state] of [stateOf(machine.initial), ...sets.map(({ state }) => state)].entries()) {
    for (const letter of letters.keys()) {
      const transition = transitions.get(`${state} ${letter}`);
      if (!transition) continue;
      margin = Math.min(
        margin,
        within(`set ${k - 1}, letter ${letter}`, () => follow(k - 1, letter, ...transition)),
      );
      count++;
    }
  }
  if (count !== moves.size) fail("a move that can't come");
  const claimed = number(certificate.margin);
  if (claimed < 0 || claimed * 0.999 > margin) fail(`the margin is ${margin}, not ${claimed}`);
  return { accepted: true, states: machine.states.length, sets: sets.length, moves: count, margin };
}
