/** Recurrent networks made elsewhere: what their files say, and how that becomes the parameters of a model here. */
import { type Packed, type Packing, unpack } from "../../cells/index.ts";
import { LonghandError } from "../../errors.ts";
import { input, type NDArray, ndarray, program, type Tensor } from "../../graph/index.ts";
import { featureCount, type Model, partPrefixes, type Signature } from "../../models/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";

export type Arrays = Readonly<Record<string, NDArray>>;

/** The weights of one layer in one direction, gates packed as `Packing` says. */
export type PackedArrays = { readonly [Name in keyof Packed]: NDArray };

/** Layers of one kind of cell, and a linear layer that reads the last of them: a file's network. */
export interface Foreign {
  /** Names of the models that have its equations; the first is meant unless another is asked for. */
  readonly models: readonly string[];
  /** Options of the model: its functions, where the file says them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly packing: Packing;
  /** Numbers read at each step. */
  readonly features: number;
  /** Units of each layer, from the lowest. */
  readonly hidden: readonly number[];
  readonly bidirectional: boolean;
  /** By layer and direction. */
  readonly layers: readonly (readonly PackedArrays[])[];
  /** The readout y = h V + c: V [width, outputs], c [outputs]. */
  readonly readout: { readonly V: NDArray; readonly c: NDArray };
}

/** The options of the model that a file's network is. @param name one of its models. Default: the first. */
export function foreignModel(
  foreign: Foreign,
  name: string = foreign.models[0]!,
): { readonly name: string } & Record<string, unknown> {
  const { models, hidden, bidirectional, options } = foreign;
  if (!models.includes(name)) {
    throw new LonghandError(
      "argument",
      `received model ${name} for a network of ${models[0]} cells, expected ${models.join(" or ")}`,
    );
  }
  return { ...options, name, hidden: hidden.length === 1 ? hidden[0]! : hidden, bidirectional };
}

/** How the parts of a model of recurrent cells are named, by layer and direction: "2.reverse." */
export function partsOf({ options }: Pick<Model, "options">): string[][] {
  const { hidden, bidirectional } = options as {
    readonly hidden: number | readonly number[];
    readonly bidirectional: boolean;
  };
  return partPrefixes(typeof hidden === "number" ? 1 : hidden.length, bidirectional);
}

/**
 * The parameters of a model out of a file's network, in float64. Two outputs for two answers become their difference: the
 * model's one logit, which is positive where the second is the larger.
 * @param model made with the options of `foreignModel`.
 * @throws LonghandError `shape` when the network reads or gives another number of values than the task has, naming both.
 */
export function foreignParameters(foreign: Foreign, model: Model): Record<string, NDArray> {
  const { signature } = model;
  const expected = featuresOf(signature);
  if (foreign.features !== expected) {
    throw new LonghandError(
      "shape",
      `the network reads ${count(foreign.features, "feature")} a step, expected ${expected}: ${encodingOf(signature)}`,
    );
  }
  const packing = { ...foreign.packing, apart: model.name === "gru" ? foreign.packing.apart : undefined } as Packing;
  const cells = partsOf(model).flatMap((parts, n) =>
    parts.flatMap((prefix, d) =>
      Object.entries(
        computed(foreign.layers[n]![d]!, (packed) => unpack(packed as unknown as Packed, packing, foreign.hidden[n]!)),
      ).map(([name, value]) => [`${prefix}${name}`, value] as const),
    ),
  );
  return { ...Object.fromEntries(cells), ...readoutFor(foreign.readout, model) };
}

function readoutFor({ V, c }: Foreign["readout"], model: Model): Record<string, NDArray> {
  const [width, outputs] = V.shape as [number, number];
  const expected = model.parameters.c!.shape[0]!;
  const wide = { V: Float64Array.from(V.data), c: Float64Array.from(c.data) };
  if (outputs === expected) return { V: ndarray(wide.V, V.shape), c: ndarray(wide.c, c.shape) };
  if (outputs === 2 && expected === 1 && model.signature.answers === 2) {
    const difference = (values: Float64Array) =>
      Float64Array.from({ length: values.length / 2 }, (_, k) => values[2 * k + 1]! - values[2 * k]!);
    return { V: ndarray(difference(wide.V), [width, 1]), c: ndarray(difference(wide.c), [1]) };
  }
  const { answers, values } = model.signature;
  const meaning =
    values === undefined
      ? `the task has ${answers} answers${answers === 2 ? ", which one logit tells apart" : ""}`
      : "numbers are asked";
  throw new LonghandError(
    "shape",
    `the network gives ${count(outputs, "output")} a step, expected ${expected}: ${meaning}`,
  );
}

const featuresOf = ({ channels, features }: Signature) => features ?? featureCount(channels);

/** How a task's problems are given to a network, in words. */
export function encodingOf({ channels, features }: Signature): string {
  if (features !== undefined) return count(features, "number");
  const words = channels.map((symbols) => (symbols === 2 ? "a bit as 0 or 1" : `${symbols} symbols one-hot`));
  return words.length === 1 ? words[0]! : `${channels.length} channels (${words.join("; ")})`;
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;

/** Arrays computed by a graph of others, in float64. */
export function computed(
  arrays: Readonly<Record<string, NDArray | undefined>>,
  build: (tensors: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor | undefined>>,
): Record<string, NDArray> {
  const given = Object.entries(arrays).filter((entry): entry is [string, NDArray] => entry[1] !== undefined);
  const tensors = Object.fromEntries(given.map(([name, { shape }]) => [name, input(name, shape)]));
  const made = Object.entries(build(tensors)).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
  return compileReference(program("computed", tensors, Object.fromEntries(made))).run(Object.fromEntries(given));
}
