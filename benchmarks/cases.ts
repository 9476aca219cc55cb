/**
 * The training steps that are measured, with inputs that depend on the seed alone.
 *
 * Every step but `dngpu-step` is: forward, loss, gradient through time, gradient scaled by
 * min(1, clipNorm / ‖gradient‖₂) (one norm over all parameters; in a population one norm a replica), Adam with bias
 * correction. All in float32. Time is the leading axis of a batch.
 */
import { type CaseFile, type CaseName, decodeIntegers, type EncodedArray, encodeArray } from "./contract.ts";

/** How much to measure. */
export interface CaseOptions {
  /** Seed of inputs and initial parameters. Default 1. */
  readonly seed?: number;
  /** Timed steps of each process. Default: by case, from 40 small steps to 6 large ones. */
  readonly iterations?: number;
  /** Seconds of timed steps after which a process may stop early. Default 20. */
  readonly maximumSeconds?: number;
}

/** Makes a case: sizes, initial parameters, batches. */
export function makeCase(name: CaseName, options: CaseOptions = {}): CaseFile {
  const { seed = 1, maximumSeconds = 20 } = options;
  const made = makers[name](generator(seed));
  const iterations = options.iterations ?? iterationsOf[name];
  return {
    case: name,
    ...made,
    checkedSteps: 3,
    iterations,
    maximumSeconds,
  };
}

const iterationsOf: Readonly<Record<CaseName, number>> = {
  population: 40,
  rnn: 20,
  "lstm-128": 20,
  "lstm-512": 8,
  "gru-128": 20,
  "gru-512": 8,
  "dngpu-body": 8,
  "dngpu-step": 6,
};

/** Adam's constants, and the norm that gradients are clipped to. */
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clipNorm: 1 };

type Made = Pick<CaseFile, "sizes" | "constants" | "parameters" | "inputs" | "cycled">;

const makers: Readonly<Record<CaseName, (next: () => number) => Made>> = {
  population: makePopulation,
  rnn: makeRnn,
  "lstm-128": (next) => makeGated(next, ["i", "f", "g", "o"], 128),
  "lstm-512": (next) => makeGated(next, ["i", "f", "g", "o"], 512),
  "gru-128": (next) => makeGated(next, ["r", "z", "n"], 128),
  "gru-512": (next) => makeGated(next, ["r", "z", "n"], 512),
  "dngpu-body": makeDngpuBody,
  "dngpu-step": makeDngpuStep,
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
    constants: { ...adam, learningRate: 0.02, noiseScale: 0.2 },
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
    constants: { ...adam, learningRate: 1e-3 },
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
 * A gated layer with a readout at every step, y_t = h_t V + c, one matrix and one bias a gate; h_0 = c_0 = 0.
 *
 * LSTM: i, f, o = σ(x_t W + h_{t−1} U + b), each with its own; g likewise with tanh; c_t = f ⊙ c_{t−1} + i ⊙ g,
 * h_t = o ⊙ tanh(c_t). GRU: r, z = σ(x_t W + h_{t−1} U + b), n = tanh(x_t W + b + r ⊙ (h_{t−1} U + a)),
 * h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}. Loss: softmax cross-entropy of y_t with integer targets, mean over time and batch.
 */
