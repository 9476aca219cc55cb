import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFileSystem } from "./file-system.ts";
import { isLock, lockFolder, lockHolder } from "./lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhand-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

const take = (): ReturnType<typeof lockFolder> => lockFolder(nodeFileSystem, folder);
const hasProc = process.platform === "linux";

test("one holds it, until it is given back", async () => {
  const lock = await take();
  const [name] = await readdir(folder);
  expect(isLock(name!)).toBe(true);
  await expect(take()).rejects.toMatchObject({
    code: "file",
    message: expect.stringContaining(`run ${folder} is being written by process ${process.pid}.`),
  });
  expect(await readdir(folder)).toEqual([name]);
  await lock.release();
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
  await (await take()).release();
});

test("of many at once, at most one gets it", async () => {
  for (let round = 0; round < 20; round++) {
    const results = await Promise.allSettled(Array.from({ length: 4 }, take));
    const won = results.filter((result) => result.status === "fulfilled");
    expect(won.length).toBeLessThanOrEqual(1);
    expect(await readdir(folder)).toHaveLength(won.length);
    for (const { value } of won) await value.release();
  }
});

test("a living process's lock holds, a killed one's doesn't", async () => {
  const child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1000)"]);
  await once(child.stdout, "data");
  const stat = hasProc ? await readFile(`/proc/${child.pid}/stat`, "utf8") : "";
  const started = hasProc ? stat.slice(stat.lastIndexOf(")")).split(" ")[20] : "0"; // field 22 of proc(5)
  const name = `lock-${child.pid}-${started}-0123abcd`;
  await writeFile(join(folder, name), "");
  await expect(take()).rejects.toThrow(`is being written by process ${child.pid}`);
  expect(await readdir(folder)).toEqual([name]);
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  const lock = await take();
  expect(await readdir(folder)).not.toContain(name);
  await lock.release();
});

test.runIf(hasProc)("an id given out again doesn't stand for the process that had it", async () => {
  await writeFile(join(folder, `lock-${process.pid}-1-0123abcd`), "");
  await (await take()).release();
  expect(await readdir(folder)).toEqual([]);
});

test("without a known start time a living id holds", async () => {
  await writeFile(join(folder, `lock-${process.pid}-0-0123abcd`), "");
  await expect(take()).rejects.toThrow("is being written");
});

test("who holds it can be asked", async () => {
  expect(await lockHolder(nodeFileSystem, folder)).toBeUndefined();
  const lock = await take();
  expect(await lockHolder(nodeFileSystem, folder)).toBe(process.pid);
  await lock.release();
  await writeFile(join(folder, "lock-999999999-1-0123abcd"), "");
  expect(await lockHolder(nodeFileSystem, folder)).toBeUndefined();
});
