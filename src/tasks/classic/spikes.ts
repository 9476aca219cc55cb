/** Measuring and generating the distances between spikes (Gers, Schraudolph and Schmidhuber 2002). */
import type { Stream } from "../../random/stream.ts";
import { wholeNumber } from "../check.ts";
import type { DrawnTask } from "../contract.ts";
import { numberTask } from "./number-task.ts";

/** The distances are least, least + 1, …, least + OFFSETS. */
const OFFSETS = 10;
/** A task of other distances has them in its name. */
const LEAST = 10;

const source = "papers/004, section 3.2; Gers, Schraudolph and Schmidhuber 2002";

/** The task's name and lengths. */
function timing(name: string, least: number) {
  const checked = wholeNumber(name, "least distance", least, 2, 1000);
  return {
    name: checked === LEAST ? name : `${name}-${checked}`,
    source,
    shortest: checked + OFFSETS,
    shortestRead: 1,
    defaultTrainLengths: [6 * checked, 6 * checked] as [number, number],
  };
}

/**
 * Draws the spikes of a sequence: T(n) = T(n−1) + F + I(n), T(−1) = −1, I(n) uniform on 0 … 10.
 * @returns I(n) and T(n) of each spike; the last T(n) is the first that lies behind the end.
 */
function drawSpikes(stream: Stream, least: number, length: number): { offset: number; at: number }[] {
  const offsets = stream.integers(new Int32Array(Math.floor(length / least) + 1), 0, OFFSETS + 1);
  const spikes: { offset: number; at: number }[] = [];
  let at = -1;
  for (const offset of offsets) {
    at += least + offset;
    spikes.push({ offset, at });
    if (at >= length) break;
  }
  return spikes;
}

/**
 * Measuring spike distances ("MSD"). The input x_t is 1 at the times T(n) = T(n−1) + F + I(n), else 0: the time before the
 * first step counts as a spike, F is the least distance, I(n) is uniform on the whole numbers 0 … 10. Asked at each spike:
 * I(n)/10. An answer is right that is nearer to it than to any other, within 0.05.
 *
 * Deviation: the authors ask for I(n), of 0 … 1 or 0 … 10; here it is scaled to 0 … 1. Problems are sequences of one length,
 * not streams.
 *
 * @param least F, in steps, 2 … 1000; default 10
 * @throws LonghandError "argument" for another.
 */
export function spikeDistance(least: number = LEAST): DrawnTask {
  const named = timing("spike-distance", least);
  return numberTask({
    ...named,
    summary: `at each spike, how many steps more than ${least} lie between it and the one before, divided by ${OFFSETS}`,
    example: [...new Array<number>(least + 3).fill(0), 1].join(", "),
    features: ["spike"],
    values: ["distance"],
    tolerance: 0.05,
    fill(stream, length, input, target) {
      for (const { offset, at } of drawSpikes(stream, least, length)) {
        if (at >= length) break;
        input[at] = 1;
        target[at] = offset / OFFSETS;
      }
    },
    answer(input, target) {
      let before = -1;
      for (let t = 0; t < input.length; t++) {
        if (input[t]! < 0.5) continue;
        target[t] = (t - before - least) / OFFSETS;
        before = t;
      }
    },
  });
}

/**
 * Generating timed spikes ("GTS"), the other way round. The input at t is I(n)/10, from the step after the spike n−1 (from the
 * first step for n = 0) to the spike n. Asked at every step: whether t is one of the times T(n) = T(n−1) + F + I(n); the
 * network's output is the log-odds of a spike.
 *
 * Deviations: as for `spikeDistance`; and the authors train squared errors of an output between 0 and 1.
 *
 * @param least F, in steps, 2 … 1000; default 10
 * @throws LonghandError "argument" for another.
 */
export function timedSpikes(least: number = LEAST): DrawnTask {
  const named = timing("timed-spikes", least);
  const spike = (offset: number) => least + Math.round(OFFSETS * offset);
  return numberTask({
    ...named,
    summary: `a spike ${least} to ${least + OFFSETS} steps after the one before, as the input says`,
    example: new Array<string>(least + 3).fill("0.3").join(", "),
    features: ["offset"],
    values: ["spike"],
    yesNo: true,
    fill(stream, length, input, target) {
      target.fill(0);
      let from = 0;
      for (const { offset, at } of drawSpikes(stream, least, length)) {
        input.fill(offset / OFFSETS, from, Math.min(at + 1, length));
        if (at < length) target[at] = 1;
        from = at + 1;
      }
    },
    answer(input, target) {
      target.fill(0);
      for (let at = spike(input[0]!) - 1; at < input.length; at += spike(input[at + 1]!)) {
        target[at] = 1;
        if (at + 1 >= input.length) break;
      }
    },
  });
}
