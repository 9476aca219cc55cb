/**
 * The interval runtime: sound bounds on everything a program can compute from inputs that are known by bounds.
 *
 * For every point of the input box the result lies within the bounds: the exact result, and what an engine computes in
 * float32, in any order of summation (what is assumed of engines: `graph/rounding.ts`).
 */
import { LonghandError } from "../../errors.ts";
import { type DType, type NDArray, sizeOf } from "../../graph/array.ts";
import type { Interval, Operator } from "../../graph/operator.ts";
import { bindDimensions, type Program } from "../../graph/program.ts";
import { ceil32, floor32 } from "../../graph/rounding.ts";
import { type Domain, type Plan, plan } from "../interpreter.ts";

/** Bounds of several arrays, by name. */
export type Boxes = Readonly<Record<string, Interval>>;

/** Memory for bounds. Integers are kept as float64, so that sums of bounds can't wrap around. */
interface Box extends Interval {
  /** Shared by all views: whether an element may be no number. What is computed from it has no bounds. */
  readonly state: { mayBeUndefined: boolean };
}

/** Results of these are numbers whenever their operands are, infinities included. The others do arithmetic. */
const totalOperators = new Set(
  (
    "Abs And ArgMax Clip Concat Equal Exp Expand Floor Gather Greater GreaterOrEqual Identity Less LessOrEqual " +
    "Max Min Neg Not Or Pad ReduceMax ReduceMin Relu Reshape Sigmoid Sign Slice Softplus Tanh Transpose Where"
  ).split(" "),
);

const limits: Readonly<Record<DType, readonly [number, number]>> = {
  float: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  int: [-(2 ** 31), 2 ** 31 - 1],
  bool: [0, 1],
};

function make(dtype: DType, shape: readonly number[]): Box {
  const array = (): NDArray => ({
    dtype,
    shape,
    data: dtype === "bool" ? new Uint8Array(sizeOf(shape)) : new Float64Array(sizeOf(shape)),
  });
  return { lower: array(), upper: array(), state: { mayBeUndefined: false } };
}

function apply(operator: Operator, inputs: readonly Box[], out: Box, attributes: unknown): void {
  if (inputs.some(({ state }) => state.mayBeUndefined)) {
    fill(out);
    return;
  }
  operator.bound(inputs, out, attributes);
  out.state.mayBeUndefined = false;
  if (out.lower.dtype === "int") finishIntegers(out);
  else if (out.lower.dtype === "float") {
    openWhereUndefined(out);
    if (totalOperators.has(operator.name)) return;
    // Arithmetic with infinities may be anything.
    if (inputs.some(isInfinite)) fill(out);
    else out.state.mayBeUndefined = isOpen(out);
  }
}

/** A bound that float64 arithmetic lost says nothing. */
function openWhereUndefined({ lower, upper }: Box): void {
  for (let i = 0; i < lower.data.length; i++) {
    if (Number.isNaN(lower.data[i]!)) lower.data[i] = Number.NEGATIVE_INFINITY;
    if (Number.isNaN(upper.data[i]!)) upper.data[i] = Number.POSITIVE_INFINITY;
  }
}

/** Nothing is known of any element. */
function fill(out: Box): void {
  const [least, most] = limits[out.lower.dtype];
  out.lower.data.fill(least);
  out.upper.data.fill(most);
  out.state.mayBeUndefined = out.lower.dtype === "float";
}

/** Integers lie on integers; where they may leave 32 bits, they may wrap to anything. */
function finishIntegers(out: Box): void {
  const [least, most] = limits.int;
  const [lower, upper] = [out.lower.data, out.upper.data];
  for (let i = 0; i < lower.length; i++) {
    lower[i] = Math.ceil(lower[i]!);
    upper[i] = Math.floor(upper[i]!);
    if (lower[i]! >= least && upper[i]! <= most) continue;
    lower[i] = least;
    upper[i] = most;
  }
}

function isInfinite({ lower, upper }: Interval): boolean {
  if (lower.dtype !== "float") return false;
  for (let i = 0; i < lower.data.length; i++) {
    if (!Number.isFinite(lower.data[i]!) || !Number.isFinite(upper.data[i]!)) return true;
  }
  return false;
}

/** Whether an element has no bounds at all: how operators say that it may be no number. */
function isOpen({ lower, upper }: Interval): boolean {
  for (let i = 0; i < lower.data.length; i++) {
    if (lower.data[i] === Number.NEGATIVE_INFINITY && upper.data[i] === Number.POSITIVE_INFINITY) return true;
  }
  return false;
}

