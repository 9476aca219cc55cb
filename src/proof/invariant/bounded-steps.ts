/** Steps of a network from sets of states that are known by bounds, many at once, by the interval runtime. */
import type { Interval, NDArray } from "../../graph/index.ts";
import type { Model } from "../../models/index.ts";
import { firstStepProgram, type Network, stateInput, stateOutput, stepProgram } from "../../networks/index.ts";
import { compileInterval } from "../../runtime/interval/interval.ts";
import type { Letter } from "../../tasks/index.ts";

/** Bounds on several network states: [count][width], the state tensors of each side by side. */
export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** What steps lead to: bounds on the states after them and on their logits [count][logits]. */
export interface BoundedSteps {
  readonly states: Bounds;
  readonly logits: Bounds;
}

export interface BoundedStepper {
  /** Numbers of a state. */
  readonly width: number;
  readonly logits: number;
  /** The first step by each letter. */
  first(letters: readonly Letter[]): BoundedSteps;
  /** A step from the states by the letters, one each. */
  step(states: Bounds, letters: readonly Letter[]): BoundedSteps;
}

/** States are stepped in batches of these sizes: the interval runtime makes a plan for each. */
const SIZES = [512, 64, 8, 1] as const;

/** The compiled steps of a model, which all networks of a population share. */
const compiled = new WeakMap<Model, ReturnType<typeof compileSteps>>();

function compileSteps(model: Model) {
  const first = firstStepProgram(model);
  const logits = first.outputs.logits!.shape.at(-1) as number;
  return { logits, first: compileInterval(first), later: compileInterval(stepProgram(model)) };
}

/** A number array of a network as float32 engines have it. */
function float32({ dtype, shape, data }: NDArray): NDArray {
  return { dtype, shape, data: Float64Array.from(data, Math.fround) };
}

/** @throws LonghandError `argument` for networks that read the whole problem first; `unsupported` as `compileInterval`. */
export function boundedStepper(network: Network): BoundedStepper {
  const { model } = network;
  const channels = model.signature.channels.length;
  const tensors = Object.entries(model.state);
  const width = tensors.reduce((sum, [, own]) => sum + own, 0);
  const programs = compiled.get(model) ?? compileSteps(model);
  compiled.set(model, programs);
  const { logits } = programs;
  const parameters = Object.fromEntries(
    Object.entries(network.parameters).map(([name, array]) => [name, point(float32(array))]),
  );

  const run = (
    states: Bounds | undefined,
    letters: readonly Letter[],
    from: number,
    size: number,
    out: BoundedSteps,
  ) => {
    const symbols = new Int32Array(size * channels);
    for (let k = 0; k < size; k++) symbols.set(letters[from + k]!, k * channels);
    const inputs: Record<string, Interval> = {
      ...parameters,
      symbols: point({ dtype: "int", shape: [size, channels], data: symbols }),
    };
    if (states) {
      let start = 0;
      for (const [name, own] of tensors) {
        const part = (data: Float64Array): NDArray => {
          const rows = new Float64Array(size * own);
          for (let k = 0; k < size; k++) {
            const at = (from + k) * width + start;
            rows.set(data.subarray(at, at + own), k * own);
          }
          return { dtype: "float", shape: [size, own], data: rows };
        };
        inputs[stateInput(name)] = { lower: part(states.lower), upper: part(states.upper) };
        start += own;
      }
    }
    const made = programs[states ? "later" : "first"].run(inputs);
    let start = 0;
    for (const [name, own] of tensors) {
      copy(made[stateOutput(name)]!, own, out.states, width, start, from, size);
      start += own;
    }
    copy(made.logits!, logits, out.logits, logits, 0, from, size);
  };

  const steps = (states: Bounds | undefined, letters: readonly Letter[]): BoundedSteps => {
    const { length } = letters;
    const out = { states: empty(length * width), logits: empty(length * logits) };
    for (let from = 0; from < length; ) {
      const size = SIZES.find((candidate) => candidate <= length - from) ?? 1;
      run(states, letters, from, size, out);
      from += size;
    }
    return out;
  };
  return { width, logits, first: (letters) => steps(undefined, letters), step: steps };
}

/** Bounds to be filled. */
export function empty(size: number): Bounds {
  return { lower: new Float64Array(size), upper: new Float64Array(size) };
}

/** Rows of `own` numbers into rows of `width` numbers, from column `start` on. */
function copy(made: Interval, own: number, out: Bounds, width: number, start: number, from: number, count: number) {
  for (const end of ["lower", "upper"] as const) {
    const { data } = made[end];
    for (let k = 0; k < count; k++) {
      for (let i = 0; i < own; i++) out[end][(from + k) * width + start + i] = data[k * own + i]!;
    }
  }
}

function point(array: NDArray): Interval {
  return { lower: array, upper: array };
}
