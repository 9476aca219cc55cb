/** Contradictions that no single field of a configuration shows. */
import { LonghandError } from "../errors.ts";
import { type CostName, type Model, parameterInputs, symbolsInput } from "../models/index.ts";
import { randomSource } from "../random/index.ts";
import {
  type AnyTask,
  type DrawnTask,
  drawSide,
  exactTask,
  isDrawn,
  type Side,
  type Task,
  validLengths,
} from "../tasks/index.ts";
import type { TrainingConfig } from "./config.ts";
import { lossFor } from "./recommended-classic.ts";

/** An error about a field: what came and what was expected. */
function wrong(field: string, received: unknown, expected: string): LonghandError {
  return new LonghandError("config", `config, ${field}: received ${JSON.stringify(received)}, expected ${expected}`);
}

/**
 * Checks that the parts of a configuration fit each other, the task and the model.
 * @throws LonghandError `config` naming the field, what came and what was expected.
 */
export function checkConfig(config: TrainingConfig, task: AnyTask, model: Model): void {
  const [low, high] = config.lengths;
  if (low > high) throw wrong("lengths", config.lengths, "the shortest length, then the longest");
  if (high > LONGEST) throw wrong("lengths", config.lengths, `lengths up to ${LONGEST}`);
  const lengths = validLengths(task, low, high);
  if (lengths.length === 0) throw wrong("lengths", config.lengths, `a range with lengths that ${task.name} has`);
  const symbols = config.population * config.batch * task.steps(lengths.at(-1)!);
  if (symbols > MOST) throw wrong("population × batch × time", symbols, `at most ${MOST} symbols a step`);
  if (config.curriculum) {
    const { start } = config.curriculum;
    if (start < lengths[0]! || start > high)
      throw wrong("curriculum, start", start, `a length from ${lengths[0]} to ${high}`);
  }
  if (config.solved) {
    const { length, samples } = config.solved;
    if (!(task.validLength(length) && length <= LONGEST)) {
      throw wrong("solved, length", length, `a length up to ${LONGEST} that ${task.name} has`);
    }
    const looked = config.population * samples * task.steps(length);
    if (looked > MOST) throw wrong("population × solved.samples × time", looked, `at most ${MOST} symbols a look`);
  }
  if (isDrawn(task)) checkDrawn(config, task);
  if (config.solved?.cost != null && !isDrawn(task))
    throw wrong("solved, cost", config.solved.cost, `null: ${task.name} has exact answers`);
  const why = whyWhole(config);
  if (config.chunk !== null && config.chunk < config.batch && why !== undefined)
    throw wrong("chunk", config.chunk, `null: ${why}`);
  if (config.bins) checkBins(config, config.bins, exactTask(task), model);
  else checkWithoutBins(config, model);
}

/** Why batches can't be cut into parts, or nothing. */
export function whyWhole({ population, bins, saturation, stateNoise }: TrainingConfig): string | undefined {
  if (bins) return "bins are cut by bins.chunk";
  if (population > 1) return "populations are trained in shards";
  if (saturation) return "the saturation cost is a mean over the batch";
  if (stateNoise?.kind === "worst") return "the worst noise is that of the whole batch";
  return undefined;
}

/** What tasks that are drawn with their answers don't have. */
function checkDrawn({ loss, bins, stateNoise }: TrainingConfig, task: DrawnTask): void {
  if (bins) throw wrong("bins", bins, `null: the problems of ${task.name} are drawn with their answers`);
  if (!task.values) return;
  if (loss !== lossFor(task))
    throw wrong("loss", loss, `"${lossFor(task)}": ${task.name} asks for ${task.yesNo ? "yes or no" : "numbers"}`);
  if (stateNoise?.kind === "worst")
    throw wrong("stateNoise, kind", stateNoise.kind, `"uniform": ${task.name} asks for numbers`);
}

/** What only a training by bins has. */
function checkWithoutBins(config: TrainingConfig, model: Model): void {
  const { schedule, gradientNoise, average, saturation, sharing, stateNoise, loss } = config;
  if (schedule.name === "plateau") throw wrong("schedule, name", schedule.name, "another schedule: there are no bins");
  if (gradientNoise && "perRate" in gradientNoise)
    throw wrong("gradientNoise", gradientNoise, "scale and decay: there are no bins");
  if (average !== null) throw wrong("average", average, "null: there are no bins");
  if (stateNoise?.kind === "worst" && loss !== "cross-entropy")
    throw wrong(
      "stateNoise, kind",
      stateNoise.kind,
      `"uniform": the worst noise is that of the loss cross-entropy, not of ${loss}`,
    );
  if (stateNoise?.kind === "worst" && stateNoise.growth === 1)
    throw wrong("stateNoise, growth", 1, "less than 1: the worst noise grows once the drawn noise is grown");
  if (saturation?.follow) throw wrong("saturation, follow", true, "false: there are no bins");
  if (saturation && !costsOfModel(model).has("saturation"))
    throw wrong("saturation", saturation, `null: ${model.name} with these options has no hard gates`);
  if (sharing) throw wrong("sharing", sharing, "null: there are no bins");
}

