/** A reproduced figure as curves, as what stands beside the paper's claims, and as a page. */
import type { CurveRun, Curves } from "../src/index.ts";
import type { Claim, FigureRecord, FigureRunRecord, Machine } from "../src/node.ts";
import { markdownTable } from "./table.ts";
import { count, counted, describeMachine, duration, percent } from "./words.ts";

/** A claim of the paper and what was found here. */
export interface Comparison {
  readonly paper: string;
  readonly here: string;
}

/** Wrong answers are drawn per so many problems, as the paper has them; lengths may be tested on different numbers. */
const PROBLEMS = 1024;

/** The figure as curves, or null where no run has a point yet. */
export function figureCurves(record: FigureRecord): Curves | null {
  const { title, scale, x, xScale, y, runs, isComplete } = record;
  const minutes = Math.max(...runs.flatMap(({ looks }) => looks.map(({ seconds }) => seconds / 60)));
  const curveOf = (run: FigureRunRecord): CurveRun => {
    if (x === "length") {
      const valueAt = ({ wrong, samples, symbol }: FigureRunRecord["tests"][number]) =>
        y === "wrong answers" ? (PROBLEMS * wrong) / samples : symbol;
      return { x: run.tests.map(({ length }) => length), y: run.tests.map(valueAt) };
    }
    const values = run.looks.map(({ symbol, exact }) => (y === "wrong answers" ? PROBLEMS * (1 - exact) : symbol));
    if (x === "step") return { x: run.looks.map(({ step }) => step), y: values };
    return resampled({ x: run.looks.map(({ seconds }) => seconds / 60), y: values }, minutes);
  };
  const series = record.series
    .map(({ name }) => ({
      name,
      runs: runs
        .filter((run) => run.series === name)
        .map(curveOf)
        .filter(hasPoints),
    }))
    .filter((one) => one.runs.length > 0);
  if (series.length === 0) return null;
  const notes = [...(scale === "full" ? [] : [scale]), ...(isComplete ? [] : ["unfinished"])];
  return {
    title: `${title}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`,
    x: { label: { step: "step", seconds: "minutes of training", length: "input length" }[x], scale: xScale },
    y: { label: y === "wrong answers" ? `wrong answers of ${count(PROBLEMS)}` : "symbol accuracy" },
    series,
  };
}

function hasPoints({ x }: CurveRun): boolean {
  return x.length > 0;
}

/** Points at hundredths of the whole time, in straight lines between the looks: runs look at different times. */
export function resampled({ x, y }: CurveRun, end: number): CurveRun {
  const points: [number, number][] = [];
  for (let k = 0; k <= 100; k++) {
    const at = k === 100 ? end : (end * k) / 100;
    const after = Array.from(x).findIndex((value) => value >= at);
    if (after < 0 || (after === 0 && x[0]! > at)) continue;
    const before = Math.max(0, after - 1);
    const part = after === before ? 0 : (at - x[before]!) / (x[after]! - x[before]!);
    points.push([at, y[before]! + part * (y[after]! - y[before]!)]);
  }
  return { x: points.map(([at]) => at), y: points.map(([, value]) => value) };
}

/** What was found here beside what the paper says. */
export function comparisons(record: FigureRecord): Comparison[] {
  return record.claims.map((claim) => ({ paper: claim.paper, here: found(record, claim) }));
}

function found(record: FigureRecord, claim: Claim): string {
  const { x, series } = record;
  if (claim.measure === "order") {
    const ends = series.map(({ name }) => ({ name, values: valuesOf(record, name, lastAccuracy) }));
    const known = ends.filter(({ values }) => values.length > 0).sort((a, b) => mean(b.values) - mean(a.values));
    return known.map(({ name, values }) => `${name} ${percent(mean(values))}`).join(", ") || "no run yet";
  }
  const runs = record.runs.filter((run) => run.series === claim.series && lastAccuracy(run) !== undefined);
  if (runs.length === 0) return "no run yet";
  switch (claim.measure) {
    case "reaches": {
      const firsts = runs.map(({ looks }) => looks.find(({ symbol }) => symbol >= claim.accuracy));
      const reached = firsts.filter((look) => look !== undefined);
      const places = reached.map((look) => (x === "seconds" ? duration(look.seconds) : count(look.step)));
      const at = places.length > 0 ? `, ${x === "seconds" ? "after" : "at step"} ${places.join(", ")}` : "";
      return `${claim.series}: ${percent(claim.accuracy)} in ${reached.length} of ${counted(runs.length, "run")}${at}`;
    }
    case "above": {
      const values = runs.map((run) => lastAccuracy(run)!);
      const above = values.filter((value) => value > claim.accuracy).length;
      const range = `${percent(Math.min(...values))} to ${percent(Math.max(...values))}`;
      return `${claim.series}: ${above} of ${counted(runs.length, "run")} above ${percent(claim.accuracy)}${longestOf(record)} (${range})`;
    }
    case "fewest wrong": {
      const last = runs.flatMap(({ tests }) => tests.slice(-1));
      if (last.length === 0) return "no test yet";
      const best = last.reduce((a, b) => (b.wrong / b.samples < a.wrong / a.samples ? b : a));
      return `${claim.series}: ${count(best.wrong)} of ${count(best.samples)} wrong${longestOf(record)}`;
    }
  }
}