function makeGated(next: () => number, gates: readonly string[], hidden: number): Made {
  const sizes = { batch: 32, time: 100, input: 64, hidden, classes: 64, batches: 4 };
  const { batch, time, input, classes, batches } = sizes;
  const bound = 1 / Math.sqrt(hidden);
  const uniform = (...shape: number[]) => uniformArray(next, bound, shape);
  const target = Int32Array.from({ length: batches * time * batch }, () => Math.floor(next() * classes));
  return {
    sizes,
    constants: { ...adam, learningRate: 1e-3 },
    parameters: {
      ...Object.fromEntries(
        gates.flatMap((gate) => [
          [`W${gate}`, uniform(input, hidden)],
          [`U${gate}`, uniform(hidden, hidden)],
          [`b${gate}`, uniform(hidden)],
        ]),
      ),
      ...(gates.includes("n") && { an: uniform(hidden) }),
      V: uniform(hidden, classes),
      c: uniform(classes),
    },
    inputs: {
      x: uniformArray(next, 1, [batches, time, batch, input]),
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
      ...adam,
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

/**
 * The whole training step of the diagonal neural GPU on binary multiplication: 9 bins of 32 examples each.
 *
 * An example of length n in a bin of padded length L: k = ⌊(n − 1)/2⌋ binary digits, ×, k digits, lowest first, then
 * blanks; its answer: the product's n lowest digits. n = L, but 3 ≤ n < L for 1 in 20. Symbols in: blank 0, digit d → d + 1,
 * × 12; out: d + 1. All arrays are padded with 0 to the longest bin; mask = 1 at positions below n. With E and O the
 * matrices of symbols,
 *
 * ze = E[symbol] + bE, s_0 = dropout(clip(ze, −1, 1)) ⊙ mask; L steps as in `dngpu-body`, their candidates
 * dropout(clip(zc, −1, 1)) and their states s' ⊙ mask; logits = s_L O + bO.
 * A bin's loss: softmax cross-entropy, mean over the positions below n, + saturationWeight·(L·Σ relu(|ze| − 0.9) +
 * Σ over steps of relu(|z| − 0.9), z ∈ {zu, zr, zc}) / (L²·batch), where the sums run over padding too. Loss: mean over bins.
 *
 * dropout(x): 0, or x/keep with probability keep. AdaMax at step t = 0, 1, …, with m = 0 and v = firstLargest at first (from
 * 0, a step would be the sign of the gradient, also where that is rounding):
 * g ← clip(g + noise·learningRate·truncated normal (|x| < 2), ±(1.2 v + 1e-4)); m ← 0.9 m + 0.1 g; v ← max(β₂ v, |g|),
 * β₂ = 1 − max(5e-4, 0.01·0.5^(t/2000)); θ ← θ − learningRate·m / (v + 1e-8).
 *
 * Biases start at random, where the recipe has 0, so that a relative difference of them says something.
 * In the steps that are checked nothing is dropped (keep = 1) and there is no noise; the timed steps draw their own.
 * Source: arXiv:1702.08727 and its authors' program. 98.9 GFLOP in the products of the unit alone ({@link workOf}).
 */
function makeDngpuStep(next: () => number): Made {
  const bins = [8, 12, 16, 20, 25, 28, 31, 36, 41];
  const sizes = { bins: bins.length, batch: 32, longest: 41, maps: 96, symbols: 13, classes: 3, batches: 4 };
  const { batch, longest, maps, symbols, classes, batches } = sizes;
  const shape = [batches, bins.length, batch, longest];
  const text = new Int32Array(batches * bins.length * batch * longest);
  const answer = new Int32Array(text.length);
  const lengths = Int32Array.from({ length: text.length / longest }, (_, example) => {
    const padded = bins[Math.floor(example / batch) % bins.length]!;
    const length = next() < 0.05 ? 3 + Math.floor(next() * (padded - 3)) : padded;
    const count = (length - 1) >> 1;
    const digits = () => Array.from({ length: count }, () => (next() < 0.5 ? 0 : 1));
    const [first, second] = [digits(), digits()];
    const number = (bits: readonly number[]) => bits.reduceRight((sum, bit) => 2n * sum + BigInt(bit), 0n);
    const product = number(first) * number(second);
    const symbol = (bit: number) => bit + 1;
    text.set([...first.map(symbol), 12, ...second.map(symbol)], example * longest);
    answer.set(
      Array.from({ length }, (_, i) => symbol(Number((product >> BigInt(i)) & 1n))),
      example * longest,
    );
    return length;
  });
  const uniform = (bound: number, ...extents: number[]) => uniformArray(next, bound, extents);
  const bound = 1 / Math.sqrt(maps);
  return {
    sizes,
    constants: {
      learningRate: 0.005,
      updateOffset: 0.7,
      resetOffset: 0.5,
      saturationLimit: 0.9,
      saturationWeight: 1e-3,
      keep: 0.9,
      noise: 1e-4,
      firstLargest: 0.01,
    },
    parameters: {
      E: uniform(Math.sqrt(6 / (symbols + maps)), symbols, maps),
      bE: uniform(bound, maps),
      Ku: uniform(bound, 3, maps, maps),
      bu: uniform(bound, maps),
      Kr: uniform(bound, 3, maps, maps),
      br: uniform(bound, maps),
      Kc: uniform(bound, 3, maps, maps),
      bc: uniform(bound, maps),
      O: uniform(Math.sqrt(6 / (maps + classes)), maps, classes),
      bO: uniform(bound, classes),
    },
    inputs: {
      bins: encodeArray(Int32Array.from(bins), [bins.length]),
      lengths: encodeArray(lengths, [batches, bins.length, batch]),
      symbols: encodeArray(text, shape),
      answers: encodeArray(answer, shape),
    },
    cycled: ["lengths", "symbols", "answers"],
  };
}

/**
 * Floating-point operations of a case's products, forward and backward (twice forward), or nothing where none are
 * counted: 3·Σ over bins of L steps · batch · L positions · 2·3·maps·3 maps.
 */
export function workOf({ case: name, sizes, inputs }: CaseFile): number | undefined {
  if (name !== "dngpu-step") return undefined;
  const { batch, maps } = sizes as { batch: number; maps: number };
  const positions = decodeIntegers(inputs.bins!.data).reduce((sum, length) => sum + batch * length ** 2, 0);
  return 3 * positions * 2 * 3 * maps * 3 * maps;
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
