/** result.json: what came out of a training, beside its metrics. Node only. */
import { join } from "node:path";
import { nodeFileSystem, writeDurably } from "../files/file-system.ts";
import { exactJson } from "../files/json.ts";

/**
 * Writes a run's result, in place of an earlier one.
 * @param result anything JSON can hold.
 * @throws LonghandError `file`.
 */
export async function writeResult(folder: string, result: unknown): Promise<void> {
  const text = `${exactJson(result, "result", 2)}\n`;
  await writeDurably(nodeFileSystem, join(folder, "result.json"), new TextEncoder().encode(text));
}
