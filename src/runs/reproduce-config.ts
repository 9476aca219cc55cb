/** What a figure of a paper is made of: one JSON file a figure, in `reproductions/`. Node only. */
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { LonghandError, unknownName } from "../errors.ts";
import { checkLengths } from "../evaluation/index.ts";
import { parseConfig } from "../models/index.ts";
import { findTask } from "../tasks/index.ts";
import { completeConfig, mergeConfig, type TrainingConfig } from "../training/index.ts";
import { configHash } from "./described.ts";
import { about, packagedNames, packagedPath, readJsonObject, slug } from "./packaged.ts";

const positive = z.int().min(1);
/** Settings of a training: those that differ from what is recommended for the task and model. */
const settings = z.looseObject({});

const testConfig = z.strictObject({
  /** Of the problems: the same for all networks. */
  seed: z.int().min(0),
  lengths: z.array(z.strictObject({ length: positive, samples: positive })).min(1),
});

/** Changes that make a figure cheaper. */
const scaleConfig = z.strictObject({
  seeds: positive.optional(),
  /** Over the settings of every series, then over those of single ones. */
  training: settings.default({}),
  series: z.record(z.string(), settings).default({}),
  test: testConfig.optional(),
});

/** What the paper says, and what to set beside it. */
const claimConfig = z.discriminatedUnion("measure", [
  /** When each run of a series is first at this accuracy. */
  z.strictObject({ measure: z.literal("reaches"), paper: z.string(), series: z.string(), accuracy: z.number() }),
  /** How many runs of a series end with more than this accuracy; by length: at the longest. */
  z.strictObject({ measure: z.literal("above"), paper: z.string(), series: z.string(), accuracy: z.number() }),
  /** The best run's wrong answers at the longest length. */
  z.strictObject({ measure: z.literal("fewest wrong"), paper: z.string(), series: z.string() }),
  /** The series in the order of their mean accuracy at the end. */
  z.strictObject({ measure: z.literal("order"), paper: z.string() }),
]);

const figureConfig = z.strictObject({
  /** Another file of the folder, without ".json", whose contents this one's are laid over. */
  extends: z.string().optional(),
  /** The task and the length follow it. */
  title: z.string(),
  source: z.string(),
  x: z.enum(["step", "seconds", "length"]),
  xScale: z.enum(["linear", "log"]).default("linear"),
  y: z.enum(["symbol accuracy", "wrong answers"]),
  /** Trainings of each series, with the seeds 1, 2, … */
  seeds: positive,
  series: z.array(z.strictObject({ name: z.string().regex(/\w/), training: settings })).min(1),
  /** Tests of the trained networks by length. */
  test: testConfig.nullable().default(null),
  claims: z.array(claimConfig).default([]),
  quick: scaleConfig,
  smallest: scaleConfig,
});

export type Claim = z.output<typeof claimConfig>;
export type FigureTest = z.output<typeof testConfig>;
export type FigureScale = "full" | "quick" | "smallest";

export interface FigureSeries {
  readonly name: string;
  /** Complete; its seed is another one in each run. */
  readonly training: TrainingConfig;
  /** Of the training without its seed: what the runs of the series are found by. */
  readonly hash: string;
}

/** A figure to make, at one scale. */
export interface Figure
  extends Pick<z.output<typeof figureConfig>, "title" | "source" | "x" | "xScale" | "y" | "claims"> {
  /** "fig3" */
  readonly name: string;
  readonly scale: FigureScale;
  readonly seeds: readonly number[];
  readonly series: readonly FigureSeries[];
  readonly test: FigureTest | null;
}

export interface FigureOptions {
  /** "quick": minutes, "smallest": seconds. Default: as in the paper. */
  readonly scale?: FigureScale;
  /** Trainings of each series in place of the configuration's number. */
  readonly seeds?: number;
  /** Steps of each training in place of the configuration's. */
  readonly steps?: number;
}

/**
 * Reads what a figure is made of.
 * @param figure the name of one that comes with the package ("fig3"), or the path of a file ("own.json").
 * @throws LonghandError `unknown-name` for a figure that there isn't; `file`; `config` or `unknown-name` naming the file,
 *   the field, what came and what was expected.
 */
