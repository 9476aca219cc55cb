/** What `longhand train` says at its end. */
import type { AnyTask, LengthResult, Prediction } from "../src/index.ts";
import type { Finding } from "../src/node.ts";
import type { Output } from "./output.ts";
import { printProblem } from "./problem.ts";
import { costOf, count, counted, criterion, duration, list, median, nouns, percent, problems } from "./words.ts";

/** What a training came to: what --json prints and result.json holds. */
export interface TrainResult {
  readonly folder: string;
  readonly population: number;
  readonly steps: number;
  readonly reason: "steps" | "solved" | "aborted";
  readonly seconds: number;
  readonly solved: {
    readonly length: number;
    readonly samples: number;
    readonly cost?: number | null;
    readonly symbolAccuracy?: number | null;
    readonly replicas: readonly boolean[];
    readonly count: number;
  } | null;
  readonly solvedAt: readonly (number | null)[];
  readonly divergedAt: readonly (number | null)[];
  readonly finding: Finding | null;
  readonly unseen: Prediction | null;
}

export function printTrained(output: Output, task: AnyTask, result: TrainResult): void {
  const { folder, steps, reason, seconds, finding, unseen } = result;
  if (reason === "aborted") {
    output.print(`Stopped at step ${count(steps)} after ${duration(seconds)}. Go on with:`);
    output.print(`  longhand train --resume ${quoted(folder)}`);
    return;
  }
  output.print(`${output.style("bold", `${count(steps)} steps`)} in ${duration(seconds)}`);
  if (result.solved) printSolved(output, task, result, result.solved);
  if (finding) printFinding(output, task, finding, result.population);
  if (unseen) {
    const { problem } = nouns(task);
    output.print();
    output.print(`A ${problem} that it never saw:`);
    output.print();
    printProblem(output, unseen);
  }
  output.print();
  output.print("Go on with:");
  output.print(`  longhand predict ${quoted(folder)} ${quoted(task.example)}`);
  output.print(`  longhand eval ${quoted(folder)}`);
}

function quoted(text: string): string {
  return /^[\w.+,=:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function printSolved(
  output: Output,
  task: AnyTask,
  { population, solvedAt, divergedAt }: TrainResult,
  solved: NonNullable<TrainResult["solved"]>,
): void {
  const test = problems(task, solved.samples, solved.length);
  const passed = `${criterion(task, solved)} on ${test}`;
  if (population === 1) {
    const [at] = solvedAt;
    const yes = `${output.style("green", "solved")}: ${passed} since step ${count(at ?? 0)}`;
    output.print(solved.count === 1 ? yes : `${output.style("red", "not solved")}, which is: ${passed}`);
    return;
  }
  const style = solved.count === population ? "green" : "red";
  output.print(
    `${output.style(style, `solved ${count(solved.count)} of ${counted(population, "replica")}`)}: ${passed}`,
  );
  const failed = solved.replicas.flatMap((yes, replica) => (yes ? [] : [replica]));
  if (failed.length > 0) output.print(`  not solved: ${list(failed)}`);
  const diverged = divergedAt.flatMap((at, replica) => (at === null ? [] : [`${replica} (step ${count(at)})`]));
  if (diverged.length > 0) output.print(`  diverged: ${list(diverged)}`);
}

function printFinding(output: Output, task: AnyTask, { length, results }: Finding, population: number): void {
  const test = problems(task, results[0]!.exact.trials, length);
  const isPerfect = ({ exact }: LengthResult) => exact.successes === exact.trials;
  if (population === 1) {
    const { exact, symbol, cost: found } = results[0]!;
    const cost = costOf(task);
    const wrong = exact.trials - exact.successes;
    if (cost && found !== undefined) output.print(`${cost.name} ${cost.show(found)} on ${test}`);
    if (wrong === 0) output.print(`${output.style("green", "no error")} on ${test}`);
    else {
      output.print(
        `${output.style("red", `${count(wrong)} wrong`)} of ${test}: exact accuracy ${percent(exact.value)}, symbol accuracy ${percent(symbol.value)}`,
      );
    }
    return;
  }
  const cost = costOf(task);
  const costs = results.flatMap((result) => result.cost ?? []);
  if (cost && costs.length > 0) {
    output.print(
      `${cost.name} ${cost.show(median(costs))} (median), at most ${cost.show(Math.max(...costs))} on ${test}`,
    );
  }
  const perfect = results.filter(isPerfect).length;
  const style = perfect === population ? "green" : "red";
  output.print(
    `${output.style(style, `${count(perfect)} of ${counted(population, "replica")}`)} without error on ${test}`,
  );
  const failed = results.filter((result) => !isPerfect(result));
  failed.sort((a, b) => a.exact.value - b.exact.value);
  if (failed.length > 0) {
    const named = failed.map(({ replica, exact }) => `${replica} (exact ${percent(exact.value)})`);
    output.print(`  with errors: ${list(named)}`);
  }
}
