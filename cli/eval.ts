/** `longhand eval` */
import type { Command } from "commander";
import { type LengthResult, type Rate, rate } from "../src/index.ts";
import { evaluateTrained, lengthsFor, openTrained, type Trained } from "../src/node.ts";
import { replicaNumber, wholeNumber, wholeNumbers } from "./options.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";
import { count, counted, nouns, percent } from "./words.ts";

interface EvalOptions {
  lengths?: number[];
  samples?: number;
  seed?: number;
  replica?: number | "all";
  runtime?: string;
  previousCheckpoint?: boolean;
}

export function addEval(program: Command, output: () => Output): void {
  program
    .command("eval")
    .summary("accuracy by length")
    .description("Measures the accuracy of what a run trained, by length.")
    .argument("<run>", "a run's folder")
    .option(
      "--lengths <list>",
      "as in 10,100,1000 (default: 1, 10 and 100 times the trained length)",
      wholeNumbers("--lengths", 1),
    )
    .option("--samples <n>", "problems of each length (default: 1024)", wholeNumber("--samples", 1))
    .option("--seed <n>", "of the problems (default: one more than the run's)", wholeNumber("--seed", 0))
    .option(
      "--replica <number>",
      "one network of a population, or all: a line for each (default: a summary)",
      replicaNumber,
    )
    .option("--runtime <name>", "auto, reference, onnx or onnx-web (default: auto)")
    .option("--previous-checkpoint", "where the newest checkpoint is damaged, use the one before it")
    .action(async (folder: string, options: EvalOptions) => evaluate(folder, options, output()));
}

async function evaluate(folder: string, options: EvalOptions, output: Output): Promise<void> {
  const trained = await openTrained(folder, { previous: options.previousCheckpoint ?? false });
  const lengths = [...new Set(options.lengths ?? lengthsFor(trained))].sort((a, b) => a - b);
  const { samples = 1024, seed = trained.config.seed + 1, replica, runtime } = options;
  const results: LengthResult[][] = [];
  for await (const found of evaluateTrained(trained, {
    lengths,
    samples,
    seed,
    ...(typeof replica === "number" && { replica }),
    ...(runtime !== undefined && { runtime }),
    onProgress: (part) => output.redraw?.(`evaluating: ${Math.round(100 * part)}%`),
  })) {
    results.push(found);
  }
  output.redraw?.("");
  const { task, config, step } = trained;
  output.print(
    `${config.model.name} on ${task.name}, ${counted(step, "step")}; lengths in ${nouns(task).unit.replace(/digit|symbol/, "$&s")}`,
  );
  output.print();
  if (results[0]!.length === 1)
    printOne(
      output,
      results.map(([result]) => result!),
    );
  else if (replica === "all") printEach(output, results);
  else printAll(output, trained, results);
  output.result({
    folder,
    run: trained.run,
    task: task.name,
    step,
    seed,
    samples,
    trained: config.lengths,
    results: results.flat(),
  });
}

const interval = ({ low, high }: Rate) => `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)}%`;

function printOne(output: Output, results: readonly LengthResult[]): void {
  const rows = results.map((result) => [
    count(result.length),
    result.isTrained ? "trained" : "",
    percent(result.exact.value),
    interval(result.exact),
    percent(result.symbol.value),
    count(result.exact.trials),
  ]);
  const header = ["length", "", "exact", "95% interval", "symbols", "problems"];
  for (const line of table(header, rows, [0, 2, 3, 4, 5])) output.print(line);
}

/** Every replica at every length. */
function printEach(output: Output, results: readonly (readonly LengthResult[])[]): void {
  const rows = results
    .flat()
    .map((result) => [
      count(result.length),
      result.isTrained ? "trained" : "",
      String(result.replica),
      percent(result.exact.value),
      interval(result.exact),
      percent(result.symbol.value),
      count(result.exact.trials),
    ]);
  const header = ["length", "", "replica", "exact", "95% interval", "symbols", "problems"];
  for (const line of table(header, rows, [0, 2, 3, 4, 5, 6])) output.print(line);
}

/** A summary of the population, then its worst replicas at the longest length. */
function printAll(output: Output, { population }: Trained, results: readonly (readonly LengthResult[])[]): void {
  const rows = results.map((found) => {
    const values = found.map(({ exact }) => exact.value);
    const perfect = found.filter(({ exact }) => exact.successes === exact.trials).length;
    const mean = values.reduce((sum, value) => sum + value, 0) / population;
    const { length, isTrained, exact } = found[0]!;
    return [
      count(length),
      isTrained ? "trained" : "",
      `${count(perfect)} of ${count(population)}`,
      interval(rate(perfect, population)),
      percent(mean),
      percent(Math.min(...values)),
      count(exact.trials),
    ];
  });
  const header = ["length", "", "without error", "95% interval", "mean exact", "worst exact", "problems"];
  for (const line of table(header, rows, [0, 2, 3, 4, 5, 6])) output.print(line);
  const last = results.at(-1)!;
  const worst = last.filter(({ exact }) => exact.successes < exact.trials);
  worst.sort((a, b) => a.exact.value - b.exact.value);
  if (worst.length === 0) return;
  output.print();
  output.print(`The worst at length ${count(last[0]!.length)}:`);
  const cells = worst
    .slice(0, 10)
    .map((result) => [
      String(result.replica),
      percent(result.exact.value),
      interval(result.exact),
      percent(result.symbol.value),
    ]);
  for (const line of table(["replica", "exact", "95% interval", "symbols"], cells, [0, 1, 2, 3])) output.print(line);
}
