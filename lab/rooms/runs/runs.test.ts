/** What the room computes: metrics, curves, rows, differences, words. */
import { describe, expect, test } from "vitest";
import { differingSettings, flatSettings, kindOf } from "./differences.ts";
import { binSeries, lengthRows, lengthSeries } from "./lengths.ts";
import { noMetrics, withLines } from "./metrics.ts";
import { findingText } from "./result.ts";
import { firstChoice, type Row, shownRows, sortedRows } from "./rows.ts";
import { averaged, seriesOf } from "./series.ts";
import { ago, percent, shortNumber } from "./words.ts";

const stepLine = (step: number, loss: number | null, losses: readonly number[] = []) =>
  `${JSON.stringify({ type: "step", step, loss, symbolAccuracy: 0.5, exactAccuracy: step / 100, losses })}\n`;
const lookLine = (step: number, ...exact: number[]) =>
  `${JSON.stringify({ type: "look", step, solved: exact.map((of) => of === 1), accuracies: exact.map((of) => ({ symbol: of, exact: of })) })}\n`;

describe("metrics", () => {
  const text = stepLine(10, 0.5) + lookLine(10, 0, 1) + stepLine(20, null) + lookLine(20, 1, 1);

  test("by step, however the lines come", () => {
    const all = withLines(noMetrics, text);
    expect(all).toMatchObject({ steps: [10, 20], loss: [0.5, Number.NaN], symbol: [0.5, 0.5], exact: [0.1, 0.2] });
    expect(all.looks).toEqual([
      { step: 10, solved: [false, true], symbol: [0, 1], exact: [0, 1] },
      { step: 20, solved: [true, true], symbol: [1, 1], exact: [1, 1] },
    ]);
    let grown = noMetrics;
    for (const line of text.split(/(?<=\n)/)) grown = withLines(grown, line);
    expect(grown).toEqual(all);
    expect(noMetrics.steps).toEqual([]);
  });

  test("damaged lines, and steps that don't rise, are passed over", () => {
    const odd = withLines(
      noMetrics,
      `${stepLine(10, 1)}{torn\n\n7\nnull\n{"type":"step"}\n${stepLine(10, 2)}${stepLine(5, 3)}`,
    );
    expect(odd).toMatchObject({ steps: [10], loss: [1] });
  });

  test("of bins the newest", () => {
    const bins = (exact: number) => [{ length: 7, symbolAccuracy: 1, exactAccuracy: exact, loss: 1 }];
    const lines = [1, 2].map((step) => `${JSON.stringify({ type: "step", step, loss: 1, bins: bins(step / 4) })}\n`);
    const metrics = withLines(noMetrics, lines.join(""));
    expect(metrics.bins).toEqual([{ length: 7, symbol: 1, exact: 0.5 }]);
    expect(binSeries([{ row: { run: { id: "a" } }, metrics }])).toEqual([{ name: "a", runs: [{ x: [7], y: [0.5] }] }]);
    expect(binSeries([{ row: { run: { id: "a" } }, metrics: noMetrics }])).toEqual([]);
  });
});

describe("curves", () => {
  test("a point is the mean of its steps, at the last one told of", () => {
    const curve = { x: [25, 50, 75, 100, 130], y: [4, 2, Number.NaN, 6, 1] };
    expect(averaged(curve, 50)).toEqual({ x: [50, 100, 130], y: [3, 6, 1] });
    expect(averaged(curve, 1)).toEqual(curve);
    expect(averaged({ x: [1, 2], y: [Number.NaN, Number.NaN] }, 2)).toEqual({ x: [2], y: [Number.NaN] });
  });

  const run = (name: string, seed: number, hidden: number, text: string) => ({
    name,
    settings: flatSettings({ task: "parity", model: { name: "rnn", hidden }, seed }),
    metrics: withLines(noMetrics, text),
  });
  const runs = [
    run("a", 1, 4, stepLine(1, 2, [1, 3]) + lookLine(1, 0, 1)),
    run("b", 2, 4, stepLine(1, 4) + stepLine(2, 8)),
    run("c", 1, 8, stepLine(1, 6)),
  ];

  test("a series a run, with each network of it", () => {
    expect(seriesOf(runs, "loss")).toEqual([
      {
        name: "a",
        runs: [
          { x: [1], y: [1] },
          { x: [1], y: [3] },
        ],
      },
      { name: "b", runs: [{ x: [1, 2], y: [4, 8] }] },
      { name: "c", runs: [{ x: [1], y: [6] }] },
    ]);
    // Others have told nothing of looks.
    expect(seriesOf(runs, "solved")).toEqual([{ name: "a", runs: [{ x: [1], y: [0.5] }] }]);
    expect(seriesOf(runs, "held-out-exact")).toEqual([
      {
        name: "a",
        runs: [
          { x: [1], y: [0] },
          { x: [1], y: [1] },
        ],
      },
    ]);
    expect(seriesOf(runs, "exact")[1]).toEqual({ name: "b", runs: [{ x: [1, 2], y: [0.01, 0.02] }] });
  });

  test("a series for runs that differ only in their seeds", () => {
    expect(seriesOf(runs, "loss", { isGrouped: true })).toEqual([
      {
        name: "parity, rnn, model.hidden 4",
        runs: [
          { x: [1], y: [2] },
          { x: [1, 2], y: [4, 8] },
        ],
      },
      { name: "parity, rnn, model.hidden 8", runs: [{ x: [1], y: [6] }] },
    ]);
    expect(seriesOf(runs, "loss", { isGrouped: true, each: 2 })[0]!.runs[1]).toEqual({ x: [2], y: [6] });
  });

  test("long curves have some hundred points", () => {
    const long = run("long", 1, 4, Array.from({ length: 5000 }, (_, k) => stepLine(k + 1, 1)).join(""));
    const [series] = seriesOf([long], "loss");
    expect(series!.runs[0]!.x).toHaveLength(250);
  });
});

