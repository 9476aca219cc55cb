/** Runtimes by name, and the choice among them. */
import { expect, test } from "vitest";
import { input, mul, ndarray, program } from "../graph/index.ts";
import { LARGE, open, SMALL } from "./open.ts";

test.each([
  ["reference", 64],
  ["onnx", 32],
  ["onnx-web", 32],
  ["c", 32],
] as const)("%s by its name", async (name, precision) => {
  const { runtime, reason } = await open(name);
  expect([runtime.name, runtime.precision, reason]).toEqual([name, precision, "asked for"]);
  const x = input("x", ["n"]);
  await using executable = await runtime.compile(program("square", { x }, { y: mul(x, x) }));
  const { y } = await executable.run({ x: ndarray(Float32Array.of(3, -1.5), [2]) });
  expect([...y!.data]).toEqual([9, 2.25]);
});

test("the reference for tiny programs, otherwise the native engine; many threads for long runs only", async () => {
  const tiny = await open("auto", { operations: SMALL - 1 });
  expect([tiny.runtime.name, tiny.reason]).toEqual(["reference", "chosen for a tiny program, 2999 operations a run"]);
  const usual = await open("auto", { operations: LARGE - 1 });
  expect([usual.runtime.description, usual.reason]).toEqual([
    "ONNX Runtime (float32, native, 1 thread)",
    "chosen in Node, 1.0e+9 operations a run",
  ]);
  expect((await open()).runtime.name).toBe("onnx");
  expect((await open("auto", { threads: 3 })).runtime.description).toContain("3 threads");
});

test("unknown names and senseless threads are refused", async () => {
  await expect(open("onxx")).rejects.toMatchObject({
    code: "unknown-name",
    message: expect.stringContaining('"onnx"'),
  });
  await expect(open("webgpu")).rejects.toThrow(/Known: auto, reference, onnx, onnx-web, c/);
  await expect(open("onnx", { threads: 0 })).rejects.toMatchObject({ code: "argument" });
});
