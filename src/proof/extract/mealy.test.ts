import { expect, test } from "vitest";
import { binaryAddition, cycleNavigation, findTask, modularArithmetic } from "../../tasks/index.ts";
import { letterText, machineOfTask, namedByWords, reach, transitionsOf, wordText, wordTo } from "./mealy.ts";

test("letters and words as text", () => {
  expect(machineOfTask(binaryAddition).letters).toEqual(["00", "01", "10", "11"]);
  expect(machineOfTask(cycleNavigation).letters).toEqual([...cycleNavigation.channels[0]!]);
  expect(letterText([1, 0], [["0", "10"], ["a"]])).toBe("10,a");
  const adder = machineOfTask(binaryAddition);
  expect(wordText(adder, [])).toBe("ε");
  expect(wordText(adder, [3, 0])).toBe("11 00");
  expect(wordText(machineOfTask(modularArithmetic), [2, 5, 3])).toBe("2+3");
});

test("transitions are grouped by their states and answer", () => {
  expect(transitionsOf(machineOfTask(binaryAddition))).toEqual([
    { from: 0, to: 0, output: 0, letters: [0] },
    { from: 0, to: 0, output: 1, letters: [1, 2] },
    { from: 0, to: 1, output: 0, letters: [3] },
    { from: 1, to: 0, output: 1, letters: [0] },
    { from: 1, to: 1, output: 0, letters: [1, 2] },
    { from: 1, to: 1, output: 1, letters: [3] },
  ]);
  const modular = transitionsOf(machineOfTask(modularArithmetic));
  expect(modular.filter(({ from }) => from === 0).map(({ output }) => output)).toEqual([0, 1, 2, 3, 4]);
  expect(modular.find(({ from }) => from === 10)).toMatchObject({ output: -1, letters: [5] });
});

test("each state's shortest word", () => {
  const cycle = machineOfTask(findTask("cycle-navigation-20"));
  const reached = reach(cycle);
  expect(reached.order.length).toBe(20);
  expect(wordTo(reached, 3)).toHaveLength(3);
  expect(wordTo(reached, 10)).toHaveLength(10);
  const { states } = namedByWords(cycle);
  expect(states.slice(0, 3)).toEqual(["ε", "+", "++"]);
  expect(states[10]).toBe("++…++ (10)");
  expect(states[19]).toBe("-");
});

test("a task without a machine", () => {
  expect(() => machineOfTask(findTask("copy"))).toThrow("copy: no finite machine answers this task");
});
