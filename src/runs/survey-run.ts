/** One population of a survey, in a folder of its own: what is trained, tested or proved is not done again. Node only. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { type LengthResult, reachOf } from "../evaluation/index.ts";
import { nodeFileSystem } from "../files/file-system.ts";
import { type MetricsRecord, openMetrics, readMetrics } from "../files/metrics-file.ts";
import { readRun } from "../files/run-folder.ts";
import { readBy, readouts } from "../models/index.ts";
import { isDrawn, validLengths } from "../tasks/index.ts";
import type { Trained } from "../trained/index.ts";
import { isSolvedBy, type TrainingEvent } from "../training/index.ts";
import { evaluateTrained } from "./evaluate.ts";
import { proveTrained } from "./prove.ts";
import { endingOf, type FigureRun, type RunEnding, trainFigureRun } from "./reproduce-run.ts";
import { writeBeginning } from "./survey-begin.ts";
import type { SurveyProve, SurveyRow, SurveyTest } from "./survey-config.ts";
import { openTrained } from "./trained.ts";

/** What every network made of problems of a length. */
const testSchema = z.object({
  length: z.int(),
  samples: z.int(),
  read: z.enum(readouts),
  /** By replica: answers that are all right. */
  right: z.array(z.int()),
  /** By replica: whether it passes, by what its training counts as solved; in tests of old, no error. */
  passed: z.array(z.boolean()).optional(),
  /** By replica, of tasks that are drawn with their answers: see `LengthResult`. */
  costs: z.array(z.number().nullable()).optional(),
});
export type SurveyTestResult = z.output<typeof testSchema>;

/** What became of the proof for a network. */
const proofSchema = z.object({
  replica: z.int(),
  verdict: z.enum(["proved", "refuted", "unknown"]),
  seconds: z.number(),
  /** Of a proof: sets of its invariant, and the least margin of an answer. */
  sets: z.int().optional(),
  margin: z.number().optional(),
  /** What stood in the way of one. */
  blocked: z.string().optional(),
});
export type SurveyProof = z.output<typeof proofSchema>;

/** What is told of a population while it is worked on. */
export type SurveyRowEvent =
  | { readonly type: "training"; readonly event: TrainingEvent }
  | { readonly type: "test"; readonly length: number }
  | { readonly type: "proof"; readonly proof: SurveyProof; readonly done: number; readonly of: number };

/**
 * Does what is left to do of a population.
 * @param folder of the survey's runs.
 */
export async function* workOn(
  row: SurveyRow,
  folder: string,
  prove: SurveyProve | null,
  signal?: AbortSignal,
): AsyncGenerator<SurveyRowEvent> {
  const run = asRun(row, folder);
  if (!(await endingOf(run))) {
    const isBegun = existsSync(join(run.folder, "config.json"));
    if (row.begin && !isBegun) await writeBeginning(run.folder, row.training, row.begin);
    for await (const event of trainFigureRun(run, signal)) yield { type: "training", event };
    if (!(await endingOf(run))) return;
  }
  const trained = await openTrained(run.folder);
  yield* testRow(row, folder, trained, signal);
  if (prove && !signal?.aborted) yield* proveRow(row, folder, trained, prove, signal);
}

