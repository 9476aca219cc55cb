/** `longhand export` */
import { type Command, Option } from "commander";
import {
  exportOnnx,
  exportSafetensors,
  LonghandError,
  type ParameterNames,
  replicaOf,
  type Trained,
} from "../src/index.ts";
import { openTrained } from "../src/node.ts";
import { previousCheckpointOption, replicaOption } from "./options.ts";
import type { Output } from "./output.ts";
import { count } from "./words.ts";
import { writeOutput } from "./write-files.ts";

interface ExportOptions {
  recurrence: "native" | "scan";
  names: ParameterNames;
  replica?: number;
  previousCheckpoint?: boolean;
}

type Write = (trained: Trained, replica: number, options: ExportOptions) => Uint8Array;

const writers: Readonly<Record<string, Write>> = {
  ".onnx": (trained, replica, { recurrence }) => exportOnnx(trained, replica, { recurrence }),
  ".safetensors": (trained, replica, { names }) => exportSafetensors(trained, replica, { names }),
};

export function addExport(program: Command, output: () => Output): void {
  program
    .command("export")
    .summary("write a trained network for other tools")
    .description("Writes what a run trained as a file for other tools; a file that is there is replaced.")
    .argument("<run>", "a run's folder")
    .argument("<file>", "ending in .onnx: the network, or .safetensors: its parameters")
    .addOption(
      new Option("--recurrence <how>", ".onnx: by ONNX's RNN, LSTM and GRU where it can be, or by loops")
        .choices(["native", "scan"])
        .default("native"),
    )
    .addOption(
      new Option("--names <whose>", ".safetensors: the model's own names, or those of PyTorch's modules")
        .choices(["own", "pytorch"])
        .default("own"),
    )
    .addOption(replicaOption)
    .addOption(previousCheckpointOption)
    .action(async (folder: string, file: string, options: ExportOptions) =>
      exportVerb(folder, file, options, output()),
    );
}

async function exportVerb(folder: string, file: string, options: ExportOptions, output: Output): Promise<void> {
  const write = Object.entries(writers).find(([ending]) => file.endsWith(ending))?.[1];
  if (!write) {
    throw new LonghandError(
      "argument",
      `export: received "${file}", expected a name ending in ${Object.keys(writers).join(" or ")}`,
    );
  }
  const trained = await openTrained(folder, { previous: options.previousCheckpoint ?? false });
  const { replica } = replicaOf(trained, options.replica);
  const bytes = write(trained, replica, options);
  await writeOutput(file, bytes);
  output.print(`${file}: ${count(bytes.length)} bytes`);
  output.result({ folder, run: trained.run, file, bytes: bytes.length, replica });
}