function checkBins(config: TrainingConfig, bins: NonNullable<TrainingConfig["bins"]>, task: Task, model: Model): void {
  if (model.width === undefined)
    throw wrong("bins", bins, `null: the state of ${model.name} has no positions (that of dngpu has)`);
  if (config.population > 1) throw wrong("population", config.population, "1: bins train one network");
  if (config.stateNoise) throw wrong("stateNoise", config.stateNoise, "null: bins have none");
  checkCurriculum(config, bins);
  checkLengths(config, bins, task);
  for (const name of ["saturation", "sharing"] as const) {
    if (config[name] && !costsOfModel(model).has(name))
      throw wrong(name, config[name], `null: ${model.name} with these options has no such cost`);
  }
  const longest = bins.lengths.at(-1)!;
  const problems = config.batch * bins.lengths.reduce((sum, length) => sum + length, 0);
  if (problems > MOST) throw wrong("batch × bins.lengths", problems, `at most ${MOST} symbols a step`);
  const chunk = Math.min(bins.chunk, config.batch);
  const bytes = KEPT_TENSORS * 4 * model.width * chunk * longest ** 2;
  if (bytes > MOST_BYTES) {
    throw wrong(
      "bins, chunk",
      bins.chunk,
      `at most ${Math.floor((MOST_BYTES * chunk) / bytes)} problems of length ${longest} with ${model.width} numbers at a position: ${chunk} need about ${(bytes / 2 ** 30).toPrecision(3)} GiB, and no part may need more than ${MOST_BYTES / 2 ** 30} GiB`,
    );
  }
}

function checkCurriculum({ curriculum }: TrainingConfig, { step }: NonNullable<TrainingConfig["bins"]>): void {
  if (step === "curriculum" && !curriculum)
    throw wrong("curriculum", curriculum, 'a start and an accuracy: bins.step is "curriculum"');
  if (step === "all" && curriculum) throw wrong("curriculum", curriculum, 'null: bins.step is "all"');
}

/** Every bin has problems of its own, on the training side; what is looked at is on the other. */
function checkLengths(
  { lengths: [low, high], seed, solved }: TrainingConfig,
  { lengths: bins, shorter }: NonNullable<TrainingConfig["bins"]>,
  task: Task,
): void {
  const longest = bins.at(-1)!;
  if (longest > LONGEST) throw wrong("bins, lengths", bins, `lengths up to ${LONGEST}`);
  bins.forEach((bin, k) => {
    const before = k > 0 ? bins[k - 1]! : low - 1;
    if (bin <= before) throw wrong("bins, lengths", bins, `rising lengths from ${low}, the shortest of lengths, on`);
    if (validLengths(task, before + 1, bin).length === 0)
      throw wrong("bins, lengths", bins, `a length of ${task.name} from ${before + 1} to ${bin}, for the bin ${bin}`);
  });
  const trained = validLengths(task, low, longest);
  const last = trained.at(-1)!;
  if (validLengths(task, low, high).at(-1) !== last)
    throw wrong("lengths", [low, high], `[${low}, ${last}]: the longest problem of the longest bin, ${longest}`);
  const own = bins.map((bin) => trained.findLast((length) => length <= bin)!);
  for (const length of shorter > 0 ? trained : own) {
    if (!has(task, seed, length, "train"))
      throw wrong("lengths", [low, high], `longer ones: all problems of length ${length} are held out for tests`);
  }
  if (solved && !has(task, seed, solved.length, "test"))
    throw wrong("solved, length", solved.length, "another length: none of its problems is held out for tests");
}

/** Whether a length has problems of a side. Long ones have: it is looked up where there may be few. */
function has(task: Task, seed: number, length: number, side: Side): boolean {
  if (length > FEW) return true;
  try {
    drawSide(task, randomSource(seed).stream("side", length), length, side);
    return true;
  } catch (error) {
    if (error instanceof LonghandError && error.code === "argument") return false;
    throw error;
  }
}

function costsOfModel(model: Model): ReadonlySet<CostName> {
  const { costs = {} } = model.apply(parameterInputs(model), symbolsInput(model.signature));
  return new Set(Object.keys(costs) as CostName[]);
}

/** Symbols of one step, or of one look, that are still answered within seconds and fit in memory. */
const MOST = 100_000_000;

/** Longer problems don't fit in memory. */
const LONGEST = 1_000_000;

/** Up to this length a task may have so few problems that all are on one side: 16 bits make 65,536. */
const FEW = 16;

/** Tensors [length, chunk, width] of each step that wait for the derivative, about. */
const KEPT_TENSORS = 6;

/** What the tensors of a part may take. */
const MOST_BYTES = 8 * 2 ** 30;
