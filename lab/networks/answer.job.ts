/** What a network answers to a problem, and what is right. */
import { applyProgram, exactTask } from "longhand";
import type { JobContext } from "../work/contract.ts";
import { type NetworkData, networkOfData } from "./data.ts";

export interface AnswerInput {
  readonly network: NetworkData;
  /** As the task's `parse` reads it: "1011*1101". */
  readonly problem: string;
}

export interface Answered {
  readonly answer: string;
  readonly exact: string;
  /** What computed it. */
  readonly runtime: string;
}

export async function job({ network, problem: text }: AnswerInput, context: JobContext<never>): Promise<Answered> {
  const { task: anyTask, model, parameters } = networkOfData(network);
  const task = exactTask(anyTask);
  const problem = task.parse(text);
  const channels = task.channels.length;
  const steps = problem.length / channels;
  // Networks whose state has positions are compiled for each length.
  const program = applyProgram(model, model.width === undefined ? "time" : steps);
  const runtime = await context.open(program, { batch: 1, time: steps });
  await using executable = await runtime.compile(program);
  const symbols = { dtype: "int", shape: [1, steps, channels], data: problem } as const;
  const { answer } = await executable.run({ ...parameters, symbols });
  return {
    answer: task.formatAnswer(Int32Array.from(answer!.data), problem),
    exact: task.formatAnswer(task.solve(problem), problem),
    runtime: runtime.description,
  };
}
