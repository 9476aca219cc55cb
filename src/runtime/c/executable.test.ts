/** Executables of compiled C: many sizes, given outputs, two at a time, inputs and indices that don't fit, closing. */
import { describe, expect, test } from "vitest";
import {
  add,
  cast,
  gather,
  greater,
  input,
  matmul,
  mul,
  type NDArray,
  ndarray,
  program,
  reduceSum,
  scalar,
  scan,
  slice,
  softmax,
} from "../../graph/index.ts";
import { everyScan, scanSizes, sized } from "../onnx/scan-cases.test-helper.ts";
import { compileReference } from "../reference/reference.ts";
import { cRuntime } from "./node.ts";

const runtime = await cRuntime();
const floats = (...values: number[]) => ndarray(Float32Array.from(values), [values.length]);
const integers = (...values: number[]) => ndarray(Int32Array.from(values), [values.length]);

function expectClose(received: Record<string, NDArray>, wanted: Record<string, NDArray>): void {
  expect(Object.keys(received)).toEqual(Object.keys(wanted));
  for (const [name, { shape, data }] of Object.entries(wanted)) {
    expect([...received[name]!.shape]).toEqual([...shape]);
    const scale = Math.max(1, ...Array.from(data, Math.abs));
    data.forEach((value, k) => {
      expect(Math.abs(received[name]!.data[k]! - value), `${name}[${k}]`).toBeLessThanOrEqual(1e-5 * scale);
    });
  }
}

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

test("results belong to the caller: later runs leave them alone", async () => {
  const x = input("x", ["n"]);
  await using executable = await runtime.compile(program("twice", { x }, { y: add(x, x), same: x }));
  const given = floats(1, 2, 3);
  const { y, same } = await executable.run({ x: given });
  await executable.run({ x: floats(7, 8, 9) });
  expect([...y!.data, ...same!.data]).toEqual([2, 4, 6, 1, 2, 3]);
  expect(same!.data).not.toBe(given.data);
});

describe("given outputs", () => {
  const a = input("a", ["n"]);
  const b = input("b", ["n"]);
  const sums = program("sums", { a, b }, { sum: add(a, b), product: mul(a, b), larger: greater(a, b) });
  const inputs = { a: floats(1, 2, 3), b: floats(4, 5, -6) };

  test("are written to and returned; the others are made", async () => {
    await using executable = await runtime.compile(sums);
    const into = { sum: floats(0, 0, 0), larger: ndarray(new Uint8Array(3), [3]) };
    const results = await executable.run(inputs, into);
    expect(results.sum).toBe(into.sum);
    expect(results.larger).toBe(into.larger);
    expect([...into.sum.data]).toEqual([5, 7, -3]);
    expect([...into.larger.data]).toEqual([0, 0, 1]);
    expect([...results.product!.data]).toEqual([4, 10, -18]);
  });

  test("may be float64 arrays, as inputs may", async () => {
    await using executable = await runtime.compile(sums);
    const sum = ndarray(new Float64Array(3), [3]);
    await executable.run({ ...inputs, a: ndarray(Float64Array.of(0.1, 2 ** 60, 1e-50), [3]) }, { sum });
    // Float32 in between.
    expect([...sum.data]).toEqual([Math.fround(Math.fround(0.1) + 4), 2 ** 60, -6]);
  });

  test("may be the arrays that are read, or parts of the same memory", async () => {
    const x = input("x", ["n"]);
    // Every element reads another one: writing in place would be seen.
    const reversed = slice(x, { axis: 0, stride: -1 });
    await using executable = await runtime.compile(program("reversed", { x }, { x: reversed, twice: add(x, x) }));
    const array = floats(1, 2, 3, 4);
    const { twice } = await executable.run({ x: array }, { x: array });
    expect([...array.data]).toEqual([4, 3, 2, 1]);
    expect([...twice!.data]).toEqual([2, 4, 6, 8]);
    const memory = Float32Array.of(1, 2, 3, 4, 5, 6);
    await executable.run(
      { x: ndarray(memory.subarray(0, 4), [4]) },
      { x: ndarray(memory.subarray(1, 5), [4]), twice: floats(0, 0, 0, 0) },
    );
    expect([...memory]).toEqual([1, 4, 3, 2, 1, 6]);
  });

  test("of the wrong size or type are refused", async () => {
    await using executable = await runtime.compile(sums);
    const short = executable.run(inputs, { sum: floats(0, 0) });
    await expect(short).rejects.toMatchObject({ code: "shape", message: expect.stringContaining("output sum") });
    const wrong = executable.run(inputs, { sum: integers(0, 0, 0) });
    await expect(wrong).rejects.toMatchObject({ code: "argument", message: expect.stringContaining("output sum") });
  });
});

describe("inputs", () => {
  const x = input("x", ["n", 2]);
  const k = input("k", ["n"], "int");
  const unused = input("unused", ["m"]);
  const both = program("both", { x, k, unused }, { y: add(reduceSum(x), reduceSum(cast(k, "float"))) });
  const good = {
    x: ndarray(Float32Array.of(1, 2, 3, 4), [2, 2]),
    k: integers(5, 6),
    unused: floats(0, 0, 0),
  };

  test.each([
    ["x", ndarray(new Float32Array(6), [2, 3]), "shape"],
    ["x", ndarray(new Float32Array(6), [3, 2]), "shape"],
    ["x", ndarray(new Int32Array(4), [2, 2]), "argument"],
    ["k", floats(5, 6), "argument"],
    ["k", { dtype: "int", shape: [2], data: new Int32Array(3) } as NDArray, "shape"],
  ])("%s that don't fit are refused", async (name, array, code) => {
    await using executable = await runtime.compile(both);
    const run = executable.run({ ...good, [name]: array });
    await expect(run).rejects.toMatchObject({ name: "LonghandError", code });
    // Nothing is broken by it.
    expect([...(await executable.run(good)).y!.data]).toEqual([21]);
  });

  test("that are missing are named", async () => {
    await using executable = await runtime.compile(both);
    await expect(executable.run({ x: good.x, k: good.k })).rejects.toThrow(/input unused is missing/);
  });

  test("may lie anywhere in memory", async () => {
    await using executable = await runtime.compile(both);
    for (const shift of [1, 2, 3, 7]) {
      const memory = new Float32Array(60);
      const part = memory.subarray(shift, shift + 40);
      part.forEach((_, at) => {
        part[at] = at;
      });
      const inputs = { ...good, x: ndarray(part, [20, 2]), k: ndarray(new Int32Array(20), [20]) };
      expect([...(await executable.run(inputs)).y!.data]).toEqual([780]);
    }
  });
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

test("a program without inputs", async () => {
  const { state } = scan({
    state: { power: scalar(1) },
    steps: 3,
    step: ({ power }) => ({ state: { power: add(power, power) } }),
  });
  await using executable = await runtime.compile(program("fixed", {}, { y: state.power }));
  expect([...(await executable.run({})).y!.data]).toEqual([8]);
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
