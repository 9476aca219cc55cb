/**
 * The three training steps that are measured, with inputs that depend on the seed alone.
 *
 * Every step is: forward, loss, gradient through time, gradient scaled by min(1, clipNorm / ‖gradient‖₂) (one norm over
 * all parameters; in a population one norm a replica), Adam with bias correction. All in float32. Time is the leading
 * axis of a batch.
 */
import { type CaseFile, type CaseName, type EncodedArray, encodeArray } from "./contract.ts";

/** How much to measure. */
export interface CaseOptions {
  /** Seed of inputs and initial parameters. Default 1. */
  readonly seed?: number;
  /** Timed steps of each process. Default: 40, 20 and 8 by case. */
  readonly iterations?: number;
  /** Seconds of timed steps after which a process may stop early. Default 20. */
  readonly maximumSeconds?: number;
}

/** Makes a case: sizes, initial parameters, batches. */
export function makeCase(name: CaseName, options: CaseOptions = {}): CaseFile {
  const { seed = 1, maximumSeconds = 20 } = options;
  const made = makers[name](generator(seed));
  const iterations = options.iterations ?? { population: 40, rnn: 20, "dngpu-body": 8 }[name];
  return {
    case: name,
    ...made,
    constants: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clipNorm: 1, ...made.constants },
    checkedSteps: 3,
    iterations,
    maximumSeconds,
  };
}

type Made = Pick<CaseFile, "sizes" | "constants" | "parameters" | "inputs" | "cycled">;

const makers: Readonly<Record<CaseName, (next: () => number) => Made>> = {
  population: makePopulation,
  rnn: makeRnn,
  "dngpu-body": makeDngpuBody,
};

/**
 * A population of ILRNNs learning binary addition, least significant bit first.
 *
 * Before each step h1 ← h1 + noiseScale·noise1_t and h2 ← h2 + noiseScale·noise2_t (both start at 0); then
 * h1_t = σ(x_t W1 + h1 R11 + h2 R21 + b1), z_t = h1_t W2 + h1 R12 + h2 R22 + b2, h2_t = σ(z_t), σ(x) = clip(x/2 + ½, 0, 1).
 * Loss: Σ over replicas of the mean over time and batch of −[y ln s(z) + (1 − y) ln(1 − s(z))], s the logistic function.
 */
function makePopulation(next: () => number): Made {
  const sizes = { population: 100, batch: 32, time: 10, input: 2, hidden: 8, output: 1, batches: 4 };
  const { population: p, batch, time, input, hidden, output, batches } = sizes;
  const x = new Float32Array(batches * time * p * batch * input);
  const y = new Float32Array(batches * time * p * batch * output);
  for (let k = 0; k < batches; k++) {
    for (let example = 0; example < p * batch; example++) {
      let carry = 0;
      for (let t = 0; t < time; t++) {
        const at = (k * time + t) * p * batch + example;
        const first = next() < 0.5 ? 0 : 1;
        const second = next() < 0.5 ? 0 : 1;
        const sum = first + second + carry;
        x.set([first, second], at * input);
        y[at] = sum & 1;
        carry = sum >> 1;
      }
    }
  }
  const uniform = (bound: number, ...shape: number[]) => uniformArray(next, bound, shape);
  return {
    sizes,
    constants: { learningRate: 0.02, noiseScale: 0.2 },
    parameters: {
      W1: uniform(0.7, p, input, hidden),
      R11: uniform(0.35, p, hidden, hidden),
      R21: uniform(0.35, p, output, hidden),
      b1: uniform(0.35, p, hidden),
      W2: uniform(0.35, p, hidden, output),
      R12: uniform(0.35, p, hidden, output),
      R22: uniform(0.35, p, output, output),
      b2: uniform(0.35, p, output),
    },
    inputs: {
      x: encodeArray(x, [batches, time, p, batch, input]),
      target: encodeArray(y, [batches, time, p, batch, output]),
      noise1: uniform(1, batches, time, p, batch, hidden),
      noise2: uniform(1, batches, time, p, batch, output),
    },
    cycled: ["x", "target", "noise1", "noise2"],
  };
}

