/** A figure from its configuration: trained once, resumed after a kill, drawn with what there is, and what its page says. */
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { comparisons, figureCurves, figurePage, figureTable, resampled } from "../cli/reproduce-page.ts";
import type { FigureRecord, FigureRunRecord, Machine, RunEnding } from "../src/node.ts";
import { longhand, start } from "./command-line.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-reproduce-"));
});
afterAll(() => rm(base, { recursive: true }));

interface Made extends FigureRecord {
  readonly trained: number;
  readonly files: readonly string[];
}

async function made(args: readonly string[], status = 0): Promise<Made> {
  const ended = await longhand(["reproduce", ...args, "--json"]);
  expect(ended.status, ended.stderr).toBe(status);
  return JSON.parse(ended.stdout) as Made;
}

/** What doesn't depend on clocks and folders. */
function outcome({ isComplete, runs }: FigureRecord) {
  const results = runs.map(({ series, seed, state, looks, tests, ending }) => ({
    ...{ series, seed, state, tests, step: ending?.step },
    looks: looks.map(({ seconds: _, ...look }) => look),
  }));
  return { isComplete, results };
}

/** When each file below a folder was last written, but for those of figures. */
async function timesOf(folder: string): Promise<Record<string, number>> {
  const files = await readdir(folder, { recursive: true });
  const runs = files.filter((file) => /-seed\d/.test(file));
  return Object.fromEntries(
    await Promise.all(runs.map(async (file) => [file, (await stat(join(folder, file))).mtimeMs] as const)),
  );
}

test("figure 7: what is trained isn't trained again; killed and started again, it ends the same", async () => {
  const runs = join(base, "whole");
  const whole = await made(["fig7", "--smallest", "--runs", runs]);
  expect(whole).toMatchObject({ figure: "fig7", scale: "smallest", isComplete: true, trained: 4 });
  expect(whole.runs.map(({ series }) => series)).toEqual([
    "DNGPU",
    "no hard functions",
    "no saturation cost",
    "no diagonal gates",
  ]);
  for (const { looks, ending } of whole.runs) {
    expect(looks.map(({ step }) => step)).toEqual([2, 4, 6]);
    const seconds = looks.map((look) => look.seconds);
    expect(seconds.every((value, k) => value > (seconds[k - 1] ?? 0))).toBe(true);
    expect(ending).toMatchObject({
      reason: "steps",
      step: 6,
      machine: { cores: expect.any(Number), longhand: "0.1.0" },
    });
  }
  const [svg, json, page] = await Promise.all(whole.files.map((file) => readFile(file, "utf8")));
  expect(svg).toContain("no diagonal gates");
  expect(JSON.parse(json!)).toMatchObject({ command: "longhand reproduce fig7 --smallest", runs: whole.runs });
  expect(page).toContain("4 of 4 runs done.");
  expect(page).toContain("- Command: `longhand reproduce fig7 --smallest`");

  const before = await timesOf(runs);
  const again = await made(["fig7", "--smallest", "--runs", runs]);
  expect(again.trained).toBe(0);
  expect(outcome(again)).toEqual(outcome(whole));
  expect(await timesOf(runs)).toEqual(before);

  const killed = join(base, "killed");
  const { child, ended, says } = start(["reproduce", "fig7", "--smallest", "--runs", killed]);
  await says("run 3 of 4: no saturation cost, seed 1 · step 4");
  child.kill("SIGKILL");
  expect((await ended).signal).toBe("SIGKILL");
  const drawn = await readFile(join(killed, "fig7-smallest", "fig7.md"), "utf8");
  expect(drawn).toContain("Unfinished: 2 of 4 runs done");
  expect(drawn).toContain("![");
  const resumed = await made(["fig7", "--smallest", "--runs", killed]);
  expect(resumed.trained).toBe(2);
  expect(outcome(resumed)).toEqual(outcome(whole));
  for (const { looks } of resumed.runs) {
    expect(looks.every(({ seconds }, k) => seconds > (looks[k - 1]?.seconds ?? 0))).toBe(true);
  }
}, 240_000);

test("figures 5 and 6 test the runs of figure 3, and each other's tests are enough", async () => {
  const runs = join(base, "shared");
  expect(await made(["fig3", "--smallest", "--runs", runs])).toMatchObject({ trained: 3 });
  const five = await made(["fig5", "--smallest", "--runs", runs]);
  expect(five).toMatchObject({ trained: 0, isComplete: true });
  const [{ tests }] = five.runs as [FigureRunRecord];
  expect(tests.map(({ length, samples }) => [length, samples])).toEqual([
    [9, 4],
    [11, 20],
  ]);
  const before = await timesOf(runs);
  const six = await made(["fig6", "--smallest", "--runs", runs]);
  expect(outcome(six)).toEqual(outcome(five));
  expect(await timesOf(runs)).toEqual(before);

  // A test that was killed after its first part, in the middle of writing the second.
  const cut = join(base, "cut");
  await cp(runs, cut, { recursive: true });
  const [folder] = (await readdir(cut)).filter((name) => name.startsWith("dngpu"));
  const path = join(cut, folder!, "tests.jsonl");
  await writeFile(path, (await readFile(path, "utf8")).slice(0, -60));
  expect(outcome(await made(["fig6", "--smallest", "--runs", cut]))).toEqual(outcome(five));
}, 240_000);

