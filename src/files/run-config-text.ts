/** What config.json says, as text: what makes a folder a run. */
import { LonghandError } from "../errors.ts";
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

/** config.json of a run. @throws LonghandError `argument` for what JSON can't hold. */
export function writeRunConfigText(described: RunConfig): string {
  return `${exactJson({ format, formatVersion, ...described }, "config.json", 2)}\n`;
}

/**
 * Reads the text of config.json.
 * @param path of the file, for messages.
 * @throws LonghandError `format` when it is corrupt, of another program or of a newer format.
 */
export function readRunConfigText(text: string, path: string): RunConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
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
