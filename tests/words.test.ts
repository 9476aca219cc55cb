/** How the command line writes numbers, times and tables. */
import { expect, test } from "vitest";
import { readSettings, wholeNumber, wholeNumbers } from "../cli/options.ts";
import { table, wrapped } from "../cli/table.ts";
import { count, duration, list, percent, problems } from "../cli/words.ts";
import { findTask } from "../src/index.ts";

test("a rate is 100% only when it is all, and 0% only when it is none", () => {
  expect([1, 0, 0.5, 0.987, 0.9999, 0.99999999, 0.0004, 1e-9].map(percent)).toEqual([
    "100%",
    "0%",
    "50.0%",
    "98.7%",
    "99.99%",
    "<100%",
    "0.04%",
    ">0%",
  ]);
});

test("times have units", () => {
  expect([0.0004, 0.85, 3.44, 59.94, 125, 3780, Number.POSITIVE_INFINITY].map(duration)).toEqual([
    "0 ms",
    "850 ms",
    "3.4 s",
    "59.9 s",
    "2 min 05 s",
    "1 h 03 min",
    "?",
  ]);
});

test("counts and problems", () => {
  expect(count(1234567)).toBe("1,234,567");
  expect(problems(findTask("binary-addition"), 1024, 1000)).toBe("1,024 sums of 1,000 binary digits");
  expect(problems(findTask("decimal-subtraction"), 1, 1)).toBe("1 difference of 1 decimal digit");
  expect(problems(findTask("base-4-addition"), 64, 10)).toBe("64 sums of 10 digits of base 4");
  expect(problems(findTask("parity"), 64, 40)).toBe("64 problems of 40 symbols");
  expect(problems(findTask("increment"), 2, 3)).toBe("2 numbers of 3 binary digits");
  expect(list([1, 2, 3], 2)).toBe("1, 2 and 1 more");
});

test("tables are aligned", () => {
  expect(
    table(
      ["name", "n"],
      [
        ["a", "100"],
        ["longer", "7"],
      ],
      [1],
    ),
  ).toEqual(["name      n", "------  ---", "a       100", "longer    7"]);
  expect(wrapped("0123456789".repeat(5), 24, "= ")).toEqual([
    "= 0123456789012345678901",
    "  2345678901234567890123",
    "  456789",
  ]);
});

test("settings are JSON under dotted paths, later ones over earlier ones", () => {
  expect(
    readSettings([
      "model.layers=[8,4]",
      "model.activation=tanh",
      "clip=null",
      "seed=3",
      "seed=4",
      'a.b={"c":1}',
      "a.b.d=x=y",
    ]),
  ).toEqual({ model: { layers: [8, 4], activation: "tanh" }, clip: null, seed: 4, a: { b: { c: 1, d: "x=y" } } });
  for (const setting of ["seed", "=3", "a..b=3", "a.=3", "__proto__.x=1", "a.0=1"]) {
    expect(() => readSettings([setting]), setting).toThrow(`--set: received "${setting}", expected key=value`);
  }
});

test("whole numbers may have separators, and nothing else", () => {
  expect(wholeNumber("--steps", 1)("10_000")).toBe(10_000);
  expect(wholeNumbers("--lengths", 1)("10, 100")).toEqual([10, 100]);
  for (const text of ["", "0", "-1", "1.5", "1e3", "0x10", "99999999999999999999"]) {
    expect(() => wholeNumber("--steps", 1)(text), text).toThrow(`--steps: received "${text}"`);
  }
});
