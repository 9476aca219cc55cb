/** What the room's address says, and the networks that it starts with. */
import { activationNames, unfoldableNames } from "longhand";
import { choiceField, type Field, flagField, integerField, listField, textField } from "../../app/fields.ts";

export const MOST_STEPS = 60;
const MOST_UNITS = 64;

const widths = listField(integerField(3, { min: 1, max: MOST_UNITS }), [3]);

/** One width a layer. */
const hidden: Field<readonly number[]> = {
  ...widths,
  read: (text) => {
    const read = widths.read(text);
    if (read.length < 1 || read.length > 6)
      throw new Error(`received "${text}", expected the units of 1 to 6 layers, as in 3 or 3,2`);
    return read;
  },
};

export const fields = {
  cell: choiceField(unfoldableNames, "lstm"),
  network: textField(""),
  steps: integerField(3, { min: 1, max: MOST_STEPS }),
  inputs: integerField(2, { min: 1, max: MOST_UNITS }),
  hidden,
  outputs: integerField(1, { min: 1, max: MOST_UNITS }),
  units: choiceField(["usual", ...activationNames], "usual"),
  gates: choiceField(["usual", "hard-sigmoid"], "usual"),
  of: textField("y"),
  readout: choiceField(["usual", "none", ...activationNames], "usual"),
  form: choiceField(["sums", "matrix", "scalar"], "matrix"),
  indices: choiceField(["usual", "sheet", "distinct"], "usual"),
  thresholds: flagField(true),
  initial: choiceField(["zero", "symbolic"], "zero"),
  expand: choiceField(["usual", "yes", "no"], "usual"),
  derivation: flagField(false),
  step: integerField(0, { min: 0, max: MOST_STEPS }),
};

export type Values = { -readonly [Name in keyof typeof fields]: ReturnType<(typeof fields)[Name]["read"]> };

/** What a visitor may begin with. */
export const presets: readonly { readonly title: string; readonly about: string; readonly values: Partial<Values> }[] =
  [
    {
      title: "Exercise 1a, step by step",
      about: "papers/002, eq. 3 to 13: the equation of the hidden units is put in again and again",
      values: { cell: "rnn", steps: 4, form: "sums", thresholds: false, derivation: true },
    },
    {
      title: "Exercise 1a, the output at t = 4",
      about: "papers/002, eq. 10 to 13: the output in terms of weights and inputs alone",
      values: { cell: "rnn", steps: 4, form: "sums", thresholds: false },
    },
    {
      title: "Exercise 1b, the feedforward network",
      about: "papers/002, figure 1: layer after layer, all with the same weights",
      values: { cell: "rnn", steps: 4, form: "matrix" },
    },
    {
      title: "The LSTM of exercise 2",
      about: "papers/002, eq. 16 to 18: all sizes 1",
      values: { cell: "lstm-sigmoid", steps: 3, form: "scalar" },
    },
  ];

/** Whether all units of a cell have one function, which can be chosen. */
export const hasUnits = (cell: string) => ["rnn", "rnn-preactivation", "ilrnn", "feedforward"].includes(cell);

/** Whether a cell has gates whose function can be chosen. */
export const hasGates = (cell: string) => /^(lstm|gru|dcm)/.test(cell);
