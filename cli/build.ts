/** `longhand build` */
import type { Command } from "commander";
import { builtNetworks, findBuilt, LonghandError, noisyParameters, randomSource, statesDecider } from "../src/index.ts";
import { writeNetworkRun } from "../src/node.ts";
import { originOf } from "./network.ts";
import { deviation, wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";

interface BuildOptions {
  run?: string;
  noise?: number;
  seed?: number;
}

export function addBuild(program: Command, output: () => Output): void {
  program
    .command("build")
    .summary("networks built by hand")
    .description(
      "Lists the networks built by hand, or writes one of them as a run that eval, predict, trace, export and prove read, and that a training goes on from: train --resume.",
    )
    .argument("[name]", "of a network, as in full-adder (default: lists them)")
    .option("--run <folder>", "the run's folder, new or empty (default: runs/<name>)")
    .option(
      "--noise <deviation>",
      "normal noise of this standard deviation on every weight and bias",
      deviation("--noise"),
    )
    .option("--seed <n>", "of the noise, and of a training that goes on from it (default: 1)", wholeNumber("--seed", 0))
    .action(async (name: string | undefined, options: BuildOptions) => {
      if (name === undefined) listBuilt(options, output());
      else await build(name, options, output());
    });
}

function listBuilt(options: BuildOptions, output: Output): void {
  const [flag] = Object.keys(options).filter((key) => key !== "json");
  if (flag !== undefined)
    throw new LonghandError("argument", `build: received --${flag}, expected the name of a network too`);
  const rows = builtNetworks.map(({ name, summary, source, network, inputs, units }) => ({
    name,
    task: network.task.name,
    units: [inputs.length, ...units.map((layer) => layer.length)],
    summary,
    source,
  }));
  const cells = rows.map(({ name, task, units, summary }) => [name, task, units.join("-"), summary]);
  for (const line of table(["network", "task", "units", "what it is"], cells, [])) output.print(line);
  output.result({ networks: rows });
}

async function build(name: string, options: BuildOptions, output: Output): Promise<void> {
  const built = findBuilt(name);
  const { run: folder = `runs/${name}`, noise = 0, seed = 1 } = options;
  const { task, model } = built.network;
  const parameters =
    noise === 0 ? built.network.parameters : noisyParameters(built.network.parameters, noise, randomSource(seed));
  const { answers, states } = statesDecider(built.network)(parameters);
  const origin = `${originOf(built)}${noise === 0 ? "" : `, normal noise of deviation ${noise} added, seed ${seed}`}`;
  await writeNetworkRun(
    folder,
    { task, model, parameters },
    { origin, solved: answers === "right", training: { seed } },
  );
  output.print(`${folder}: ${origin}`);
  const words = {
    right: "computes its task exactly, at every length",
    wrong: "does not compute its task exactly",
    undecided: `reaches more than ${states} states: whether it computes its task exactly isn't known`,
  };
  output.print(`${task.name}: ${words[answers]}`);
  output.result({ folder, network: name, task: task.name, noise, seed, answers, states, origin });
}
