/** What a visitor drops on the page or chooses: files, and folders with all that is in them. */
import type { NamedFile } from "./read.ts";

/** Chosen files; those of a chosen folder say where they lie in it. */
export function filesOfList(list: readonly File[]): NamedFile[] {
  return list.map((file) => named(file, file.webkitRelativePath || file.name));
}

/** Dropped files and folders. */
export async function filesOfEntries(entries: readonly FileSystemEntry[]): Promise<NamedFile[]> {
  return (await Promise.all(entries.map(filesUnder))).flat();
}

function named(file: File, path: string): NamedFile {
  return { path, modified: file.lastModified, bytes: async () => new Uint8Array(await file.arrayBuffer()) };
}

async function filesUnder(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return [named(file, entry.fullPath.replace(/^\//, ""))];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const inside: FileSystemEntry[] = [];
  // A reader tells so many at a time, and at last none.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map(filesUnder))).flat();
}
