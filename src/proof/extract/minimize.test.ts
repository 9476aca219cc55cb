import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findTask, tasks } from "../../tasks/index.ts";
import { compareMachines } from "./compare.ts";
import { behaviour, machines, renumbered } from "./machines.test-helper.ts";
import { machineOfTask, reach } from "./mealy.ts";
import { minimizeMachine } from "./minimize.ts";

test("as many states as words tell apart, each answering as those it stands for", () => {
  fc.assert(
    fc.property(machines, (machine) => {
      // States that words of as many letters as there are states don't tell apart are never told apart.
      const depth = machine.states.length;
      const { order } = reach(machine);
      const { machine: minimal, stateOf } = minimizeMachine(machine);
      expect(minimal.states.length).toBe(new Set(order.map((state) => behaviour(machine, state, depth))).size);
      expect(minimal.initial).toBe(0);
      expect(stateOf[machine.initial]).toBe(0);
      machine.states.forEach((_, state) => {
        if (order.includes(state)) {
          expect(behaviour(minimal, stateOf[state]!, depth)).toBe(behaviour(machine, state, depth));
        } else expect(stateOf[state]).toBe(-1);
      });
      expect(reach(minimal).order).toEqual(minimal.states.map((_, k) => k));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("machines that answer alike have the same minimal tables, however their states are numbered", () => {
  const numbered = machines.chain((machine) =>
    fc.record({
      machine: fc.constant(machine),
      order: fc.shuffledSubarray([...machine.states.keys()], { minLength: machine.states.length }),
    }),
  );
  fc.assert(
    fc.property(numbered, ({ machine, order }) => {
      const first = minimizeMachine(machine).machine;
      const second = minimizeMachine(renumbered(machine, order)).machine;
      expect([second.next, second.output]).toEqual([first.next, first.output]);
      const again = minimizeMachine(first).machine;
      expect([again.next, again.output]).toEqual([first.next, first.output]);
      expect(compareMachines(machine, first)).toBeUndefined();
    }),
    { seed: 2, numRuns: 200 },
  );
});

test("a letter that can come in one state only tells two states apart", () => {
  const machine = {
    states: ["x", "y"],
    initial: 0,
    letters: ["a", "b"],
    answers: ["0"],
    next: Int32Array.of(1, -1, 0, 0),
    output: Int32Array.of(0, -1, 0, -1),
  };
  expect(minimizeMachine(machine).machine.states).toEqual(["x", "y"]);
  const open = { ...machine, next: Int32Array.of(1, 0, 0, 0) };
  expect(minimizeMachine(open).machine.states).toEqual(["x"]);
});

describe("the tasks' machines", () => {
  const sizes = (name: string) => {
    const machine = machineOfTask(findTask(name));
    return [machine.states.length, minimizeMachine(machine).machine.states.length];
  };
  test.each([
    ["binary-addition", 2, 2],
    ["base-4-addition", 2, 2],
    ["base-10-addition", 2, 2],
    ["binary-subtraction", 2, 2],
    ["base-10-subtraction", 2, 2],
    ["increment", 2, 2],
    ["parity", 2, 2],
    // The first symbol and the parity say all: where "ab" and "ba" came evenly often, the last symbol is the first.
    ["even-pairs", 5, 3],
    // s ± term is s + (±1) * factor: 10 of the 60 states are others.
    ["modular-arithmetic", 60, 50],
    ["modular-arithmetic-2", 12, 8],
    ["modular-arithmetic-3", 24, 18],
    ["cycle-navigation", 5, 5],
    ["cycle-navigation-7", 7, 7],
  ])("%s: of %d states %d are needed", (name, given, needed) => {
    expect(sizes(name)).toEqual([given, needed]);
  });
  test("no task with a machine is left out above", () => {
    expect(tasks.filter(({ machine }) => machine).map(({ name }) => name)).toEqual([
      "binary-addition",
      "base-4-addition",
      "base-10-addition",
      "binary-subtraction",
      "base-10-subtraction",
      "increment",
      "parity",
      "even-pairs",
      "modular-arithmetic",
      "cycle-navigation",
    ]);
  });
});
