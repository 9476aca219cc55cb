/** metrics.jsonl: one JSON object a line, only ever appended to, so that a crash costs at most the last line. Node only. */
import { LonghandError } from "../errors.ts";
import { attempt, type FileSystem, systemCode, writeDurably } from "./file-system.ts";
import { isJsonObject } from "./json.ts";

/** One line of metrics: the step it belongs to and any other JSON values. */
export interface MetricsRecord {
  readonly step: number;
  readonly [name: string]: unknown;
}

/** The metrics of a run, open for writing. Calls must not overlap, except `append`. */
export interface MetricsFile {
  append(record: MetricsRecord): void;
  flush(): Promise<void>;
  truncate(step: number): Promise<void>;
}

/**
 * Opens the metrics for appending and cuts off a torn last line.
 * @throws LonghandError `format` for a broken line before the last; `file` when it can't be read or cut
 */
export async function openMetrics(fs: FileSystem, path: string): Promise<MetricsFile> {
  const found = await readLines(fs, path);
  let length = found.length; // bytes known to be whole lines
  let torn = found.torn;
  const waiting: string[] = [];

  /** Behind torn bytes the next line would be unreadable. */
  async function cutTornEnd(): Promise<void> {
    if (!torn) return;
    await attempt("write", path, () => fs.truncate(path, length));
    torn = false;
  }

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    await cutTornEnd();
    const count = waiting.length; // records may come in meanwhile
    const bytes = new TextEncoder().encode(waiting.join(""));
    torn = true; // until all is written
    await attempt("write", path, async () => {
      const file = await fs.open(path, "a");
      try {
        await file.write(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    });
    torn = false;
    length += bytes.length;
    waiting.splice(0, count);
  }

  await cutTornEnd();
  return {
    append(record) {
      checkStep(record.step, "metrics record");
      waiting.push(`${JSON.stringify(record)}\n`);
    },
    flush,
    async truncate(step) {
      checkStep(step, "truncateMetrics");
      await flush();
      const { records } = await readLines(fs, path);
      const kept = records.filter((record) => record.step <= step);
      if (kept.length === records.length) return;
      const bytes = new TextEncoder().encode(kept.map((record) => `${JSON.stringify(record)}\n`).join(""));
      await writeDurably(fs, path, bytes);
      length = bytes.length;
    },
  };
}

/**
 * The records written so far, without a torn last line; none when there is no file yet.
 * @throws LonghandError `format` naming the first broken line before the last
 */
export async function readMetrics(fs: FileSystem, path: string): Promise<MetricsRecord[]> {
  return (await readLines(fs, path)).records;
}

async function readLines(
  fs: FileSystem,
  path: string,
): Promise<{ records: MetricsRecord[]; length: number; torn: boolean }> {
  const bytes = await attempt("read", path, () => fs.read(path).catch(nothingIfMissing));
  const end = bytes.lastIndexOf(0x0a) + 1; // a line counts once its line break is there
  const lines = new TextDecoder().decode(bytes.subarray(0, end)).split("\n").slice(0, -1);
  const records = lines.map((line, i) => {
    const record = parseRecord(line);
    if (record) return record;
    throw new LonghandError(
      "format",
      `${path}, line ${i + 1}: ${JSON.stringify(line.slice(0, 80))} is no JSON object with a step`,
    );
  });
  return { records, length: end, torn: end < bytes.length };
}

function parseRecord(line: string): MetricsRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) && typeof value.step === "number" ? (value as MetricsRecord) : undefined;
  } catch {
    return undefined;
  }
}

function nothingIfMissing(error: unknown): Uint8Array {
  if (systemCode(error) === "ENOENT") return new Uint8Array();
  throw error;
}

/** Steps count from 0. */
export function checkStep(step: number, name: string): void {
  if (Number.isSafeInteger(step) && step >= 0) return;
  throw new LonghandError("argument", `${name}: step is ${step}, expected a whole number ≥ 0`);
}