function copyElements(from: NDArray, start: number, to: NDArray, at: number, count: number): void {
  to.data.set(from.data.subarray(start, start + count), at);
}

/** The domain of one plan: it knows all memory of the plan, so that a run can begin as the first did. */
function boxes(): { domain: Domain<Box>; reset(): void } {
  const states: Box["state"][] = [];
  const domain: Domain<Box> = {
    make(dtype, shape) {
      const made = make(dtype, shape);
      states.push(made.state);
      return made;
    },
    view: ({ lower, upper, state }, shape) => ({ lower: { ...lower, shape }, upper: { ...upper, shape }, state }),
    apply,
    copy(from, start, to, at, count) {
      copyElements(from.lower, start, to.lower, at, count);
      copyElements(from.upper, start, to.upper, at, count);
      // A part that may be no number taints the whole; only a whole can take that back.
      const isWhole = count === to.lower.data.length;
      to.state.mayBeUndefined = from.state.mayBeUndefined || (to.state.mayBeUndefined && !isWhole);
    },
    sharesMemory: (a, b) => a.lower.data === b.lower.data,
  };
  // Constants are computed with the plan and keep what is known of them.
  let constants: Set<Box["state"]> | undefined;
  const reset = () => {
    constants ??= new Set(states.filter(({ mayBeUndefined }) => mayBeUndefined));
    for (const state of states) state.mayBeUndefined = constants.has(state);
  };
  return { domain, reset };
}

/** Plans are kept for this many sets of extents. */
const PLANS_KEPT = 8;

/**
 * Prepares a program for bounds.
 * @returns `run`, which takes lower ≤ x ≤ upper for every input x (arrays of its type and shape; infinite ends mean no
 *   bound; a float input may be given to an engine rounded to float32) and gives lower ≤ y ≤ upper for every output y.
 *   Float bounds are float32 numbers in a Float64Array. An output that may be no number has the bounds −∞ and ∞.
 * @throws LonghandError (from `run`) `argument` when a bound is NaN, a lower bound is above its upper one, an array is of
 *   another type or missing; `shape` when an array has another shape; `unsupported` for an index that isn't known exactly.
 */
export function compileInterval(program: Program): { run(inputs: Boxes): Record<string, Interval> } {
  const plans = new Map<string, { ready: Plan<Box>; reset(): void }>();
  return {
    run(inputs) {
      const shapes = Object.entries(inputs).map(([name, { lower }]) => [name, lower.shape] as const);
      const bindings = bindDimensions(program, Object.fromEntries(shapes));
      const key = [...bindings].join();
      let found = plans.get(key);
      if (!found) {
        if (plans.size >= PLANS_KEPT) plans.delete(plans.keys().next().value!);
        const { domain, reset } = boxes();
        found = { ready: plan(program, bindings, domain), reset };
        plans.set(key, found);
      }
      found.reset();
      for (const [name, memory] of found.ready.inputs) read(program, name, inputs[name]!, memory);
      found.ready.run();
      const outputs = [...found.ready.outputs].map(([name, box]) => [
        name,
        { lower: result(box.lower), upper: result(box.upper) },
      ]);
      return Object.fromEntries(outputs);
    },
  };
}

/** Checks the bounds of an input and copies them, rounded outward to float32. */
function read(program: Program, name: string, { lower, upper }: Interval, memory: Box): void {
  const fail = (code: "argument" | "shape", what: string) => {
    throw new LonghandError(code, `program ${program.name}: bounds of input ${name}: ${what}`);
  };
  const { dtype, shape } = memory.lower;
  for (const bound of [lower, upper]) {
    if (bound.dtype !== dtype) fail("argument", `received ${bound.dtype}, expected ${dtype}`);
    if (`${bound.shape}` !== `${shape}` || bound.data.length !== memory.lower.data.length) {
      fail("shape", `an array of shape [${bound.shape}] with ${bound.data.length} elements, expected shape [${shape}]`);
    }
  }
  for (let i = 0; i < lower.data.length; i++) {
    const [low, high] = [lower.data[i]!, upper.data[i]!];
    if (!(low <= high)) fail("argument", `element ${i} lies between ${low} and ${high}, expected lower ≤ upper`);
    memory.lower.data[i] = dtype === "float" ? floor32(low) : low;
    memory.upper.data[i] = dtype === "float" ? ceil32(high) : high;
  }
}

function result({ dtype, shape, data }: NDArray): NDArray {
  return { dtype, shape, data: dtype === "int" ? Int32Array.from(data) : data.slice() };
}
