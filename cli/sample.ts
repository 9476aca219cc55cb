/** `longhand sample` */
import type { Command } from "commander";
import { openTrained, type SampleTextOptions, sampleText } from "../src/node.ts";
import { deviation, previousCheckpointOption, replicaOption, runtimeOption, wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { stopOnSignals } from "./signals.ts";

interface SampleOptions extends SampleTextOptions {
  previousCheckpoint?: boolean;
}

export function addSample(program: Command, output: () => Output): void {
  program
    .command("sample")
    .summary("let a network write")
    .description(
      "Lets what a run trained on a text write one: it reads its own answers, drawn by the probabilities that it gives them. Equal options write equal texts. Ctrl+C ends it; exit status 130.",
    )
    .argument("<run>", "a run's folder")
    .option("--length <n>", "characters to write (default: 500)", wholeNumber("--length", 1))
    .option(
      "--temperature <t>",
      "below 1: likely characters become likelier; 0: always the likeliest (default: 1)",
      deviation("--temperature"),
    )
    .option("--prompt <text>", "what it reads before it writes (default: the end of a line)")
    .option("--seed <n>", "of the draws (default: 1)", wholeNumber("--seed", 0))
    .addOption(replicaOption)
    .addOption(runtimeOption)
    .addOption(previousCheckpointOption)
    .action(async (folder: string, options: SampleOptions) => {
      process.exitCode = await sampleVerb(folder, options, output());
    });
}

async function sampleVerb(folder: string, options: SampleOptions, output: Output): Promise<number> {
  const { previousCheckpoint = false, ...chosen } = options;
  const trained = await openTrained(folder, { previous: previousCheckpoint });
  using stop = stopOnSignals(output, "the current character is written");
  let written = "";
  for await (const character of sampleText(trained, chosen)) {
    if (stop.signal.aborted) break;
    written += character;
  }
  const { prompt = "", temperature = 1, seed = 1 } = chosen;
  output.print(`${output.style("bold", prompt)}${written}`);
  output.result({
    folder,
    run: trained.run,
    task: trained.task.name,
    step: trained.step,
    ...{ prompt, temperature, seed, text: written, stopped: stop.signal.aborted },
  });
  return stop.signal.aborted ? 130 : 0;
}
