import { describe, expect, it } from "vitest";
import { randomSource } from "../random/index.ts";
import * as library from "./index.ts";
import { answer } from "./properties.test-helper.ts";

const { findTask, tasks } = library;

describe("findTask", () => {
  it("finds every listed task by its name", () => {
    for (const task of tasks) expect(findTask(task.name)).toBe(task);
    expect(tasks.map((task) => task.name)).toEqual([
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
      "unaligned-binary-addition",
      "unaligned-base-4-addition",
      "unaligned-base-10-addition",
      "unaligned-increment",
      "binary-multiplication",
      "base-4-multiplication",
      "base-10-multiplication",
      "decimal-multiplication-in-binary",
      "sort",
      "sort-by-key",
      "copy",
      "reverse",
      "reverse-pairs",
      "duplicate",
      "first",
      "last",
      "shift-left",
      "shift-right",
    ]);
  });

  it("knows other names of the same task", () => {
    expect(findTask("decimal-addition")).toBe(library.decimalAddition);
    expect(findTask("decimal-subtraction")).toBe(library.decimalSubtraction);
    expect(findTask("base-2-addition")).toBe(library.binaryAddition);
    expect(findTask("binary-increment")).toBe(library.binaryIncrement);
    expect(findTask("modular-arithmetic-5")).toBe(library.modularArithmetic);
    expect(findTask("cycle-navigation-5")).toBe(library.cycleNavigation);
    expect(findTask("decimal-multiplication")).toBe(findTask("base-10-multiplication"));
    expect(findTask("base-2-multiplication")).toBe(library.binaryMultiplication);
    expect(findTask("unaligned-decimal-addition")).toBe(findTask("unaligned-base-10-addition"));
    expect(findTask("unaligned-base-2-addition")).toBe(findTask("unaligned-binary-addition"));
  });

  it("makes a task of any base or size, once", () => {
    expect(answer(findTask("base-36-addition"), "zz+1")).toBe("100");
    expect(findTask("base-7-addition")).toBe(findTask("base-7-addition"));
    expect(findTask("modular-arithmetic-7").name).toBe("modular-arithmetic-7");
    expect(findTask("cycle-navigation-3").output).toEqual(["0", "1", "2"]);
    expect(answer(findTask("count-modulo-3"), "11111")).toBe("2");
    expect(answer(findTask("decimal-increment"), "99")).toBe("100");
    expect(answer(findTask("base-3-multiplication"), "2*2")).toBe("11");
    expect(answer(findTask("unaligned-base-7-addition"), "6+6")).toBe("15");
  });

  it("refuses other names, with the nearest one", () => {
    expect(() => findTask("binary-adition")).toThrow(
      expect.objectContaining({ code: "unknown-name", message: expect.stringContaining('"binary-addition"?') }),
    );
    for (const name of ["", "toString", "base-x-addition", "base--3-addition", "modular-arithmetic-"])
      expect(() => findTask(name)).toThrow(expect.objectContaining({ code: "unknown-name" }));
    for (const name of ["base-1-addition", "base-37-addition", "base-11-multiplication", "unaligned-base-1-addition"])
      expect(() => findTask(name)).toThrow(expect.objectContaining({ code: "argument" }));
  });
});

describe("machines and batches", () => {
  it("lists letters with the last channel changing fastest", () => {
    expect(
      library.allLetters([
        ["0", "1"],
        ["a", "b", "c"],
      ]),
    ).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
  });

  it("tabulates the full adder", () => {
    const table = library.machineTable(library.binaryAddition.machine!, library.binaryAddition.channels);
    expect(table.letters).toBe(4);
    expect(Array.from(table.next)).toEqual([0, 0, 0, 1, 0, 1, 1, 1]);
    expect(Array.from(table.output)).toEqual([0, 1, 1, 0, 1, 0, 0, 1]);
  });

  it("starts each problem of a batch in the initial state", () => {
    const carries = Int32Array.of(1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(Array.from(library.runMachine(library.binaryAddition, carries, 2))).toEqual([0, 1, 0, 0, 0, 0]);
    expect(Array.from(library.runMachine(library.binaryAddition, carries))).toEqual([0, 1, 1, 0, 0, 0]);
  });

  it("lists valid lengths", () => {
    expect(library.validLengths(library.modularArithmetic, 2, 8)).toEqual([3, 5, 7]);
    expect(library.validLengths(library.parity, 3, 3)).toEqual([3]);
    expect(() => library.validLengths(library.parity, 3, 2)).toThrow(/longest length is 2/);
    expect(() => library.validLengths(library.parity, 0, 2)).toThrow(/shortest length is 0/);
  });

  it("refuses to run a machine that isn't there", () => {
    const { machine: _, ...rest } = library.parity;
    expect(() => library.runMachine(rest, Int32Array.of(1))).toThrow(/parity: has no finite machine/);
    expect(() => library.drawBatch(library.parity, randomSource(1).stream(), 3, 0)).toThrow(/count is 0/);
  });
});

describe("the order of symbols in time", () => {
  it("is the lowest digit first in tasks on numbers, and in no other", () => {
    for (const { name, order, channels, steps, machine } of tasks) {
      const isNumber = /addition|subtraction|increment|multiplication/.test(name);
      expect(order?.startsWith("lowest digit first, "), name).toBe(isNumber);
      expect(order?.startsWith("as written"), name).toBe(!isNumber);
      expect(order?.includes("a time step"), name).toBe(machine !== undefined);
      if (isNumber && machine) expect(order?.includes("both numbers"), name).toBe(channels.length === 2);
      if (machine) expect(order?.includes("one step more"), name).toBe(steps(3) === 4);
      else expect(order, name).toMatch(/; the answer (at|from) the first position/);
    }
  });
});
