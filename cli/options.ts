/** Reading options. */
import { readFile } from "node:fs/promises";
import { Option } from "commander";
import { LonghandError, mergeConfig } from "../src/index.ts";

/** A reader of whole numbers for an option. */
export function wholeNumber(flag: string, low: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text.replaceAll(/[_,]/g, "")) ? Number(text.replaceAll(/[_,]/g, "")) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= low) return value;
    throw new LonghandError("argument", `${flag}: received "${text}", expected a whole number of at least ${low}`);
  };
}

/** A reader of lists of whole numbers: "10,100,1000". */
export function wholeNumbers(flag: string, low: number): (text: string) => number[] {
  return (text) => text.split(",").map((part) => wholeNumber(flag, low)(part.trim()));
}

/** Gathers an option that may come several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Settings that are objects with a name. */
const namedParts: readonly string[] = ["model", "optimizer", "schedule"];

/**
 * Settings "model.layers=[8]" as one object. Values are JSON; what isn't is text.
 * @throws LonghandError `argument` for a setting without "=" or with a path that isn't made of names; for a name alone
 *   where an object with a name belongs.
 */
export function readSettings(settings: readonly string[]): Record<string, unknown> {
  return settings.reduce<Record<string, unknown>>((all, setting) => {
    const [, path, text] = /^([^=]*)=(.*)$/s.exec(setting) ?? [];
    if (path === undefined || text === undefined || !/^[A-Za-z]\w*(\.[A-Za-z]\w*)*$/.test(path)) {
      throw new LonghandError(
        "argument",
        `--set: received "${setting}", expected key=value with names joined by dots, as in model.layers=[8]`,
      );
    }
    const value = readValue(text);
    if (namedParts.includes(path) && (typeof value !== "object" || value === null)) {
      const flag = path === "model" ? `--model ${text} or ` : "";
      throw new LonghandError(
        "argument",
        `--set: received "${setting}", expected ${flag}${path}.name=${text}, or an object with a name`,
      );
    }
    const nested = path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    return mergeConfig(all, nested as Record<string, unknown>);
  }, {});
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Reads a configuration file.
 * @throws LonghandError `file` when it can't be read, `config` when it holds no JSON object.
 */
export async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  const text = await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new LonghandError("config", `${path} isn't JSON: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new LonghandError("config", `${path}: expected a JSON object with settings`);
  }
  return value as Record<string, unknown>;
}

/**
 * The text of a file, or of standard input for "-".
 * @throws LonghandError `file`.
 */
export async function readText(path: string): Promise<string> {
  try {
    if (path !== "-") return await readFile(path, "utf8");
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts).toString("utf8");
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The error about a file that can't be read. */
export function unreadable(path: string, cause: unknown): LonghandError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LonghandError("file", `can't read ${path}: ${reason}`, { cause });
}

/** A reader of --replica: a number or "all". */
export function replicaNumber(text: string): number | "all" {
  return text === "all" ? text : wholeNumber("--replica", 0)(text);
}

/** A reader of standard deviations: numbers of at least 0, as in 0.1 or 1e-6. */
export function deviation(flag: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new LonghandError("argument", `${flag}: received "${text}", expected a number of at least 0`);
  };
}

/** A reader of positive numbers. */
export function positive(flag: string): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value > 0) return value;
    throw new LonghandError("argument", `${flag}: received "${text}", expected a positive number`);
  };
}

/** The flag of an option by its name in a program: "--max-weight" of maxWeight. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Which network of a run a verb is about. */
export const replicaOption = new Option(
  "--replica <number>",
  "which network of a population (default: the first that is solved)",
).argParser(wholeNumber("--replica", 0));

export const previousCheckpointOption = new Option(
  "--previous-checkpoint",
  "where the newest checkpoint is damaged, use the one before it",
);

export const runtimeOption = new Option("--runtime <name>", "auto, reference, onnx, onnx-web or c (default: auto)");
