/** config.json: what makes a folder a run, written once when the run is made. Node only. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { LonghandError } from "../errors.ts";
import { attempt, type FileSystem, systemCode, writeDurably } from "./file-system.ts";
import { exactJson, isJsonObject } from "./json.ts";

/** What config.json says. */
export interface RunConfig {
  /** Id of the run, which its checkpoints carry too. */
  readonly run: string;
  /** When the run was made: ISO 8601, UTC. */
  readonly created: string;
  /** Versions by name: node's and those the caller gave (longhand, runtime). */
  readonly versions: Readonly<Record<string, string>>;
  /** The caller's configuration as JSON gives it back; check it before use. */
  readonly config: unknown;
}

const format = "longhand-run";
const formatVersion = 1;

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
  const text = exactJson({ format, formatVersion, ...described }, "config.json", 2);
  await writeDurably(fs, join(folder, "config.json"), new TextEncoder().encode(`${text}\n`));
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
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LonghandError("format", `${path} is corrupt: ${reason}`, { cause });
  }
  return checkRunConfig(value, path);
}

function checkRunConfig(value: unknown, path: string): RunConfig {
  if (!isJsonObject(value) || value.format !== format) {
    const received = isJsonObject(value) ? `format ${JSON.stringify(value.format)}` : "no object";
    throw new LonghandError("format", `${path} belongs to no Longhand run: it has ${received}, expected "${format}"`);
  }
  const { formatVersion: version, run, created, versions, config } = value;
  if (typeof version === "number" && version > formatVersion) {
    throw new LonghandError(
      "format",
      `${path} has the newer format version ${version}; this version of Longhand reads up to ${formatVersion}`,
    );
  }
  const wrong = (field: string, received: unknown, expected: string): LonghandError =>
    new LonghandError("format", `${path}: ${field} is ${JSON.stringify(received)}, expected ${expected}`);
  if (version !== formatVersion) throw wrong("formatVersion", version, String(formatVersion));
  if (typeof run !== "string" || run === "") throw wrong("run", run, "the run's id");
  if (typeof created !== "string") throw wrong("created", created, "a time");
  if (!isJsonObject(versions) || !Object.values(versions).every((version) => typeof version === "string")) {
    throw wrong("versions", versions, "versions by name");
  }
  if (config === undefined) throw wrong("config", config, "the configuration");
  return { run, created, versions: versions as Record<string, string>, config };
}
