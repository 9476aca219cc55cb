/** config.json: what makes a folder a run, written once when the run is made. Node only. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { LonghandError } from "../errors.ts";
import { attempt, type FileSystem, systemCode, writeDurably } from "./file-system.ts";
import { exactJson } from "./json.ts";
import { type RunConfig, readRunConfigText, writeRunConfigText } from "./run-config-text.ts";

/** Writes config.json; `run` and `created` are made here unless given. */
export async function writeRunConfig(
  fs: FileSystem,
  folder: string,
  config: unknown,
  options: { readonly run?: string | undefined; readonly versions?: Readonly<Record<string, string>> | undefined },
): Promise<RunConfig> {
  const described = {
    run: options.run ?? randomUUID(),
    created: new Date().toISOString(),
    versions: { node: process.versions.node, ...options.versions },
    // As it will be read: the caller's object may change later.
    config: JSON.parse(exactJson(config, "config")) as unknown,
  };
  await writeDurably(fs, join(folder, "config.json"), new TextEncoder().encode(writeRunConfigText(described)));
  return described;
}

/**
 * Reads config.json.
 * @throws LonghandError `file` when the folder is missing, is no run or can't be read; `format` when config.json is
 *   corrupt, of another program or of a newer format
 */
export async function readRunConfig(fs: FileSystem, folder: string): Promise<RunConfig> {
  const path = join(folder, "config.json");
  let bytes: Uint8Array;
  try {
    bytes = await fs.read(path);
  } catch (error) {
    await attempt("open run", folder, () => fs.list(folder));
    if (systemCode(error) === "ENOENT") {
      throw new LonghandError("file", `${folder} is no run folder: it has no config.json`, { cause: error });
    }
    return attempt("read", path, () => Promise.reject(error));
  }
  return readRunConfigText(new TextDecoder().decode(bytes), path);
}