test("Ctrl+C draws what there is, says so, and the same command goes on", async () => {
  const runs = join(base, "stopped");
  const { child, ended, says } = start(["reproduce", "fig9", "--smallest", "--steps", "40", "--runs", runs]);
  await says("step 8 of 40");
  child.kill("SIGINT");
  const { status, stdout, stderr } = await ended;
  expect(status, stderr).toBe(1);
  expect(stderr).toContain("stopping: the step is finished and a checkpoint written");
  expect(stdout).toContain("unfinished: 0 of 1 run done, 1 unfinished");
  expect(stdout).toContain("Unfinished: the same command goes on.");
  expect(await readFile(join(runs, "fig9-smallest", "fig9.svg"), "utf8")).toContain("(smallest, unfinished)");
  const rest = await longhand(["reproduce", "fig9", "--smallest", "--steps", "40", "--runs", runs]);
  expect(rest.status).toBe(0);
  expect(rest.stderr).toMatch(/run 1 of 1: DNGPU, seed 1 · from step \d+ on/);
}, 240_000);

test("a run that diverges is written down, not trained again, and the exit status is 1", async () => {
  const config = JSON.parse(await readFile(new URL("../reproductions/fig9.json", import.meta.url), "utf8")) as {
    series: { training: object }[];
    smallest: { training: object };
  };
  Object.assign(config.smallest.training, { learningRate: 1e200, weightDecay: 1, optimizer: { name: "sgd" } });
  const path = join(base, "wild.json");
  await writeFile(path, JSON.stringify(config));
  const args = [path, "--smallest", "--runs", join(base, "wild"), "--out", join(base, "wild-figure")];
  const first = await made(args, 1);
  expect(first).toMatchObject({ isComplete: true, trained: 1, runs: [{ state: "diverged" }] });
  expect(await made(args, 1)).toMatchObject({ trained: 0, runs: first.runs });
  expect((await readdir(join(base, "wild-figure"))).sort()).toContain("wild.md");
});

test("a bad configuration ends with status 2 and the field's name", async () => {
  const path = join(base, "bad.json");
  const sound = JSON.parse(await readFile(new URL("../reproductions/fig7.json", import.meta.url), "utf8")) as Record<
    string,
    unknown
  >;
  await writeFile(path, JSON.stringify({ ...sound, seeds: "five" }));
  const bad = await longhand(["reproduce", path]);
  expect(bad.status).toBe(2);
  expect(bad.stderr).toContain('bad.json, seeds: received "five"');
  const unknown = await longhand(["reproduce", "fig77"]);
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toContain('unknown figure "fig77". Did you mean "fig7"?');
  const both = await longhand(["reproduce", "fig7", "--quick", "--smallest"]);
  expect(both.status).toBe(2);
});

const machine: Machine = {
  cpu: "A",
  cores: 2,
  platform: "linux x64",
  node: "20",
  longhand: "1",
  commit: "0123456789abcdef+",
};

/** A run that looked at steps 100, 200, … and was tested on lengths 10, 100, … */
function runOf(series: string, seed: number, looks: number[], tests: [number, number, number][] = []): FigureRunRecord {
  const ending: RunEnding = {
    ...{ reason: "steps", step: 100 * looks.length, seconds: 60 * looks.length, message: null },
    ...{ runtime: "R", machine, finished: "2026-01-02T03:04:05Z" },
  };
  return {
    ...{ series, seed, folder: "", state: "ended", ending },
    looks: looks.map((symbol, k) => ({ step: 100 * (k + 1), seconds: 60 * (k + 1), symbol, exact: symbol / 2 })),
    tests: tests.map(([samples, wrong, symbol], k) => ({ length: 10 ** (k + 1), samples, wrong, symbol })),
  };
}

const training = {
  solved: { length: 401 },
  task: "t",
  model: { name: "m" },
  steps: 3,
  batch: 1,
  bins: { lengths: [7] },
};
const figure = {
  ...{
    figure: "own",
    title: "Own",
    source: "nobody",
    scale: "full",
    x: "step",
    xScale: "linear",
    y: "symbol accuracy",
  },
  ...{ isComplete: true, test: null, claims: [] },
  series: ["A", "B"].map((name) => ({ name, hash: "0123456789", training })),
  runs: [runOf("A", 1, [0.5, 0.99, 1]), runOf("B", 1, [0.9, 0.6]), runOf("A", 2, [0.4, 0.5, 0.6])],
} as unknown as FigureRecord;
const lengths = {
  ...figure,
  x: "length",
  test: { seed: 1, lengths: [10, 100].map((length, k) => ({ length, samples: [1024, 64][k]! })) },
  runs: [
    runOf("A", 1, [1], [
      [1024, 3, 0.999],
      [64, 2, 0.98],
    ] as [number, number, number][]),
    runOf("A", 2, [1], [
      [1024, 0, 1],
      [64, 16, 0.92],
    ] as [number, number, number][]),
  ],
} as FigureRecord;

