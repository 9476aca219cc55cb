/** `longhand lab` as a process of its own. */
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { longhand, start } from "./command-line.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-lab-server-"));
  await mkdir(join(base, "page"));
  await writeFile(join(base, "page", "index.html"), "<!doctype html><title>A page</title>");
  const built = await longhand(["build", "parity", "--run", join(base, "runs", "parity")]);
  expect(built.status, built.stderr).toBe(0);
});
afterAll(() => rm(base, { recursive: true }));

/** Starts the lab and gives its address, as soon as it is told. */
async function started(...args: string[]) {
  const process = start(["lab", ...args], { cwd: base });
  await process.says("Ctrl+C ends it");
  return process;
}

test.each(["SIGINT", "SIGTERM"] as const)("serves the page and the runs until %s, and ends with 0", async (signal) => {
  const lab = await started("page", "--port", "0");
  await expect.poll(() => lab.printed()).toMatch(/\n$/);
  const address = lab.printed().trim();
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  expect(await (await fetch(address)).text()).toContain("A page");
  const { runs } = (await (await fetch(`${address}api/runs`)).json()) as { runs: unknown[] };
  expect(runs).toMatchObject([{ id: "parity", task: "parity", state: "given" }]);
  lab.child.kill(signal);
  const { status, stdout, stderr } = await lab.ended;
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${address}\n` });
  expect(stderr).toContain("runs in runs; Ctrl+C ends it");
  await expect(fetch(address)).rejects.toThrow();
});

test("with --json one object, and the runs of another folder", async () => {
  const lab = await started("page", "--port", "0", "--runs", join(base, "runs", "parity"), "--json");
  lab.child.kill("SIGINT");
  const { status, stdout } = await lab.ended;
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    runs: join(base, "runs", "parity"),
  });
});

test("a port in use, a page that isn't there, a folder of runs that isn't there", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const taken = await longhand(["lab", "page", "--port", `${port}`], { cwd: base });
  expect(taken).toMatchObject({ status: 2, stdout: "" });
  expect(taken.stderr).toContain(
    `can't listen on port ${port} of 127.0.0.1: another program uses it. Choose another port`,
  );
  other.close();
  const unbuilt = await longhand(["lab", "runs", "--port", "0"], { cwd: base });
  expect(unbuilt.status).toBe(2);
  expect(unbuilt.stderr).toContain("runs holds no built lab: it has no index.html. `npm run build:lab` builds it");
  const none = await longhand(["lab", "page", "--port", "0", "--runs", "nowhere"], { cwd: base });
  expect(none.status).toBe(2);
  expect(none.stderr).toContain("can't serve nowhere");
  const bad = await longhand(["lab", "page", "--port", "70000"], { cwd: base });
  expect(bad.status).toBe(2);
  expect(bad.stderr).toContain("port: received 70000, expected a whole number from 0 to 65535");
});
