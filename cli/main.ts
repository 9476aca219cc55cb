#!/usr/bin/env node
/** The command line. It parses, calls the library and prints; exit status 0: done, 1: the answer is no, 2: bad usage or input. */
import { Command, CommanderError } from "commander";
import { LonghandError, VERSION } from "../src/index.ts";
import { addBuild } from "./build.ts";
import { addCheck } from "./check.ts";
import { addCircuit } from "./circuit.ts";
import { addEval } from "./eval.ts";
import { addExport } from "./export.ts";
import { addExtract } from "./extract.ts";
import { addGradients } from "./gradients.ts";
import { addGroebner } from "./groebner.ts";
import { addImport } from "./import.ts";
import { addLab } from "./lab.ts";
import { addLists } from "./lists.ts";
import { addNoise } from "./noise.ts";
import { makeOutput, type Output } from "./output.ts";
import { addPredict } from "./predict.ts";
import { addProve } from "./prove.ts";
import { addRefute } from "./refute.ts";
import { addRegions } from "./regions.ts";
import { addReproduce } from "./reproduce.ts";
import { addSample } from "./sample.ts";
import { addSharpen } from "./sharpen.ts";
import { addSolve } from "./solve.ts";
import { addSurvey } from "./survey.ts";
import { addTrace } from "./trace.ts";
import { addTrain } from "./train.ts";
import { addUnroll } from "./unroll.ts";

const isJson = process.argv.includes("--json");
let made: Output | undefined;
const output = () => {
  made ??= makeOutput(isJson);
  return made;
};

// Whoever reads may have had enough: `longhand tasks | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`longhand: can't write to standard output: ${error.message}\n`);
  process.exit(2);
});

const program = new Command("longhand")
  .description("Recurrent networks that learn algorithms.")
  .version(VERSION)
  .option("--json", "print one JSON object and nothing else on standard output")
  .exitOverride()
  .configureOutput({ outputError: () => {} });
for (const add of [
  addLists,
  addTrain,
  addEval,
  addPredict,
  addTrace,
  addGradients,
  addGroebner,
  addExport,
  addImport,
  addLab,
  addProve,
  addCheck,
  addExtract,
  addBuild,
  addCircuit,
  addNoise,
  addRefute,
  addRegions,
  addReproduce,
  addSample,
  addSharpen,
  addSolve,
  addSurvey,
  addUnroll,
])
  add(program, output);
for (const command of program.commands) {
  command
    .option("--json", "print one JSON object and nothing else on standard output")
    .exitOverride()
    .configureOutput({ outputError: () => {} });
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = fail(firstOf(error));
}

/** What went wrong first, where closing what was open failed as well: a full disk stays full. */
function firstOf(error: unknown): unknown {
  return error instanceof Error && "suppressed" in error ? firstOf(error.suppressed) : error;
}

/** Says what went wrong. @returns the exit status. */
function fail(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0; // --help and --version have printed what they should
    return say(
      "argument",
      error.code === "commander.help"
        ? "no verb given; see longhand --help"
        : error.message.replace(/^error: /, "").replaceAll("\n", " "),
      2,
    );
  }
  if (error instanceof LonghandError) return say(error.code, error.message, error.code === "not-finite" ? 1 : 2);
  return say("internal", error instanceof Error ? (error.stack ?? error.message) : String(error), 2);
}

function say(code: string, message: string, status: number): number {
  output().note(`longhand: ${message}`);
  output().result({ error: { code, message } });
  return status;
}
