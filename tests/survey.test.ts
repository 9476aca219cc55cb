/** `longhand survey`: a small one made, and made again with nothing to do; its table and its page. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { surveyPage, surveyPicture, surveyTable } from "../cli/survey-page.ts";
import { rate } from "../src/index.ts";
import type { Machine, SurveyRecord } from "../src/node.ts";
import { json, longhand } from "./command-line.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-survey-"));
});
afterAll(() => rm(base, { recursive: true }));

test("a survey is made once, and its files are written", async () => {
  const path = join(base, "small.json");
  const survey = {
    title: "Small",
    seeds: 2,
    training: { task: "parity", lengths: [2, 2], steps: 3, batch: 2, runtime: "reference", solved: null },
    axes: [
      {
        name: "units",
        values: [2, 3].map((units) => ({ label: `${units}`, training: { model: { layers: [units] } } })),
      },
    ],
    test: { samples: 4 },
  };
  await writeFile(path, JSON.stringify(survey));
  const args = ["survey", path, "--run", join(base, "runs")];
  const made = (await json(args)) as unknown as SurveyRecord & { files: string[] };
  expect(made).toMatchObject({ survey: "small", isComplete: true, seeds: 2, axes: ["units"] });
  expect(made.rows.map(({ labels, tests }) => [...labels, ...tests.map(({ length }) => length)])).toEqual([
    ["2", 20, 200],
    ["3", 20, 200],
  ]);
  expect(made.files).toEqual(["small.json", "small.svg", "small.md"].map((file) => join(base, "runs", file)));
  expect(await readFile(made.files[2]!, "utf8")).toContain("# Small");
  expect(await json(args)).toEqual(made);
});

test("bad input", async () => {
  const unknown = await longhand(["survey", "additoin"]);
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toContain('unknown survey "additoin". Did you mean "addition"?');
  const none = await longhand(["survey", "addition", "--seeds", "none"]);
  expect(none.status).toBe(2);
});

const machine: Machine = { cpu: "A", cores: 2, platform: "linux x64", node: "20", longhand: "1", commit: null };
const testOf = (length: number, right: number, read = "logits") => ({
  length,
  samples: 64,
  read,
  without: rate(right, 10),
});
const row = {
  ...{ labels: ["rnn", "0.4"], folder: "f", isComplete: true, begin: null, diverged: 0, loss: 0.3132, solved: [1, 4] },
  training: { lengths: [10, 10] },
  ending: { step: 2500, seconds: 12.4, machine, finished: "2026-01-02T03:04:05Z" },
  tests: [testOf(100, 2), testOf(1000, 1), testOf(100, 0, "truncated")],
  ...{ proved: rate(1, 2), proofSeconds: 3.2, proofs: [] },
  ...{ solvedAt: [], reached: null, parameters: 12 },
};
const record = {
  ...{
    survey: "own",
    title: "Own",
    isQuick: false,
    seeds: 10,
    axes: ["network", "noise"],
    prove: {},
    isComplete: false,
  },
  rows: [
    row,
    {
      ...row,
      labels: ["ilrnn", "0"],
      isComplete: false,
      ending: null,
      loss: null,
      tests: [],
      solved: [],
      proved: rate(0, 0),
    },
  ],
} as unknown as SurveyRecord;

test("the table", () => {
  const { header, rows, right } = surveyTable(record);
  expect(header).toEqual([
    ...["network", "noise", "right at length 100", "right at length 1,000", "right truncated at length 100"],
    ...["proved, of solved", "loss at the end", "steps", "seconds", "seconds of proof"],
  ]);
  expect(rows[0]).toEqual([
    ...["rnn", "0.4", "2 of 10 (6–51%)", "1 of 10 (2–40%)", "0 of 10 (0–28%)"],
    ...["1 of 2 (9–91%)", "0.31", "2,500", "12", "3"],
  ]);
  expect(rows[1]).toEqual(["ilrnn", "0", "–", "–", "–", "–", "–", "not trained", "–", "–"]);
  expect(right).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  const diverged = { ...record, prove: null, rows: [{ ...row, diverged: 3, proved: null }] } as unknown as SurveyRecord;
  expect(surveyTable(diverged).rows[0]!.slice(-3)).toEqual(["0.31", "2,500 (3 diverged)", "12"]);
  const half = { ...record, rows: [{ ...row, proved: rate(1, 1) }] } as unknown as SurveyRecord;
  expect(surveyTable(half).rows[0]![5]).toBe("unfinished");
});

test("lengths that differ are told in trained lengths", () => {
  const shorter = { ...row, training: { lengths: [1, 4] }, tests: [testOf(40, 5)] };
  const { header } = surveyTable({ ...record, rows: [row, shorter] } as unknown as SurveyRecord);
  expect(header[2]).toBe("right at 10 × trained length");
  expect(header[3]).toBe("right at length 1,000");
});

test("the picture", () => {
  const svg = surveyPicture(record);
  expect(svg).toContain("rnn, 0.4: 2 of 10, 1 proved for every length. ilrnn, 0: not known.");
});

test("the page", () => {
  const page = surveyPage(record, { command: "longhand survey own", machine });
  expect(page).toContain("Unfinished: the same command goes on.");
  expect(page).toContain("10 networks of each kind");
  expect(page).toContain("| rnn | 0.4 | 2 of 10 (6–51%) |");
  expect(page).toContain("Trained until: 2026-01-02");
  expect(page).toContain("`longhand survey own`");
});
