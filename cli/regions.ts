/** `longhand regions` */
import type { Command } from "commander";
import {
  type Arrangement,
  arrangementCounts,
  circuitPicture,
  defaultRegionLimit,
  exactNumber,
  findRegions,
  genericRegionCounts,
  hyperplaneText,
  LonghandError,
  type Region,
  rationals,
  regionNetwork,
  regionNetworkOnnx,
  regionsOf,
  regionsPicture,
  specialPositions,
} from "../src/index.ts";
import { collect, previousCheckpointOption, replicaOption, wholeNumber, wholeNumbers } from "./options.ts";
import type { Output } from "./output.ts";
import { countVerb } from "./region-counts.ts";
import { printNetwork, tryNetwork } from "./region-network.ts";
import { arrangementOf, type RegionSource } from "./region-source.ts";
import { countedPlanes, specialWords } from "./region-words.ts";
import { table } from "./table.ts";
import { count, counted, list } from "./words.ts";
import { writeOutput } from "./write-files.ts";

export interface RegionsVerbOptions extends RegionSource {
  mark?: string;
  output?: readonly string[];
  network?: readonly string[];
  runtime?: string;
  count?: boolean;
  units?: readonly number[];
  limit?: number;
}

export function addRegions(program: Command, output: () => Output): void {
  program
    .command("regions")
    .summary("the regions that the units of a first layer cut space into")
    .description(
      "Finds, counts and draws the regions into which lines or hyperplanes, each a threshold unit, cut their space, exactly; and " +
        "builds a threshold network that tells marked regions from all others. With --count: only their number. A file that is " +
        "there is replaced. Exit status 1: the network is wrong somewhere, because of rounding.",
    )
    .argument("[source]", "a run's folder, or a network built by hand: the units of its first layer")
    .option(
      "--lines <lines>",
      "how many lines to make up in general position, or a file with hyperplanes; -: standard input",
    )
    .option("--data <hyperplanes>", 'weights and thresholds, as in "1 0 = 0.5; 1 -1 = 0"')
    .option("--random <n>", "random hyperplanes", wholeNumber("--random", 0))
    .option(
      "--dimension <list>",
      "of the random hyperplanes, or of what is counted (default: 2)",
      wholeNumbers("--dimension", 1),
    )
    .option("--seed <n>", "of the lines made up or the random hyperplanes (default: 1)", wholeNumber("--seed", 0))
    .option("--mark <regions>", "regions by label or signs, as in A,D,G or +-+--: shaded, and the class of the network")
    .option(
      "-o, --output <file>",
      "picture of the lines (.svg), or the network for --mark (.onnx); may come often",
      collect,
    )
    .option(
      "--network <file>",
      "the network for --mark, as a picture (.svg) or ONNX file (.onnx); may come often",
      collect,
    )
    .option("--runtime <name>", "auto, reference, onnx, onnx-web or c: tries the network (default: reference)")
    .option("--count", "count regions without finding them; with --units by the formula for general position")
    .option("--units <list>", "with --count: numbers of hyperplanes, as in 5,10,20", wholeNumbers("--units", 0))
    .option("--limit <n>", `regions that are found at most (default: ${defaultRegionLimit})`, wholeNumber("--limit", 1))
    .addOption(replicaOption)
    .addOption(previousCheckpointOption)
    .action(async (source: string | undefined, options: RegionsVerbOptions) => {
      process.exitCode = await regionsVerb(source, options, output());
    });
}

async function regionsVerb(source: string | undefined, options: RegionsVerbOptions, output: Output): Promise<number> {
  if (options.count) return countVerb(source, options, output);
  if (options.units) throw new LonghandError("argument", "regions: --units goes with --count");
  const files = filesOf(options);
  const { arrangement, names, origin, notes } = await arrangementOf(source, options);
  if (files.pictures.length > 0 && arrangement.dimension !== 2) {
    throw new LonghandError(
      "argument",
      `regions: received ${files.pictures[0]} for a space of ${counted(arrangement.dimension, "dimension")}, expected 2 dimensions for a picture of lines`,
    );
  }
  const limit = options.limit ?? defaultRegionLimit;
  const regions = findAll(arrangement, limit, output);
  const marked = findRegions(regions, marksOf(options));
  const counts = arrangementCounts(arrangement, { limit });
  const network = marked.length > 0 ? regionNetwork(arrangement, marked) : undefined;
  const tried =
    network && (await tryNetwork(network, regions, options.runtime ?? "reference", files.models.length > 0));
  const shaded = marked.map(({ label }) => label);
  for (const file of files.pictures) {
    const title = `${countedPlanes(arrangement)}, ${counted(regions.length, "region")}`;
    const subtitle = origin + (shaded.length > 0 ? `; shaded: ${list(shaded)}` : "");
    await writeOutput(file, regionsPicture(arrangement, regions, { title, subtitle, shaded }));
  }
  if (network) {
    const subtitle = `1 in ${list(shaded)}, 0 in the other regions of ${countedPlanes(arrangement)}`;
    for (const file of files.circuits) {
      await writeOutput(file, circuitPicture(network.wiring, { title: "A threshold network", subtitle }));
    }
    for (const file of files.models) await writeOutput(file, regionNetworkOnnx(network));
  }
  for (const note of notes) output.note(note);
  printRegions(output, arrangement, regions, { names, origin });
  if (network && tried) printNetwork(output, network, regions, tried);
  const written = [...files.pictures, ...files.circuits, ...files.models];
  if (written.length > 0) output.print(`\nwritten: ${written.join(", ")}`);
  output.result({
    dimension: arrangement.dimension,
    hyperplanes: arrangement.hyperplanes.map(({ weights, threshold }) => ({
      weights: weights.map(rationals.format),
      threshold: rationals.format(threshold),
    })),
    ...(names && { units: names }),
    count: regions.length,
    bounded: regions.filter(({ isBounded }) => isBounded).length,
    isGeneric: counts.isGeneric,
    coefficients: counts.coefficients.map(String),
    special: specialPositions(arrangement).map(({ kind, hyperplanes, point }) => ({
      kind,
      hyperplanes,
      ...(point && { point: point.map(rationals.format) }),
    })),
    regions: regions.map(({ label, signs, isBounded, point, direction }) => ({
      label,
      signs,
      isBounded,
      point: point.map(rationals.format),
      ...(direction && { direction: direction.map(rationals.format) }),
    })),
    ...(network && {
      network: {
        regions: shaded,
        units: network.wiring.layers.map(({ length }) => length),
        tried: tried?.map(({ how, wrong }) => ({ how, wrong: wrong.map(({ label }) => label) })),
      },
    }),
    files: written,
  });
  return tried?.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
}

