/** `longhand sharpen` */
import type { Command } from "commander";
import { openTrained, sharpenRun } from "../src/node.ts";
import { positive, previousCheckpointOption } from "./options.ts";
import type { Output } from "./output.ts";
import { counted } from "./words.ts";

interface SharpenOptions {
  by?: number;
  run?: string;
  previousCheckpoint?: boolean;
}

export function addSharpen(program: Command, output: () => Output): void {
  program
    .command("sharpen")
    .summary("make the units of a trained network decide")
    .description(
      "Writes what a run trained with all pre-activations times a factor, as a run of its own: units saturate more, and proofs are found for networks that were trained against the worst noise.",
    )
    .argument("<run>", "a run's folder")
    .option("--by <factor>", "a positive number (default: 2)", positive("--by"))
    .option("--run <folder>", "the new run's folder, new or empty (default: <run>-sharpened)")
    .addOption(previousCheckpointOption)
    .action(async (folder: string, options: SharpenOptions) => {
      const { by = 2, run = `${folder.replace(/\/+$/, "")}-sharpened` } = options;
      const trained = await openTrained(folder, { previous: options.previousCheckpoint ?? false });
      await sharpenRun(trained, by, run);
      const say = output();
      say.print(`${run}: ${counted(trained.population, "network")} of ${folder}, all pre-activations times ${by}`);
      say.result({ folder: run, from: folder, factor: by, population: trained.population });
    });
}
