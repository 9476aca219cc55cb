/** A network's work on a long problem, step by step. */
import { exactTask, type NetworkSteps, stepThrough } from "longhand";
import { type NetworkData, networkOfData } from "../../networks/data.ts";

export interface LongWork {
  readonly network: NetworkData;
  readonly problem: Int32Array;
}

/** With the problem that it was: another one may have been asked for meanwhile. */
export function job({ network, problem }: LongWork): { problem: Int32Array; steps: NetworkSteps } {
  const opened = networkOfData(network);
  return { problem, steps: stepThrough({ ...opened, task: exactTask(opened.task) }, problem) };
}
