/**
 * The certificate checker: a small program of its own, to be read before it is believed. It imports nothing.
 * THEOREM. If `checkCertificate` accepts, then for every sequence of letters, of any length, that the certificate's machine
 * can read from its initial state, the certificate's network (`first` at the first step, `step` at every later one) answers
 * as the machine does wherever an answer is asked: in exact arithmetic, and in floating point if
 *  - + − × ÷ round correctly to float32 (with subnormal numbers) or to an IEEE format that holds it; comparisons are exact;
 *  - sums (whole trees of Add, Sub, Neg, Mul, MatMul) are added in any order, with or without fused multiply-add;
 *  - Tanh, Sigmoid and Exp err by at most 2^-20 (1 + |exact value|);
 *  - HardSigmoid is max(0, min(1, αx + β)), each operation rounded; constants are exact or rounded to float32.
 * PROOF, by induction over steps. Every number is kept as an interval that holds its exact value and all computed ones.
 * `first` ends in a set of the machine's state and answers right for every letter; from anywhere in a set, for every letter
 * that its machine state can read, `step` answers right and ends in a set of the machine's next state.
 * NOT CHECKED: that the machine is the task's and the equations the model's (the verb `longhand check` compares them); that
 * an engine computes as assumed; `claim`, `model`, `found`; JavaScript itself (its Math.tanh, … are trusted to 2^-30).
 */
export type CheckResult =
  | Readonly<{ accepted: true; states: number; sets: number; moves: number; margin: number }>
  | Readonly<{ accepted: false; reason: string }>;

