/** `longhand gradients` */
import type { Command } from "commander";
import { LonghandError, scalarNetworks } from "../src/index.ts";
import { type ScalarOptions, scalarVerb } from "./gradients-scalar.ts";
import { collect, wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";

type GradientsOptions = ScalarOptions;

export function addGradients(program: Command, output: () => Output): void {
  program
    .command("gradients")
    .summary("what happens to gradients through time")
    .description(
      "Of the scalar networks of papers/002, exercise 2, scalar-rnn and scalar-lstm: the derivative of the answer as a formula, its value, and curves of it.",
    )
    .argument("<source...>", "scalar-rnn or scalar-lstm")
    .option("-o, --output <file>", "draw it: a name ending in .svg")
    .option("--steps <n>", "scalar networks: T, at least 3 (default: 10)", wholeNumber("--steps", 1))
    .option("--wrt <parameter>", "scalar networks: W_in, W_rec, b_h, W_out or b_y (default: W_in)")
    .option("--case <name>", "scalar networks: vanishing, constant …, which numbers they have")
    .option("--set <key=value>", "scalar networks: a number, as in W_rec=1.5; may come often", collect)
    .option(
      "--over <name>",
      "scalar networks: what the curves run over: T, or a number such as W_rec or f (default: T)",
    )
    .option("--latex", "scalar networks: the formulas as LaTeX")
    .action(async (sources: readonly string[], options: GradientsOptions) => gradientsVerb(sources, options, output()));
}

async function gradientsVerb(sources: readonly string[], options: GradientsOptions, output: Output): Promise<void> {
  if (options.output !== undefined && !options.output.endsWith(".svg")) {
    throw new LonghandError("argument", `gradients: received "${options.output}", expected a name ending in .svg`);
  }
  const scalar = scalarNetworks.find(({ name }) => name === sources[0]);
  if (scalar) return scalarVerb(scalar, options, output);
  throw new LonghandError("argument", "nope");
}
