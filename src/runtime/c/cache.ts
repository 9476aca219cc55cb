/** Files that take a while to make, kept for the next time. Node only. */
import { LonghandError } from "../../errors.ts";

/** So many files are kept: those that were used last. */
const KEPT = 1000;

/** Names of kept files, and of those that are being made. */
const OURS = /^[0-9a-f]{32}\.node/;

/** Milliseconds after which nobody is believed to be making a file any more. */
const PATIENCE = 120_000;

// Not imported: tools that bundle for browsers would follow it.
const files = () => process.getBuiltinModule("node:fs/promises");
const paths = () => process.getBuiltinModule("node:path");

/** Where they are kept: `$LONGHAND_CACHE`, or a folder of the user's cache. */
export function cacheFolder(): string {
  const { join } = paths();
  const { homedir } = process.getBuiltinModule("node:os");
  const { LONGHAND_CACHE: given, XDG_CACHE_HOME: cache = join(homedir(), ".cache") } = process.env;
  return given || join(cache, "longhand", "c");
}

/**
 * The path of a file of the cache; where it isn't there it is made, once, also if several threads or processes ask at a time.
 * @param name its name. @param make makes it at a path.
 * @throws LonghandError `runtime` where the folder can't be written; what `make` throws.
 */
export async function kept(name: string, make: (path: string) => Promise<void>): Promise<string> {
  const folder = cacheFolder();
  const path = paths().join(folder, name);
  const lock = `${path}.lock`;
  const draft = `${path}.${process.pid}-${process.getBuiltinModule("node:crypto").randomUUID()}`;
  const refused = (cause: unknown) => {
    const what = cause instanceof Error ? cause.message : String(cause);
    return new LonghandError(
      "runtime",
      `compiled programs can't be kept in ${folder} (${what}); LONGHAND_CACHE names another folder`,
      { cause },
    );
  };
  try {
    for (;;) {
      if (await wasUsed(path)) return path;
      // Code that will be run: nobody else may write there.
      await files().mkdir(folder, { recursive: true, mode: 0o700 });
      if (await claims(lock)) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } catch (cause) {
    throw refused(cause);
  }
  // Found, or claimed; another may have made it just before it was claimed.
  try {
    if (await wasUsed(path)) return path;
    await make(draft);
    await written(draft);
    await files().rename(draft, path);
  } catch (cause) {
    throw cause instanceof LonghandError ? cause : refused(cause);
  } finally {
    for (const left of [draft, lock]) await files().rm(left, { force: true });
  }
  await forgetOldest(folder);
  return path;
}

/** Waits until a file is on the disk: one that lacks its end is not known by its name. */
async function written(path: string): Promise<void> {
  const handle = await files().open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Takes a file out of the cache. */
export async function forget(path: string): Promise<void> {
  await files().rm(path, { force: true });
}

/** Whether a file is there. If so, it was used just now. */
async function wasUsed(path: string): Promise<boolean> {
  const now = new Date();
  return files()
    .utimes(path, now, now)
    .then(...isDone);
}

const isDone = [() => true, () => false] as const;

/** Whether it falls to the caller to make a file: to the first who asks, or if that one has gone. */
async function claims(lock: string): Promise<boolean> {
  try {
    await files().writeFile(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
    const { mtimeMs } = await files()
      .stat(lock)
      .catch(() => ({ mtimeMs: Date.now() }));
    const maker = await files()
      .readFile(lock, "utf8")
      .catch(() => "");
    if (Date.now() - mtimeMs > PATIENCE || (maker !== "" && !isRunning(Number(maker)))) await forget(lock);
    return false;
  }
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    // It belongs to somebody else.
    return (error as { code?: string }).code === "EPERM";
  }
}

/** Files beyond the number that is kept, and what was left behind by those who were stopped. */
async function forgetOldest(folder: string): Promise<void> {
  const { readdir, rm, stat } = files();
  // The folder may hold other things.
  const names = (await readdir(folder)).filter((name) => OURS.test(name));
  if (names.length <= KEPT) return;
  const aged = await Promise.all(
    names.map(async (name) => {
      const path = paths().join(folder, name);
      return {
        path,
        time: await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  aged.sort((a, b) => a.time - b.time);
  await Promise.all(aged.slice(0, names.length - KEPT).map(({ path }) => rm(path, { force: true })));
}
