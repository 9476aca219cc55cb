/** Numbers and tasks in words. */
import { type AnyTask, isDrawn } from "../src/index.ts";
import type { Machine } from "../src/node.ts";

/** 1,024 */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** "1 replica", "2 replicas", "2 batches" */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : noun.endsWith("ch") ? "es" : "s"}`;
}

/** 100%, 99.99%, 0.0%: never 100% or 0% unless it is all or none. */
export function percent(part: number): string {
  if (Number.isNaN(part)) return "none";
  if (part === 1 || part === 0) return `${100 * part}%`;
  for (let digits = 1; digits < 6; digits++) {
    const text = (100 * part).toFixed(digits);
    if (Number(text) < 100 && Number(text) > 0) return `${text}%`;
  }
  return part > 0.5 ? "<100%" : ">0%";
}

/** 850 ms, 3.4 s, 2 min 05 s, 1 h 03 min */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  if (seconds < 1) return `${Math.round(1000 * seconds)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two((seconds % 3600) / 60)} min`;
}

const appliedNouns: Readonly<Record<string, { problem: string; unit: string }>> = {
  digits: { problem: "image", unit: "step" },
  "digit-rows": { problem: "image", unit: "row" },
  "digit-names": { problem: "image", unit: "letter" },
  "number-words": { problem: "number", unit: "decimal digit" },
  "next-character": { problem: "passage", unit: "character" },
};

/** Units as in "10 digits of base 4". */
export function units(unit: string): string {
  return unit.replace(/digit|symbol|step|row|letter|character/, "$&s");
}

/** What problems of a task are called, and what their length counts. Problems read as a whole are measured in symbols. */
export function nouns({ name }: Pick<AnyTask, "name">): { problem: string; unit: string } {
  const applied = appliedNouns[name];
  if (applied) return applied;
  if (/^anbn(cn)?$/.test(name)) return { problem: "word", unit: "letter of each kind" };
  if (/^(adding-|storing-|spike-|timed-|periodic-)/.test(name)) return { problem: "problem", unit: "step" };
  if (name === "increment") return { problem: "number", unit: "binary digit" };
  const [, side, base, kind] = /^(unaligned-)?(?:(base-\d+|binary|decimal)-)?([a-z]+)(?:-in-binary)?$/.exec(name) ?? [];
  const problem = { addition: "sum", subtraction: "difference", increment: "number", multiplication: "product" }[kind!];
  if (problem === undefined || (base === undefined && side === undefined))
    return { problem: "problem", unit: "symbol" };
  if (side !== undefined || kind === "multiplication") return { problem, unit: "symbol" };
  if (base === "binary") return { problem, unit: "binary digit" };
  if (base === "decimal" || base === "base-10") return { problem, unit: "decimal digit" };
  return { problem, unit: `digit of base ${base!.slice("base-".length)}` };
}

/** The beginning and the end of a long text. */
export function shortened(text: string, most = 72): string {
  const side = Math.floor((most - 3) / 2);
  return text.length <= most ? text : `${text.slice(0, side)} … ${text.slice(-side)}`;
}

/** "1,024 sums of 1,000 binary digits" */
export function problems(task: Pick<AnyTask, "name">, samples: number, length: number): string {
  const { problem, unit } = nouns(task);
  return `${counted(samples, problem)} of ${count(length)} ${length === 1 ? unit : units(unit)}`;
}

/** What an answer costs beside being right or wrong, in tasks that are drawn with their answers. */
export function costOf(task: AnyTask): { name: string; ofNumbers: boolean; show(cost: number): string } | undefined {
  if (!isDrawn(task)) return undefined;
  if (task.yesNo) return { name: "cross-entropy", ofNumbers: true, show: (cost) => cost.toPrecision(3) };
  return task.values
    ? { name: "squared error", ofNumbers: true, show: (cost) => cost.toPrecision(3) }
    : { name: "bits a symbol", ofNumbers: false, show: (cost) => (cost / Math.LN2).toFixed(3) };
}

/** The middle number; of an even number of them the lower of the two, so that it is one of them. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[(numbers.length - 1) >> 1]!;
}

/** What counts as solved: see `solved` of a configuration. */
export interface Criterion {
  readonly cost?: number | null;
  readonly symbolAccuracy?: number | null;
}

/** "no error", "squared error at most 0.01" */
export function criterion(task: AnyTask, { cost, symbolAccuracy }: Criterion): string {
  const named = costOf(task);
  if (cost != null && named) return `${named.name} at most ${named.ofNumbers ? cost : named.show(cost)}`;
  return symbolAccuracy == null
    ? "no error"
    : `${named?.ofNumbers ? "numbers" : "symbols"} right: ${percent(symbolAccuracy)}`;
}

/** A name for the replicas 0, 3 and 17: "0, 3, 17"; the first few of many. */
export function list(items: readonly (number | string)[], most = 12): string {
  const shown = items.slice(0, most).join(", ");
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}

/** A machine and the program that ran on it. */
export function describeMachine({ cpu, cores, platform, node, longhand, commit }: Machine): string {
  const program = `Longhand ${longhand}${commit === null ? "" : ` (commit ${commit.replace(/^(.{12})[^+]*/, "$1")})`}`;
  return `${cpu}, ${counted(cores, "core")}, ${platform}, Node ${node}, ${program}`;
}