/** Accepts a certificate (JSON; see src/proof/certificate.ts) or says what is wrong. Claimed margins may be 0.1% too large. */
export async function checkCertificate(value: unknown): Promise<CheckResult> {
  const place = { now: "" };
  try {
    // A copy, so that nothing changes while it is read. Whatever isn't as `Certificate` says fails where it is used.
    return await check(JSON.parse(JSON.stringify(value)) as Certificate, place);
  } catch (error) {
    return { accepted: false, reason: place.now + (error instanceof Error ? error.message : error) };
  }
}
type Attributes = Readonly<Record<string, readonly unknown[]>>;
type Equation = { name: string; operator: string; inputs: string[]; shape: number[]; attributes?: Attributes };
type Step = { equations: Equation[]; outputs: Record<string, string> };
type Machine = { states: string[]; initial: number; letters: number[][]; transitions: number[][] };
type Weights = Record<string, { shape: number[]; values: number[] }>;
type Network = { weights: Weights; sha256: string; first: Step; step: Step };
type Bounded = { state: number; bounds: Record<string, { lower: number[]; upper: number[] }> };
type Proof = { machine: Machine; network: Network; sets: Bounded[]; moves: number[][]; margin: number };
type Certificate = Proof & { format: string; formatVersion: number };
function fail(reason: string): never {
  throw new Error(reason);
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

/**
 * INTERVALS. low ≤ Σ tᵢ ≤ high over `count` terms, numbers or products of two, before any rounding. `size`: the greatest
 * Σ|tᵢ|; `unit`: a power of two of which every term is a multiple (∞ if all are 0), or 0 if a term isn't known.
 */
type Sum = Readonly<{ low: number; high: number; count: number; size: number; unit: number }>;
/** low ≤ the exact value and every computed value ≤ high. Both ends are float32 numbers. `sum`: what it was added up from. */
type Value = Readonly<{ low: number; high: number; sum: Sum }>;
/** A float32 number at or at most two places below x. */
const floor32 = (x: number) =>
  Math.fround(x) <= x ? Math.fround(x) : Math.fround(x - Math.max(2 ** -149, Math.abs(x) * 2 ** -23));
const ceil32 = (x: number) => -floor32(-x);
/** The largest power of two that divides x. */
const unitOf = (x: number, unit = 1): number =>
  x === 0 ? Infinity : x % unit !== 0 ? unitOf(x, unit / 2) : x % (2 * unit) === 0 ? unitOf(x, 2 * unit) : unit;
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
/** A value between float32 numbers. All values are made here: nothing overflows (integers neither), nothing is NaN. */
function between(low: number, high: number, sum = term(low, high)): Value {
  if (!(low <= high && Math.max(-low, high, sum.size) <= 2 ** 62)) fail("a number is too large or in disorder");
  return { low, high, sum };
}
/** A value between any numbers; around(x, x): x as it is or rounded to float32. */
const around = (low: number, high: number) => between(floor32(low), ceil32(high));
/**
 * What a sum of n terms, Σ|tᵢ| ≤ M, can become when it is computed. If all terms are multiples of a unit q ≥ 2^-149 and
 * M ≤ 2^24 q: itself. In every order all partial sums are multiples of q of at most 2^24 q, so they are float32 numbers and
 * nothing rounds. (Nor did low, high and M, here.) Otherwise a term takes part in at most n + 1 roundings (a product, n − 1
 * additions, a last conversion), each a factor 1 + δ with |δ| ≤ u = 2^-24, or (1 + u)(1 + 2^-53) − 1 by way of a wider
 * format. The error is at most γ_{n+2} M, γ_k = ku / (1 − ku) (Higham, Accuracy and Stability of Numerical Algorithms, 3.1),
 * and 2^-150 for each of < 3n operations that may underflow. A third u exceeds the float64 errors here, (2n + 2) 2^-53 M.
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

type Shape = readonly number[];
/** OPERATORS. Values are row-major. Integers and truth values (0, 1) are kept like floats, which at most widens them. */
type Tensor = Readonly<{ shape: Shape; values: readonly Value[] }>;
type Operator = (inputs: readonly Tensor[], attributes: Attributes, shape: Shape) => Tensor;
const sizeOf = (shape: Shape) => shape.reduce((size, extent) => size * integer(extent, 1, 2 ** 20), 1);
const tensor = (shape: Shape, values: readonly Value[]): Tensor =>
  values.length === sizeOf(shape) ? { shape, values } : fail(`${values.length} elements for the shape [${shape}]`);
/** The element at an index of a shape to which the tensor is broadcast. */
function at(x: Tensor, index: Shape): Value {
  return x.values[x.shape.reduce((sum, n, k) => sum * n + (n === 1 ? 0 : index.at(k - x.shape.length)!), 0)]!;
}
/** The tensor whose element at each index is as said. */
function tabulate(shape: Shape, element: (index: Shape) => Value): Tensor {
  const strides = shape.map((_, k) => sizeOf(shape.slice(k + 1)));
  const indexOf = (flat: number) => shape.map((extent, k) => Math.floor(flat / strides[k]!) % extent);
  return { shape, values: Array.from({ length: sizeOf(shape) }, (_, flat) => element(indexOf(flat))) };
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
const constant = (x: unknown) => around(number(x), number(x));
const clip = (low: unknown, high: unknown) => (x: Value) =>
  increasing(Math.min)(increasing(Math.max)(x, constant(low)), constant(high));
/** Axes count from the end: −1 is the last. */
const axisOf = (x: Tensor, axis: unknown) => x.shape.length + integer(axis, -x.shape.length, -1);
const operators: Readonly<Record<string, Operator>> = {
  Constant: (_, { values = [] }, shape) => tensor(shape, values.map(constant)),
  Identity: ([x]) => x!,
  Reshape: ([x], _, shape) => tensor(shape, x!.values),
  Cast: ([x], { to }) => (`${to}` === "float" ? x! : fail(`the type ${to} is not known here`)),
  Expand: ([x], _, shape) => tabulate(broadcast(x!.shape, shape), (index) => at(x!, index)),
  Transpose([x], { permutation: axes = [] }) {
    const from = x!.shape.map((_, axis) => axes.indexOf(axis));
    if (axes.length !== from.length || from.includes(-1)) fail(`[${axes}] is no permutation`);
    const shape = axes.map((axis) => x!.shape[Number(axis)]!);
    const source = (index: Shape) => from.map((k) => index[k]!);
    return tabulate(shape, (index) => at(x!, source(index)));
  },
  Slice([x], attributes, shape) {
    const axis = axisOf(x!, attributes.axis);
    const [start, stride] = [integer(attributes.start, 0, 2 ** 20), integer(attributes.stride, 1, 2 ** 20)];
    integer(start + stride * (shape[axis]! - 1), start, x!.shape[axis]! - 1);
    return tabulate(x!.shape.with(axis, shape[axis]!), (i) => at(x!, i.with(axis, start + stride * i[axis]!)));
  },
  Concat(inputs, attributes, shape) {
    const axis = axisOf(inputs[0]!, attributes.axis);
    const slices = inputs.flatMap((x) => Array.from({ length: x.shape[axis]! }, (_, k) => ({ x, k })));
    if (inputs.some((x) => `${x.shape.with(axis, slices.length)}` !== `${shape}`)) fail("the inputs don't fit");
    return tabulate(shape, (i) => at(slices[i[axis]!]!.x, i.with(axis, slices[i[axis]!]!.k)));
  },
  Neg: pointwise(negative),
  Abs: pointwise((x) => between(Math.max(0, x.low, -x.high), Math.max(-x.low, x.high))),
  Relu: pointwise(increasing((x) => Math.max(x, 0))),
  Clip: (inputs, a) => pointwise(clip(a.low ?? -(2 ** 62), a.high ?? 2 ** 62))(inputs, a, []), // JSON writes ±∞ as null
  HardSigmoid(inputs, a) {
    const linear = (x: Value) => total(plus(product(constant(a.alpha), x), constant(a.beta).sum));
    return pointwise((x) => clip(0, 1)(linear(x)))(inputs, a, []);
  },
  Tanh: pointwise(approximated(Math.tanh)),
  Sigmoid: pointwise(approximated((x) => 1 / (1 + Math.exp(-x)))),
  Exp: pointwise(approximated(Math.exp)),
  Not: pointwise((x) => between(1 - x.high, 1 - x.low)),
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
  Greater: pointwise((a, b) => truth(a.low > b.high, a.high > b.low)),
  Less: pointwise((a, b) => truth(a.high < b.low, a.low < b.high)),
  GreaterOrEqual: pointwise((a, b) => truth(a.low >= b.high, a.high >= b.low)),
  LessOrEqual: pointwise((a, b) => truth(a.high <= b.low, a.low <= b.high)),
  Where: pointwise((c, yes, no) => (c.low === 1 ? yes : c.high === 0 ? no : hull(yes, no))),
};
const ofTwo = "MatMul Add Sub Mul Max Min And Or Equal Greater Less GreaterOrEqual LessOrEqual".split(" ");

type Named = readonly [string, Tensor];
/** THE CERTIFICATE. The outputs of a step, by name, from the weights, symbols and state that are given. */
function run({ equations, outputs }: Step, given: readonly Named[], place: { now: string }) {
  const known = once(given);
  const find = (name: string) => known.get(name) ?? fail(`"${name}" has no value`);
  const start = place.now;
  for (const { name, operator, inputs, shape, attributes = {} } of equations) {
    place.now = `${start}${name} = ${operator}: `;
    const apply = Object.hasOwn(operators, operator) ? operators[operator]! : fail("the operator is not known here");
    const count = operator === "Constant" ? 0 : operator === "Where" ? 3 : ofTwo.includes(operator) ? 2 : 1;
    if (inputs.length !== count && operator !== "Concat") fail(`this operator has not ${inputs.length} inputs`);
    const made = apply(inputs.map(find), attributes, shape);
    if (`${made.shape}` !== `${shape}`) fail(`the shape is [${made.shape}], not [${shape}]`);
    known.set(known.has(name) ? fail("the name is taken") : name, made);
  }
  place.now = start;
  return new Map(Object.entries(outputs).map(([output, name]) => [output, find(name)]));
}
/** How far logits are from a wrong answer: the right one less the largest other. One logit z means 1 if z > 0: 0 is the other. */
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
async function check(certificate: Certificate, place: { now: string }): Promise<CheckResult> {
  const { format, formatVersion, machine, network } = certificate;
  if (format !== "longhand-certificate" || formatVersion !== 1) fail("the format is unknown");
  const stateOf = (x: unknown) => integer(x, 0, machine.states.length - 1);
  const symbolOf = (x: unknown) => constant(integer(x, 0, 2 ** 24));
  once(machine.letters.map((letter) => [`${letter}`, letter]));
  const letters = machine.letters.map((letter) => tensor([1, letter.length], letter.map(symbolOf)));
  const transitionOf = ([state, letter, next, answer]: number[]) => {
    const from = `${stateOf(state)} ${integer(letter, 0, letters.length - 1)}`;
    return [from, [stateOf(next), integer(answer, -1, 2 ** 20)]] as const;
  };
  const transitions = once(machine.transitions.map(transitionOf));
  const isStuck = (_: unknown, state: number) => !letters.some((_, letter) => transitions.has(`${state} ${letter}`));
  if (machine.states.some(isStuck)) fail("no letter comes in some state");
  const exactly = (x: number) => between(float32(x), x);
  const weights = Object.entries(network.weights).map(
    ([name, { shape, values }]): Named => [name, tensor(shape, values.map(exactly))],
  );
  if (network.sha256 !== (await hashOf(weights))) fail("sha256 is not that of the weights");
  const sets = certificate.sets.map(({ state, bounds }) => {
    const tensors = Object.entries(bounds).map(([name, { lower, upper }]): Named => {
      const values = lower.map((low, k) => between(float32(low), float32(upper[k])));
      return [name, tensor([1, upper.length], values)];
    });
    return { state: stateOf(state), tensors };
  });
  const moveOf = ([set, letter, next]: number[]) => [`${set} ${letter}`, integer(next, 0, sets.length - 1)] as const;
  const moves = once(certificate.moves.map(moveOf));
  let [count, margin] = [0, Infinity];
  for (let set = -1; set < sets.length; set++) {
    const [from, step] =
      set < 0 ? [{ state: stateOf(machine.initial), tensors: [] }, network.first] : [sets[set]!, network.step];
    const given = [...weights, ...from.tensors.map(([name, x]): Named => [`state ${name}`, x])];
    for (const [letter, symbols] of letters.entries()) {
      const [next, answer] = transitions.get(`${from.state} ${letter}`) ?? [];
      if (next === undefined) continue;
      count++;
      place.now = `set ${set}, letter ${letter}: `;
      const to = moves.get(`${set} ${letter}`) ?? fail("no move");
      const { state, tensors } = sets[to]!;
      if (state !== next) fail(`set ${to} is of machine state ${state}, not ${next}`);
      const outputs = run(step, [...given, ["symbols", symbols]], place);
      if (outputs.size !== tensors.length + 1) fail(`set ${to} doesn't bound all of ${[...outputs.keys()]}`);
      for (const [name, { shape, values }] of tensors) {
        const made = outputs.get(`next ${name}`) ?? fail(`no output "next ${name}"`);
        if (`${made.shape}` !== `${shape}`) fail(`next ${name} is [${made.shape}], its bounds are [${shape}]`);
        const k = made.values.findIndex(({ low, high }, k) => low < values[k]!.low || high > values[k]!.high);
        if (k >= 0) fail(`next ${name}[${k}] in ${print(made.values[k]!)} leaves ${print(values[k]!)} of set ${to}`);
      }
      if (answer! >= 0) margin = Math.min(margin, marginOf(outputs.get("logits") ?? fail("no logits"), answer!));
    }
  }
  place.now = "";
  if (count !== moves.size) fail("a move that can't come");
  const claimed = number(certificate.margin);
  if (claimed < 0 || claimed * 0.999 > margin) fail(`the margin is ${margin}, not ${claimed}`);
  return { accepted: true, states: machine.states.length, sets: sets.length, moves: count, margin };
}