export async function loadFigure(figure: string, options: FigureOptions = {}): Promise<Figure> {
  const { scale = "full", steps } = options;
  const path = await packagedPath("figure", "reproductions", figure);
  const name = basename(path, ".json");
  const config = parseConfig(figureConfig, await readMerged(path, []), path);
  const { seeds: count, training, series: ofSeries, test } = scale === "full" ? unscaled : config[scale];
  const names = config.series.map((series) => series.name);
  const mentioned = [
    ...Object.keys(ofSeries),
    ...config.claims.flatMap((claim) => ("series" in claim ? [claim.series] : [])),
  ];
  for (const one of mentioned) if (!names.includes(one)) throw unknownName(`series in ${path}`, one, names);
  const series = config.series.map((one): FigureSeries => {
    const merged = [training, ofSeries[one.name] ?? {}, steps === undefined ? {} : { steps }].reduce(
      mergeConfig,
      one.training,
    );
    const complete = seriesConfig(merged, `${path}, series "${one.name}"`);
    const { seed: _, ...rest } = complete;
    return { name: one.name, training: complete, hash: configHash(rest) };
  });
  const slugs = series.map(slugOf);
  const twice = names.find((_, k) => slugs.indexOf(slugs[k]!) < k);
  if (twice !== undefined) throw new LonghandError("config", `${path}, series: received "${twice}" twice`);
  const chosen = test ?? config.test;
  if (config.x === "length" && chosen === null) {
    throw new LonghandError("config", `${path}, test: received null, expected lengths, as x is "length"`);
  }
  for (const { training } of series) {
    const lengths = (chosen?.lengths ?? []).map(({ length }) => length);
    about(`${path}, test`, () => checkLengths(findTask(training.task), lengths));
  }
  return {
    name,
    title: `${config.title}: ${subjectOf(series, config.x)}`,
    source: config.source,
    x: config.x,
    xScale: config.xScale,
    y: config.y,
    claims: config.claims,
    scale,
    seeds: Array.from({ length: options.seeds ?? count ?? config.seeds }, (_, k) => k + 1),
    series,
    test: config.x === "length" ? chosen : null,
  };
}

/** "binary multiplication, length 401": what the series are about. */
function subjectOf(series: readonly FigureSeries[], x: Figure["x"]): string {
  const words = (of: (training: TrainingConfig) => string | number) =>
    [...new Set(series.map(({ training }) => of(training)))].join(" and ");
  const tasks = words(({ task }) => task.replaceAll("-", " "));
  if (x === "length") return `${tasks}, trained to length ${words(({ bins }) => Math.max(...bins!.lengths))}`;
  return `${tasks}, length ${words(({ solved }) => solved!.length)}`;
}

const unscaled: z.output<typeof scaleConfig> = { training: {}, series: {} };

/** "no-saturation-cost-1a2b3c4d": what the folders of a series' runs begin with. */
export function slugOf({ name, hash }: FigureSeries): string {
  return `${slug(name)}-${hash.slice(0, 8)}`;
}

/** A series' training, complete and such that its curve and its time can be taken from its events. */
function seriesConfig(given: Record<string, unknown>, what: string): TrainingConfig {
  const wrong = (field: string, received: unknown, expected: string) =>
    new LonghandError(
      "config",
      `${what}, training, ${field}: received ${JSON.stringify(received)}, expected ${expected}`,
    );
  for (const field of ["seed", "population"]) {
    if (field in given) throw wrong(field, given[field], "none: there is a run for each seed");
  }
  if (typeof given.task !== "string") throw wrong("task", given.task ?? null, "the name of a task");
  const config = about(what, () => completeConfig({ ...given, task: given.task as string }));
  const { bins, solved, reportEvery } = config;
  if (!bins) throw wrong("bins", null, "bins: trainings by bins tell their accuracies");
  if (!solved || solved.stop) throw wrong("solved, stop", solved?.stop ?? null, "false: all runs take the same steps");
  if (solved.every % reportEvery !== 0) {
    throw wrong(
      "solved, every",
      solved.every,
      `a multiple of reportEvery, ${reportEvery}, to tell its time from training's`,
    );
  }
  return config;
}

/** The figures that come with the package. */
export function figureNames(): Promise<string[]> {
  return packagedNames("reproductions");
}

/** A file's contents over those of the files that it extends. */
async function readMerged(path: string, before: readonly string[]): Promise<Record<string, unknown>> {
  if (before.includes(path)) throw new LonghandError("config", `${path}, extends: received itself, by way of others`);
  const own = await readJsonObject(path);
  if (typeof own.extends !== "string") return own;
  return mergeConfig(await readMerged(join(dirname(path), `${own.extends}.json`), [...before, path]), own);
}