/** As many regions take more than some seconds. */
const LONG = 10_000;

/** All regions; where they are too many, what else may be asked for. */
function findAll(arrangement: Arrangement, limit: number, output: Output): Region[] {
  const { dimension, hyperplanes } = arrangement;
  const most = genericRegionCounts(hyperplanes.length, dimension).regions;
  if (most > LONG && most <= limit) output.note(`finding up to ${most.toLocaleString("en-US")} regions`);
  try {
    return regionsOf(arrangement, { limit });
  } catch (error) {
    if (!(error instanceof LonghandError && error.code === "unsupported")) throw error;
    const message = `${error.message}; --count counts them without finding them, --limit goes further`;
    throw new LonghandError(error.code, message, { cause: error });
  }
}

/** What is to be written. */
interface Files {
  readonly pictures: readonly string[];
  readonly circuits: readonly string[];
  readonly models: readonly string[];
}

function filesOf({ output = [], network = [], mark }: RegionsVerbOptions): Files {
  const wrong = [...output, ...network].find((file) => !/\.(svg|onnx)$/.test(file));
  if (wrong !== undefined) {
    throw new LonghandError("argument", `regions: received "${wrong}", expected a name ending in .svg or .onnx`);
  }
  const svg = (file: string) => file.endsWith(".svg");
  const models = [...output, ...network].filter((file) => !svg(file));
  const ofNetwork = [...network, ...models];
  if (mark === undefined && ofNetwork.length > 0) {
    throw new LonghandError(
      "argument",
      `regions: received ${ofNetwork[0]} for a network without --mark, expected the regions of its class, as in --mark A,D,G`,
    );
  }
  return { pictures: output.filter(svg), circuits: network.filter(svg), models };
}

function marksOf({ mark }: RegionsVerbOptions): string[] {
  if (mark === undefined) return [];
  const marks = mark.split(",").map((name) => name.trim());
  if (marks.every((name) => name !== "")) return marks;
  throw new LonghandError("argument", `--mark: received "${mark}", expected regions, as in A,D,G`);
}

/** Rows of the table; --json has all. */
const MOST_ROWS = 60;

function printRegions(
  output: Output,
  arrangement: Arrangement,
  regions: readonly Region[],
  { names, origin }: { names: readonly string[] | undefined; origin: string },
): void {
  const bounded = regions.filter(({ isBounded }) => isBounded).length;
  const total = `${counted(regions.length, "region")}, ${count(regions.length - bounded)} unbounded and ${count(bounded)} bounded`;
  output.print(`${countedPlanes(arrangement)} (${origin}): ${output.style("bold", total)}`);
  for (const line of specialWords(arrangement, regions.length)) output.print(line);
  output.print("counted a second way, by the characteristic polynomial: as many of both");
  output.print();
  const planes = arrangement.hyperplanes.map((plane, k) => [
    String(k + 1),
    ...(names ? [names[k]!] : []),
    hyperplaneText(plane),
  ]);
  for (const line of table(["", ...(names ? ["unit"] : []), "is on where"], planes.slice(0, MOST_ROWS), [0]))
    output.print(line);
  output.print();
  const rows = regions
    .slice(0, MOST_ROWS)
    .map(({ label, signs, isBounded, point }) => [
      label,
      signs.replaceAll("-", "−"),
      isBounded ? "bounded" : "",
      `(${point.map(exactNumber).join(", ")})`,
    ]);
  for (const line of table(["region", "sides", "", "a point inside"], rows, [])) output.print(line);
  const more = regions.length - rows.length;
  if (more > 0) output.print(`and ${counted(more, "more region")}; --json has all of them`);
}
