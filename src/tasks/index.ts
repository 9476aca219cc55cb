import { unknownName } from "../errors.ts";
import { addition, binaryAddition } from "./addition.ts";
import { appliedTasks } from "./applied/index.ts";
import { classicFamilies, classicTasks } from "./classic/index.ts";
import type { AnyTask, DrawnTask, Task } from "./contract.ts";
import { counter } from "./counter.ts";
import { cycle, cycleNavigation } from "./cycle-navigation.ts";
import { evenPairs } from "./even-pairs.ts";
import { binaryIncrement, increment } from "./increment.ts";
import { exactTask } from "./kinds.ts";
import { modular, modularArithmetic } from "./modular-arithmetic.ts";
import { copy, duplicate, first, last, reverse, reversePairs, shiftLeft, shiftRight } from "./moves.ts";
import { binaryMultiplication, decimalMultiplicationInBinary, multiplication } from "./multiplication.ts";
import { parity } from "./parity.ts";
import { sort, sortByKey } from "./sort.ts";
import { binarySubtraction, subtraction } from "./subtraction.ts";
import { unalignedAddition, unalignedIncrement } from "./unaligned-addition.ts";

export { addition, binaryAddition } from "./addition.ts";
export { type AdditionRow, additionRows, algorithm1 } from "./algorithm1.ts";
export {
  type DigitImage,
  digitImages,
  numberFromWords,
  numberInWords,
  type TextTaskOptions,
  textTask,
} from "./applied/index.ts";
export { type Batch, drawBatch, nextValid, validLengths } from "./batch.ts";
export {
  addingProblem,
  countingLanguage,
  periodicFunction,
  spikeDistance,
  storingPreciseValues,
  timedSpikes,
} from "./classic/index.ts";
export type {
  Alphabet,
  AnyTask,
  DrawnBatch,
  DrawnTask,
  FiniteMachine,
  Letter,
  NamedImage,
  Sampler,
  Side,
  Task,
  TaskText,
} from "./contract.ts";
export { counter } from "./counter.ts";
export { cycle, cycleNavigation } from "./cycle-navigation.ts";
export { evenPairs } from "./even-pairs.ts";
export { binaryIncrement, increment } from "./increment.ts";
export { exactTask, isDrawn } from "./kinds.ts";
export { allLetters, type MachineTable, machineTable, runMachine } from "./machine.ts";
export { modular, modularArithmetic } from "./modular-arithmetic.ts";
export { binaryMultiplication, decimalMultiplicationInBinary, multiplication } from "./multiplication.ts";
export { padBatch } from "./padded.ts";
export { parity } from "./parity.ts";
export { signatureOf } from "./signature.ts";
export { drawSide, isHeldOut } from "./split.ts";
export { binarySubtraction, subtraction } from "./subtraction.ts";
export { unalignedAddition, unalignedIncrement } from "./unaligned-addition.ts";

/** Addition in base 10. */
export const decimalAddition = addition(10);
/** Subtraction in base 10. */
export const decimalSubtraction = subtraction(10);

/** The tasks that are listed. Other bases, moduli and cycles are found by name: see `findTask`. */
export const tasks: readonly Task[] = Object.freeze([
  binaryAddition,
  addition(4),
  decimalAddition,
  binarySubtraction,
  decimalSubtraction,
  binaryIncrement,
  parity,
  evenPairs,
  modularArithmetic,
  cycleNavigation,
  unalignedAddition(2),
  unalignedAddition(4),
  unalignedAddition(10),
  unalignedIncrement,
  binaryMultiplication,
  multiplication(4),
  multiplication(10),
  decimalMultiplicationInBinary,
  sort,
  sortByKey,
  copy,
  reverse,
  reversePairs,
  duplicate,
  first,
  last,
  shiftLeft,
  shiftRight,
]);

/** The tasks whose problems are drawn with their answers: numbers, and real data. */
export const drawnTasks: readonly DrawnTask[] = Object.freeze([...classicTasks, ...appliedTasks]);

/** Families of tasks: the names with a parameter, and what makes the task. */
const families: readonly { pattern: RegExp; make: (parameter: number) => AnyTask }[] = [
  ...classicFamilies,
  { pattern: /^base-(\d{1,3})-addition$/, make: addition },
  { pattern: /^base-(\d{1,3})-subtraction$/, make: subtraction },
  { pattern: /^base-(\d{1,3})-increment$/, make: increment },
  { pattern: /^unaligned-base-(\d{1,3})-addition$/, make: unalignedAddition },
  { pattern: /^base-(\d{1,3})-multiplication$/, make: multiplication },
  { pattern: /^modular-arithmetic-(\d{1,3})$/, make: modular },
  { pattern: /^count-modulo-(\d{1,3})$/, make: counter },
  { pattern: /^cycle-navigation-(\d{1,3})$/, make: cycle },
];

const made = new Map<string, AnyTask>([...tasks, ...drawnTasks].map((task) => [task.name, task]));

/**
 * The task of a name, with exact answers: one of `tasks`; "base-<b>-addition", "base-<b>-subtraction" or
 * "base-<b>-increment" with any base from 2 to 36; "base-<b>-multiplication" or "unaligned-base-<b>-addition" with one from
 * 2 to 10; "modular-arithmetic-<m>" or "cycle-navigation-<n>" with a size from 2 to 64; "count-modulo-<n>" from 3 to 64.
 * "decimal-…" is base 10 and "binary-…" base 2. The same name always gives the same object.
 *
 * @throws LonghandError "unknown-name" for any other name, "argument" for a base or size out of range, or for one of
 * `drawnTasks`.
 */
export function findTask(name: string): Task {
  return exactTask(findAnyTask(name));
}

/**
 * The task of a name, of either kind: see `findTask`. One of `drawnTasks`, too, with other distances or periods than theirs
 * "spike-distance-<F>", "timed-spikes-<F>", "periodic-<wave>-<F>", F from 2 to 1000.
 */
export function findAnyTask(name: string): AnyTask {
  const known = made.get(name);
  if (known) return known;
  const full = name.replace(/^(unaligned-)?decimal-/, "$1base-10-").replace(/^(unaligned-)?binary-/, "$1base-2-");
  for (const { pattern, make } of families) {
    const parameter = pattern.exec(full)?.[1];
    if (parameter === undefined) continue;
    const task = make(Number(parameter));
    const earlier = made.get(task.name) ?? task;
    made.set(earlier.name, earlier);
    return earlier;
  }
  throw unknownName(
    "task",
    name,
    [...tasks, ...drawnTasks].map((task) => task.name),
  );
}
