/** The classic tasks for recurrent networks: what each is stands in its file. */
import type { DrawnTask } from "../contract.ts";
import { addingProblem } from "./adding-problem.ts";
import { countingLanguage, countingLanguages } from "./counting-language.ts";
import { periodicFunction, type Wave, waveNames } from "./periodic-functions.ts";
import { spikeDistance, timedSpikes } from "./spikes.ts";
import { storingPreciseValues } from "./storing-precise-values.ts";

export { addingProblem } from "./adding-problem.ts";
export { countingLanguage } from "./counting-language.ts";
export { periodicFunction } from "./periodic-functions.ts";
export { spikeDistance, timedSpikes } from "./spikes.ts";
export { storingPreciseValues } from "./storing-precise-values.ts";

export const classicTasks: readonly DrawnTask[] = Object.freeze([
  addingProblem,
  storingPreciseValues,
  spikeDistance(),
  timedSpikes(),
  ...waveNames.map((wave) => periodicFunction(wave)),
  ...countingLanguages.map((letters) => countingLanguage(letters)),
]);

/** Families of them: the names with a number, and what makes the task. */
export const classicFamilies: readonly { pattern: RegExp; make: (parameter: number) => DrawnTask }[] = [
  { pattern: /^spike-distance-(\d{1,4})$/, make: spikeDistance },
  { pattern: /^timed-spikes-(\d{1,4})$/, make: timedSpikes },
  ...waveNames.map((wave: Wave) => ({
    pattern: new RegExp(`^periodic-${wave}-(\\d{1,4})$`),
    make: (period: number) => periodicFunction(wave, period),
  })),
];
