import { describe, expect, it } from "vitest";
import type { Task } from "./contract.ts";
import { copy, duplicate, first, last, reverse, reversePairs, shiftLeft, shiftRight } from "./moves.ts";
import { answer, expectRefused, taskProperties } from "./properties.test-helper.ts";
import { sort, sortByKey } from "./sort.ts";

/** An oracle on the values of a text. */
const onValues = (compute: (values: string[]) => string[]) => (text: string) => compute(text.split(" ")).join(" ");

/** By insertion, after all that are not larger: stable. */
function insertionSort<T>(items: T[], key: (item: T) => string): T[] {
  const ordered: T[] = [];
  for (const item of items) {
    let at = ordered.length;
    while (at > 0 && key(ordered[at - 1]!) > key(item)) at--;
    ordered.splice(at, 0, item);
  }
  return ordered;
}

const pairs = (values: string[]) => values.flatMap((value, i) => (i % 2 ? [] : [[value, values[i + 1]!]]));

const oracles: readonly (readonly [Task, (values: string[]) => string[]])[] = [
  [sort, (values) => insertionSort(values, (value) => value)],
  [sortByKey, (values) => insertionSort(pairs(values), (pair) => pair[0]!).flat()],
  [copy, (values) => values],
  [reverse, (values) => values.map((_, i) => values[values.length - 1 - i]!)],
  [reversePairs, (values) => pairs(values).reverse().flat()],
  [duplicate, (values) => [...values, ...values]],
  [first, ([value]) => [value!]],
  [last, (values) => [values.at(-1)!]],
  [shiftLeft, ([, ...rest]) => [...rest, "_"]],
  [shiftRight, (values) => ["_", ...values.slice(0, -1)]],
];

for (const [task, compute] of oracles)
  taskProperties(task, {
    oracle: onValues(compute),
    aligned: false,
    share(step, symbol, length) {
      if (task === duplicate && step >= length / 2) return symbol === 0 ? 1 : 0;
      return symbol === 0 ? 0 : 1 / 5;
    },
  });

describe("symbols of sequences", () => {
  it.each<[Task, string, number[], number[], string]>([
    [sort, "3 1 5 1", [3, 1, 5, 1], [1, 1, 3, 5], "1 1 3 5"],
    [sortByKey, "3 1 1 5 3 4", [3, 1, 1, 5, 3, 4], [1, 5, 3, 1, 3, 4], "1 5 3 1 3 4"],
    [copy, "3 1 2", [3, 1, 2], [3, 1, 2], "3 1 2"],
    [reverse, "3 1 2", [3, 1, 2], [2, 1, 3], "2 1 3"],
    [reversePairs, "3 1 2 5", [3, 1, 2, 5], [2, 5, 3, 1], "2 5 3 1"],
    [duplicate, "3 1 2", [3, 1, 2, 0, 0, 0], [3, 1, 2, 3, 1, 2], "3 1 2 3 1 2"],
    [first, "3 1 2", [3, 1, 2], [3, -1, -1], "3"],
    [last, "3 1 2", [3, 1, 2], [2, -1, -1], "2"],
    [shiftLeft, "3 1 2", [3, 1, 2], [1, 2, 0], "1 2 _"],
    [shiftRight, "3 1 2", [3, 1, 2], [0, 3, 1], "_ 3 1"],
    [shiftRight, "3", [3], [0], "_"],
  ])("%# $name", (task, text, input, output, written) => {
    const problem = task.parse(text);
    expect(Array.from(problem)).toEqual(input);
    expect(task.format(problem)).toBe(text);
    expect(Array.from(task.solve(problem))).toEqual(output);
    expect(answer(task, text)).toBe(written);
  });

  it("are six, in and out: the blank and 1 … 5", () => {
    for (const [task] of oracles) {
      expect(task.channels).toEqual([["_", "1", "2", "3", "4", "5"]]);
      expect(task.output).toEqual(["_", "1", "2", "3", "4", "5"]);
    }
  });

  it("come in pairs where the task says so", () => {
    for (const [task] of oracles) {
      const even = task === sortByKey || task === reversePairs || task === duplicate;
      expect([1, 2, 3, 4].filter(task.validLength)).toEqual(even ? [2, 4] : [1, 2, 3, 4]);
      expect(task.defaultTrainLengths).toEqual(even ? [2, 40] : [1, 41]);
    }
  });

  it("are refused where they don't fit", () => {
    for (const [task, ...symbols] of [
      [sort, 0, 1],
      [sort, 6],
      [sortByKey, 1, 1, 1],
      [duplicate, 1, 1],
      [duplicate, 0, 0],
      [copy, 1, -1],
    ] as [Task, ...number[]][])
      expect(() => task.solve(Int32Array.from(symbols))).toThrow(expect.objectContaining({ code: "argument" }));
  });
});

describe("texts of sequences", () => {
  it("show blanks, and only what is asked", () => {
    expect(sort.formatAnswer(Int32Array.of(0, 2, -1), sort.parse("3 1 2"))).toBe("_ 2 _");
    expect(last.formatAnswer(Int32Array.of(4, 2, 3), last.parse("3 1 2"))).toBe("4");
  });

  it("are refused with what stands where", () => {
    expectRefused(sort, "3 7 1", '"7" at position 3', "from 1 to 5", '"3 1 2"');
    expectRefused(sort, "312", '"312" at position 1', "spaces");
    expectRefused(sort, "3 _ 2", '"_" at position 3');
    expectRefused(duplicate, "1 a", '"a" at position 3');
    expectRefused(sortByKey, "3 1 2 ", "3 numbers", "position 5", "pairs");
    expectRefused(copy, " ", "empty text");
  });
});
