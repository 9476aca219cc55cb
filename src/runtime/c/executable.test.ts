/** Executables of compiled C: many sizes, given outputs, two at a time, inputs and indices that don't fit, closing. */
import { expect, test } from "vitest";
import { add, gather, input, matmul, mul, ndarray, program, scalar, scan, softmax } from "../../graph/index.ts";
import { expectClose, testArrays } from "../executables.test-helper.ts";
import { everyScan, scanSizes, sized } from "../onnx/scan-cases.test-helper.ts";
import { compileReference } from "../reference/reference.ts";
import { cRuntime } from "./node.ts";

const runtime = await cRuntime();
const floats = (...values: number[]) => ndarray(Float32Array.from(values), [values.length]);
const integers = (...values: number[]) => ndarray(Int32Array.from(values), [values.length]);

test("two executables of one program take turns, in every size", async () => {
  const scans = everyScan();
  const reference = compileReference(scans);
  await using first = await runtime.compile(scans);
  await using second = await runtime.compile(scans);
  for (const [k, [time, batch]] of scanSizes.entries()) {
    const [here, there] = [sized(time, batch), sized(4 + k, 3)];
    const results = await Promise.all([first.run(here), second.run(there), first.run(here)]);
    expectClose(results[0], reference.run(here));
    expectClose(results[2], reference.run(here));
    expectClose(results[1], reference.run(there));
  }
});

testArrays(runtime);

test("results belong to the caller: later runs leave them alone", async () => {
  const x = input("x", ["n"]);
  await using executable = await runtime.compile(program("twice", { x }, { y: add(x, x), same: x }));
  const given = floats(1, 2, 3);
  const { y, same } = await executable.run({ x: given });
  await executable.run({ x: floats(7, 8, 9) });
  expect([...y!.data, ...same!.data]).toEqual([2, 4, 6, 1, 2, 3]);
  expect(same!.data).not.toBe(given.data);
});

test("an index that is outside is named, with the range; the executable goes on", async () => {
  const x = input("x", ["time", "n", 3]);
  const w = input("w", [3, 40]);
  const k = input("k", ["m"], "int");
  const { outputs } = scan({
    state: { s: scalar(0) },
    sequences: { x },
    // Behind the choice, something that takes memory.
    step: ({ s }, item) => ({ state: { s }, outputs: { y: softmax(matmul(gather(item.x, k), w)) } }),
  });
  const made = program("choose", { x, w, k }, { rows: gather(x, k, 1), y: outputs.y });
  await using executable = await runtime.compile(made);
  const given = ndarray(
    Float32Array.from({ length: 18 }, (_, at) => at / 9),
    [2, 3, 3],
  );
  const weights = ndarray(
    Float32Array.from({ length: 120 }, (_, at) => Math.sin(at)),
    [3, 40],
  );
  for (const [index, where] of [
    [3, "index 3 is outside 0 … 2"],
    [-4, "index -4 is outside 0 … 2"],
    [2 ** 31 - 1, "index 2147483647 is outside 0 … 2"],
    [-(2 ** 31), "index -2147483648 is outside 0 … 2"],
  ] as const) {
    await expect(executable.run({ x: given, w: weights, k: integers(0, index, 1) })).rejects.toMatchObject({
      name: "LonghandError",
      code: "argument",
      message: `program choose: Gather: ${where}`,
    });
    const good = { x: given, w: weights, k: integers(0, -3, 2) };
    expectClose(await executable.run(good), compileReference(made).run(good));
  }
});

test("closing ends it; another executable of the program goes on", async () => {
  const x = input("x", ["n"]);
  const square = program("square", { x }, { y: mul(x, x) });
  const [first, second] = [await runtime.compile(square), await runtime.compile(square)];
  const runs = [1, 2, 3].map((value) => first.run({ x: floats(value, -value) }));
  const closed = first.close();
  expect((await Promise.all(runs)).map(({ y }) => [...y!.data])).toEqual([
    [1, 1],
    [4, 4],
    [9, 9],
  ]);
  await closed;
  await first.close();
  await expect(first.run({ x: floats(1) })).rejects.toMatchObject({
    code: "runtime",
    message: "program square: this executable is closed",
  });
  expect([...(await second.run({ x: floats(4) })).y!.data]).toEqual([16]);
  await second.close();
});
