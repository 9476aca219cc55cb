/** `longhand import` */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import { readForeign } from "../src/index.ts";
import { importRun } from "../src/node.ts";
import { collect, readSettings, unreadable } from "./options.ts";
import type { Output } from "./output.ts";
import { count } from "./words.ts";

interface ImportOptions {
  task: string;
  model?: string;
  set?: readonly string[];
  run?: string;
}

export function addImport(program: Command, output: () => Output): void {
  program
    .command("import")
    .summary("a network trained elsewhere as a run")
    .description(
      "Writes a network that another tool trained as a run that eval, predict, trace, prove, refute and extract read, and that a training goes on from: train --resume.",
    )
    .argument(
      "<file>",
      "ending in .onnx: a network of RNN, LSTM or GRU; or .safetensors: weights under PyTorch's names",
    )
    .requiredOption("--task <name>", "the task that it is for")
    .option("--model <name>", "its cells, where several have the same weights, as in gru-reset-before")
    .option(
      "--set <key=value>",
      "what no file says: model.activation=relu, model.centred=true; or a setting of a training that goes on",
      collect,
    )
    .option("--run <folder>", "the run's folder, new or empty (default: runs/<name of the file>)")
    .action(async (file: string, options: ImportOptions) => importVerb(file, options, output()));
}

async function importVerb(file: string, options: ImportOptions, output: Output): Promise<void> {
  const name = basename(file).replace(/\.\w+$/, "");
  const { task, model, set = [], run: folder = `runs/${name}` } = options;
  const foreign = readForeign(file, await bytesOf(file));
  const origin = `${basename(file)}, trained elsewhere`;
  const made = await importRun(folder, foreign, { task, model, origin, settings: readSettings(set) });
  const { model: config } = made.config;
  output.print(
    `${folder}: ${config.name} of ${[config.hidden].flat().join(", ")} units, ${count(made.size)} parameters`,
  );
  output.print(`each step reads ${made.encoding}${config.centred === true ? ", bits as ±1" : ""}`);
  output.result({
    folder,
    file,
    task: made.config.task,
    model: config,
    parameters: made.size,
    encoding: made.encoding,
    origin,
  });
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}
