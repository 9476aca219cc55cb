/** One training of a figure, in a folder of its own: trained once, resumed after interruptions, then only read. Node only. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { LonghandError } from "../errors.ts";
import { nodeFileSystem } from "../files/file-system.ts";
import { openMetrics, readMetrics } from "../files/metrics-file.ts";
import { readRun } from "../files/run-folder.ts";
import type { TrainingConfig, TrainingEvent } from "../training/index.ts";
import { configHash, describedRun } from "./described.ts";
import { type Figure, slugOf } from "./reproduce-config.ts";
import { machineSchema, thisMachine } from "./reproduce-machine.ts";
import { writeResult } from "./result.ts";
import { resumeRun, startRun } from "./train-run.ts";

export interface FigureRun {
  readonly series: string;
  readonly seed: number;
  readonly folder: string;
  /** Complete, with the run's seed. */
  readonly training: TrainingConfig;
}

/** The runs of a figure: the first of each series, then the second of each … */
export function runsOf({ series, seeds }: Figure, folder: string): FigureRun[] {
  return seeds.flatMap((seed) =>
    series.map((one) => ({
      series: one.name,
      seed,
      folder: join(folder, `${slugOf(one)}-seed${seed}`),
      training: { ...one.training, seed },
    })),
  );
}

const endingSchema = z.object({
  reason: z.enum(["steps", "diverged"]),
  /** Last step whose parameters are finite. */
  step: z.int(),
  /** Of training alone, without looks and checkpoints. */
  seconds: z.number(),
  /** What went wrong, of a diverged one. */
  message: z.string().nullable(),
  runtime: z.string(),
  machine: machineSchema,
  /** When: ISO 8601, UTC. */
  finished: z.string(),
});

/** How a run ended: its result.json. */
export type RunEnding = z.output<typeof endingSchema>;

/** How a run ended, or null when it hasn't. @throws LonghandError `format` for a result that isn't of a figure's run. */
export async function endingOf({ folder, training }: FigureRun): Promise<RunEnding | null> {
  const path = join(folder, "result.json");
  if (!existsSync(path)) return null;
  const parsed = endingSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
  const { hash } = describedRun(await readRun(folder));
  if (!parsed.success || hash !== configHash(training)) {
    throw new LonghandError("format", `${folder} holds another run than this figure's; move it away to train again`);
  }
  return parsed.data;
}

/**
 * Trains what is left of a run, and writes down how it ended unless it was interrupted. The seconds of training go into
 * seconds.jsonl as it runs: they count the time up to each event that comes with new steps, so neither looks nor
 * checkpoints, which come after all steps before them have been told.
 * @yields the training's events. A run that diverges just ends.
 */
export async function* trainFigureRun(
  { folder, training }: FigureRun,
  signal?: AbortSignal,
): AsyncGenerator<TrainingEvent> {
  const isBegun = existsSync(join(folder, "config.json"));
  await using run = isBegun ? await resumeRun(folder) : await startRun(folder, training, { keep: 2 });
  const path = secondsPath(folder);
  const log = await openMetrics(nodeFileSystem, path);
  await log.truncate(run.step);
  let seconds = (await secondsOf(folder)).at(-1)?.seconds ?? 0;
  let { step } = run;
  const end = async (reason: RunEnding["reason"], message: string | null) => {
    const finished = new Date().toISOString();
    const ending = { reason, step, seconds, message, runtime: run.runtime, machine: thisMachine(), finished };
    await writeResult(folder, ending);
  };
  let mark = performance.now();
  try {
    for await (const event of run.events(signal)) {
      if (event.step > step) {
        seconds += (performance.now() - mark) / 1000;
        step = event.step;
        log.append({ step, seconds });
        await log.flush();
      }
      if (event.type === "done" && event.reason !== "aborted") await end("steps", null);
      yield event;
      mark = performance.now();
    }
  } catch (error) {
    if (!(error instanceof LonghandError && error.code === "not-finite")) throw error;
    await end("diverged", error.message);
  }
}

/** Accuracies on the problems looked at, after so many steps and seconds of training. */
export interface LookPoint {
  readonly step: number;
  readonly seconds: number;
  readonly symbol: number;
  readonly exact: number;
}

/** What a run has shown so far; nothing where it hasn't begun. */
export async function looksOf({ folder }: FigureRun): Promise<LookPoint[]> {
  if (!existsSync(join(folder, "config.json"))) return [];
  const seconds = await secondsOf(folder);
  const records = await (await readRun(folder)).readMetrics();
  return records.flatMap((record): LookPoint[] => {
    const look = lookSchema.safeParse(record);
    if (!look.success) return [];
    const { step, accuracies } = look.data;
    const [{ symbol, exact }] = accuracies;
    return [{ step, seconds: seconds.findLast((line) => line.step <= step)?.seconds ?? 0, symbol, exact }];
  });
}

const accuracies = z.tuple([z.object({ symbol: z.number(), exact: z.number() })]);
const lookSchema = z.object({ type: z.literal("look"), step: z.number(), accuracies });
const secondsSchema = z.object({ step: z.number(), seconds: z.number() });

async function secondsOf(folder: string): Promise<z.output<typeof secondsSchema>[]> {
  return (await readMetrics(nodeFileSystem, secondsPath(folder))).map((record) => secondsSchema.parse(record));
}

function secondsPath(folder: string): string {
  return join(folder, "seconds.jsonl");
}
