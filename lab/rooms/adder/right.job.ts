/** How much of what it is asked a network gets right: of all short problems, of long random ones, and at every length. */
import {
  evaluator,
  everyProblem,
  exactTask,
  nextValid,
  reference,
  type StatesVerdict,
  statesDecider,
  stepThrough,
  type Task,
} from "longhand";
import { type NetworkData, networkOfData } from "../../networks/data.ts";

export interface Share {
  readonly length: number;
  readonly right: number;
  readonly total: number;
}

export interface RightAnswers {
  /** All problems of a length, and a wrong one that is as short as can be. */
  readonly every: Share & { readonly wrong?: string };
  /** Random ones. */
  readonly random: readonly Share[];
  /** Whether it is right at every length: all states that it reaches were looked at, if they are few. */
  readonly states: StatesVerdict["answers"];
}

/** So many problems at most are all answered. */
const MOST = 4096;
/** Lengths of random problems, and how many are drawn of each. */
const lengths = [10, 100, 1000] as const;
const samples = 32;

/** In float64, as everything that the room shows. */
export async function job(data: NetworkData): Promise<RightAnswers> {
  const opened = networkOfData(data);
  const network = { ...opened, task: exactTask(opened.task) };
  const { task, model, parameters } = network;
  const length = shortLength(task);
  const { right, total, wrong } = everyProblem(network, length);
  const known = lengths.flatMap((long) => nextValid(task, long));
  await using prepared = await evaluator(model, task, reference);
  const random: Share[] = [];
  for await (const [found] of prepared.evaluate(parameters, { lengths: known, samples })) {
    random.push({ length: found!.length, right: found!.exact.successes, total: found!.exact.trials });
  }
  const shown = wrong && written(network, wrong);
  return {
    every: { length, right, total, ...(shown !== undefined && { wrong: shown }) },
    random,
    states: statesDecider(network)(parameters, 2000).answers,
  };
}

/** The longest length that has few enough problems. */
function shortLength(task: Task): number {
  const letters = task.channels.reduce((count, alphabet) => count * alphabet.length, 1);
  const longest = Math.max(1, Math.floor(Math.log(MOST) / Math.log(letters) + 1e-9));
  let length = longest;
  while (length > 1 && !task.validLength(length)) length--;
  return length;
}

/** A wrong problem as text. What is written has no zeros in front: it may be right without them. */
function written(network: Parameters<typeof stepThrough>[0], problem: Int32Array): string | undefined {
  const text = network.task.format(problem);
  const read = network.task.parse(text);
  const exact = network.task.solve(read);
  const isWrong = stepThrough(network, read).answer.some((symbol, step) => exact[step]! >= 0 && symbol !== exact[step]);
  return isWrong ? text : undefined;
}
