/** `longhand noise` */
import { basename } from "node:path";
import type { Command } from "commander";
import {
  curvesPicture,
  LonghandError,
  type NoiseOptions,
  type NoisePoint,
  type NoisyConnections,
  noiseCurve,
  noiseLevels,
} from "../src/index.ts";
import { type ChosenNetwork, chooseNetwork } from "./network.ts";
import { deviation, replicaOption, wholeNumber } from "./options.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";
import { count, percent } from "./words.ts";
import { writeOutput } from "./write-files.ts";

interface NoiseVerbOptions {
  draws?: number;
  levels?: number[];
  connections?: NoisyConnections;
  seed?: number;
  replica?: number;
  output?: string;
}

export function addNoise(program: Command, output: () => Output): void {
  program
    .command("noise")
    .summary("how much noise on its weights a network bears")
    .description(
      "Adds normal noise to the weights and biases of networks, and tells how many of the noisy copies still compute their task exactly, at every length: all states that a copy reaches are looked at, or, where they are too many, a proof is tried.",
    )
    .argument("<network...>", "runs' folders, or names of networks built by hand: see build")
    .option("--draws <n>", "noisy copies at each level (default: 400)", wholeNumber("--draws", 1))
    .option("--levels <list>", "standard deviations, as in 0.01,0.1 (default: 0 and 14 from 1e-6 to 1)", levels)
    .option(
      "--connections <which>",
      "with noise: all, or present: those whose weight isn't zero, and biases (default: all)",
      connections,
    )
    .option("--seed <n>", "of the noise (default: 1)", wholeNumber("--seed", 0))
    .addOption(replicaOption)
    .option("-o, --output <file>", "a picture of the curves, ending in .svg (default: none)")
    .action(async (texts: string[], options: NoiseVerbOptions) => noiseVerb(texts, options, output()));
}

/** Rising standard deviations. */
function levels(text: string): number[] {
  return [...new Set(text.split(",").map((part) => deviation("--levels")(part.trim())))].sort((a, b) => a - b);
}

function connections(text: string): NoisyConnections {
  if (text === "all" || text === "present") return text;
  throw new LonghandError("argument", `--connections: received "${text}", expected all or present`);
}

interface Curve extends ChosenNetwork {
  readonly points: NoisePoint[];
}

async function noiseVerb(texts: readonly string[], options: NoiseVerbOptions, output: Output): Promise<void> {
  const { output: file, levels: deviations = noiseLevels, draws = 400, seed = 1, connections = "all" } = options;
  if (file !== undefined && !file.endsWith(".svg")) {
    throw new LonghandError("argument", `noise: received "${file}", expected a name ending in .svg`);
  }
  const curves: Curve[] = [];
  for (const text of new Set(texts)) curves.push({ ...(await chooseNetwork(text, options)), points: [] });
  const asked: NoiseOptions = { draws, seed, connections };
  for (const { text, network, points } of curves) {
    for (const point of noiseCurve(network, deviations, asked)) {
      points.push(point);
      output.redraw?.(`${text}: ${points.length} of ${deviations.length} levels`);
    }
  }
  output.redraw?.("");
  output.print(`Exact at every length, of ${count(draws)} noisy copies; noise on ${connections} connections`);
  output.print();
  const rows = deviations.map((level, k) => [
    String(level),
    ...curves.map(({ points }) => {
      const { exact, undecided } = points[k]!;
      return `${percent(exact.value)}${undecided === 0 ? "" : ` (${undecided} undecided)`}`;
    }),
  ]);
  for (const line of table(["noise", ...curves.map(({ text }) => text)], rows, [0, ...curves.map((_, k) => k + 1)])) {
    output.print(line);
  }
  if (file !== undefined) {
    const svg = pictureOf(curves, deviations, draws, connections);
    await writeOutput(file, svg);
    output.print();
    output.print(`${file}: the curves`);
  }
  const results = curves.map(({ text, replica, network, points }) => ({
    network: text,
    replica,
    task: network.task.name,
    points,
  }));
  output.result({ draws, seed, connections, file: file ?? null, results });
}

function pictureOf(
  curves: readonly Curve[],
  deviations: readonly number[],
  draws: number,
  connections: string,
): string {
  const shown = deviations.filter((level) => level > 0);
  return curvesPicture({
    title: `Networks that stay exact under noise on ${connections} connections (${count(draws)} draws a point)`,
    x: { label: "standard deviation of the noise on weights and biases", scale: "log" },
    y: { label: "exact at every length", domain: [0, 1] },
    series: curves.flatMap(({ text, points }) => {
      const name = basename(text);
      const noisy = points.filter((point) => point.deviation > 0);
      const known = { name, runs: [{ x: shown, y: noisy.map(({ exact }) => exact.value) }] };
      if (noisy.every(({ undecided }) => undecided === 0)) return [known];
      const most = noisy.map(({ exact, undecided }) => exact.value + undecided / draws);
      return [known, { name: `${name}, with undecided ones`, runs: [{ x: shown, y: most }] }];
    }),
  });
}
