/** A figure of a paper, from its configuration: trains what isn't trained, tests what isn't tested, reads the rest. Node only. */
import { basename } from "node:path";
import type { TrainingConfig, TrainingEvent } from "../training/index.ts";
import type { Claim, Figure, FigureScale, FigureTest } from "./reproduce-config.ts";
import {
  endingOf,
  type FigureRun,
  type LookPoint,
  looksOf,
  type RunEnding,
  runsOf,
  trainFigureRun,
} from "./reproduce-run.ts";
import { type TestPoint, testFigureRun, testsOf } from "./reproduce-test.ts";

/** What is told of a run while a figure is made. */
export type ReproduceEvent = {
  readonly run: FigureRun;
  /** Place of the run among all of the figure's, from 0. */
  readonly index: number;
  readonly of: number;
} & (
  | { readonly type: "training"; readonly event: TrainingEvent }
  | { readonly type: "test"; readonly length: number; readonly done: number; readonly samples: number }
  /** Nothing is left to do for this run. */
  | { readonly type: "ready"; readonly ending: RunEnding; readonly wasTrained: boolean }
);

/**
 * Makes the runs of a figure, one after the other.
 * @param options.runs folder of the runs. Figures share those whose series and settings are the same.
 * @param options.signal interrupts it: the step is finished and a checkpoint written; a later call goes on from there.
 * @throws LonghandError `file` where another process trains one of the runs; as `startRun`, `resumeRun`.
 */
export async function* reproduce(
  figure: Figure,
  options: { readonly runs: string; readonly signal?: AbortSignal },
): AsyncGenerator<ReproduceEvent> {
  const { runs, signal } = options;
  const all = runsOf(figure, runs);
  for (const [index, run] of all.entries()) {
    const place = { run, index, of: all.length };
    const before = await endingOf(run);
    if (!before) {
      for await (const event of trainFigureRun(run, signal)) yield { type: "training", ...place, event };
    }
    const ending = before ?? (await endingOf(run));
    if (!ending) return;
    if (figure.test && ending.reason === "steps") {
      for await (const tested of testFigureRun(run, figure.test, signal)) yield { type: "test", ...place, ...tested };
    }
    if (signal?.aborted) return;
    yield { type: "ready", ...place, ending, wasTrained: before === null };
  }
}

export interface FigureRunRecord {
  readonly series: string;
  readonly seed: number;
  /** Its name among the runs. */
  readonly folder: string;
  readonly state: "ended" | "diverged" | "unfinished" | "not begun";
  /** null until it has ended. */
  readonly ending: RunEnding | null;
  /** Accuracies while it was trained. */
  readonly looks: readonly LookPoint[];
  /** By length, after it was trained. */
  readonly tests: readonly TestPoint[];
}

/** All that a figure shows, and where it comes from. */
export interface FigureRecord {
  readonly figure: string;
  readonly title: string;
  readonly source: string;
  readonly scale: FigureScale;
  readonly x: Figure["x"];
  readonly xScale: Figure["xScale"];
  readonly y: Figure["y"];
  /** Whether every run has ended and was tested. */
  readonly isComplete: boolean;
  readonly claims: readonly Claim[];
  readonly test: FigureTest | null;
  readonly series: readonly { readonly name: string; readonly hash: string; readonly training: TrainingConfig }[];
  readonly runs: readonly FigureRunRecord[];
}

/** Reads what there is of a figure. @param runs folder of the runs. */
export async function figureRecord(figure: Figure, runs: string): Promise<FigureRecord> {
  const records = await Promise.all(
    runsOf(figure, runs).map(async (run): Promise<FigureRunRecord> => {
      const { series, seed, folder } = run;
      const ending = await endingOf(run);
      const looks = await looksOf(run);
      const tests = figure.test ? await testsOf(run, figure.test) : [];
      const isTested = tests.length === (figure.test?.lengths.length ?? 0);
      const state = stateOf(ending, isTested, looks.length > 0);
      return { series, seed, folder: basename(folder), state, ending, looks, tests };
    }),
  );
  const { name, title, source, scale, x, xScale, y, claims, test, series } = figure;
  const isComplete = records.every(({ state }) => state === "ended" || state === "diverged");
  return { figure: name, title, source, scale, x, xScale, y, isComplete, claims, test, series, runs: records };
}

function stateOf(ending: RunEnding | null, isTested: boolean, isBegun: boolean): FigureRunRecord["state"] {
  if (ending?.reason === "diverged") return "diverged";
  if (ending && isTested) return "ended";
  return ending || isBegun ? "unfinished" : "not begun";
}
