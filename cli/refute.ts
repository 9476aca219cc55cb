/** `longhand refute` */
import type { Command } from "commander";
import { networkOf, openRuntime, replicaOf, searchErrors } from "../src/index.ts";
import { openTrained } from "../src/node.ts";
import { previousCheckpointOption, replicaOption, runtimeOption, wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { describeRefutation, printRefutation } from "./refutation.ts";
import { stopOnSignals } from "./signals.ts";
import { count, percent } from "./words.ts";

interface RefuteOptions {
  replica?: number;
  seed?: number;
  maxLength?: number;
  budget?: number;
  runtime?: string;
  previousCheckpoint?: boolean;
}

export function addRefute(program: Command, output: () => Output): void {
  program
    .command("refute")
    .summary("look for an input that a trained network gets wrong")
    .description(
      "Looks for an input that a trained network gets wrong, as short as possible. Exit status 0: none was found, which proves nothing unless it says so; 1: here is one. Ctrl+C ends it; exit status 130.",
    )
    .argument("<run>", "a run's folder")
    .addOption(replicaOption)
    .option("--seed <n>", "of the inputs that are drawn (default: 1)", wholeNumber("--seed", 0))
    .option(
      "--max-length <steps>",
      "longest input (default: 10000; 101 of networks that read the whole problem first)",
      wholeNumber("--max-length", 1),
    )
    .option(
      "--budget <steps>",
      "about how many steps of the network are evaluated (default: 4000000)",
      wholeNumber("--budget", 1),
    )
    .addOption(runtimeOption)
    .addOption(previousCheckpointOption)
    .action(async (folder: string, options: RefuteOptions) => {
      process.exitCode = await refuteVerb(folder, options, output());
    });
}

async function refuteVerb(folder: string, options: RefuteOptions, output: Output): Promise<number> {
  const trained = await openTrained(folder, { previous: options.previousCheckpoint ?? false });
  const { seed = 1, maxLength, budget } = options;
  const { replica } = replicaOf(trained, options.replica);
  const network = networkOf(trained, replica);
  const { task, model } = network;
  const threads = model.width === undefined ? 1 : "all";
  const { runtime } = await openRuntime(options.runtime, { threads });
  using stop = stopOnSignals(output, "the current batch is finished");
  try {
    const { refutation, covered, steps } = await searchErrors(network, {
      runtime,
      seed,
      ...(maxLength !== undefined && { maxLength }),
      ...(budget !== undefined && { budget }),
      signal: stop.signal,
      onProgress: ({ activity, spent, budget: all }) =>
        output.redraw?.([`${percent(Math.min(1, spent / all))}`, activity]),
    });
    output.redraw?.("");
    const which = trained.population === 1 ? "the network" : `network ${replica}`;
    if (refutation) {
      output.print(`${output.style("red", "refuted")}: ${which} errs`);
      printRefutation(output, task, refutation);
    } else {
      output.print(`no error of ${which} found in ${count(steps)} steps`);
      for (const line of coverage(covered, runtime.precision)) output.print(`  ${line}`);
    }
    output.result({
      folder,
      run: trained.run,
      task: task.name,
      replica,
      runtime: { name: runtime.name, precision: runtime.precision },
      seed,
      refuted: refutation !== undefined,
      ...(refutation && describeRefutation(task, refutation)),
      covered: covered === Number.POSITIVE_INFINITY ? "all" : covered,
      evaluated: steps,
    });
    return refutation ? 1 : 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    output.redraw?.("");
    output.result({ folder, run: trained.run, task: task.name, replica, stopped: true });
    return 130;
  }
}

/** What the search says of inputs that weren't tried. */
function coverage(covered: number, precision: number): string[] {
  if (covered === Number.POSITIVE_INFINITY) {
    return [
      `in this arithmetic (float${precision}) inputs of every length lead to states that were all tried`,
      "longhand prove says whether that holds in any other",
    ];
  }
  const all = covered === 0 ? "" : `all inputs of up to ${count(covered)} steps were tried; `;
  return [`${all}of longer ones this proves nothing`];
}
