/** Configurations in JSON that come with the package, a folder a kind: figures of papers, surveys. Node only. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { LonghandError, unknownName } from "../errors.ts";
import { isJsonObject } from "../files/json.ts";
import { packageFolder } from "./reproduce-machine.ts";

/** Names of the configurations in a folder of the package. */
export async function packagedNames(folder: string): Promise<string[]> {
  const files = await readdir(join(packageFolder(), folder)).catch((): string[] => []);
  return files.flatMap((file) => (file.endsWith(".json") ? [basename(file, ".json")] : [])).sort();
}

/**
 * The path of a configuration.
 * @param name of one in the package's folder, or the path of a file ("own.json").
 * @throws LonghandError `unknown-name`.
 */
export async function packagedPath(kind: string, folder: string, name: string): Promise<string> {
  if (name.endsWith(".json")) return name;
  const known = await packagedNames(folder);
  if (!known.includes(name)) throw unknownName(kind, name, known);
  return join(packageFolder(), folder, `${name}.json`);
}

/** A file's JSON object. @throws LonghandError `file`, `config`. */
export async function readJsonObject(path: string): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof SyntaxError) throw new LonghandError("config", `${path} isn't JSON: ${reason}`, { cause });
    throw new LonghandError("file", `can't read ${path}: ${reason}`, { cause });
  }
  if (isJsonObject(value)) return value;
  throw new LonghandError("config", `${path}: expected a JSON object`);
}

/** Does it, and says in an error of it what it was about. */
export function about<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof LonghandError)) throw error;
    throw new LonghandError(error.code, `${what}: ${error.message}`, { cause: error });
  }
}

/** "no-saturation-cost": words as part of a folder's name. */
export function slug(words: string): string {
  return words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
