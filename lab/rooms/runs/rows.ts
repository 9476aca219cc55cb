/** The rows of the table of runs: which are shown, in which order. */
import type { RunSummary } from "longhand";

/** A run that can't be read has no more than this. */
export interface DamagedRun {
  readonly id: string;
  readonly error: string;
}

export type ListedRun = RunSummary | DamagedRun;

export interface Row {
  /** Where it comes from and what it is called there: "run:adder", "here:runs/adder", "example:adder-1". */
  readonly key: string;
  readonly run: ListedRun;
}

export function isWhole(run: ListedRun): run is RunSummary {
  return "state" in run;
}

export interface Filter {
  /** Words that must all occur in a row. */
  readonly text: string;
  /** "": any. */
  readonly task: string;
  readonly model: string;
  readonly state: string;
}

/** Columns by which rows can be put in order. */
export const columns = [
  { name: "id", title: "run", isNumber: false },
  { name: "task", title: "task", isNumber: false },
  { name: "model", title: "model", isNumber: false },
  { name: "seed", title: "seed", isNumber: true },
  { name: "population", title: "networks", isNumber: true },
  { name: "state", title: "state", isNumber: false },
  { name: "step", title: "step", isNumber: true },
  { name: "loss", title: "loss", isNumber: true },
  { name: "exactAccuracy", title: "exact", isNumber: true },
  { name: "updated", title: "written", isNumber: false },
] as const;
export type ColumnName = (typeof columns)[number]["name"];

export function shownRows(rows: readonly Row[], filter: Filter): Row[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ run }) => {
    const text = (isWhole(run) ? [run.id, run.task, run.model, run.state, run.origin ?? ""] : [run.id, run.error])
      .join(" ")
      .toLowerCase();
    if (!words.every((word) => text.includes(word))) return false;
    const { task, model, state } = isWhole(run) ? run : { task: "", model: "", state: "damaged" };
    return (
      (filter.task === "" || filter.task === task) &&
      (filter.model === "" || filter.model === model) &&
      (filter.state === "" || filter.state === state)
    );
  });
}

/** Rows in order of a column; what has no value there comes last in either direction, equals by their names. */
export function sortedRows(rows: readonly Row[], column: ColumnName, isFalling: boolean): Row[] {
  const value = ({ run }: Row): string | number | null => {
    if (column === "id") return run.id;
    return isWhole(run) ? run[column] : null;
  };
  const compare = (a: Row, b: Row): number => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    const order = typeof x === "string" ? collator.compare(x, String(y)) : x - Number(y);
    return isFalling ? -order : order;
  };
  return rows.toSorted((a, b) => compare(a, b) || collator.compare(a.run.id, b.run.id));
}

const collator = new Intl.Collator("en", { numeric: true });

/** The runs that are looked at when nobody has chosen any: the newest three that have begun. */
export function firstChoice(rows: readonly Row[]): string[] {
  return rows
    .flatMap(({ key, run }) => (isWhole(run) && run.loss !== null ? [{ key, created: run.created }] : []))
    .sort((a, b) => (a.created < b.created ? 1 : -1))
    .slice(0, 3)
    .map(({ key }) => key);
}
