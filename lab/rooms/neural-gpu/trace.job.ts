/** A network at work on a problem, with every number in it where they aren't too many. */
import { applyProgram, exactTask, judged, type NetworkTrace, traceNetwork } from "longhand";
import { type NetworkData, networkOfData } from "../../networks/data.ts";
import type { JobContext } from "../../work/contract.ts";
import { readProblem } from "./problems.ts";

/** 48 maps over 577 positions and steps, 96 over 407. */
const MOST_VALUES = 16_000_000;

export interface TraceInput {
  readonly network: NetworkData;
  readonly problem: string;
  /** The gates as well. */
  readonly gates: boolean;
  /** More values than this are neither kept nor drawn. */
  readonly most?: number;
}

export interface Traced extends Pick<NetworkTrace, "prediction" | "input" | "answer" | "exact"> {
  /** Missing where there would be too many values. */
  readonly trace?: NetworkTrace;
  readonly runtime: string;
}

export async function job(
  { network, problem: text, gates, most = MOST_VALUES }: TraceInput,
  context: JobContext<never>,
): Promise<Traced> {
  const { task: anyTask, model, parameters } = networkOfData(network);
  const task = exactTask(anyTask);
  const problem = readProblem(task, text);
  const steps = problem.length / task.channels.length;
  let runtime = "";
  const open: JobContext<never>["open"] = async (program, sizes) => {
    const opened = await context.open(program, sizes);
    runtime = opened.description;
    return opened;
  };
  if (model.width !== undefined && model.width * steps * (steps + 1) <= most) {
    const trace = await traceNetwork({ task, model, parameters }, problem, { open, gates });
    const { prediction, input, answer, exact } = trace;
    return { prediction, input, answer, exact, trace, runtime };
  }
  const program = applyProgram(model, steps);
  const opened = await open(program, { batch: 1, time: steps });
  await using executable = await opened.compile(program);
  const symbols = { dtype: "int", shape: [1, steps, task.channels.length], data: problem } as const;
  const { answer: made } = await executable.run({ ...parameters, symbols });
  const answer = Int32Array.from(made!.data);
  const target = task.solve(problem);
  const nameOf = (symbol: number, step: number) => (target[step]! < 0 ? "" : (task.output[symbol] ?? ""));
  return {
    prediction: judged(task, problem, answer),
    input: Array.from(problem, (symbol) => [task.channels[0]![symbol]!]),
    answer: Array.from(answer, nameOf),
    exact: Array.from(target, nameOf),
    runtime,
  };
}
