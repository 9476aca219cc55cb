/** What the address of this room holds. */
import { choiceField, integerField, listField, textField } from "../../app/fields.ts";
import { kinds } from "./place.ts";
import { trainFields } from "./training.ts";

export const fields = {
  /** Watch a trained network, or train a small one. */
  view: choiceField(["watch", "train"], "watch"),
  network: textField("shipped:multiplication"),
  /** As typed; empty: drawn by kind, length and seed. */
  problem: textField(""),
  kind: textField("random"),
  length: integerField(21, { min: 1, max: 1001 }),
  seed: integerField(1, { min: 0, max: 1_000_000 }),
  shows: choiceField(kinds, "state"),
  map: integerField(16, { min: 0 }),
  step: integerField(10, { min: 0 }),
  position: integerField(6, { min: 0 }),
  /** Lengths to measure at, and problems of each. */
  lengths: listField(integerField(41, { min: 1, max: 1001 }), [41, 101, 201, 401]),
  samples: integerField(32, { min: 1, max: 1024 }),
  ...trainFields,
};

type Fields = typeof fields;
export type RoomValues = { -readonly [Name in keyof Fields]: Fields[Name]["fallback"] };
