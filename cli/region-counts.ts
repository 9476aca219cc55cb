/** `longhand regions --count`: numbers of regions without the regions. */
import { arrangementCounts, genericRegionCounts, LonghandError, regionGrowthPicture } from "../src/index.ts";
import type { Output } from "./output.ts";
import { arrangementOf, type RegionSource, sourcesOf } from "./region-source.ts";
import { countedPlanes, specialWords } from "./region-words.ts";
import { table } from "./table.ts";
import { writeOutput } from "./write-files.ts";

interface CountOptions extends RegionSource {
  readonly mark?: string;
  readonly output?: readonly string[];
  readonly network?: readonly string[];
  readonly units?: readonly number[];
  readonly limit?: number;
}

export async function countVerb(source: string | undefined, options: CountOptions, output: Output): Promise<number> {
  const wrong = options.mark !== undefined ? "--mark" : options.network !== undefined ? "--network" : undefined;
  if (wrong)
    throw new LonghandError("argument", `regions: ${wrong} needs the regions themselves, not only their --count`);
  if (options.units === undefined) return countArrangement(source, options, output);
  const [other] = [...sourcesOf(source, options), ...(options.limit === undefined ? [] : ["--limit"])];
  if (other !== undefined) {
    throw new LonghandError(
      "argument",
      `regions: --units counts by the formula for general position, not with ${other}`,
    );
  }
  return countGeneric(options.units, options.dimension ?? [2], options.output ?? [], output);
}

/** As many regions take more than some seconds to count. */
const LONG = 1_000_000;

const commas = (value: bigint) => value.toLocaleString("en-US");

async function countArrangement(source: string | undefined, options: CountOptions, output: Output): Promise<number> {
  if (options.output !== undefined) {
    throw new LonghandError("argument", "regions: --count draws a picture only with --units: how the number grows");
  }
  if (sourcesOf(source, options).length === 0) {
    throw new LonghandError(
      "argument",
      "regions: --count: received neither --units nor hyperplanes, expected one of them",
    );
  }
  const { arrangement, origin, notes } = await arrangementOf(source, options);
  for (const note of notes) output.note(note);
  const { limit } = options;
  const most = genericRegionCounts(arrangement.hyperplanes.length, arrangement.dimension).regions;
  if (most > LONG) output.note(`counting up to ${commas(most)} regions`);
  const { regions, bounded, coefficients, isGeneric } = arrangementCounts(
    arrangement,
    limit === undefined ? {} : { limit },
  );
  const total = output.style("bold", `${commas(regions)} regions, ${commas(bounded)} of them bounded`);
  output.print(`${countedPlanes(arrangement)} (${origin}): ${total}`);
  for (const line of specialWords(arrangement, Number(regions))) output.print(line);
  output.print(`coefficients of the characteristic polynomial: ${coefficients.map(commas).join("; ")}`);
  output.result({
    dimension: arrangement.dimension,
    units: arrangement.hyperplanes.length,
    regions: String(regions),
    bounded: String(bounded),
    isGeneric,
    coefficients: coefficients.map(String),
  });
  return 0;
}

/** Beside one number that was asked for: a table of how it grows. */
const tableUnits = [1, 2, 5, 10, 20, 50, 100];
const tableDimensions = [1, 2, 3, 5, 10];

async function countGeneric(
  units: readonly number[],
  dimensions: readonly number[],
  files: readonly string[],
  output: Output,
): Promise<number> {
  const wrong = files.find((file) => !file.endsWith(".svg"));
  if (wrong !== undefined) {
    throw new LonghandError("argument", `regions: received "${wrong}", expected a name ending in .svg`);
  }
  const isOne = units.length === 1 && dimensions.length === 1;
  const ascending = (list: readonly number[]) => [...new Set(list)].sort((a, b) => a - b);
  for (const file of files) {
    const growth = { dimensions: ascending(dimensions), most: Math.max(...units), hasEstimate: isOne };
    await writeOutput(file, regionGrowthPicture({ title: "Regions of hyperplanes in general position", ...growth }));
  }
  if (isOne) explain(units[0]!, dimensions[0]!, output);
  const rows = isOne ? ascending([...tableUnits, ...units]) : ascending(units);
  const columns = isOne ? ascending([...tableDimensions, ...dimensions]) : ascending(dimensions);
  const cells = rows.map((n) => [String(n), ...columns.map((d) => commas(genericRegionCounts(n, d).regions))]);
  const header = ["n", ...columns.map((d) => `d = ${d}`)];
  output.print("regions of n hyperplanes in general position in d dimensions:");
  output.print();
  for (const line of table(
    header,
    cells,
    header.map((_, k) => k),
  ))
    output.print(line);
  if (files.length > 0) output.print(`\nwritten: ${files.join(", ")}`);
  const counts = units.flatMap((n) =>
    dimensions.map((dimension) => {
      const { regions, bounded, estimate } = genericRegionCounts(n, dimension);
      return {
        units: n,
        dimension,
        regions: String(regions),
        bounded: String(bounded),
        estimate: String(estimate),
      };
    }),
  );
  output.result({ counts, files });
  return 0;
}

/** One number, where it comes from, and the estimate of papers/002 beside it. */
function explain(units: number, dimension: number, output: Output): void {
  const { regions, bounded, estimate } = genericRegionCounts(units, dimension);
  const title = `${units} hyperplanes in ${dimension} dimensions`;
  output.print(`${title}: ${output.style("bold", `${commas(regions)} regions`)}, ${commas(bounded)} of them bounded`);
  output.print(
    `  exact, in general position: Σ C(${units}, k) for k ≤ ${dimension}; no ${units} hyperplanes make more`,
  );
  const times = Number(estimate) / Number(regions);
  const size = estimate.toString().length - 1;
  const power = estimate.toString().length > 4 ? `, about 10^${size}` : "";
  output.print(
    `  estimate n^d = ${units}^${dimension} = ${commas(estimate)}${power}: ${factor(times)} times the exact number`,
  );
  output.print(`  a second layer with a unit for each region has ${commas(regions)} units`);
  output.print();
}

function factor(times: number): string {
  return times >= 100 ? Math.round(times).toLocaleString("en-US") : String(Number(times.toPrecision(3)));
}
