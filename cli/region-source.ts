/** The hyperplanes that `longhand regions` is about: made up, given, random, or those of a network's first layer. */
import {
  type Arrangement,
  drawnLines,
  firstLayer,
  LonghandError,
  randomHyperplanes,
  readHyperplanes,
} from "../src/index.ts";
import { type ChooseOptions, chooseNetwork } from "./network.ts";
import { readText, wholeNumber } from "./options.ts";
import { list } from "./words.ts";

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
  return layerOf(source!, options);
}

async function layerOf(text: string, options: ChooseOptions): Promise<FoundArrangement> {
  const { network, names: given, origin, replica } = await chooseNetwork(text, options);
  const { arrangement, names, blind, hasState } = firstLayer(network, given?.units[0]);
  return {
    arrangement,
    names,
    origin: `first layer of ${replica === null ? origin : `${text}, ${origin}`}`,
    notes: [
      ...(hasState ? ["the first layer reads the state too: these are its hyperplanes while the state is 0"] : []),
      ...(blind.length > 0 ? [`no hyperplane, as they read no input: ${list(blind)}`] : []),
    ],
  };
}
