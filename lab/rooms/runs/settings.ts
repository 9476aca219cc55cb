/** What of the room is in its address. */
import { choiceField, type Field, flagField, integerField, listField, textField } from "../../app/fields.ts";
import { type ColumnName, columns } from "./rows.ts";
import { type MeasureName, measures } from "./series.ts";

/** A key of a run; in a list between commas. */
const key: Field<string> = {
  fallback: "",
  read: decodeURIComponent,
  write: (text) => text.replaceAll("%", "%25").replaceAll(",", "%2C"),
};

/** The chosen runs; null: nobody has chosen any yet. */
const chosen: Field<readonly string[] | null> = {
  fallback: null,
  read: (text) => (text === "none" ? [] : listField(key, []).read(text)),
  write: (keys) => (keys === null ? "" : keys.length === 0 ? "none" : listField(key, []).write(keys)),
};

/** Lengths of problems, or null: those that suit each run. */
const lengths: Field<readonly number[] | null> = {
  fallback: null,
  read: (text) => (text.trim() === "" ? null : listField(integerField(1, { min: 1, max: 1_000_000 }), []).read(text)),
  write: (list) => list?.join(",") ?? "",
};

export const fields = {
  text: textField(""),
  task: textField(""),
  model: textField(""),
  state: textField(""),
  sort: choiceField<ColumnName>(
    columns.map(({ name }) => name),
    "updated",
  ),
  falling: flagField(true),
  chosen,
  measure: choiceField<MeasureName>(
    measures.map(({ name }) => name),
    "loss",
  ),
  log: flagField(true),
  together: flagField(false),
  each: integerField(0, { min: 0, max: 1_000_000 }),
  lengths,
  samples: integerField(256, { min: 1, max: 100_000 }),
};

type FieldValue<F> = F extends Field<infer Value> ? Value : never;
export type RoomValues = { -readonly [Name in keyof typeof fields]: FieldValue<(typeof fields)[Name]> };
