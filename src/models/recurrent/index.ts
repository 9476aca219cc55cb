/** Models of recurrent cells: one kind of model for each kind of cell, and stacks of different cells. */
import * as z from "zod";
import { unknownName } from "../../errors.ts";
import { defineModel, type ModelKind, parseConfig } from "../model.ts";
import { type CellKind, type CellSettings, cellKinds, readoutInitializer } from "./cell-kinds.ts";
import { recurrentNetwork } from "./network.ts";

export { type CellKind, cellKinds } from "./cell-kinds.ts";
export { partPrefixes } from "./network.ts";

const width = z.int().min(1);

/** Options of every network of recurrent cells. */
const networkOptions = {
  /** Each layer also reads the whole problem backwards; nothing can be answered before its end. */
  bidirectional: z.boolean().default(false),
  /** Each layer also reads the outputs of all other layers of the step before (papers/000's idea, for any cell). */
  feedback: z.boolean().default(false),
  /** Bits as ±1 rather than 0 and 1. */
  centred: z.boolean().default(false),
  /** Whether the state before the first step is learned. */
  learnedState: z.boolean().default(false),
};

/** The model of one kind of cell: layers of it, and a linear readout y_t = h_t V + c. */
function modelOf(kind: CellKind): ModelKind {
  const { name, summary, source } = kind;
  return defineModel({
    name,
    summary: `${summary}, and a linear output layer y_t = h_t V + c`,
    source,
    takesNumbers: true,
    options: z.strictObject({
      /** Units of the layer; or of each layer, from the lowest. */
      hidden: z.union([width, z.array(width).min(1)]).default(16),
      ...kind.options,
      ...networkOptions,
    }),
    make(checked, signature) {
      const { hidden, bidirectional, feedback, centred, learnedState, ...settings } = checked as Checked;
      const widths = typeof hidden === "number" ? [hidden] : hidden;
      const network = recurrentNetwork(
        {
          layers: widths.map((units) => (input: number) => kind.make(input, units, settings)),
          ...{ bidirectional, feedback, centred, learnedState },
          readout: readoutInitializer(settings),
        },
        signature,
      );
      // Without gates every pre-activation is linear in the cells' parameters.
      const isUngated = name === "rnn" && !bidirectional;
      const own = Object.keys(network.parameters).filter((parameter) => !/^(V|c|initial .*)$/.test(parameter));
      return { ...network, ...(isUngated && { preactivations: own }) };
    },
  });
}

interface Checked extends CellSettings {
  readonly hidden: number | readonly number[];
  readonly bidirectional: boolean;
  readonly feedback: boolean;
  readonly centred: boolean;
  readonly learnedState: boolean;
}

/** A kind of model for each kind of cell, named as it is. */
export const recurrentModels: readonly ModelKind[] = cellKinds.map(modelOf);

/** A layer of a mixed stack: the name of its cell, its units, and the options of that cell. */
const layerOptions = z.looseObject({ cell: z.string(), hidden: width.default(16) });

/** Layers of different cells. */
export const stackModel = defineModel({
  name: "stack",
  summary: "layers of recurrent cells of any kind on top of each other, and a linear output layer",
  source: "papers/004, section 2.2; feedback: papers/000, section 3",
  takesNumbers: true,
  options: z.strictObject({
    /** From the lowest: {"cell": "lstm", "hidden": 16, …}, with the options of the cell. */
    layers: z
      .array(layerOptions)
      .min(1)
      .default([
        { cell: "lstm", hidden: 16 },
        { cell: "gru", hidden: 16 },
      ]),
    ...networkOptions,
  }),
  make({ layers, ...options }, signature) {
    const made = layers.map(({ cell, hidden, ...given }, n) => {
      const kind = cellKinds.find(({ name }) => name === cell);
      const what = `model stack, layers, ${n}`;
      if (!kind) {
        throw unknownName(
          `cell of ${what}:`,
          cell,
          cellKinds.map(({ name }) => name),
        );
      }
      const settings = parseConfig(z.strictObject(kind.options), given, `${what}, ${cell}`) as unknown as CellSettings;
      return { settings, make: (input: number) => kind.make(input, hidden, settings) };
    });
    return recurrentNetwork(
      { ...options, layers: made.map(({ make }) => make), readout: readoutInitializer(made.at(-1)!.settings) },
      signature,
    );
  },
});
