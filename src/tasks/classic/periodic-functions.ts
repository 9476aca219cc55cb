/** Generating periodic functions (Gers, Schraudolph and Schmidhuber 2002). */
import { wholeNumber } from "../check.ts";
import type { DrawnTask } from "../contract.ts";
import { numberTask } from "./number-task.ts";

/** One period of each wave: its value at the part p of the period, 0 ≤ p < 1. */
const waves = {
  cosine: (p: number) => (1 - Math.cos(2 * Math.PI * p)) / 2,
  triangle: (p: number) => 1 - Math.abs(2 * p - 1),
  rectangle: (p: number) => (p < 0.5 ? 0 : 1),
};
export type Wave = keyof typeof waves;
export const waveNames = Object.freeze(Object.keys(waves) as Wave[]);

/** A task of another period has it in its name. */
const PERIOD = 10;

/**
 * Generating a periodic function ("PFG") without anything to read but a 1 at the first step. Asked at every step t = 0, 1, …:
 * f(t mod F), with p = (t mod F)/F
 *
 *     cosine     (1 − cos 2πp)/2
 *     triangle   1 − |2p − 1|
 *     rectangle  0 for p < ½, 1 for p ≥ ½
 *
 * There is one problem of each length. The network isn't told its own outputs or the right ones, at no time.
 *
 * Deviations: the authors have no input at all, and train on a stream.
 *
 * @param wave which function. @param period F, in steps, 2 … 1000; default 10
 * @throws LonghandError "argument" for another.
 */
export function periodicFunction(wave: Wave, period: number = PERIOD): DrawnTask {
  const name = `periodic-${wave}`;
  const steps = wholeNumber(name, "period", period, 2, 1000);
  const fillTarget = (target: Float32Array) => {
    for (let t = 0; t < target.length; t++) target[t] = waves[wave]((t % steps) / steps);
  };
  return numberTask({
    name: steps === PERIOD ? name : `${name}-${steps}`,
    summary: `a ${wave} wave with a period of ${steps} steps, out of nothing`,
    source: "papers/004, section 3.2; Gers, Schraudolph and Schmidhuber 2002",
    example: [1, ...new Array<number>(steps - 1).fill(0)].join(", "),
    features: ["start"],
    values: ["wave"],
    tolerance: 0.1,
    defaultTrainLengths: [5 * steps, 5 * steps],
    shortest: 1,
    isOne: true,
    fill(_, __, input, target) {
      input[0] = 1;
      fillTarget(target);
    },
    answer: (_, target) => fillTarget(target),
  });
}