/**
 * Elman's layer with a readout at every step: h_t = tanh(x_t W + h_{t−1} U + b), y_t = h_t V + c, h_0 = 0.
 * Loss: softmax cross-entropy of y_t with integer targets, mean over time and batch.
 */
function makeRnn(next: () => number): Made {
  const sizes = { batch: 32, time: 100, input: 64, hidden: 128, classes: 64, batches: 4 };
  const { batch, time, input, hidden, classes, batches } = sizes;
  const uniform = (bound: number, ...shape: number[]) => uniformArray(next, bound, shape);
  const target = Int32Array.from({ length: batches * time * batch }, () => Math.floor(next() * classes));
  return {
    sizes,
    constants: { learningRate: 1e-3 },
    parameters: {
      W: uniform(1 / Math.sqrt(input), input, hidden),
      U: uniform(1 / Math.sqrt(hidden), hidden, hidden),
      b: uniform(1 / Math.sqrt(hidden), hidden),
      V: uniform(1 / Math.sqrt(hidden), hidden, classes),
      c: uniform(1 / Math.sqrt(hidden), classes),
    },
    inputs: {
      x: uniform(1, batches, time, batch, input),
      target: encodeArray(target, [batches, time, batch]),
    },
    cycled: ["x", "target"],
  };
}

/**
 * The body of the diagonal neural GPU: a gated convolutional unit applied `steps` times to a state of
 * [batch, length, maps]. With conv a 3-tap convolution along the length (kernels [3, maps, maps]: tap 0 reads the left
 * neighbour; zeros outside),
 *
 * zu = conv(s; Ku) + bu + 0.7, zr = conv(s; Kr) + br + 0.5, u = hσ(zu), r = hσ(zr), zc = conv(r ⊙ s; Kc) + bc,
 * s' = u ⊙ shifted(s) + (1 − u) ⊙ clip(zc, −1, 1), hσ(x) = clip(x/2 + ½, 0, 1).
 *
 * With g = ⌊maps/3⌋, shifted keeps the first maps − 2g maps, takes the next g from the left neighbour and the last g
 * from the right one, zeros at the edges. Loss: mean(final s ⊙ w) + 1e-6·Σ relu(|z| − 0.9) over zu, zr, zc of all steps.
 * Source: the DNGPU (Freivalds and Liepins, arXiv:1702.08727). Here the mask is 1 everywhere and there is no dropout.
 */
function makeDngpuBody(next: () => number): Made {
  const sizes = { batch: 32, length: 41, maps: 96, steps: 41, batches: 4 };
  const { batch, length, maps, batches } = sizes;
  const uniform = (bound: number, ...shape: number[]) => uniformArray(next, bound, shape);
  const bound = 1 / Math.sqrt(maps);
  return {
    sizes,
    constants: {
      learningRate: 1e-3,
      updateOffset: 0.7,
      resetOffset: 0.5,
      saturationLimit: 0.9,
      saturationWeight: 1e-6,
    },
    parameters: {
      Ku: uniform(bound, 3, maps, maps),
      bu: uniform(0, maps),
      Kr: uniform(bound, 3, maps, maps),
      br: uniform(0, maps),
      Kc: uniform(bound, 3, maps, maps),
      bc: uniform(0, maps),
    },
    inputs: {
      s: uniform(1, batches, batch, length, maps),
      w: uniform(1, batch, length, maps),
    },
    cycled: ["s"],
  };
}

/** An array of numbers uniform on ±bound. */
function uniformArray(next: () => number, bound: number, shape: readonly number[]): EncodedArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const data = Float32Array.from({ length: size }, () => bound * (2 * next() - 1) || 0);
  return encodeArray(data, shape);
}

/** Numbers uniform on [0, 1) from a 32-bit counter and a mixing function; the same everywhere for a seed. */
function generator(seed: number): () => number {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let bits = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}
