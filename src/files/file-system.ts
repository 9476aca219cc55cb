/** The few file operations that run folders need, and writing so that a crash never leaves half a file. Node only. */
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, truncate } from "node:fs/promises";
import { dirname } from "node:path";
import { LonghandError } from "../errors.ts";

/** A file open for writing. */
export interface OpenFile {
  /** Writes all the bytes behind what was written before. */
  write(bytes: Uint8Array): Promise<void>;
  /** Waits until what was written is on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** File operations, each failing like `node:fs` does; a test can put others in their place. */
export interface FileSystem {
  /** Opens a file for writing: "wx" makes a new one and fails if it exists, "a" writes at the end and makes it if need be. */
  open(path: string, flags: "wx" | "a"): Promise<OpenFile>;
  read(path: string): Promise<Uint8Array>;
  /** Cuts a file to this many bytes. */
  truncate(path: string, length: number): Promise<void>;
  /** Gives a file another name at once, in place of a file that had it. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that isn't there is no error. */
  remove(path: string): Promise<void>;
  /** Names in a folder. */
  list(folder: string): Promise<string[]>;
  /** Makes a folder and those above it. */
  makeFolder(path: string): Promise<void>;
  /** Waits until the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>;
}

/** The real file system. */
export const nodeFileSystem: FileSystem = Object.freeze({
  async open(path: string, flags: "wx" | "a"): Promise<OpenFile> {
    const handle = await open(path, flags);
    return {
      write: (bytes) => handle.writeFile(bytes),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  read: (path: string) => readFile(path),
  truncate,
  rename,
  remove: (path: string) => rm(path, { force: true }),
  list: (folder: string) => readdir(folder),
  async makeFolder(path: string) {
    await mkdir(path, { recursive: true });
  },
  async syncFolder(path: string) {
    if (process.platform === "win32") return; // Windows opens no folders; its renames are journaled
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
});

const temporaryName = /\.\d+-[0-9a-f]{8}\.tmp$/;

/**
 * Writes a file so that its name holds, after a crash at any moment, either the old bytes or the new ones, whole.
 * Temporary name in the same folder, write, fsync, rename, fsync of the folder.
 * @throws LonghandError `file` naming path and cause; the temporary file is gone then, and the old file as it was
 */
export async function writeDurably(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
  try {
    await writeNew(fs, temporary, bytes);
    await fs.rename(temporary, path);
    await fs.syncFolder(dirname(path));
  } catch (cause) {
    await fs.remove(temporary).catch(() => {}); // the first error is the one to tell
    throw fileError("write", path, cause);
  }
}

async function writeNew(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const file = await fs.open(path, "wx");
  try {
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Removes what `writeDurably` left behind when its process was killed. Only for a folder that nobody else writes to. */
export async function removeTemporaryFiles(fs: FileSystem, folder: string): Promise<void> {
  for (const name of await attempt("list", folder, () => fs.list(folder))) {
    if (isTemporary(name)) await attempt("remove", `${folder}/${name}`, () => fs.remove(`${folder}/${name}`));
  }
}

/** Whether `writeDurably` gives such names to its temporary files. */
export function isTemporary(name: string): boolean {
  return temporaryName.test(name);
}

/** Runs a file operation and turns its failure into a `file` error that names path and cause. */
export async function attempt<Result>(action: string, path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw fileError(action, path, cause);
  }
}

/** The system's short name of a failure ("ENOENT"), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

const plainWords: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOENT: "it doesn't exist",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  EMFILE: "too many files are open",
  EIO: "the device failed",
};

function fileError(action: string, path: string, cause: unknown): LonghandError {
  const code = systemCode(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason = code !== undefined && plainWords[code] ? `${plainWords[code]} (${code})` : message;
  return new LonghandError("file", `can't ${action} ${path}: ${reason}`, { cause });
}