test("differences of settings", () => {
  const a = flatSettings({ seed: 1, model: { name: "rnn", hidden: 4, layers: [1, 2] }, noise: null });
  const b = flatSettings({ model: { layers: [1, 2], hidden: 8, name: "rnn" }, noise: { scale: 1 }, seed: 2 });
  expect(a).toEqual({ seed: 1, "model.name": "rnn", "model.hidden": 4, "model.layers": [1, 2], noise: null });
  expect(differingSettings([a, b])).toEqual(["seed", "model.hidden", "noise.scale"]);
  expect(kindOf(a)).toBe(
    kindOf(flatSettings({ model: { hidden: 4, name: "rnn", layers: [1, 2] }, noise: null, seed: 9 })),
  );
  expect(kindOf(a)).not.toBe(kindOf({ ...a, noise: 1 }));
});

describe("rows", () => {
  const row = (id: string, more: Record<string, unknown> = {}): Row => ({
    key: `run:${id}`,
    run: {
      id,
      error: null,
      task: "parity",
      model: "rnn",
      state: "solved",
      origin: null,
      loss: 1,
      created: id,
      ...more,
    } as Row["run"],
  });
  const rows = [
    row("b10", { loss: null, state: "training" }),
    row("b9", { loss: 3, model: "lstm" }),
    row("a", { loss: 2, origin: "by hand" }),
    { key: "run:x", run: { id: "x", error: "no config.json" } },
  ];
  const ids = (list: readonly Row[]) => list.map(({ run }) => run.id);
  const any = { text: "", task: "", model: "", state: "" };

  test("filters", () => {
    expect(ids(shownRows(rows, any))).toEqual(["b10", "b9", "a", "x"]);
    expect(ids(shownRows(rows, { ...any, text: " HAND  rnn" }))).toEqual(["a"]);
    expect(ids(shownRows(rows, { ...any, text: "config" }))).toEqual(["x"]);
    expect(ids(shownRows(rows, { ...any, model: "lstm" }))).toEqual(["b9"]);
    expect(ids(shownRows(rows, { ...any, state: "damaged" }))).toEqual(["x"]);
    expect(ids(shownRows(rows, { ...any, task: "sort" }))).toEqual([]);
  });

  test("orders: numbers within names count as numbers, what has no value comes last", () => {
    expect(ids(sortedRows(rows, "id", false))).toEqual(["a", "b9", "b10", "x"]);
    expect(ids(sortedRows(rows, "id", true))).toEqual(["x", "b10", "b9", "a"]);
    expect(ids(sortedRows(rows, "loss", false))).toEqual(["a", "b9", "b10", "x"]);
    expect(ids(sortedRows(rows, "loss", true))).toEqual(["b9", "a", "b10", "x"]);
  });

  test("the first choice: the newest that have begun", () => {
    expect(firstChoice([...rows, row("c"), row("d"), row("e")])).toEqual(["run:e", "run:d", "run:c"]);
    expect(firstChoice(rows)).toEqual(["run:b9", "run:a"]);
  });
});

test("measured lengths", () => {
  const of = (length: number, replica: number, successes: number) => {
    const rate = { value: successes / 4, successes, trials: 4, low: 0.1, high: 0.9 };
    return { length, replica, isTrained: length === 10, isHeldOut: false, exact: rate, symbol: rate };
  };
  const results = [of(10, 0, 4), of(10, 1, 2), of(20, 0, 4), of(20, 1, 0)];
  expect(
    lengthSeries(
      [
        { name: "a", results },
        { name: "b", results: [] },
      ],
      "exact",
    ),
  ).toEqual([
    {
      name: "a",
      runs: [
        { x: [10, 20], y: [1, 1] },
        { x: [10, 20], y: [0.5, 0] },
      ],
    },
  ]);
  expect(lengthRows(results)).toMatchObject([
    { length: 10, isTrained: true, networks: 2, faultless: 1, right: 6, problems: 8, interval: null, symbol: 0.75 },
    { length: 20, isTrained: false, networks: 2, faultless: 1, right: 4, problems: 8, interval: null, symbol: 0.5 },
  ]);
  expect(lengthRows([of(10, 0, 3)])).toMatchObject([{ interval: [0.1, 0.9] }]);
});

test("what was tested at the end", () => {
  const exact = (successes: number) => ({ exact: { successes, trials: 1024 } });
  expect(findingText({ finding: { length: 1000, results: [exact(1024)] } })).toBe("length 1,000: 100% of 1,024");
  expect(findingText({ finding: { length: 50, results: [exact(1024), exact(1023)] } })).toBe(
    "length 50: 1 of 2 networks without error",
  );
  for (const none of [null, undefined, 3, {}, { finding: null }, { finding: { length: 1, results: [{}] } }]) {
    expect(findingText(none)).toBe("–");
  }
});

test("words", () => {
  expect([0.45678, 12.34567, 0, 0.00012345, Number.NaN].map(shortNumber)).toEqual([
    "0.4568",
    "12.35",
    "0",
    "1.2e-4",
    "–",
  ]);
  expect([1, 0, 0.9999, 0.0001, 0.5, Number.NaN].map(percent)).toEqual(["100%", "0%", "<100%", ">0%", "50.0%", "–"]);
  const now = 1e12;
  expect([0, 30, 90, 7200, 86_400, 200_000, -5].map((seconds) => ago(now - 1000 * seconds, now))).toEqual([
    ...["just now", "30 s ago", "1 min ago", "2 h ago", "1 day ago", "2 days ago", "just now"],
  ]);
});