function longestOf({ x, test }: FigureRecord): string {
  return x === "length" ? ` at length ${count(test!.lengths.at(-1)!.length)}` : "";
}

/** A run's accuracy at the end: of its last look, or at the longest length. */
function lastAccuracy({ looks, tests }: FigureRunRecord): number | undefined {
  return (tests.at(-1) ?? looks.at(-1))?.symbol;
}

function valuesOf(record: FigureRecord, series: string, of: (run: FigureRunRecord) => number | undefined): number[] {
  return record.runs.filter((run) => run.series === series).flatMap((run) => of(run) ?? []);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** "3 of 10 runs are done", and how many diverged. */
export function progressOf({ runs, isComplete }: FigureRecord): string {
  const of = (state: FigureRunRecord["state"]) => runs.filter((run) => run.state === state).length;
  const parts = [`${of("ended")} of ${counted(runs.length, "run")} done`];
  for (const state of ["unfinished", "diverged"] as const) if (of(state) > 0) parts.push(`${of(state)} ${state}`);
  return `${isComplete ? "" : "unfinished: "}${parts.join(", ")}`;
}

/** The numbers behind the figure: a row a run, or a row a length. */
export function figureTable(record: FigureRecord): { header: string[]; rows: string[][] } {
  if (record.x === "length") return lengthTable(record);
  const header = ["series", "seed", "steps", "time", "99% from step", "last accuracy"];
  const rows = record.runs.map(({ series, seed, state, ending, looks }) => {
    const last = looks.at(-1);
    const first = looks.find(({ symbol }) => symbol >= 0.99);
    const steps = last ? count(ending?.step ?? last.step) : "";
    const isOdd = state === "diverged" || state === "unfinished";
    return [
      series,
      String(seed),
      isOdd ? `${steps} (${state})`.trim() : steps,
      last ? duration(ending?.seconds ?? last.seconds) : "",
      first ? count(first.step) : "–",
      last ? percent(last.symbol) : "not begun",
    ];
  });
  return { header, rows };
}

function lengthTable(record: FigureRecord): { header: string[]; rows: string[][] } {
  const { series, runs, test, y } = record;
  const header = ["length", "problems", ...series.map(({ name }) => name)];
  const rows = test!.lengths.map(({ length, samples }) => {
    const cells = series.map(({ name }) => {
      const points = runs
        .filter((run) => run.series === name)
        .flatMap(({ tests }) => tests.filter((point) => point.length === length));
      if (points.length === 0) return "–";
      if (y === "wrong answers") return points.map(({ wrong }) => count(wrong)).join(", ");
      const values = points.map(({ symbol }) => symbol);
      return `${percent(mean(values))} (${percent(Math.min(...values))} to ${percent(Math.max(...values))})`;
    });
    return [count(length), count(samples), ...cells];
  });
  return { header, rows };
}

/** The figure's page, in Markdown. @param picture its file, or null where there is nothing to draw. */
export function figurePage(
  record: FigureRecord,
  { command, machine, picture }: { command: string; machine: Machine; picture: string | null },
): string {
  const { title, source, scale, series, runs, y, x } = record;
  const table = figureTable(record);
  const machines = new Set(runs.flatMap(({ ending }) => (ending ? [describeMachine(ending.machine)] : [])));
  const finished = runs.flatMap(({ ending }) => ending?.finished ?? []).sort();
  const scaleNote = scale === "full" ? [] : [`This is the ${scale} version: smaller than the paper's experiment.`];
  const cells =
    x === "length"
      ? y === "wrong answers"
        ? ["Wrong answers of each run, in the order of the seeds."]
        : ["Symbol accuracy: mean of the runs, least to greatest."]
      : [];
  const paragraphs = [
    `# ${title}`,
    `After ${source}.`,
    ...scaleNote,
    ...(picture === null ? ["Nothing to draw yet."] : [`![${title}](${picture})`]),
    `${sentence(progressOf(record))}.`,
    ...(record.claims.length === 0
      ? []
      : [
          markdownTable(
            ["the paper", "here"],
            comparisons(record).map(({ paper, here }) => [paper, here]),
          ),
        ]),
    "## Numbers",
    ...cells,
    markdownTable(table.header, table.rows),
    ...(x === "seconds" ? ["Time is that of training alone; the picture has straight lines between the looks."] : []),
    "## Where they come from",
    series
      .map(({ name, hash, training }) => `- ${name}: ${describeTraining(training)}; settings \`${hash.slice(0, 8)}\``)
      .join("\n"),
    [
      `- Trained on: ${[...machines].join("; ") || "no run has ended yet"}`,
      ...(finished.length > 0 ? [`- Trained until: ${finished.at(-1)!.slice(0, 10)}`] : []),
      `- Drawn by: ${describeMachine(machine)}`,
      `- Command: \`${command}\``,
      `- All points and settings: [${record.figure}.json](${record.figure}.json)`,
    ].join("\n"),
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

function describeTraining({ task, model, steps, batch, bins }: FigureRecord["series"][number]["training"]): string {
  const { name, ...options } = model;
  const settings = Object.entries(options).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return `${name} (${settings.join(", ")}) on ${task}, ${counted(steps, "step")} of ${batch} problems, padded to ${bins!.lengths.join(", ")}`;
}

function sentence(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
