/** `longhand predict` */
import type { Command } from "commander";
import { LonghandError } from "../src/index.ts";
import { openTrained, predictMany } from "../src/node.ts";
import { previousCheckpointOption, readText, replicaOption, runtimeOption } from "./options.ts";
import type { Output } from "./output.ts";
import { count, list } from "./words.ts";

interface PredictOptions {
  file?: string;
  check?: boolean;
  replica?: number;
  runtime?: string;
  previousCheckpoint?: boolean;
}

export function addPredict(program: Command, output: () => Output): void {
  const verb = program.command("predict");
  readProblemsWithMinus(verb);
  verb
    .summary("apply a trained network")
    .description("Applies what a run trained to a problem. Exit status 1: with --check, an answer is wrong.")
    .argument("<run>", "a run's folder")
    .argument("[input]", "a problem, as in 387+18; its numbers may have any length")
    .option("--file <file>", 'problems, one a line; "-": standard input')
    .option("--check", "compare with the exact answer")
    .addOption(replicaOption)
    .addOption(runtimeOption)
    .addOption(previousCheckpointOption)
    .action(async (folder: string, input: string | undefined, options: PredictOptions) => {
      process.exitCode = await predictVerb(folder, input, options, output());
    });
}

/** Lets problems begin with a minus ("-+0", "-1+5"), which would be read as unknown options: options begin with letters. */
export function readProblemsWithMinus(verb: Command): void {
  const parse = verb.parseOptions.bind(verb);
  verb.parseOptions = (args) => {
    const { operands, unknown } = parse(args);
    const isOption = (text: string) => /^--?([A-Za-z]|$)/.test(text);
    return {
      operands: [...operands, ...unknown.filter((text) => !isOption(text))],
      unknown: unknown.filter(isOption),
    };
  };
}

async function predictVerb(
  folder: string,
  input: string | undefined,
  options: PredictOptions,
  output: Output,
): Promise<number> {
  if ((input === undefined) === (options.file === undefined)) {
    const came = input === undefined ? "neither a problem nor --file came" : "a problem and --file came";
    throw new LonghandError("argument", `predict: ${came}, expected one of them`);
  }
  const trained = await openTrained(folder, { previous: options.previousCheckpoint ?? false });
  const texts = input !== undefined ? [input] : lines(await readText(options.file!), options.file!);
  const { replica, runtime } = options;
  const predictions = await predictMany(trained, texts, {
    ...(replica !== undefined && { replica }),
    ...(runtime !== undefined && { runtime }),
  });
  const wrong = predictions.flatMap(({ isRight }, k) => (isRight ? [] : [k + 1]));
  for (const { answer, isRight, exact } of predictions) {
    output.print(options.check && !isRight ? `${answer}  ${output.style("red", "wrong")}, exact: ${exact}` : answer);
  }
  if (options.check) {
    const what = predictions.length === 1 ? "" : `${count(predictions.length)} answers, `;
    const which = predictions.length === 1 ? "" : ` (${list(wrong)})`;
    output.note(
      wrong.length === 0 ? `${what}${what ? "all " : ""}right` : `${what}${count(wrong.length)} wrong${which}`,
    );
  }
  output.result({ folder, run: trained.run, task: trained.task.name, predictions });
  return options.check && wrong.length > 0 ? 1 : 0;
}

function lines(text: string, path: string): string[] {
  const found = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (found.length === 0) throw new LonghandError("input", `${path}: empty, expected problems, one a line`);
  return found;
}
