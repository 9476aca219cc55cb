/** `longhand gradients` */
import type { Command } from "commander";
import { LonghandError, scalarNetworks } from "../src/index.ts";
import { type NetworkOptions, networkVerb } from "./gradients-network.ts";
import { type ScalarOptions, scalarVerb } from "./gradients-scalar.ts";
import { collect, flagOf, positive, previousCheckpointOption, replicaOption, wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";

type GradientsOptions = ScalarOptions & NetworkOptions;

/** Options that are for the scalar networks only, and those that are for all others only. */
const scalarOnly = ["steps", "wrt", "case", "over", "latex"] as const;
const networksOnly = [
  "task",
  "length",
  "samples",
  "seed",
  "clip",
  "picture",
  "replica",
  "checkpoint",
  "previousCheckpoint",
] as const;

export function addGradients(program: Command, output: () => Output): void {
  program
    .command("gradients")
    .summary("what happens to gradients through time")
    .description(
      "Of networks, trained or not: the gradient of a loss by the states before it, by lag; Jacobians of steps and of many; what each lag contributes; saturated units; what clipping does. Of the scalar networks of papers/002, exercise 2 (scalar-rnn, scalar-lstm): the derivative of the answer as a formula, its value, and curves of it.",
    )
    .argument("<source...>", "runs' folders, models (see models) or networks built by hand; or scalar-rnn, scalar-lstm")
    .option("-o, --output <file>", "draw it: a name ending in .svg")
    .option("--picture <name>", "lags, map (Jacobians by source and target step) or units (saturation) (default: lags)")
    .option("--task <name>", "of models (default: parity)")
    .option("--length <n>", "of the problems (default: 32)", wholeNumber("--length", 1))
    .option("--samples <n>", "problems (default: 32)", wholeNumber("--samples", 1))
    .option("--seed <n>", "of the problems, and of the weights of models (default: 1)", wholeNumber("--seed", 0))
    .option("--clip <norm>", "limit of clipping (default: the run's, or 1)", positive("--clip"))
    .option(
      "--set <key=value>",
      "of models, as in model.hidden=32; of scalar networks, as in W_rec=1.5; may come often",
      collect,
    )
    .addOption(replicaOption)
    .option(
      "--checkpoint <step>",
      "a run's network after this step (default: the newest)",
      wholeNumber("--checkpoint", 0),
    )
    .addOption(previousCheckpointOption)
    .option("--steps <n>", "scalar networks: T, at least 3 (default: 10)", wholeNumber("--steps", 1))
    .option("--wrt <parameter>", "scalar networks: W_in, W_rec, b_h, W_out or b_y (default: W_in)")
    .option("--case <name>", "scalar networks: which numbers they have, as in diverging")
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
  const scalar = scalarNetworks.find(({ name }) => sources.includes(name));
  if (!scalar) {
    refuse(options, scalarOnly, sources.join(", "), "scalar-rnn or scalar-lstm");
    return networkVerb(sources, options, output);
  }
  if (sources.length > 1) {
    throw new LonghandError("argument", `gradients: received ${sources.join(", ")}, expected ${scalar.name} alone`);
  }
  refuse(options, networksOnly, scalar.name, "networks of many units");
  return scalarVerb(scalar, options, output);
}

function refuse(
  options: GradientsOptions,
  names: readonly (keyof GradientsOptions)[],
  source: string,
  expected: string,
): void {
  const name = names.find((each) => options[each] !== undefined);
  if (name === undefined) return;
  throw new LonghandError("argument", `gradients: received ${flagOf(name)} for ${source}, expected it for ${expected}`);
}
