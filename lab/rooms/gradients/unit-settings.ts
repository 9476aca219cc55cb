/** What a visitor sets of the two networks of one unit. */
import { scalarActivations, scalarGates } from "longhand";
import { choiceField, flagField, integerField, listField, numberField } from "../../app/fields.ts";

/** Weights and biases may be anything that a slider reaches, and more by the address. */
export const weightRange = { min: -20, max: 20 } as const;
const weight = (fallback: number) => numberField(fallback, weightRange);

export const parameters = ["W_in", "W_rec", "b_h", "W_out", "b_y"] as const;
export const quantities = ["state", "input", "weight"] as const;
export const axes = ["log", "linear"] as const;

/** Settings in the address. */
export const unitFields = {
  activation: choiceField(scalarActivations, "sigmoid"),
  /** T. */
  steps: integerField(20, { min: 3, max: 100 }),
  /** x_1, x_2, …; 0 after them. */
  inputs: listField(numberField(1, { min: -100, max: 100 }), [1, 1]),
  recurrent: weight(2),
  input: weight(1),
  bias: weight(0),
  output: weight(1),
  outputBias: weight(0),
  /** The RNN's W_in and b_h are such that it rests where its function is steepest. */
  steepest: flagField(true),
  gates: choiceField(scalarGates, "table"),
  f: numberField(1, { min: 0, max: 1.2 }),
  i: numberField(1, { min: 0, max: 1.2 }),
  o: numberField(1, { min: 0, max: 1.2 }),
  /** Of gates that are computed: by x_t, by h_{t−1}, and biases. */
  fInput: weight(0),
  fRecurrent: weight(0),
  fBias: weight(4),
  iInput: weight(4),
  iRecurrent: weight(0),
  iBias: weight(-2),
  oInput: weight(0),
  oRecurrent: weight(0),
  oBias: weight(2),
  /** θ of dy_T/dθ. */
  by: choiceField(parameters, "W_in"),
  show: choiceField(quantities, "state"),
  axis: choiceField(axes, "log"),
};

export type UnitValues = {
  -readonly [Name in keyof typeof unitFields]: ReturnType<(typeof unitFields)[Name]["read"]>;
};

/** All of them as when nothing is said. */
export const unitDefaults = Object.freeze(
  Object.fromEntries(Object.entries(unitFields).map(([name, { fallback }]) => [name, fallback])),
) as Readonly<UnitValues>;
