import fc from "fast-check";
import { expect, test } from "vitest";
import { binaryAddition, findTask } from "../../tasks/index.ts";
import { compareMachines } from "./compare.ts";
import { behaviour, machines } from "./machines.test-helper.ts";
import { type MealyMachine, machineOfTask } from "./mealy.ts";

/** What a machine answers to a word; null from the first letter on that can't come. */
function run(machine: MealyMachine, word: readonly number[]): (number | null)[] {
  let state = machine.initial;
  return word.map((letter) => {
    const at = state * machine.letters.length + letter;
    if (state < 0 || machine.next[at]! < 0) {
      state = -1;
      return null;
    }
    state = machine.next[at]!;
    return machine.output[at]!;
  });
}

test("the difference is the shortest, and undefined only where there is none", () => {
  fc.assert(
    fc.property(machines, machines, (a, b) => {
      const difference = compareMachines(a, b);
      const isAlike = (depth: number) => behaviour(a, a.initial, depth) === behaviour(b, b.initial, depth);
      if (!difference) {
        expect(isAlike(7)).toBe(true);
        return;
      }
      const { word, first, second } = difference;
      expect(run(a, word)).toEqual(first);
      expect(run(b, word)).toEqual(second);
      expect(first.at(-1)).not.toBe(second.at(-1));
      expect(first.slice(0, -1)).toEqual(second.slice(0, -1));
      expect(isAlike(word.length - 1)).toBe(true);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test("addition that forgets its carry errs at the second letter", () => {
  const adder = machineOfTask(binaryAddition);
  const forgetful = { ...adder, next: adder.next.map(() => 0) };
  expect(compareMachines(forgetful, adder)).toEqual({ word: [3, 0], first: [0, 0], second: [0, 1] });
  expect(compareMachines(adder, adder)).toBeUndefined();
});

test("machines that read other letters can't be compared", () => {
  expect(() => compareMachines(machineOfTask(binaryAddition), machineOfTask(findTask("parity")))).toThrow(
    "compareMachines: the machines read 4 and 2 letters (00 …, 0 …), expected the same ones",
  );
});