/** Tests a population on what it wasn't tested on yet. */
async function* testRow(
  row: SurveyRow,
  folder: string,
  trained: Trained,
  signal?: AbortSignal,
): AsyncGenerator<SurveyRowEvent> {
  const done = await testsOf(row, folder);
  const log = await openMetrics(nodeFileSystem, join(trained.folder, TESTS));
  for (const part of partsOf(row.test)) {
    if (signal?.aborted) return;
    if (done.some(({ length, read }) => length === part.length && read === part.read)) continue;
    yield { type: "test", length: part.length };
    log.append({ step: trained.step, ...(await test(trained, { ...part, samples: row.test.samples })) });
    await log.flush();
  }
  const { reach, samples } = row.test;
  if (reach === null || signal?.aborted || (await reachesOf(row, folder))) return;
  yield { type: "test", length: reach };
  const lengths = validLengths(trained.task, 1, reach);
  const options = { lengths, samples, ...(signal && { signal }) };
  try {
    const reached = await reachOf(evaluateTrained(trained, options));
    const file = await openMetrics(nodeFileSystem, join(trained.folder, REACHES));
    file.append({ step: trained.step, most: reach, samples, reached });
    await file.flush();
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** Tries to prove the solved networks of a tested population that it wasn't tried with yet. */
async function* proveRow(
  row: SurveyRow,
  folder: string,
  trained: Trained,
  prove: SurveyProve,
  signal?: AbortSignal,
): AsyncGenerator<SurveyRowEvent> {
  const [first] = await testsOf(row, folder);
  const solved = solvedBy(first!);
  const done = new Set((await proofsOf(row, folder)).map(({ replica }) => replica));
  const log = await openMetrics(nodeFileSystem, join(trained.folder, PROOFS));
  const replicas = solved.filter((replica) => !done.has(replica));
  const options = { ...prove, replicas, file: null, ...(signal && { signal }) };
  for await (const { replica, verdict, seconds } of proveTrained(trained, options)) {
    const proof: SurveyProof = {
      ...{ replica, verdict: verdict.verdict, seconds },
      ...(verdict.verdict === "proved" && {
        sets: verdict.certificate.sets.length,
        margin: verdict.certificate.margin,
      }),
      ...(verdict.verdict === "unknown" && { blocked: verdict.blocked }),
    };
    log.append({ step: trained.step, ...proof });
    await log.flush();
    done.add(replica);
    yield { type: "proof", proof, done: done.size, of: solved.length };
  }
}

async function test(
  trained: Trained,
  { length, samples, read }: TestPart & { samples: number },
): Promise<SurveyTestResult> {
  const readable = { ...trained, model: readBy(read, trained.model) };
  const found: LengthResult[] = [];
  for await (const results of evaluateTrained(readable, { lengths: [length], samples })) found.push(...results);
  const criterion = trained.config.solved ?? { cost: null, symbolAccuracy: null };
  return {
    ...{ length, samples, read },
    right: found.map(({ exact }) => exact.successes),
    passed: found.map((result) => isSolvedBy(criterion, result)),
    ...(isDrawn(trained.task) && { costs: found.map(({ cost }) => (Number.isFinite(cost) ? cost! : null)) }),
  };
}

/** The replicas that pass: those without an error, where their training doesn't say what else is enough. */
export function solvedBy({ right, samples, passed }: SurveyTestResult): number[] {
  return right.flatMap((count, replica) => ((passed?.[replica] ?? count === samples) ? [replica] : []));
}

type TestPart = Pick<SurveyTestResult, "length" | "read">;

/** Each length with the first way to read answers, then the first length with the others. */
function partsOf({ lengths, read }: SurveyTest): TestPart[] {
  const [first, ...others] = read;
  return [
    ...lengths.map((length) => ({ length, read: first! })),
    ...others.map((other) => ({ length: lengths[0]!, read: other })),
  ];
}

/** All there is of a population. */
export interface SurveyRowResult {
  /** null until it is trained. */
  readonly ending: RunEnding | null;
  readonly diverged: number;
  /** Mean of the population's losses when last told of. */
  readonly loss: number | null;
  /** By replica: the step of the first of its training's looks that it passed; null where it passed none. */
  readonly solvedAt: readonly (number | null)[];
  readonly tests: readonly SurveyTestResult[];
  /** By replica: see `reachOf`; null where it isn't measured. */
  readonly reached: readonly number[] | null;
  readonly proofs: readonly SurveyProof[];
  readonly isComplete: boolean;
}

/** Reads what there is of a population. @param isProved whether its networks are to be proved. */
export async function resultOf(row: SurveyRow, folder: string, isProved: boolean): Promise<SurveyRowResult> {
  const run = asRun(row, folder);
  const ending = await endingOf(run);
  const tests = ending ? await testsOf(row, folder) : [];
  const proofs = ending && isProved ? await proofsOf(row, folder) : [];
  const diverged = ending ? (await openTrained(run.folder)).diverged.filter(Boolean).length : 0;
  const records = ending ? await (await readRun(run.folder)).readMetrics() : [];
  const solvedAt = ending ? firstPassed(records, row.training.population) : [];
  const reached = ending ? await reachesOf(row, folder) : null;
  const loss = lossOf(records);
  const isTested = tests.length === partsOf(row.test).length && (row.test.reach === null || reached !== null);
  const isComplete = isTested && (!isProved || proofs.length >= solvedBy(tests[0]!).length);
  return { ending, diverged, loss, solvedAt, tests, reached, proofs, isComplete };
}

function testsOf({ test, folder: name }: SurveyRow, folder: string): Promise<SurveyTestResult[]> {
  return linesOf(join(folder, name, TESTS), testSchema).then((lines) =>
    partsOf(test).flatMap(({ length, read }) =>
      lines.filter((line) => line.length === length && line.read === read && line.samples === test.samples).slice(0, 1),
    ),
  );
}

/** One of each network, should two processes have worked on it. */
async function proofsOf({ folder: name }: SurveyRow, folder: string): Promise<SurveyProof[]> {
  const lines = await linesOf(join(folder, name, PROOFS), proofSchema);
  return [...new Map(lines.map((line) => [line.replica, line])).values()];
}

function lossOf(records: readonly MetricsRecord[]): number | null {
  const last = records.findLast(({ type }) => type === "step");
  return typeof last?.loss === "number" ? last.loss : null;
}

/** By replica: the step of the first look that it passed. */
function firstPassed(records: readonly MetricsRecord[], population: number): (number | null)[] {
  const first = new Array<number | null>(population).fill(null);
  for (const record of records) {
    const look = lookSchema.safeParse(record);
    if (!look.success) continue;
    const { step, solved } = look.data;
    for (let replica = 0; replica < population; replica++) if (solved[replica]) first[replica] ??= step;
  }
  return first;
}

const lookSchema = z.object({ type: z.literal("look"), step: z.int(), solved: z.array(z.boolean()) });

/** How far the networks reach; null where that isn't measured, or not yet. */
async function reachesOf({ test, folder: name }: SurveyRow, folder: string): Promise<number[] | null> {
  const lines = await linesOf(join(folder, name, REACHES), reachSchema);
  return lines.find(({ most, samples }) => most === test.reach && samples === test.samples)?.reached ?? null;
}

const reachSchema = z.object({ most: z.int(), samples: z.int(), reached: z.array(z.int()) });

const TESTS = "tests.jsonl";
const REACHES = "reaches.jsonl";
const PROOFS = "proofs.jsonl";

async function linesOf<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>[]> {
  return (await readMetrics(nodeFileSystem, path)).map((record) => schema.parse(record));
}

/** The population as a run of its own. */
function asRun({ labels, folder: name, training }: SurveyRow, folder: string): FigureRun {
  return { series: labels.join(", "), seed: training.seed, folder: join(folder, name), training };
}
