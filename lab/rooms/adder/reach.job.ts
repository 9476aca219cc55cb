/** How often the networks of a population are right, by length. */
import {
  type ArrayData,
  configuredModel,
  evaluator,
  exactTask,
  type LengthResult,
  layoutOf,
  mistakesProgram,
  namedParameters,
  type TrainingConfig,
} from "longhand";
import type { JobContext } from "../../work/contract.ts";

export interface AccuracyInput {
  readonly config: Pick<TrainingConfig, "task" | "model" | "seed" | "population">;
  /** Of the whole population, as its training keeps them. */
  readonly parameters: ArrayData;
  /** Steps of training that they took. */
  readonly step: number;
  readonly lengths: readonly number[];
  /** Problems of each length. */
  readonly samples: number;
}

export interface AccuracyByLength {
  readonly step: number;
  readonly samples: number;
  /** In the order of the lengths: those of all replicas. */
  readonly lengths: readonly (readonly LengthResult[])[];
}

export async function job(input: AccuracyInput, context: JobContext<never>): Promise<AccuracyByLength> {
  const { config, parameters, step, lengths, samples } = input;
  const { task: anyTask, model } = configuredModel(config);
  const task = exactTask(anyTask);
  const { population, seed } = config;
  const longest = Math.max(...lengths.map((length) => task.steps(length)));
  const runtime = await context.open(mistakesProgram(model, population), { batch: samples, time: longest });
  await using counting = await evaluator(model, task, runtime, population);
  const named = namedParameters(parameters, layoutOf(model.parameters), population);
  const results: LengthResult[][] = [];
  for await (const result of counting.evaluate(named, { lengths, samples, seed })) results.push(result);
  return { step, samples, lengths: results };
}
