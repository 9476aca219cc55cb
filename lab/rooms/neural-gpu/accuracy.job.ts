/** How often a network is right, by length. */
import { evaluator, exactTask, type LengthResult, mistakesProgram, nearLengths, problemsARun } from "longhand";
import { type NetworkData, networkOfData } from "../../networks/data.ts";
import type { JobContext } from "../../work/contract.ts";

export interface AccuracyInput {
  readonly network: NetworkData;
  readonly lengths: readonly number[];
  readonly samples: number;
  /** One of the task's structured kinds; "random": problems that are held out of trainings. */
  readonly kind: string;
}

export interface AccuracyProgress {
  /** From 0 to 1. */
  readonly done: number;
  readonly length: number;
  /** Of the lengths that are done. */
  readonly results: readonly LengthResult[];
}

export async function job(
  { network, lengths: asked, samples, kind }: AccuracyInput,
  context: JobContext<AccuracyProgress>,
): Promise<readonly LengthResult[]> {
  const { task: anyTask, model, parameters } = networkOfData(network);
  const task = exactTask(anyTask);
  const lengths = [...new Set(asked.flatMap((length) => nearLengths(task, length).slice(0, 1)))];
  const longest = Math.max(...lengths.map((length) => task.steps(length)));
  const batch = Math.min(samples, problemsARun(model, longest));
  const runtime = await context.open(mistakesProgram(model, 1, longest), { batch, time: longest });
  await using prepared = await evaluator(model, task, runtime);
  const results: LengthResult[] = [];
  const found = prepared.evaluate(parameters, {
    lengths,
    samples,
    ...(kind === "random" ? { side: "test" as const } : { structured: kind }),
    onProgress: (done, { length }) => context.progress({ done, length, results: [...results] }),
  });
  for await (const ofLength of found) results.push(...ofLength);
  return results;
}
