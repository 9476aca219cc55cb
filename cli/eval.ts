/** `longhand eval` */
import type { Command } from "commander";
import { type AnyTask, isDrawn, type LengthResult, type Rate, rate, type Trained } from "../src/index.ts";
import { evaluateTrained, lengthsFor, openTrained, type TextBits } from "../src/node.ts";
import { measureReach, printReach, type Reach } from "./eval-reach.ts";
import { checkSheet, writeSheet } from "./image-sheet.ts";
import { previousCheckpointOption, replicaNumber, runtimeOption, wholeNumber, wholeNumbers } from "./options.ts";
import type { Output } from "./output.ts";
import { evaluationProgress } from "./progress.ts";
import { stopOnSignals } from "./signals.ts";
import { table } from "./table.ts";
import { compareTexts } from "./text-bits.ts";
import { costOf, count, counted, list, median, nouns, percent, problems, shortened, units } from "./words.ts";

interface EvalOptions {
  lengths?: number[];
  samples?: number;
  structured?: number;
  seed?: number;
  sheet?: string;
  replica?: number | "all";
  reach?: number;
  runtime?: string;
  previousCheckpoint?: boolean;
}

export function addEval(program: Command, output: () => Output): void {
  program
    .command("eval")
    .summary("accuracy by length")
    .description(
      "Measures the accuracy of what a run trained, by length: on problems held out of the training where it was by bins, and on structured ones. Ctrl+C ends it after the current batch, with what is known by then; exit status 130.",
    )
    .argument("<run>", "a run's folder")
    .option(
      "--lengths <list>",
      "as in 10,100,1000 (default: 1, 10 and 100 times the trained length; with bins that one, 101, 201 and 401)",
      wholeNumbers("--lengths", 1),
    )
    .option(
      "--samples <n>",
      "problems of each length (default: 1024, fewer where that takes minutes)",
      wholeNumber("--samples", 1),
    )
    .option(
      "--structured <n>",
      "problems of each structured kind, where the task has some; 0: none (default: none of networks that answer at each step, else as many as are quick)",
      wholeNumber("--structured", 0),
    )
    .option(
      "--reach <n>",
      "also the length up to which no error is made at any length, tried up to n",
      wholeNumber("--reach", 1),
    )
    .option("--sheet <file>", "tasks of images: an SVG file with all that are held out, the answer under each")
    .option("--seed <n>", "of the problems (default: one more than the run's)", wholeNumber("--seed", 0))
    .option(
      "--replica <number>",
      "one network of a population, or all: a line for each (default: a summary)",
      replicaNumber,
    )
    .addOption(runtimeOption)
    .addOption(previousCheckpointOption)
    .action(async (folder: string, options: EvalOptions) => {
      process.exitCode = await evaluate(folder, options, output());
    });
}

