/** `longhand train` */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import {
  type AnyTask,
  completeConfig,
  findAnyTask,
  findTask,
  isDrawn,
  LonghandError,
  mergeConfig,
  type TrainingEvent,
} from "../src/index.ts";
import { finding, openTrained, resumeRun, startRun, type TrainingRun, unseen, writeResult } from "../src/node.ts";
import { collect, readConfigFile, readSettings, runtimeOption, wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { progress } from "./progress.ts";
import { proveAll } from "./prove.ts";
import { stopOnSignals } from "./signals.ts";
import { printTrained, type TrainResult } from "./train-report.ts";
import { count } from "./words.ts";

interface TrainOptions {
  model?: string;
  set?: readonly string[];
  config?: string;
  seed?: number;
  population?: number;
  steps?: number;
  run?: string;
  resume?: string;
  previousCheckpoint?: boolean;
  runtime?: string;
  prove?: boolean;
}

export function addTrain(program: Command, output: () => Output): void {
  program
    .command("train")
    .summary("train a network into a run folder")
    .description("Trains a network on a task and writes a run folder. Exit status 1: not every replica is solved.")
    .argument("[task]", "name of a task, see `longhand tasks`")
    .option("--model <name>", "name of a model, see `longhand models` (default: ilrnn)")
    .option("--set <key=value>", "a setting, as in learningRate=0.01 or model.layers=[8]; may come often", collect)
    .option("--config <file>", "a JSON file with settings; options go over it")
    .option("--seed <n>", "of all random numbers (default: 1)", wholeNumber("--seed", 0))
    .option("--population <n>", "networks trained at once (default: 1)", wholeNumber("--population", 1))
    .option("--steps <n>", "gradient steps (default: by task)", wholeNumber("--steps", 1))
    .option("--run <folder>", "the run's folder, new or empty (default: runs/<task>-<time>)")
    .option("--resume <folder>", "go on with a run, bit for bit as if it had never stopped")
    .option("--previous-checkpoint", "with --resume: where the newest checkpoint is damaged, use the one before it")
    .addOption(runtimeOption)
    .option(
      "--prove",
      "train all steps, then prove every network right for every length and write certificates; exit status 1: not all are proved",
    )
    .action(async (task: string | undefined, options: TrainOptions) => {
      process.exitCode = await train(task, options, output());
    });
}

async function train(taskName: string | undefined, options: TrainOptions, output: Output): Promise<number> {
  const run = await (options.resume === undefined ? start(taskName, options) : resume(taskName, options));
  await using opened = run;
  const { config, folder } = run;
  for (const note of run.notes) output.note(`note: ${note}`);
  output.note(describeStart(run));
  const begin = performance.now();
  using stop = stopOnSignals(output);
  const tell = progress(output, config);
  let done: Extract<TrainingEvent, { type: "done" }> | undefined;
  for await (const event of opened.events(stop.signal)) {
    tell(event);
    if (event.type === "done") done = event;
  }
  const seconds = (performance.now() - begin) / 1000;
  await run.close();
  const { step, reason, state } = done!;
  const solved = config.solved && state.solvedAt.map((at) => at !== null);
  const base = {
    folder,
    run: run.run,
    task: config.task,
    model: config.model.name,
    seed: config.seed,
    population: config.population,
    runtime: run.runtime,
    steps: step,
    reason,
    seconds,
    solved: solved && config.solved && { ...config.solved, replicas: solved, count: solved.filter(Boolean).length },
    solvedAt: state.solvedAt,
    divergedAt: state.divergedAt,
  };
  let result: TrainResult = { ...base, finding: null, unseen: null };
  if (reason !== "aborted") {
    result = { ...base, ...(await tested(folder, output, stop.signal)) };
    await writeResult(folder, result);
  }
  printTrained(output, findAnyTask(config.task), result);
  if (options.prove && reason !== "aborted") {
    output.print();
    const proofs = await proveAll(output, await openTrained(folder), { signal: stop.signal });
    output.result({ ...result, proofs });
    return proofs.proved === config.population ? 0 : 1;
  }
  output.result(result);
  return solved === null || solved.every(Boolean) ? 0 : 1;
}

/** What the trained networks make of longer problems, and of one to show. */
async function tested(
  folder: string,
  output: Output,
  signal: AbortSignal,
): Promise<Pick<TrainResult, "finding" | "unseen">> {
  const trained = await openTrained(folder);
  const { task } = trained;
  try {
    const found = await finding(trained, {
      signal,
      onProgress: (part) => output.redraw?.(`testing on longer problems: ${Math.round(100 * part)}%`),
    });
    output.redraw?.("");
    // A hundred decimal digits, where problems are numbers in base 2: they are written in decimal.
    const wanted = Math.min(found.length, isBinary(task) ? 330 : 100);
    const length = [wanted, wanted + 1].find((candidate) => task.validLength(candidate)) ?? found.length;
    return { finding: found, unseen: await unseen(trained, length) };
  } catch (error) {
    if (!signal.aborted) throw error;
    return { finding: null, unseen: null };
  }
}

function isBinary(task: AnyTask): boolean {
  const isAligned = !isDrawn(task) && !task.unaligned;
  return isAligned && (task.name === "increment" || task.name.startsWith("binary-"));
}

async function start(taskName: string | undefined, options: TrainOptions): Promise<TrainingRun> {
  if (options.previousCheckpoint) {
    throw new LonghandError("argument", "--previous-checkpoint: there is no run to go on with; expected --resume too");
  }
  const file = options.config === undefined ? {} : await readConfigFile(options.config);
  const flags: Record<string, unknown> = {
    ...(taskName !== undefined && { task: taskName }),
    ...(options.model !== undefined && { model: { name: options.model } }),
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(options.population !== undefined && { population: options.population }),
    ...(options.steps !== undefined && { steps: options.steps }),
    ...(options.runtime !== undefined && { runtime: options.runtime }),
  };
  const settings = readSettings(options.set ?? []);
  oneTask({ "the command line": taskName, "--set": settings.task, [options.config ?? "--config"]: file.task });
  const given = mergeConfig(mergeConfig(file, settings), flags);
  if (typeof given.task !== "string") {
    throw new LonghandError(
      "argument",
      "train: no task given, expected its name, as in: longhand train binary-addition",
    );
  }
  const complete = completeConfig({ ...given, task: given.task });
  if (options.prove && !findTask(complete.task).machine) {
    throw new LonghandError(
      "argument",
      `--prove: no finite machine answers ${complete.task}, expected an aligned task such as binary-addition`,
    );
  }
  // What answers right may still not be provable: the steps that are left bring states closer together.
  const goesOn =
    options.prove && complete.solved && (given.solved as { stop?: unknown } | undefined)?.stop === undefined;
  const config = goesOn
    ? completeConfig({ ...given, task: given.task, solved: { ...complete.solved, stop: false } })
    : complete;
  return startRun(options.run ?? defaultFolder(config.task), config);
}

/** @throws LonghandError `argument` naming two places that name different tasks, and what they name. */
function oneTask(places: Readonly<Record<string, unknown>>): void {
  const named = Object.entries(places).filter((place): place is [string, string] => typeof place[1] === "string");
  const [first, ...others] = named;
  for (const [place, name] of others) {
    if (name === first![1] || findAnyTask(name).name === findAnyTask(first![1]).name) continue;
    throw new LonghandError(
      "argument",
      `train: received the task "${first![1]}" from ${first![0]} and "${name}" from ${place}, expected one task`,
    );
  }
}

async function resume(taskName: string | undefined, options: TrainOptions): Promise<TrainingRun> {
  const { resume: folder, previousCheckpoint, steps, runtime, prove: _, ...others } = options;
  const [other] = [
    ...(taskName === undefined ? [] : [`the task "${taskName}"`]),
    ...Object.keys(others).map((name) => `--${name}`),
  ];
  if (other !== undefined) {
    throw new LonghandError(
      "argument",
      `train: ${other} can't be given with --resume, which goes on with the run's own configuration`,
    );
  }
  return resumeRun(folder!, {
    previousCheckpoint: previousCheckpoint ?? false,
    ...(steps !== undefined && { steps }),
    ...(runtime !== undefined && { runtime }),
  });
}

/** runs/binary-addition-2026-01-31-235959 */
function defaultFolder(task: string): string {
  const now = new Date();
  const local = new Date(now.getTime() - 60_000 * now.getTimezoneOffset()).toISOString();
  const base = join("runs", `${task}-${local.slice(0, 10)}-${local.slice(11, 19).replaceAll(":", "")}`);
  for (let number = 2; ; number++) {
    const folder = number === 2 ? base : `${base}-${number - 1}`;
    if (!existsSync(folder)) return folder;
  }
}

function describeStart({ config, folder, runtime, step, ended }: TrainingRun): string {
  const { task, model, population, steps } = config;
  const what = `${model.name} on ${task}${population > 1 ? `, ${count(population)} replicas` : ""}`;
  if (ended !== null) return `${folder}: ${what}; it has ended at step ${count(step)} already. --steps N goes on`;
  const from = step > 0 ? `from step ${count(step)} on to ${count(steps)}` : `${count(steps)} steps`;
  return `${what}: ${from}, seed ${config.seed}, ${runtime}, into ${folder}`;
}
