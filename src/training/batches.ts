/** What a step of training reads, drawn from the streams of its seed: problems, answers, noise. Each step has streams of its own. */
import { problemArrays } from "../evaluation/index.ts";
import type { NDArray } from "../graph/index.ts";
import type { RandomSource } from "../random/index.ts";
import { type AnyTask, drawBatch, signatureOf, validLengths } from "../tasks/index.ts";
import type { TrainingConfig } from "./config.ts";

/** The inputs of one step, but for parameters and scalars. */
export interface StepBatch {
  readonly length: number;
  /** Whether no longer problems could have been drawn. */
  readonly isLongest: boolean;
  readonly arrays: Readonly<Record<string, NDArray>>;
}

/** Draws the batches of a training. */
export interface BatchSource {
  /** The batch of step t (from 1), with problems no longer than `longest` and noise on the state within ±`noiseScale`. */
  draw(t: number, longest: number, noiseScale: number): StepBatch;
}

/**
 * @param noise widths of the state tensors that get noise. @param size number of parameters, for noise on the gradient.
 * @param firstReplica of the part of the population that this is for. Default 0.
 */
export function batchSource(
  task: AnyTask,
  config: TrainingConfig,
  random: RandomSource,
  noise: Readonly<Record<string, number>>,
  size: number,
  firstReplica = 0,
): BatchSource {
  const { population, batch } = config;
  const [low, high] = config.lengths;
  const lengths = validLengths(task, low, high);
  const signature = signatureOf(task);
  const lead = population > 1 ? [population] : [];
  // Two sets of noise arrays: one is being read by a step while the next is drawn.
  const memory = new Map<string, Float32Array>();
  const reuse = (name: string, t: number, count: number): Float32Array => {
    const key = `${name} ${t % 2} ${count}`;
    let array = memory.get(key);
    if (!array) {
      if (memory.size > 64) memory.clear();
      array = new Float32Array(count);
      memory.set(key, array);
    }
    return array;
  };
  return {
    draw(t, longest, noiseScale) {
      const allowed = lengths.filter((length) => length <= longest);
      const choice =
        allowed.length > 1 ? random.stream("length", t).integers(new Int32Array(1), 0, allowed.length)[0]! : 0;
      const length = allowed[choice] ?? lengths[0]!;
      const isLongest = length >= (allowed.at(-1) ?? length);
      const time = task.steps(length);
      const stream = random.stream("batch", t, firstReplica);
      const count = population * batch;
      const arrays = problemArrays(signature, drawBatch(task, stream, length, count), time, lead, count);
      for (const [name, width] of Object.entries(noise)) {
        const data = reuse(name, t, time * population * batch * width);
        random.stream("state noise", t, name, firstReplica).noise(data, noiseScale);
        arrays[`noise ${name}`] = { dtype: "float", shape: [time, ...lead, batch, width], data };
      }
      if (config.gradientNoise) {
        const data = reuse("gradient", t, population * size);
        random.stream("gradient noise", t, firstReplica).normal(data);
        arrays.gradientNoise = { dtype: "float", shape: [...lead, size], data };
      }
      return { length, isLongest, arrays };
    },
  };
}
