import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Inside, insideOf } from "./inside.ts";

let base: string;
let inside: Inside;
const at = (...names: string[]) => join(base, "folder", ...names);
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-inside-"));
  await mkdir(at("deep"), { recursive: true });
  await mkdir(join(base, "folder-2"));
  await writeFile(at("deep", "a.txt"), "inside");
  await writeFile(join(base, "secret.txt"), "outside");
  await writeFile(join(base, "folder-2", "a.txt"), "outside");
  await symlink(join(base, "secret.txt"), at("link.txt"));
  await symlink(base, at("up"));
  await symlink(join(base, "folder-2"), at("beside"));
  await symlink(at("deep", "a.txt"), at("within.txt"));
  await symlink(at("loop"), at("loop"));
  inside = await insideOf(at());
});
afterAll(() => rm(base, { recursive: true }));

const contents = async (path: string) => {
  const handle = await inside.file(path);
  try {
    return handle && (await handle.readFile("utf8"));
  } finally {
    await handle?.close();
  }
};

test("files within, also by links that stay within", async () => {
  expect(await contents(at("deep", "a.txt"))).toBe("inside");
  expect(await contents(at("within.txt"))).toBe("inside");
  expect(Buffer.from(await inside.fileSystem.read(at("within.txt"))).toString()).toBe("inside");
  expect(await inside.fileSystem.list(at("deep"))).toEqual(["a.txt"]);
});

test("nothing outside: it reads as if it weren't there", async () => {
  const outside = [
    at("link.txt"),
    at("up", "secret.txt"),
    at("beside", "a.txt"),
    at("..", "secret.txt"),
    join(base, "folder-2", "a.txt"),
    at("loop"),
    at("none"),
    at("deep", "a.txt", "b"),
    at("x".repeat(5000)),
  ];
  for (const path of outside) {
    expect(await contents(path), path).toBeUndefined();
    await expect(inside.fileSystem.read(path), path).rejects.toThrow();
  }
  await expect(inside.fileSystem.list(at("up"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("nothing but plain files: to open a pipe would never end", async () => {
  expect(await contents(at("deep"))).toBeUndefined();
  if (process.platform === "win32") return;
  execFileSync("mkfifo", [at("pipe")]);
  expect(await contents(at("pipe"))).toBeUndefined();
});

test("nothing is written", async () => {
  const { fileSystem } = inside;
  for (const work of [
    () => fileSystem.open(at("new"), "wx"),
    () => fileSystem.truncate(at("within.txt"), 0),
    () => fileSystem.rename(at("within.txt"), at("b")),
    () => fileSystem.remove(at("within.txt")),
    () => fileSystem.makeFolder(at("new")),
  ]) {
    await expect(work()).rejects.toMatchObject({ code: "EROFS" });
  }
});