async function evaluate(folder: string, options: EvalOptions, output: Output): Promise<number> {
  const trained = await openTrained(folder, { previous: options.previousCheckpoint ?? false });
  const { task, config, step, model, origin } = trained;
  if (options.sheet !== undefined) checkSheet(trained, options.sheet);
  const lengths = [...new Set(options.lengths ?? lengthsFor(trained))].sort((a, b) => a - b);
  const {
    samples,
    seed = config.seed + 1,
    replica,
    runtime,
    structured = model.width === undefined ? 0 : "some",
  } = options;
  using stop = stopOnSignals(output, "the current batch is finished");
  const random: LengthResult[][] = [];
  const special: LengthResult[][] = [];
  let text: TextBits | null = null;
  let reach: Reach | null = null;
  const common = {
    seed,
    ...(samples !== undefined && { samples }),
    ...(typeof replica === "number" && { replica }),
    ...(runtime !== undefined && { runtime }),
    signal: stop.signal,
  };
  try {
    for await (const found of evaluateTrained(trained, {
      ...common,
      lengths,
      structured,
      onProgress: evaluationProgress(output),
      onSmallerBatch: ({ length, from, to }) =>
        output.note(`not enough memory for a batch of ${problems(task, from, length)}: going on with ${count(to)}`),
    })) {
      (found[0]!.structured === undefined ? random : special).push(found);
    }
    if (options.reach !== undefined) reach = await measureReach(trained, options.reach, common);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  output.redraw?.("");
  const isStopped = stop.signal.aborted;
  const unit = units(nouns(task).unit);
  output.print(
    `${config.model.name} on ${task.name}, ${origin !== undefined && step === 0 ? origin : counted(step, "step")}; lengths in ${unit}`,
  );
  if (random.length > 0) {
    output.print();
    if (random[0]!.length === 1)
      printOne(
        output,
        random.map(([result]) => result!),
        model.width !== undefined,
        task,
      );
    else if (replica === "all") printEach(output, random);
    else printAll(output, trained, random);
    if (config.bins) printSides(output, random);
  }
  if (special.length > 0) printStructured(output, special);
  if (!isStopped && structured === "some" && !isDrawn(task) && task.structured) {
    const tested = new Set(special.map(([result]) => result!.length));
    const left = lengths.filter((length) => !tested.has(length));
    if (left.length > 0) {
      output.print();
      output.print(
        `Structured problems of length ${list(left.map(count))} take long and were left out: --structured 4 tests them.`,
      );
    }
  }
  if (!isStopped) {
    const chosen = {
      ...(typeof replica === "number" && { replica }),
      ...(runtime !== undefined && { runtime }),
    };
    text = await compareTexts(output, trained, { ...chosen, signal: stop.signal });
    if (options.sheet !== undefined) await writeSheet(output, trained, options.sheet, chosen);
  }
  if (reach) printReach(output, reach);
  if (isStopped) {
    output.print();
    output.print("Stopped: these are the results so far.");
  }
  output.result({
    folder,
    run: trained.run,
    task: task.name,
    step,
    seed,
    samples: samples ?? null,
    trained: config.lengths,
    stopped: isStopped,
    results: random.flat(),
    structured: special.flat(),
    ...(text && { text }),
    ...(reach && { reach }),
  });
  return isStopped ? 130 : 0;
}

const interval = ({ low, high }: Rate) => `${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)}%`;
const wrong = ({ exact }: LengthResult) => `${count(exact.trials - exact.successes)} of ${count(exact.trials)}`;

/** One network; where few problems are tested, how many are wrong says more than how many there were. */
function printOne(output: Output, results: readonly LengthResult[], countsWrong: boolean, task: AnyTask): void {
  const cost = costOf(task);
  const rows = results.map((result) => [
    count(result.length),
    result.isTrained ? "trained" : "",
    percent(result.exact.value),
    interval(result.exact),
    percent(result.symbol.value),
    ...(cost && result.cost !== undefined ? [cost.show(result.cost)] : []),
    countsWrong ? wrong(result) : count(result.exact.trials),
  ]);
  const header = [
    ...["length", "", "exact", "95% interval", cost?.ofNumbers ? "numbers" : "symbols"],
    ...(cost ? [cost.name] : []),
    countsWrong ? "wrong" : "problems",
  ];
  for (const line of table(header, rows, [0, 2, 3, 4, 5, 6].slice(0, header.length - 1))) output.print(line);
}

/** After a training by bins: which of the random problems it can't have seen. */
function printSides(output: Output, results: readonly (readonly LengthResult[])[]): void {
  const seen = results.flatMap(([result]) => (result!.isHeldOut ? [] : [count(result!.length)]));
  output.print();
  if (seen.length < results.length) output.print("These problems were held out of the training.");
  if (seen.length > 0) {
    output.print(`Of length ${list(seen)} hardly any are held out: tested on all, which may have been trained on.`);
  }
}

/** Structured problems: each kind at each length, and the first mistake of each kind at its shortest length. */
function printStructured(output: Output, results: readonly (readonly LengthResult[])[]): void {
  const each = results.flat();
  const isOne = results[0]!.length === 1;
  output.print();
  output.print("Structured problems, on which networks that look perfect may fail:");
  output.print();
  const rows = each.map((result) => [
    result.structured!,
    count(result.length),
    ...(isOne ? [] : [String(result.replica)]),
    percent(result.exact.value),
    interval(result.exact),
    percent(result.symbol.value),
    wrong(result),
  ]);
  rows.sort(([a], [b]) => (a! < b! ? -1 : a! > b! ? 1 : 0));
  const header = ["kind", "length", ...(isOne ? [] : ["replica"]), "exact", "95% interval", "symbols", "wrong"];
  for (const line of table(header, rows, [...header.keys()].slice(1))) output.print(line);
  const shown = new Set<string>();
  for (const { structured, length, mistake } of each) {
    if (!mistake || shown.has(structured!)) continue;
    shown.add(structured!);
    output.print();
    output.print(`A mistake in ${structured}, length ${count(length)}:`);
    output.print(`      ${shortened(mistake.input)}`);
    output.print(`    = ${shortened(mistake.answer)}`);
    output.print(`exact ${shortened(mistake.exact)}`);
  }
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
function printAll(output: Output, { population, task }: Trained, results: readonly (readonly LengthResult[])[]): void {
  const cost = costOf(task);
  const rows = results.map((found) => {
    const values = found.map(({ exact }) => exact.value);
    const perfect = found.filter(({ exact }) => exact.successes === exact.trials).length;
    const mean = values.reduce((sum, value) => sum + value, 0) / population;
    const { length, isTrained, exact } = found[0]!;
    const costs = found.flatMap((result) => result.cost ?? []);
    return [
      count(length),
      isTrained ? "trained" : "",
      `${count(perfect)} of ${count(population)}`,
      interval(rate(perfect, population)),
      percent(mean),
      percent(Math.min(...values)),
      ...(cost ? [cost.show(median(costs)), cost.show(Math.max(...costs))] : []),
      count(exact.trials),
    ];
  });
  const header = [
    ...["length", "", "without error", "95% interval", "mean exact", "worst exact"],
    ...(cost ? [`median ${cost.name}`, "worst"] : []),
    "problems",
  ];
  for (const line of table(header, rows, [0, 2, 3, 4, 5, 6, 7, 8].slice(0, header.length - 1))) output.print(line);
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
