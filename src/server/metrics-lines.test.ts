import { appendFile, type FileHandle, mkdtemp, open, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lastRecords, metricsSince } from "./metrics-lines.ts";

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhand-lines-"));
  path = join(folder, "metrics.jsonl");
});
afterAll(() => rm(folder, { recursive: true }));

async function opened<Result>(work: (handle: FileHandle) => Promise<Result>): Promise<Result> {
  const handle = await open(path, "r");
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}
const since = (from: number, file?: string) => opened((handle) => metricsSince(handle, { from, file }));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

test("only whole lines, and from where the caller is", async () => {
  await writeFile(path, '{"a":1}\n{"b":"é"}\n{"torn');
  const first = await since(0);
  expect(text(first.bytes)).toBe('{"a":1}\n{"b":"é"}\n');
  expect(first).toMatchObject({ from: 0, next: 19, size: 25 });
  expect(await since(first.next, first.file)).toMatchObject({ from: 19, next: 19, bytes: Buffer.alloc(0) });
  await appendFile(path, '":2}\n');
  const second = await since(first.next, first.file);
  expect(text(second.bytes)).toBe('{"torn":2}\n');
  expect(second.next).toBe(second.size);
});

test("a place where no line begins, or in another file, gives all", async () => {
  await writeFile(path, '{"a":1}\n{"b":2}\n');
  const { file } = await since(0);
  for (const from of [3, 9, 17, 1e12]) expect(await since(from, file)).toMatchObject({ from: 0, next: 16 });
  expect(await since(8, file)).toMatchObject({ from: 8, next: 16 });
  await writeFile(`${path}.new`, '{"a":1}\n{"c":3}\n{"d":4}\n');
  await rename(`${path}.new`, path);
  expect(await since(8, file)).toMatchObject({ from: 0, next: 24 });
});

test("a polling reader ends up with the file, however it grows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ maxLength: 9 }).map((s) => s.replaceAll("\n", "|")),
        { maxLength: 12 },
      ),
      async (lines) => {
        const all = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        await writeFile(path, "");
        let got = "";
        let at = await since(0);
        for (let k = 0; k < all.length; k += 5) {
          await appendFile(path, all.subarray(k, k + 5));
          at = await since(at.next, at.file);
          got += text(at.bytes);
        }
        expect(got).toBe(all.toString("utf8"));
      },
    ),
    { numRuns: 30 },
  );
});

test("long files come in parts, and lines longer than a part whole", async () => {
  const line = `${"x".repeat(2 ** 20)}\n`;
  await writeFile(path, `${line.repeat(9)}${"y".repeat(9 * 2 ** 20)}\n`);
  let got = 0;
  let parts = 0;
  for (let at = await since(0); at.next < at.size || got === 0; at = await since(got, at.file)) {
    got = at.next;
    parts++;
    if (parts > 10) break;
  }
  const last = await since(got);
  expect(last.next).toBe(last.size);
  expect(parts).toBeGreaterThan(2);
});

test("the newest records, found from the end", async () => {
  const step = (n: number) => `${JSON.stringify({ type: "step", step: n, loss: 1 / n })}\n`;
  const look = `${JSON.stringify({ type: "look", step: 1, solved: [true] })}\n`;
  const long = `${JSON.stringify({ type: "note", text: "x".repeat(2 ** 19) })}\n`;
  await writeFile(path, step(1) + look + step(2) + step(3) + long);
  expect(await opened(lastRecords)).toMatchObject({ step: { step: 3 }, look: { step: 1 } });
  await writeFile(path, `${step(1)}broken\n[1]\n{"type":3}\n${step(2)}{"type":"step","step":9`);
  expect(await opened(lastRecords)).toEqual({ step: { type: "step", step: 2, loss: 0.5 } });
  await writeFile(path, "");
  expect(await opened(lastRecords)).toEqual({});
});
