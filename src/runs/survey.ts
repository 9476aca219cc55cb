/** A survey: how often trainings with different settings learn a task, and how often that is proved. Node only. */
import { type Rate, rate } from "../evaluation/index.ts";
import { configuredModel, layoutOf, type TrainingConfig } from "../training/index.ts";
import type { RunEnding } from "./reproduce-run.ts";
import type { Begin } from "./survey-begin.ts";
import type { Survey, SurveyRow } from "./survey-config.ts";
import {
  resultOf,
  type SurveyProof,
  type SurveyRowEvent,
  type SurveyTestResult,
  solvedBy,
  workOn,
} from "./survey-run.ts";

/** What is told while a survey is made. */
export type SurveyEvent = { readonly row: SurveyRow; readonly index: number; readonly of: number } & (
  | SurveyRowEvent
  | { readonly type: "ready"; readonly record: SurveyRowRecord }
);

export interface SurveyWorkOptions {
  /** Folder of the survey's runs. */
  readonly folder: string;
  /** Interrupts it: what is finished is kept, a later call goes on from there. */
  readonly signal?: AbortSignal;
}

/**
 * Trains, tests and proves the populations of a survey, one after the other; what is done is not done again.
 * @throws LonghandError as `startRun`, `resumeRun`; `file` where another process trains one of the populations.
 */
export async function* makeSurvey(survey: Survey, options: SurveyWorkOptions): AsyncGenerator<SurveyEvent> {
  const { folder, signal } = options;
  const { rows, prove } = survey;
  for (const [index, row] of rows.entries()) {
    const place = { row, index, of: rows.length };
    for await (const event of workOn(row, folder, prove, signal)) {
      yield { ...place, ...event };
    }
    if (signal?.aborted) return;
    yield { ...place, type: "ready", record: await recordOf(survey, row, folder) };
  }
}

/** Problems that networks of a population were tested on, and what became of it. */
export interface SurveyTestRecord extends Pick<SurveyTestResult, "length" | "samples" | "read" | "costs"> {
  /** Networks that pass: without an error, where their training doesn't say what else is enough. */
  readonly without: Rate;
}

/** What was found of a population. */
export interface SurveyRowRecord {
  /** Of each axis. */
  readonly labels: readonly string[];
  readonly folder: string;
  readonly isComplete: boolean;
  readonly training: TrainingConfig;
  readonly begin: Begin | null;
  /** null until it is trained. */
  readonly ending: RunEnding | null;
  /** Networks whose numbers stopped being finite. */
  readonly diverged: number;
  /** Mean of the networks' losses on the last batch told of; null until it is trained. */
  readonly loss: number | null;
  /** The first is the one that says which networks are solved. */
  readonly tests: readonly SurveyTestRecord[];
  /** Numbers of the solved networks. */
  readonly solved: readonly number[];
  /** By network: the step of the first of its training's looks that it passed; null where it passed none. */
  readonly solvedAt: readonly (number | null)[];
  /** Numbers that a network learns. */
  readonly parameters: number;
  /** By network: the longest length up to which it makes no error; null where that isn't measured. */
  readonly reached: readonly number[] | null;
  /** Of the networks without an error in the first test; null where no proof is asked for. */
  readonly proved: Rate | null;
  /** Seconds of all proofs together. */
  readonly proofSeconds: number;
  readonly proofs: readonly SurveyProof[];
}

/** All that a survey has found so far. */
export interface SurveyRecord extends Pick<Survey, "title" | "isQuick" | "seeds" | "axes" | "prove"> {
  readonly survey: string;
  readonly isComplete: boolean;
  readonly rows: readonly SurveyRowRecord[];
}

/** Reads what there is of a survey. @param folder of its runs. */
export async function surveyRecord(survey: Survey, folder: string): Promise<SurveyRecord> {
  const { name, title, isQuick, seeds, axes, prove } = survey;
  const rows = await Promise.all(survey.rows.map((row) => recordOf(survey, row, folder)));
  const isComplete = rows.every((row) => row.isComplete);
  return { survey: name, title, isQuick, seeds, axes, prove, isComplete, rows };
}

async function recordOf({ prove, seeds }: Survey, row: SurveyRow, folder: string): Promise<SurveyRowRecord> {
  const { ending, diverged, loss, solvedAt, tests, reached, proofs, isComplete } = await resultOf(
    row,
    folder,
    prove !== null,
  );
  const { labels, training, begin } = row;
  const solved = tests[0] ? solvedBy(tests[0]) : [];
  const proved = proofs.filter(({ verdict }) => verdict === "proved").length;
  return {
    ...{ labels, folder: row.folder, isComplete, training, begin, ending, diverged, loss },
    tests: tests.map((test) => {
      const { length, samples, read, costs } = test;
      return { length, samples, read, without: rate(solvedBy(test).length, seeds), ...(costs && { costs }) };
    }),
    ...{ solved, solvedAt, reached, parameters: layoutOf(configuredModel(training).model.parameters).size },
    proved: prove ? rate(proved, proofs.length) : null,
    proofSeconds: proofs.reduce((sum, { seconds }) => sum + seconds, 0),
    proofs,
  };
}