test("what was found stands beside what the paper says", () => {
  const claims: FigureRecord["claims"] = [
    { measure: "reaches", paper: "early", series: "A", accuracy: 0.99 },
    { measure: "above", paper: "most", series: "A", accuracy: 0.9 },
    { measure: "order", paper: "A, B" },
  ];
  expect(comparisons({ ...figure, claims })).toEqual([
    { paper: "early", here: "A: 99.0% in 1 of 2 runs, at step 200" },
    { paper: "most", here: "A: 1 of 2 runs above 90.0% (60.0% to 100%)" },
    { paper: "A, B", here: "A 80.0%, B 60.0%" },
  ]);
  expect(comparisons({ ...figure, x: "seconds", claims })[0]!.here).toBe("A: 99.0% in 1 of 2 runs, after 2 min 00 s");
  const far: FigureRecord["claims"] = [
    { measure: "above", paper: "", series: "A", accuracy: 0.95 },
    { measure: "fewest wrong", paper: "", series: "A" },
    { measure: "fewest wrong", paper: "", series: "B" },
  ];
  expect(comparisons({ ...lengths, claims: far }).map(({ here }) => here)).toEqual([
    "A: 1 of 2 runs above 95.0% at length 100 (92.0% to 98.0%)",
    "A: 2 of 64 wrong at length 100",
    "no run yet",
  ]);
});

test("curves by step, time, length, and of wrong answers", () => {
  const seriesOf = (record: FigureRecord) => figureCurves(record)!.series.map(({ runs }) => runs);
  expect(seriesOf(figure)[0]![0]).toEqual({ x: [100, 200, 300], y: [0.5, 0.99, 1] });
  expect(seriesOf({ ...figure, y: "wrong answers" })[1]).toEqual([{ x: [100, 200], y: [1024 * 0.55, 1024 * 0.7] }]);
  const [first] = seriesOf({ ...figure, x: "seconds" })[0]!;
  expect(Array.from(first!.x).at(-1)).toBe(3);
  expect(Array.from(first!.y).at(-1)).toBe(1);
  expect(seriesOf(lengths)).toEqual([
    [
      { x: [10, 100], y: [0.999, 0.98] },
      { x: [10, 100], y: [1, 0.92] },
    ],
  ]);
  expect(seriesOf({ ...lengths, y: "wrong answers" })[0]![1]).toEqual({ x: [10, 100], y: [0, 256] });
  expect(figureCurves({ ...figure, runs: [runOf("A", 1, [])] })).toBeNull();
});

test("time is drawn at common moments, in straight lines between the looks", () => {
  const { x, y } = resampled({ x: [20, 40, 80], y: [0, 1, 0] }, 100);
  expect(Array.from(x)).toEqual(Array.from({ length: 61 }, (_, k) => 20 + k));
  expect(y[0]).toBe(0);
  expect(y[10]).toBeCloseTo(0.5, 12);
  expect(y[20]).toBe(1);
  expect(y[50]).toBeCloseTo(0.25, 12);
});

test("the numbers and the page", () => {
  expect(figureTable(figure).rows[0]).toEqual(["A", "1", "300", "3 min 00 s", "200", "100%"]);
  expect(figureTable(figure).rows[2]).toEqual(["A", "2", "300", "3 min 00 s", "–", "60.0%"]);
  expect(figureTable(lengths).rows).toEqual([
    ["10", "1,024", "99.95% (99.9% to 100%)", "–"],
    ["100", "64", "95.0% (92.0% to 98.0%)", "–"],
  ]);
  expect(figureTable({ ...lengths, y: "wrong answers" }).rows[1]).toEqual(["100", "64", "2, 16", "–"]);
  const partly = { ...figure, isComplete: false, runs: [{ ...figure.runs[0]!, state: "unfinished" as const }] };
  const page = figurePage(partly, { command: "longhand reproduce own", machine, picture: "own.svg" });
  expect(page).toContain("Unfinished: 0 of 1 run done, 1 unfinished.");
  expect(page).toContain("| A | 1 | 300 (unfinished) |");
  expect(page).toContain("A, 2 cores, linux x64, Node 20, Longhand 1 (commit 0123456789ab+)");
  expect(figureCurves(partly)!.title).toBe("Own (unfinished)");
});
