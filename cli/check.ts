/** `longhand check` */
import type { Command } from "commander";
import {
  type Certificate,
  checkCertificate,
  foreignPart,
  hashOfWeights,
  LonghandError,
  networkOf,
  weightsOf,
} from "../src/index.ts";
import { openTrained, readCertificate } from "../src/node.ts";
import { wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { counted } from "./words.ts";

interface CheckOptions {
  run?: string;
  replica?: number;
}

export function addCheck(program: Command, output: () => Output): void {
  program
    .command("check")
    .summary("check a certificate")
    .description(
      "Checks a certificate by a small program that shares no code with what makes them, and that it speaks of the task it names. Exit status 1: rejected.",
    )
    .argument("<certificate>", "a file that `longhand prove` wrote")
    .option("--run <folder>", "also ask whether its weights are those of a network of this run")
    .option(
      "--replica <number>",
      "with --run: which network of a population (default: the first that is solved)",
      wholeNumber("--replica", 0),
    )
    .action(async (file: string, options: CheckOptions) => {
      process.exitCode = await check(file, options, output());
    });
}

async function check(file: string, { run, replica }: CheckOptions, output: Output): Promise<number> {
  if (replica !== undefined && run === undefined) {
    throw new LonghandError("argument", "check: --replica is a network of a run, expected --run <folder> too");
  }
  const trained = run === undefined ? undefined : await openTrained(run);
  const value = await readCertificate(file);
  const checked = await checkCertificate(value);
  const reject = (reason: string): number => {
    output.print(`${output.style("red", "rejected")}: ${reason}`);
    output.result({ file, accepted: false, reason });
    return 1;
  };
  if (!checked.accepted) return reject(checked.reason);
  const certificate = value as Certificate;
  const foreign = foreignPart(certificate);
  if (foreign) {
    const differs = foreign === "equations" ? "equations are" : `${foreign} is`;
    return reject(`it proves something, but its ${differs} not what ${certificate.task} and its model have`);
  }
  const { sha256 } = certificate.network;
  if (trained && (await hashOfWeights(weightsOf(networkOf(trained, replica)))) !== sha256) {
    return reject(`its weights are not those of ${run}`);
  }
  const { states, sets, moves, margin } = checked;
  output.print(`${output.style("green", "accepted")}: ${certificate.claim}`);
  output.print(
    `  ${counted(states, "state")} of the machine, ${counted(sets, "set")} of network states, ${counted(moves, "move")}, least margin ${margin.toPrecision(3)}`,
  );
  output.print(`  weights ${sha256}`);
  output.result({ file, accepted: true, task: certificate.task, sha256, states, sets, moves, margin });
  return 0;
}
