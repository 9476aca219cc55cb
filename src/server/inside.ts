/** Files below one folder and nothing else, whatever links lie in it. Node only. */
import { constants } from "node:fs";
import { type FileHandle, open, readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { FileSystem } from "../files/file-system.ts";

/** A folder that is read and never left. */
export interface Inside {
  /** Where it really lies. */
  readonly folder: string;
  /**
   * Where a path really leads.
   * @param path below the folder, or the folder's own.
   * @throws what `node:fs` throws; ENOENT also for what lies elsewhere: nobody learns whether it is there.
   */
  real(path: string): Promise<string>;
  /** Opens a file for reading; undefined where there is none, or something else than a plain file. */
  file(path: string): Promise<FileHandle | undefined>;
  /** Reads whole files and lists folders; whatever writes fails. */
  readonly fileSystem: FileSystem;
}

/** @throws what `node:fs` throws where the folder isn't there. */
export async function insideOf(path: string): Promise<Inside> {
  const folder = await realpath(path);
  const begin = folder.endsWith(sep) ? folder : folder + sep;
  async function real(inner: string): Promise<string> {
    const found = await realpath(inner);
    if (found === folder || found.startsWith(begin)) return found;
    throw Object.assign(new Error(`ENOENT: no such file or directory, open '${inner}'`), { code: "ENOENT" });
  }
  async function file(inner: string): Promise<FileHandle | undefined> {
    try {
      const found = await real(inner);
      if (!(await stat(found)).isFile()) return undefined; // to open a pipe would wait for whoever writes to it
      return await open(found, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
  return { folder, real, file, fileSystem: readOnly(real) };
}

const missing: readonly unknown[] = ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "EACCES", "EPERM"];

/** Whether an error of `node:fs` means that there is nothing to read. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && missing.includes(error.code);
}

function readOnly(real: (path: string) => Promise<string>): FileSystem {
  const refuse = async (): Promise<never> => {
    throw Object.assign(new Error("EROFS: read-only"), { code: "EROFS" });
  };
  return {
    open: refuse,
    read: async (path) => readFile(await real(path)),
    truncate: refuse,
    rename: refuse,
    remove: refuse,
    list: async (path) => readdir(await real(path)),
    makeFolder: refuse,
    syncFolder: refuse,
  };
}

/** A path of names below a folder. */
export function below({ folder }: Inside, names: readonly string[]): string {
  return join(folder, ...names);
}

/** Bytes of a file; fewer where it ends before. */
export async function readPart(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await handle.stat();
  const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - position)));
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}
