/** What a step of training reads, drawn from the streams of its seed: problems, answers, noise. Each step has streams of its own. */
import { problemArrays } from "../evaluation/index.ts";
import type { NDArray } from "../graph/index.ts";
import type { RandomSource } from "../random/index.ts";
import { type AnyTask, drawBatch, signatureOf, validLengths } from "../tasks/index.ts";
import type { TrainingConfig } from "./config.ts";

/** Which problems a step has. */
export interface StepLength {
  readonly length: number;
  /** Whether no longer problems could have been drawn. */
  readonly isLongest: boolean;
}

/** Draws the batches of a training. */
export interface BatchSource {
  /** The length of the problems of step t (from 1), none longer than `longest`. */
  lengthAt(t: number, longest: number): StepLength;
  /** What step t reads but for parameters and scalars: problems of that length, noise on the state within ±`noiseScale`. */
  draw(t: number, length: number, noiseScale: number): Record<string, NDArray>;
}

export interface BatchOptions {
  /** Widths of the state tensors that get noise. */
  readonly noise: Readonly<Record<string, number>>;
  /** Number of parameters, where noise on the gradient is drawn too. */
  readonly size?: number;
  /** First replica of the part of the population that this is for. Default 0. */
  readonly firstReplica?: number;
}

/** The batches of a training. */
export function batchSource(
  task: AnyTask,
  config: TrainingConfig,
  random: RandomSource,
  { noise, size, firstReplica = 0 }: BatchOptions,
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
    lengthAt(t, longest) {
      const allowed = lengths.filter((length) => length <= longest);
      const choice =
        allowed.length > 1 ? random.stream("length", t).integers(new Int32Array(1), 0, allowed.length)[0]! : 0;
      const length = allowed[choice] ?? lengths[0]!;
      return { length, isLongest: length >= (allowed.at(-1) ?? length) };
    },
    draw(t, length, noiseScale) {
      const time = task.steps(length);
      const stream = random.stream("batch", t, firstReplica);
      const count = population * batch;
      const arrays = problemArrays(signature, drawBatch(task, stream, length, count), time, lead, count);
      for (const [name, width] of Object.entries(noise)) {
        const data = reuse(name, t, time * population * batch * width);
        random.stream("state noise", t, name, firstReplica).noise(data, noiseScale);
        arrays[`noise ${name}`] = { dtype: "float", shape: [time, ...lead, batch, width], data };
      }
      if (config.gradientNoise && size !== undefined) {
        const data = reuse("gradient", t, population * size);
        random.stream("gradient noise", t, firstReplica).normal(data);
        arrays.gradientNoise = { dtype: "float", shape: [...lead, size], data };
      }
      return arrays;
    },
  };
}
