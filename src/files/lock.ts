/**
 * At most one process writes to a folder, and a killed one stands in nobody's way. Node only.
 *
 * Each process that wants to write first makes a file of its own, `lock-<process id>-<start time>-<token>`, and only then
 * looks for others'. Of two that do so at once, at least one sees the other and steps back (both may). A file of a process
 * that no longer lives is removed: its name is nobody else's, so no living process's lock can be removed by mistake.
 * Processes on other machines can't be seen: a folder on a network drive is protected on each machine by itself.
 */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LonghandError } from "../errors.ts";
import { attempt, type FileSystem } from "./file-system.ts";

/** A lock that is held. */
export interface Lock {
  /** Gives it back; doing so twice is no error. */
  release(): Promise<void>;
}

const lockName = /^lock-(\d+)-(\d+)-[0-9a-f]{8}$/;

/** Whether a file of this name is a lock, held or left behind. */
export function isLock(name: string): boolean {
  return lockName.test(name);
}

/**
 * Takes the lock of a folder.
 * @throws LonghandError `file` when a living process holds it, or the lock can't be written
 */
export async function lockFolder(fs: FileSystem, folder: string): Promise<Lock> {
  const started = (await startTime(process.pid)) ?? 0;
  const own = `lock-${process.pid}-${started}-${randomUUID().slice(0, 8)}`;
  const path = join(folder, own);
  await attempt("lock", folder, async () => (await fs.open(path, "wx")).close());
  const release = (): Promise<void> => attempt("unlock", folder, () => fs.remove(path));
  try {
    for (const name of await attempt("list", folder, () => fs.list(folder))) {
      const [, id, start] = lockName.exec(name) ?? [];
      if (id === undefined || name === own) continue;
      if (await isAlive(Number(id), Number(start))) {
        throw new LonghandError(
          "file",
          `run ${folder} is being written by process ${id}. Wait until it ends or end it; ` +
            `if it is no training of this run, remove ${join(folder, name)}`,
        );
      }
      await attempt("unlock", folder, () => fs.remove(join(folder, name)));
    }
  } catch (error) {
    await release().catch(() => {}); // the first error is the one to tell
    throw error;
  }
  return { release };
}

/** Id of the living process that holds a folder's lock, or undefined. Processes on other machines can't be seen. */
export async function lockHolder(fs: FileSystem, folder: string): Promise<number | undefined> {
  for (const name of await attempt("list", folder, () => fs.list(folder))) {
    const [, id, start] = lockName.exec(name) ?? [];
    if (id !== undefined && (await isAlive(Number(id), Number(start)))) return Number(id);
  }
  return undefined;
}

/** Whether the process that had this id, and started then, still lives. A start time of 0 is unknown. */
async function isAlive(id: number, started: number): Promise<boolean> {
  try {
    process.kill(id, 0);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
  }
  const now = await startTime(id);
  if (now === 0) return false;
  return now === undefined || started === 0 || now === started;
}

/**
 * When a process started, in clock ticks since the machine did; 0 once it is dead and only waits for its parent to
 * notice; undefined where the system doesn't say. Ids are given out again, so an id alone doesn't name a process.
 */
async function startTime(id: number): Promise<number | undefined> {
  let text: string;
  try {
    text = await readFile(`/proc/${id}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The program's name comes in parentheses and may hold spaces and parentheses itself. Behind it: state, …, start.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? 0 : Number(fields[19]);
}
