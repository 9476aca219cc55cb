/** What a survey is made of: settings in which trainings differ, one JSON file a survey, in `surveys/`. Node only. */
import { basename } from "node:path";
import * as z from "zod";
import { LonghandError, unknownName } from "../errors.ts";
import { checkLengths } from "../evaluation/index.ts";
import { parseConfig, readouts } from "../models/index.ts";
import { findAnyTask, isDrawn, nextValid } from "../tasks/index.ts";
import { completeConfig, mergeConfig, type TrainingConfig } from "../training/index.ts";
import { configHash } from "./described.ts";
import { about, packagedNames, packagedPath, readJsonObject, slug } from "./packaged.ts";
import type { ProveTrainedOptions } from "./prove.ts";
import { type Begin, beginConfig } from "./survey-begin.ts";

const positive = z.int().min(1);
/** Settings of a training: those that differ from what is recommended for the task and model. */
const settings = z.looseObject({});

const axisConfig = z.strictObject({
  name: z.string().regex(/\S/),
  /** Whether the settings of each value are laid over those of the values before it: a way from the first to the last. */
  isPath: z.boolean().default(false),
  values: z
    .array(
      z.strictObject({
        label: z.string().regex(/\S/),
        training: settings.default({}),
        begin: settings.default({}),
        test: settings.default({}),
      }),
    )
    .min(1),
});

const proveConfig = z.strictObject({
  recent: z.array(z.int().min(0)).optional(),
  moves: positive.optional(),
  /** Whether errors are looked for where no proof is found: that takes longer than the proofs. */
  refute: z.boolean().default(false),
});

/** What a proof may take. */
export type SurveyProve = Pick<ProveTrainedOptions, "recent" | "moves" | "refute">;

const testConfig = z.strictObject({
  /** Lengths of the problems; the first says which networks are solved. Default: by `times`. */
  lengths: z.array(positive).min(1).optional(),
  /** The lengths, in longest trained lengths. */
  times: z.array(positive).min(1).default([10, 100]),
  /** Problems of each length. */
  samples: positive.default(64),
  /** How answers are read, at the first length; the first is the one that "solved" means. */
  read: z.array(z.enum(readouts)).min(1).default(["logits"]),
  /** Also measured, up to this: the longest length up to which a network makes no error. null: not measured. */
  reach: positive.nullable().default(null),
});

const surveyConfig = z.strictObject({
  title: z.string(),
  /** Networks of each combination, trained at once: replicas of the seed 1 unless the training says another. */
  seeds: positive,
  /** Of all trainings. */
  training: settings,
  /** Parameters that the trainings begin with, in place of drawn ones: see `beginConfig`. */
  begin: settings.default({}),
  /** Every combination of their values is trained. */
  axes: z.array(axisConfig).min(1),
  /** Of all tests; the axes' values may have settings of their own. */
  test: settings.default({}),
  /** How to prove of the solved networks that they are right at every length: see `ProveOptions`. null: not at all. */
  prove: proveConfig.nullable().prefault({}),
  /** Values of the last axis whose losses over the steps are drawn, a picture a value of the first axis. */
  curves: z.array(z.string()).default([]),
  /** What makes it small. */
  quick: z.strictObject({ seeds: positive.default(4), training: settings.default({}) }).prefault({}),
});

export interface SurveyTest {
  readonly lengths: readonly number[];
  readonly samples: number;
  readonly read: z.output<typeof testConfig>["read"];
  readonly reach: number | null;
}

/** One population to train: a combination of the axes' values. */
export interface SurveyRow {
  /** Of each axis, in their order. */
  readonly labels: readonly string[];
  /** Name of its folder. */
  readonly folder: string;
  readonly training: TrainingConfig;
  readonly begin: Begin | null;
  readonly test: SurveyTest;
}

export interface Survey {
  /** "addition" */
  readonly name: string;
  readonly title: string;
  readonly isQuick: boolean;
  readonly seeds: number;
  readonly axes: readonly string[];
  readonly rows: readonly SurveyRow[];
  readonly prove: SurveyProve | null;
  /** Labels of the last axis whose losses are drawn. */
  readonly curves: readonly string[];
}

export interface SurveyOptions {
  /** Minutes become seconds. Default false. */
  readonly quick?: boolean;
  /** Networks of each combination in place of the configuration's number. */
  readonly seeds?: number;
}

/** The surveys that come with the package. */
export function surveyNames(): Promise<string[]> {
  return packagedNames("surveys");
}

