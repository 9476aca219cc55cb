/** How the command line writes numbers, times and tables. */
import { expect, test } from "vitest";
import { readSettings, wholeNumber, wholeNumbers } from "../cli/options.ts";
import type { Output } from "../cli/output.ts";
import { evaluationProgress } from "../cli/progress.ts";
import { table, wrapped } from "../cli/table.ts";
import { count, criterion, duration, list, median, percent, problems, shortened } from "../cli/words.ts";
import { findAnyTask, findTask } from "../src/index.ts";

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
  expect(problems(findTask("base-10-addition"), 2, 3)).toBe("2 sums of 3 decimal digits");
  expect(problems(findTask("binary-multiplication"), 64, 401)).toBe("64 products of 401 symbols");
  expect(problems(findTask("decimal-multiplication-in-binary"), 1, 9)).toBe("1 product of 9 symbols");
  expect(problems(findTask("unaligned-base-4-addition"), 2, 9)).toBe("2 sums of 9 symbols");
  expect(problems(findTask("unaligned-increment"), 2, 1)).toBe("2 numbers of 1 symbol");
  expect(problems({ name: "anbncn" }, 1, 50)).toBe("1 word of 50 letters of each kind");
  expect(problems({ name: "spike-distance-20" }, 64, 120)).toBe("64 problems of 120 steps");
  expect(problems(findTask("sort-by-key"), 2, 4)).toBe("2 problems of 4 symbols");
  expect(problems({ name: "digit-rows" }, 359, 8)).toBe("359 images of 8 rows");
  expect(problems({ name: "next-character" }, 1, 1)).toBe("1 passage of 1 character");
  expect(list([1, 2, 3], 2)).toBe("1, 2 and 1 more");
});

test("a long text is shortened to its beginning and end", () => {
  expect(shortened("0123456789", 10)).toBe("0123456789");
  expect(shortened("0123456789a", 10)).toBe("012 … 89a");
});

test("an evaluation tells at once when it takes long, then every half minute", () => {
  const lines: string[] = [];
  let time = 0;
  const output = { note: (line: string) => lines.push(line), redraw: undefined } as unknown as Output;
  const tell = evaluationProgress(output, () => time);
  const at = { length: 401, done: 8, samples: 64 };
  for (const [seconds, part] of [
    [1, 0.2],
    [2, 0.1],
    [20, 0.2],
    [31, 0.25],
    [32, 0.5],
    [80, 1],
  ] as const) {
    time = seconds;
    tell(part, { ...at, ...(part === 0.5 && { structured: "powers" }) });
  }
  expect(lines).toEqual([
    "evaluating: 10.0% · length 401: 8 of 64 · 18.0 s left",
    "evaluating: 50.0% · length 401, powers: 8 of 64 · 32.0 s left",
  ]);
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

test("what counts as solved", () => {
  const adding = findAnyTask("adding-problem");
  expect(criterion(adding, { cost: 0.01, symbolAccuracy: null })).toBe("squared error at most 0.01");
  expect(criterion(findAnyTask("anbn"), { cost: 0.5 })).toBe("cross-entropy at most 0.5");
  expect(criterion(findAnyTask("timed-spikes"), { symbolAccuracy: 0.99 })).toBe("numbers right: 99.0%");
  expect(criterion(adding, {})).toBe("no error");
  expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2]);
});
