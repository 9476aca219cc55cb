/** What the room's address says. */
import { choiceField, integerField, listField, numberField, textField } from "../../app/fields.ts";
import { editsField } from "./edits.ts";
import { trainActivations, trainTasks } from "./train-settings.ts";

const names = <Name extends string>(options: readonly { readonly name: Name }[]) => options.map(({ name }) => name);

export const roomFields = {
  /** One built by hand, "drawn", "trained", or a source: see `networks/sources.ts`. */
  network: textField("full-adder"),
  /** Of a network with drawn weights: its task, the units of its hidden layers, their activation, and the seed. */
  task: choiceField(names(trainTasks), "binary-addition"),
  units: listField(integerField(8, { min: 1, max: 24 }), [5], "-"),
  activation: choiceField(names(trainActivations), "hard-sigmoid"),
  seed: integerField(1, { min: 0 }),
  /** As the network's task reads it. */
  problem: textField("183+75"),
  /** From 1. */
  step: integerField(2, { min: 1 }),
  edits: editsField,
  /** The weight or bias that is looked at. */
  part: textField(""),
  /** Standard deviation of the noise on weights, its seed, and which weights bear it. */
  noise: numberField(0, { min: 0, max: 4 }),
  noiseSeed: integerField(1, { min: 0 }),
  noiseOn: choiceField(["present", "all"], "present"),
  /** Connections with less than this share of the largest weight aren't drawn. */
  least: numberField(0, { min: 0, max: 0.9 }),
};

export type RoomValues = {
  -readonly [Name in keyof typeof roomFields]: ReturnType<(typeof roomFields)[Name]["read"]>;
};
