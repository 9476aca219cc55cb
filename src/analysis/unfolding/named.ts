/** Networks to unfold: by the name of a cell and its sizes, or as a model was built. */
import * as z from "zod";
import { type ActivationName, activationNames, type Cell, feedforward } from "../../cells/index.ts";
import { LonghandError, unknownName } from "../../errors.ts";
import { type NDArray, ndarray } from "../../graph/index.ts";
import { findModel, ilrnnModel, type Model, parseConfig, recurrentModels, stackModel } from "../../models/index.ts";
import { randomSource } from "../../random/index.ts";
import { parametersOf, type RecurrentNetwork } from "./network.ts";

export interface NamedNetworkOptions {
  /** Features of the input. Default 2. */
  readonly input?: number;
  /** Units of the hidden layer, or of each from the lowest. Default 3. */
  readonly hidden?: number | readonly number[];
  /** Output units. Default 1. */
  readonly output?: number;
  /**
   * Function of the output units; "none": no output layer. Default: of `rnn` and `feedforward` that of their own units, as in
   * papers/002, eq. 1 and 2; of others "sigmoid", as in its eq. 18; of `ilrnn`, whose last layer is the output, "none".
   */
  readonly readout?: ActivationName | "none";
  /** Options of the cell, as those of the model of its name. */
  readonly model?: Readonly<Record<string, unknown>>;
}

const perceptron = z.strictObject({ activation: z.enum(activationNames).default("tanh") });

/** Names of networks that go a step at a time: cells, and stacks of them. */
export const unfoldableNames: readonly string[] = [
  ...[...recurrentModels, stackModel, ilrnnModel].map(({ name }) => name),
  "feedforward",
];

/**
 * A network of a kind of cell, by name and sizes.
 * @throws LonghandError `unknown-name` for a name or an option; `config` for sizes that aren't positive whole numbers.
 */
export function namedNetwork(name: string, options: NamedNetworkOptions = {}): RecurrentNetwork {
  const { input = 2, hidden = 3, output = 1, model = {} } = options;
  if (!unfoldableNames.includes(name)) throw unknownName("cell", name, unfoldableNames);
  for (const [what, sizes] of Object.entries({ input: [input], hidden: [hidden].flat(), output: [output] })) {
    const wrong = sizes.find((size) => !Number.isSafeInteger(size) || size < 1);
    if (wrong === undefined && sizes.length > 0) continue;
    throw new LonghandError(
      "config",
      `${name}: ${what} is ${JSON.stringify(wrong ?? [])}, expected a positive integer`,
    );
  }
  const { cell, activation } = cellOf(name, { input, hidden, output, model });
  const readout = options.readout ?? (name === "ilrnn" ? "none" : activation);
  if (readout === "none") return { cell, ...learned(model) };
  return { cell, readout: { units: output, activation: readout }, ...learned(model) };
}

/** The cell, and the function of its output layer. */
function cellOf(
  name: string,
  { input, hidden, output, model }: Required<Omit<NamedNetworkOptions, "readout">>,
): { cell: Cell; activation: ActivationName } {
  const widths = [hidden].flat();
  if (name === "feedforward") {
    const { activation } = parseConfig(perceptron, model, "cell feedforward");
    if (widths.length > 1) {
      throw new LonghandError("config", `feedforward: received ${widths.length} hidden layers, expected one`);
    }
    return { cell: feedforward({ input, units: widths[0]!, activation }), activation };
  }
  const { activation } = { activation: "tanh", ...model } as { activation: ActivationName };
  if (name === "ilrnn") {
    const built = findModel(name).build(
      { layers: widths, unread: output - 1, ...model },
      { channels: Array.from({ length: input }, () => 2), answers: 2 },
    );
    return { cell: built.cell!, activation };
  }
  const layers =
    name === "stack"
      ? { layers: ["lstm", "gru"].map((cell, k) => ({ cell, hidden: widths[k] ?? widths[0]! })) }
      : { hidden: typeof hidden === "number" ? hidden : widths };
  const signature = { channels: [], answers: 0, features: input, values: output };
  const { cell } = findModel(name).build({ ...layers, ...model }, signature);
  if (!cell) {
    throw new LonghandError(
      "argument",
      `${name}: reads the whole problem first, expected one that goes a step at a time`,
    );
  }
  return { cell, activation: name === "rnn" ? activation : "sigmoid" };
}

const learned = ({ learnedState }: { readonly learnedState?: unknown }) =>
  learnedState === true ? { learnedState } : {};

/**
 * The network that a model is.
 * @param activation of its output units. Default "identity": a model's readout is linear.
 * @throws LonghandError `argument` for networks that read the whole problem first.
 */
export function networkOfModel(model: Model, activation: ActivationName = "identity"): RecurrentNetwork {
  const { cell, options, parameters } = model;
  if (!cell) {
    throw new LonghandError(
      "argument",
      `model ${model.name}: reads the whole problem first; expected one that answers at each step, such as ilrnn or rnn`,
    );
  }
  const units = parameters.V?.shape[1];
  return { cell, ...(units !== undefined && { readout: { units, activation } }), ...learned(options) };
}

/** Parameters as the cell begins with them, by name. */
export function drawnParameters(network: RecurrentNetwork, seed = 1): Record<string, NDArray> {
  const source = randomSource(seed);
  return Object.fromEntries(
    Object.entries(parametersOf(network)).map(([name, { shape, initial }]) => [
      name,
      ndarray(initial.draw(source.stream(`unfolding ${name}`), shape), [...shape]),
    ]),
  );
}
