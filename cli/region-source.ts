/** The hyperplanes that `longhand regions` is about: made up, given, random, or those of a network's first layer. */
import {
  type Arrangement,
  drawnLines,
  LonghandError,
  layerArrangement,
  ndarray,
  randomHyperplanes,
  readHyperplanes,
  wiringOf,
} from "../src/index.ts";
import { type ChooseOptions, chooseNetwork } from "./network.ts";
import { readText, wholeNumber } from "./options.ts";

export interface RegionSource extends ChooseOptions {
  readonly lines?: string;
  readonly data?: string;
  readonly random?: number;
  readonly dimension?: readonly number[];
  readonly seed?: number;
}

export interface FoundArrangement {
  readonly arrangement: Arrangement;
  /** Of the units, where the hyperplanes are those of a network. */
  readonly names?: readonly string[] | undefined;
  /** Where they come from, in words. */
  readonly origin: string;
  /** What should be said beside the result. */
  readonly notes: readonly string[];
}

/** The sources that the command line names, in words. */
export function sourcesOf(source: string | undefined, { lines, data, random }: RegionSource): string[] {
  return [
    ...(source === undefined ? [] : [`the network ${source}`]),
    ...(lines === undefined ? [] : ["--lines"]),
    ...(data === undefined ? [] : ["--data"]),
    ...(random === undefined ? [] : ["--random"]),
  ];
}

/**
 * @throws LonghandError `argument` for no source or several, or an option that the source has no use for.
 */
export async function arrangementOf(source: string | undefined, options: RegionSource): Promise<FoundArrangement> {
  const came = sourcesOf(source, options);
  if (came.length !== 1) {
    throw new LonghandError(
      "argument",
      `regions: received ${came.length === 0 ? "no hyperplanes" : came.join(" and ")}, expected one of --lines, --data, --random, a network, and --count with --units`,
    );
  }
  const { lines, data, random, dimension, seed = 1 } = options;
  const isMadeUp = lines !== undefined && /^[\d_,]+$/.test(lines);
  if (dimension !== undefined && (random === undefined || dimension.length > 1)) {
    const what = random === undefined ? came[0] : `${dimension.length} of them`;
    throw new LonghandError("argument", `--dimension: received ${what}, expected one number with --random`);
  }
  if (options.seed !== undefined && !isMadeUp && random === undefined) {
    throw new LonghandError("argument", `--seed: goes with --random and with a number of --lines, not with ${came[0]}`);
  }
  if (isMadeUp) {
    const arrangement = drawnLines(wholeNumber("--lines", 1)(lines), seed);
    return { arrangement, origin: `made up, seed ${seed}`, notes: [] };
  }
  if (random !== undefined) {
    return {
      arrangement: randomHyperplanes(random, dimension?.[0] ?? 2, seed),
      origin: `random, seed ${seed}`,
      notes: [],
    };
  }
  if (data !== undefined) return { arrangement: readHyperplanes(data), origin: "given", notes: [] };
  if (lines !== undefined) {
    return { arrangement: readHyperplanes(await readText(lines)), origin: lines === "-" ? "given" : lines, notes: [] };
  }
  return firstLayer(source!, options);
}

/** The units of a network's first layer, as they are while the state is 0. */
async function firstLayer(text: string, options: ChooseOptions): Promise<FoundArrangement> {
  const { network, names: unitNames, origin } = await chooseNetwork(text, options);
  const { inputs, layers, connections } = unitNames ? wiringOf(network, unitNames) : wiringOf(network);
  const read = connections.filter(({ from, to, isRecurrent }) => from.layer === 0 && to.layer === 1 && !isRecurrent);
  const units = layers[0]!.map((unit, k) => ({ ...unit, read: read.filter(({ to }) => to.unit === k) }));
  const [kept, blind] = [true, false].map((reads) => units.filter((unit) => unit.read.length > 0 === reads)) as [
    typeof units,
    typeof units,
  ];
  if (kept.length === 0) {
    throw new LonghandError("argument", `regions: no unit of the first layer of ${text} reads the input`);
  }
  const weights = new Float64Array(inputs.length * kept.length);
  kept.forEach(({ read: own }, k) => {
    for (const { from, weight } of own) weights[from.unit * kept.length + k] = weight;
  });
  const hasState = connections.some(({ to, isRecurrent }) => to.layer === 1 && isRecurrent);
  return {
    arrangement: layerArrangement(
      ndarray(weights, [inputs.length, kept.length]),
      kept.map(({ bias }) => 0 - bias),
    ),
    names: kept.map(({ name }) => name),
    origin: `first layer of ${origin}`,
    notes: [
      ...(hasState ? ["the first layer reads the state too: these are its hyperplanes while the state is 0"] : []),
      ...(blind.length > 0
        ? [`no hyperplane, as they read no input: ${blind.map(({ name }) => name).join(", ")}`]
        : []),
    ],
  };
}