/**
 * Reads what a survey is made of.
 * @param survey the name of one that comes with the package ("addition"), or the path of a file ("own.json").
 * @throws LonghandError `unknown-name` for a survey that there isn't; `file`; `config` or `unknown-name` naming the file,
 *   the combination, the field, what came and what was expected.
 */
export async function loadSurvey(survey: string, options: SurveyOptions = {}): Promise<Survey> {
  const { quick: isQuick = false } = options;
  const path = await packagedPath("survey", "surveys", survey);
  const config = parseConfig(surveyConfig, await readJsonObject(path), path);
  const { title, axes, test, prove, curves, quick } = config;
  const last = axes.at(-1)!;
  const missing = curves.find((label) => !last.values.some((value) => value.label === label));
  if (missing !== undefined) {
    const known = last.values.map((value) => value.label);
    throw unknownName(`${path}, curves: value of ${last.name}`, missing, known);
  }
  const seeds = options.seeds ?? (isQuick ? quick.seeds : config.seeds);
  const start: Combination = { labels: [], training: config.training, begin: config.begin, test };
  const combinations = axes.map(valuesOf).reduce(product, [start]);
  const rows = combinations.map(({ labels, training, begin, test: tested }): SurveyRow => {
    const what = `${path}, ${labels.join(", ")}`;
    const given = isQuick ? mergeConfig(training, quick.training) : training;
    const { task, population } = given;
    if (typeof task !== "string")
      throw new LonghandError("config", `${what}, training: received no task, expected its name`);
    if (population !== undefined) {
      throw new LonghandError(
        "config",
        `${what}, training, population: received ${population}, expected none: see seeds`,
      );
    }
    const complete = about(what, () => completeConfig({ ...given, task, population: seeds }));
    const beginning = Object.keys(begin).length === 0 ? null : parseConfig(beginConfig, begin, `${what}, begin`);
    const { times, samples, read, reach, ...test } = parseConfig(testConfig, tested, `${what}, test`);
    const found = findAnyTask(task);
    const lengths = test.lengths ?? times.flatMap((factor) => nextValid(found, factor * complete.lengths[1]));
    about(`${what}, test`, () => checkLengths(found, reach === null ? lengths : [...lengths, reach]));
    if (prove && isDrawn(found))
      throw new LonghandError("config", `${what}, prove: received settings, expected null: ${task} can't be proved`);
    const hash = configHash({ training: complete, begin: beginning });
    return {
      labels,
      folder: `${slug(labels.join(" "))}-${hash.slice(0, 8)}`,
      training: complete,
      begin: beginning,
      test: { lengths: [...new Set(lengths)], samples, read, reach },
    };
  });
  const folders = rows.map(({ folder }) => folder);
  const twice = rows.find(({ folder }, k) => folders.indexOf(folder) < k);
  if (twice) throw new LonghandError("config", `${path}, axes: received "${twice.labels.join(", ")}" twice`);
  return {
    name: basename(path, ".json"),
    title,
    isQuick,
    seeds,
    axes: axes.map(({ name }) => name),
    rows,
    prove: prove && definedOnly(prove),
    curves,
  };
}

/** Without what is undefined. */
function definedOnly({ recent, moves, refute }: z.output<typeof proveConfig>): SurveyProve {
  return { refute, ...(recent && { recent }), ...(moves !== undefined && { moves }) };
}

interface Combination {
  readonly labels: readonly string[];
  readonly training: Record<string, unknown>;
  readonly begin: Record<string, unknown>;
  readonly test: Record<string, unknown>;
}

/** An axis' values, with the settings of those before where it is a path. */
function valuesOf({ isPath, values }: z.output<typeof axisConfig>): Combination[] {
  return values.map((value, k) => {
    const laid = isPath ? values.slice(0, k + 1) : [value];
    const merged = (of: "training" | "begin" | "test") => laid.map((one) => one[of]).reduce(mergeConfig, {});
    return { labels: [value.label], training: merged("training"), begin: merged("begin"), test: merged("test") };
  });
}

/** Every combination so far with every value. */
function product(combinations: readonly Combination[], values: readonly Combination[]): Combination[] {
  return combinations.flatMap((one) =>
    values.map((value) => ({
      labels: [...one.labels, ...value.labels],
      training: mergeConfig(one.training, value.training),
      begin: mergeConfig(one.begin, value.begin),
      test: mergeConfig(one.test, value.test),
    })),
  );
}
