import { unknownName } from "../errors.ts";
import { addition, binaryAddition } from "./addition.ts";
import type { Task } from "./contract.ts";
import { cycle, cycleNavigation } from "./cycle-navigation.ts";
import { evenPairs } from "./even-pairs.ts";
import { binaryIncrement, increment } from "./increment.ts";
import { modular, modularArithmetic } from "./modular-arithmetic.ts";
import { parity } from "./parity.ts";
import { binarySubtraction, subtraction } from "./subtraction.ts";

export { addition, binaryAddition } from "./addition.ts";
export { type AdditionRow, additionRows, algorithm1 } from "./algorithm1.ts";
export { type Batch, drawBatch, validLengths } from "./batch.ts";
export type { Alphabet, FiniteMachine, Letter, Task } from "./contract.ts";
export { cycle, cycleNavigation } from "./cycle-navigation.ts";
export { evenPairs } from "./even-pairs.ts";
export { binaryIncrement, increment } from "./increment.ts";
export { allLetters, type MachineTable, machineTable, runMachine } from "./machine.ts";
export { modular, modularArithmetic } from "./modular-arithmetic.ts";
export { parity } from "./parity.ts";
export { binarySubtraction, subtraction } from "./subtraction.ts";

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
]);

/** Families of tasks: the names with a parameter, and what makes the task. */
const families: readonly { pattern: RegExp; make: (parameter: number) => Task }[] = [
  { pattern: /^base-(\d{1,3})-addition$/, make: addition },
  { pattern: /^base-(\d{1,3})-subtraction$/, make: subtraction },
  { pattern: /^base-(\d{1,3})-increment$/, make: increment },
  { pattern: /^modular-arithmetic-(\d{1,3})$/, make: modular },
  { pattern: /^cycle-navigation-(\d{1,3})$/, make: cycle },
];

const made = new Map<string, Task>(tasks.map((task) => [task.name, task]));

/**
 * The task of a name: one of `tasks`; "base-<b>-addition", "base-<b>-subtraction" or "base-<b>-increment" with any base
 * from 2 to 36; "modular-arithmetic-<m>" or "cycle-navigation-<n>" with a size from 2 to 64. "decimal-…" is base 10 and
 * "binary-…" base 2. The same name always gives the same object.
 *
 * @throws LonghandError "unknown-name" for any other name, "argument" for a base or size out of range.
 */
export function findTask(name: string): Task {
  const known = made.get(name);
  if (known) return known;
  const full = name.replace(/^decimal-/, "base-10-").replace(/^binary-/, "base-2-");
  for (const { pattern, make } of families) {
    const parameter = pattern.exec(full)?.[1];
    if (parameter === undefined) continue;
    const task = make(Number(parameter));
    const first = made.get(task.name) ?? task;
    made.set(first.name, first);
    return first;
  }
  throw unknownName(
    "task",
    name,
    tasks.map((task) => task.name),
  );
}
