/** Writing the files that users ask for. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LonghandError } from "../src/index.ts";

/**
 * Writes a file in place of one that is there.
 * @throws LonghandError `file`.
 */
export function writeOutput(file: string, data: string | Uint8Array): Promise<void> {
  return written(file, () => writeFile(file, data));
}

/**
 * Writes files into a folder, which is made where it is missing.
 * @throws LonghandError `file`.
 */
export function writeOutputs(folder: string, contents: Iterable<readonly [name: string, text: string]>): Promise<void> {
  return written(folder, async () => {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of contents) await writeFile(join(folder, name), text);
  });
}

async function written(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new LonghandError("file", `can't write ${path}: ${reason}`, { cause });
  }
}
