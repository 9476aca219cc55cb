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
    // A copy, so that nothing changes while it is read; whatever JSON can't write becomes null.
    return await check(fields(JSON.parse(JSON.stringify(value) ?? "null"), "certificate"));
  } catch (error) {
    return { accepted: false, reason: error instanceof Error ? error.message : String(error) };
  }
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
const term = (low: number, high: number): Sum => {
  return { low, high, count: 1, size: Math.max(Math.abs(low), Math.abs(high)), unit: low === high ? unitOf(low) : 0 };
};
const plus = (a: Sum, b: Sum): Sum => {
  const [low, high, count, size] = [a.low + b.low, a.high + b.high, a.count + b.count, a.size + b.size];
  return { low, high, count, size, unit: Math.min(a.unit, b.unit) };
};
/** Of values, as one term. The products of their ends, float32 numbers, are exact in JavaScript's float64. */
function product(a: Value, b: Value): Sum {
  const ends = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return term(Math.min(...ends), Math.max(...ends));
}

/** A value between float32 numbers. All values are made here: nothing overflows (integers neither), nothing is NaN. */
function between(low: number, high: number, sum = term(low, high)): Value {
  if (!(low <= high && Math.max(-low, high, sum.size) <= 2 ** 62)) fail("a number is too large");
  return { low, high, sum };
}
/** A value between any numbers. around(x, x): x as it is, or rounded to float32. */
const around = (low: number, high: number) => between(floor32(low), ceil32(high));

/**
 * What a sum of n terms, Σ|tᵢ| ≤ M, can become when it is computed.
 *
 * If all terms are multiples of a unit q ≥ 2^-149 and M ≤ 2^24 q: itself. In every order all partial sums are multiples of q
 * of at most 2^24 q, so they are float32 numbers: nothing rounds. (Nor did low, high and M, here.)
 *
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
const increasing =
  (f: (...x: number[]) => number) =>
  (...x: Value[]) =>
    between(f(...x.map(({ low }) => low)), f(...x.map(({ high }) => high)));
const truth = (isAlways: boolean, isPossible: boolean) => between(Number(isAlways), Number(isPossible));
const greater = (a: Value, b: Value) => truth(a.low > b.high, a.high > b.low);
const greaterOrEqual = (a: Value, b: Value) => truth(a.low >= b.high, a.high >= b.low);

// ── Operators ──────────────────────────────────────────────────────────────────────────────────────────────────────────

type Fields = Readonly<Record<string, unknown>>;
type Shape = readonly number[];
/** Row-major. Integers and truth values (0, 1) are kept like other numbers: what may round a float only widens them. */
type Tensor = Readonly<{ shape: Shape; values: readonly Value[] }>;
type Operator = (inputs: readonly Tensor[], attributes: Fields, shape: Shape) => Tensor;

const sizeOf = (shape: Shape) => shape.reduce((size, extent) => size * extent, 1);

/** The element at an index of a shape to which the tensor is broadcast. */
function at(x: Tensor, index: Shape): Value {
  const skipped = index.length - x.shape.length;
  return x.values[x.shape.reduce((sum, n, k) => sum * n + (n === 1 ? 0 : index[skipped + k]!), 0)]!;
}

/** The tensor whose element at each index is as said. */
function tabulate(shape: Shape, element: (index: Shape) => Value): Tensor {
  if (sizeOf(shape) > 2 ** 20) fail("more than 2^20 elements");
  const indexOf = (flat: number) => shape.map((n, k) => Math.floor(flat / sizeOf(shape.slice(k + 1))) % n);
  return { shape, values: Array.from({ length: sizeOf(shape) }, (_, flat) => element(indexOf(flat))) };
}

/** NumPy's rule: shapes are aligned at their ends, extents of 1 repeat. */
function broadcast(a: Shape, b: Shape): Shape {
  if (a.length < b.length) return broadcast(b, a);
  const common = (m: number, n = 1) => (m === n || n === 1 ? m : m === 1 ? n : fail(`[${a}] and [${b}] don't fit`));
  return a.map((extent, k) => common(extent, b[k - a.length + b.length]));
}
const pointwise =
  (f: (...x: Value[]) => Value): Operator =>
  (inputs) =>
    tabulate(inputs.map((x) => x.shape).reduce(broadcast), (index) => f(...inputs.map((x) => at(x, index))));

/** Axes count from the end: −1 is the last. */
const axisOf = (x: Tensor, axis: unknown) => x.shape.length + integer(axis, "axis", -x.shape.length, -1);
const replaced = (shape: Shape, axis: number, by: number) => shape.map((k, each) => (each === axis ? by : k));
const constant = (x: unknown) => around(number(x, "constant"), number(x, "constant"));

