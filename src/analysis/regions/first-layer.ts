/** The hyperplanes of the units of a network that read its input. */
import { LonghandError } from "../../errors.ts";
import { type NDArray, ndarray } from "../../graph/index.ts";
import { type Network, subscript } from "../../networks/index.ts";
import { type Arrangement, layerArrangement } from "./arrangement.ts";

export interface FirstLayer {
  /** In the space of the input's features, as the network reads them. */
  readonly arrangement: Arrangement;
  /** Of the units, as many as hyperplanes: "h₁"; of gates "i₁", "f₁", … */
  readonly names: readonly string[];
  /** Units without a hyperplane: the input doesn't reach them. */
  readonly blind: readonly string[];
  /** Whether the units read the state too: these are their hyperplanes while it is 0. */
  readonly hasState: boolean;
}

/** W of an ilrnn's first layer; of networks of cells each matrix that reads the input, as in "1.reverse.Wi". */
const readers = { ilrnn: /^()W(1)$/, cells: /^((?:1\.)?(?:(?:forward|reverse)\.)?)W([a-z]?)$/ };

/**
 * The first layer of a network: all units x W + b that read the input, gates among them. A unit's hyperplane is where x W + b = 0:
 * the threshold of a step unit, the middle of a sigmoid or tanh.
 * @param units names of the units of an `ilrnn`. Default: h₁, h₂, …
 * @throws LonghandError `argument` for networks that don't read a step's features at once, such as Neural GPUs, or whose
 *   first layer doesn't read them.
 */
export function firstLayer({ model, parameters }: Network, units?: readonly string[]): FirstLayer {
  const isIlrnn = model.name === "ilrnn";
  const found = Object.keys(parameters).flatMap((name) => {
    const [, prefix, part] = (isIlrnn ? readers.ilrnn : readers.cells).exec(name) ?? [];
    const bias = part === undefined ? undefined : parameters[`${prefix}b${part}`];
    if (bias === undefined) return [];
    const kind = `${prefix!.replace(/^1\./, "").replace(".", " ")}${isIlrnn || part === "" ? "h" : part}`;
    return columnsOf(parameters[name]!).map((weights, k) => ({
      name: (isIlrnn ? units?.[k] : undefined) ?? `${kind}${subscript(k + 1)}`,
      weights,
      bias: bias.data[k]!,
    }));
  });
  const kept = found.filter(({ weights }) => weights.some((weight) => weight !== 0));
  if (kept.length === 0) {
    const reason =
      found.length === 0 ? "it has no layer of units that read the input's features" : "no unit reads the input";
    throw new LonghandError("argument", `first layer of ${model.name}: ${reason}`);
  }
  const dimension = kept[0]!.weights.length;
  const rows = Array.from({ length: dimension }, (_, k) => kept.map(({ weights }) => weights[k]!));
  return {
    arrangement: layerArrangement(
      ndarray(Float64Array.from(rows.flat()), [dimension, kept.length]),
      kept.map(({ bias }) => 0 - bias),
    ),
    names: kept.map(({ name }) => name),
    blind: found.filter((unit) => !kept.includes(unit)).map(({ name }) => name),
    hasState: Object.entries(parameters).some(
      ([name, { data }]) =>
        (isIlrnn ? /^R\d+,?1$/ : /^(1\.)?((forward|reverse)\.)?U/).test(name) && data.some((x) => x !== 0),
    ),
  };
}

function columnsOf({ shape: [rows, columns], data }: NDArray): number[][] {
  return Array.from({ length: columns! }, (_, k) =>
    Array.from({ length: rows! }, (_, row) => data[row * columns! + k]!),
  );
}