const casts: Readonly<Record<string, Operator>> = {
  float: ([x]) => x!,
  int: pointwise(increasing(Math.trunc)),
  bool: pointwise((x) => truth(x.low > 0 || x.high < 0, x.low < 0 || x.high > 0)),
};
const concat: Operator = (inputs, attributes) => {
  const [{ shape }, axis] = [inputs[0]!, axisOf(inputs[0]!, attributes.axis)];
  const slices = inputs.flatMap((x) => Array.from({ length: x.shape[axis]! }, (_, k) => ({ x, k })));
  const isFit = inputs.every((x) => `${replaced(x.shape, axis, 0)}` === `${replaced(shape, axis, 0)}`);
  return tabulate(isFit ? replaced(shape, axis, slices.length) : fail("shapes don't fit"), (index) => {
    const { x, k } = slices[index[axis]!]!;
    return at(x, replaced(index, axis, k));
  });
};
/** By the number of inputs, then by name. */
const operators: readonly Readonly<Record<string, Operator>>[] = [
  {
    Constant(_, { values, dtype }, shape) {
      const read = (x: unknown) => (dtype === "float" ? x : integer(x, "constant", -(2 ** 62), 2 ** 62));
      return { shape, values: list(values, "values").map((x) => constant(read(x))) };
    },
  },
  {
    Identity: ([x]) => x!,
    Reshape: ([x], _, shape) => ({ ...x!, shape }),
    Squeeze: ([x], _, shape) => ({ ...x!, shape }),
    Unsqueeze: ([x], _, shape) => ({ ...x!, shape }),
    Expand: ([x], _, shape) => tabulate(broadcast(x!.shape, shape), (index) => at(x!, index)),
    Transpose([x], { permutation }) {
      const axes = list(permutation, "permutation");
      const from = x!.shape.map((_, axis) => axes.indexOf(axis));
      if (axes.length !== from.length || from.includes(-1)) fail(`[${axes}] is no permutation of the axes`);
      return tabulate(
        axes.map((axis) => x!.shape[Number(axis)]!),
        (index) =>
          at(
            x!,
            from.map((k) => index[k]!),
          ),
      );
    },
    Slice([x], { axis: written, start: first, stride: step }, shape) {
      const axis = axisOf(x!, written);
      const [extent, count] = [x!.shape[axis]!, shape[axis] ?? 0];
      const [start, stride] = [integer(first, "start", 0, extent - 1), integer(step, "stride", 1, 2 ** 20)];
      integer(start + stride * (count - 1), "end", start, extent - 1);
      return tabulate(replaced(x!.shape, axis, count), (i) => at(x!, replaced(i, axis, start + stride * i[axis]!)));
    },
    Cast: (inputs, attributes, shape) => named(casts, attributes.to, "type")(inputs, attributes, shape),
    Neg: pointwise(negative),
    Abs: pointwise((x) =>
      x.low < 0 && x.high > 0 ? between(0, Math.max(-x.low, x.high)) : x.low < 0 ? negative(x) : x,
    ),
    Relu: pointwise(increasing((x) => Math.max(x, 0))),
    Clip(inputs, { low, high }, shape) {
      // JSON writes an infinite limit as null.
      const [least, most] = [low == null ? [] : [constant(low)], high == null ? [] : [constant(high)]];
      const clip = (x: Value) => increasing(Math.min)(increasing(Math.max)(x, ...least), ...most);
      return pointwise(clip)(inputs, {}, shape);
    },
    HardSigmoid(inputs, { alpha, beta }, shape) {
      const linear = (x: Value) => total(plus(product(constant(alpha), x), constant(beta).sum));
      return pointwise((x) => increasing((y) => Math.max(0, Math.min(1, y)))(linear(x)))(inputs, {}, shape);
    },
    Tanh: pointwise(approximated(Math.tanh)),
    Sigmoid: pointwise(approximated((x) => 1 / (1 + Math.exp(-x)))),
    Exp: pointwise(approximated(Math.exp)),
    Not: pointwise((x) => between(1 - x.high, 1 - x.low)),
  },
  {
    MatMul([a, b]) {
      const [rows, terms, columns] = [a!.shape.slice(0, -1), a!.shape.at(-1)!, b!.shape[1]!];
      if (b!.shape.length !== 2 || b!.shape[0] !== terms) fail(`[${a!.shape}] and [${b!.shape}] don't fit`);
      return tabulate([...rows, columns], (index) => {
        const term = (_: unknown, k: number) => product(at(a!, index.with(-1, k)), at(b!, [k, index.at(-1)!]));
        return total(Array.from({ length: terms }, term).reduce(plus));
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
  {
    Where: pointwise((c, a, b) =>
      c.low === 1 ? a : c.high === 0 ? b : between(Math.min(a.low, b.low), Math.max(a.high, b.high)),
    ),
  },
];

// ── The certificate ────────────────────────────────────────────────────────────────────────────────────────────────────

const fail = (reason: string): never => {
  throw new Error(reason);
};
/** What f returns; where it fails, the reason says where. */
function within<T>(place: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    return fail(`${place}: ${(error as Error).message}`);
  }
}
const fields = (x: unknown, what: string) =>
  typeof x === "object" && x !== null && !Array.isArray(x) ? (x as Fields) : fail(`${what}: no object`);
const list = (x: unknown, what: string): readonly unknown[] => (Array.isArray(x) ? x : fail(`${what}: no list`));
const number = (x: unknown, what: string) =>
  typeof x === "number" && Number.isFinite(x) ? x : fail(`${what}: ${x} is no finite number`);
const float32 = (x: unknown, what: string) =>
  number(x, what) === Math.fround(number(x, what)) ? number(x, what) : fail(`${what}: ${x} is no float32 number`);
const integer = (x: unknown, what: string, least: number, most: number) =>
  Number.isInteger(x) && number(x, what) >= least && number(x, what) <= most
    ? number(x, what)
    : fail(`${what}: ${x} is no integer of ${least} … ${most}`);
const shapeOf = (x: unknown) => list(x, "shape").map((extent) => integer(extent, "shape", 1, 2 ** 20));
const named = <T>(table: Readonly<Record<string, T>>, name: unknown, what: string): T =>
  Object.hasOwn(table, `${name}`) ? table[`${name}`]! : fail(`${what}: "${name}" is not known here`);

type Named = readonly (readonly [string, Tensor])[];

/** The outputs of a step, by name, from the weights, symbols and state that are given. */
function run(step: unknown, given: Named): ReadonlyMap<string, Tensor> {
  const { equations, outputs } = fields(step, "step");
  const known = new Map(given);
  const find = (name: unknown) => known.get(`${name}`) ?? fail(`"${name}" has no value yet`);
  if (known.size !== given.length) fail("a name is given twice");
  for (const equation of list(equations, "equations")) {
    const { name, operator, inputs: names, shape: written, attributes } = fields(equation, "equation");
    within(`equation ${name} = ${operator}`, () => {
      const [inputs, shape] = [list(names, "inputs").map(find), shapeOf(written)];
      const apply = operator === "Concat" ? concat : named(operators[inputs.length] ?? {}, operator, "operator");
      const made = apply(inputs, fields(attributes ?? {}, "attributes"), shape);
      if (`${made.shape}` !== `${shape}`) fail(`its shape is [${made.shape}], not [${shape}]`);
      if (made.values.length !== sizeOf(shape)) fail(`has ${made.values.length} elements, not [${shape}]`);
      if (known.has(`${name}`)) fail("the name is taken");
      known.set(`${name}`, made);
    });
  }
  return new Map(Object.entries(fields(outputs, "outputs")).map(([output, name]) => [output, find(name)]));
}

/** How far logits are from a wrong answer: z of one (z > 0 means 1) or −z, otherwise the right one less the largest other. */
function marginOf({ shape, values }: Tensor, answer: number): number {
  if (`${shape}` !== `1,${values.length}` || answer >= Math.max(2, values.length))
    fail(`[${shape}] logits, answer ${answer}`);
  if (values.length === 1) return answer === 1 ? values[0]!.low : -values[0]!.high;
  return values[answer]!.low - Math.max(...values.filter((_, k) => k !== answer).map(({ high }) => high));
}

/** SHA-256 as `Certificate.network.sha256` says. */
async function hashOf(weights: Named): Promise<string> {
  const sorted = [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = sorted.flatMap(([name, { shape, values }]) => {
    const bytes = new DataView(new ArrayBuffer(4 * values.length));
    for (const [k, { low }] of values.entries()) bytes.setFloat32(4 * k, low, true);
    return [`${name} ${shape.join("x")}\n`, bytes];
  });
  const hash = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function check(certificate: Fields): Promise<CheckResult> {
  if (certificate.format !== "longhand-certificate" || certificate.formatVersion !== 1) fail("its format is unknown");

  const machine = fields(certificate.machine, "machine");
  const states = list(machine.states, "states").length;
  const initial = integer(machine.initial, "initial", 0, states - 1);
  const letters = list(machine.letters, "letters").map((letter) => {
    const values = list(letter, "letter").map((symbol) => constant(integer(symbol, "symbol", 0, 2 ** 24)));
    return { shape: [1, values.length], values };
  });
  if (new Set(list(machine.letters, "letters").map(String)).size !== letters.length) fail("a letter comes twice");
  const transitions = new Map<string, readonly [next: number, answer: number]>();
  for (const each of list(machine.transitions, "transitions")) {
    const [state, letter, next, answer] = list(each, "transition");
    const from = `${integer(state, "state", 0, states - 1)} ${integer(letter, "letter", 0, letters.length - 1)}`;
    if (transitions.has(from)) fail(`two transitions from ${from}`);
    transitions.set(from, [integer(next, "next", 0, states - 1), integer(answer, "answer", -1, 2 ** 20)]);
  }
  for (let state = 0; state < states; state++) {
    if (!letters.some((_, letter) => transitions.has(`${state} ${letter}`)))
      fail(`no letter can come in state ${state}`);
  }

  const network = fields(certificate.network, "network");
  const weights = Object.entries(fields(network.weights, "weights")).map(([name, weight]) => {
    const { shape: written, values } = fields(weight, name);
    const [shape, numbers] = [shapeOf(written), list(values, name).map((x) => float32(x, name))];
    if (numbers.length !== sizeOf(shape)) fail(`weight ${name}: ${numbers.length} values for shape [${shape}]`);
    return [name, { shape, values: numbers.map((x) => between(x, x)) }] as const;
  });
  if (network.sha256 !== (await hashOf(weights))) fail("sha256 is not that of the weights");

  const sets = list(certificate.sets, "sets").map((set, k) => {
    const { state, bounds } = fields(set, `set ${k}`);
    const tensors = Object.entries(fields(bounds, "bounds")).map(([name, each]) => {
      const [lower, upper] = [list(fields(each, name).lower, "lower"), list(fields(each, name).upper, "upper")];
      if (lower.length !== upper.length) fail(`set ${k}: ${lower.length} lower and ${upper.length} upper bounds`);
      const values = lower.map((low, i) => between(float32(low, `set ${k}`), float32(upper[i], `set ${k}`)));
      return [name, { shape: [1, values.length], values }] as const;
    });
    return { state: integer(state, `set ${k}: state`, 0, states - 1), tensors };
  });

  const moves = new Map<string, number>();
  for (const each of list(certificate.moves, "moves")) {
    const [set, letter, next] = list(each, "move");
    const from = `${set} ${letter}`;
    if (moves.has(from)) fail(`two moves from ${from}`);
    moves.set(from, integer(next, "move", 0, sets.length - 1));
  }
  let [made, margin] = [0, Infinity];
  for (let set = -1; set < sets.length; set++) {
    for (const [letter, symbols] of letters.entries()) {
      const transition = transitions.get(`${sets[set]?.state ?? initial} ${letter}`);
      if (!transition) continue;
      made++;
      margin = Math.min(
        margin,
        within(`set ${set}, letter ${letter}`, () => {
          const to = moves.get(`${set} ${letter}`) ?? fail("no move");
          const [next, answer] = transition;
          const { state, tensors } = sets[to]!;
          if (state !== next) fail(`set ${to} is of machine state ${state}, not ${next}`);
          const given = (sets[set]?.tensors ?? []).map(([name, x]) => [`state ${name}`, x] as const);
          const outputs = run(set < 0 ? network.first : network.step, [...weights, ["symbols", symbols], ...given]);
          if (outputs.size !== tensors.length + 1)
            fail(`outputs ${[...outputs.keys()]}, set ${to} bounds ${tensors.map(([name]) => name)}`);
          for (const [name, { shape, values }] of tensors) {
            const x = outputs.get(`next ${name}`) ?? fail(`no output "next ${name}"`);
            if (`${x.shape}` !== `${shape}`) fail(`next ${name} is [${x.shape}], its bounds are [${shape}]`);
            const k = x.values.findIndex(({ low, high }, i) => !(low >= values[i]!.low && high <= values[i]!.high));
            if (k >= 0)
              fail(`next ${name}[${k}] is in ${print(x.values[k]!)}, not in ${print(values[k]!)} of set ${to}`);
          }
          const logits = outputs.get("logits") ?? fail("no logits");
          const distance = answer < 0 ? Infinity : marginOf(logits, answer);
          if (distance < 0 || (distance === 0 && (logits.values.length > 1 || answer === 1)))
            fail(`the answer may not be ${answer}: logits in ${logits.values.map(print)}`);
          return distance;
        }),
      );
    }
  }
  if (made !== moves.size) fail("a move by a letter that can't come");
  const claimed = number(certificate.margin, "margin");
  if (claimed < 0 || claimed * 0.999 > margin) fail(`the margin is ${margin}, not ${claimed}`);
  return { accepted: true, states, sets: sets.length, moves: made, margin };
}
const print = ({ low, high }: Value) => `[${low}, ${high}]`;
