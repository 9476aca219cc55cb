/** Executables of ONNX Runtime in Node: every size, given outputs, errors, closing. */
import { describe, expect, test } from "vitest";
import {
  add,
  cast,
  greater,
  input,
  mul,
  type NDArray,
  ndarray,
  program,
  reduceSum,
  scalar,
  scan,
  slice,
} from "../../graph/index.ts";
import { compileReference } from "../reference/reference.ts";
import { onnxNodeRuntime } from "./node.ts";
import { everyScan, numbers, scanSizes, sized } from "./scan-cases.test-helper.ts";

const runtime = await onnxNodeRuntime();

function expectClose(received: Record<string, NDArray>, wanted: Record<string, NDArray>): void {
  expect(Object.keys(received)).toEqual(Object.keys(wanted));
  for (const [name, { dtype, shape, data }] of Object.entries(wanted)) {
    const got = received[name]!;
    expect([name, got.dtype, ...got.shape]).toEqual([name, dtype, ...shape]);
    const scale = Math.max(1, ...Array.from(data, Math.abs));
    expect(got.data.length).toBe(data.length);
    data.forEach((value, k) => {
      expect(Math.abs(got.data[k]! - value), `${name}[${k}]`).toBeLessThanOrEqual(1e-5 * scale);
    });
  }
}

test("one executable serves every length and batch, none included", async () => {
  const scans = everyScan();
  const reference = compileReference(scans);
  await using executable = await runtime.compile(scans);
  for (const [time, batch] of scanSizes) {
    const inputs = sized(time, batch);
    expectClose(await executable.run(inputs), reference.run(inputs));
  }
});

test("a length that is open and comes out as 0", async () => {
  const x = input("x", ["length"]);
  const { outputs } = scan({
    state: { s: reduceSum(x) },
    sequences: { later: slice(x, { axis: 0, start: 1 }) },
    step: ({ s }, { later }) => ({ state: { s: add(s, later) }, outputs: { y: s } }),
  });
  const later = program("later", { x }, { y: outputs.y });
  await using executable = await runtime.compile(later);
  for (const length of [3, 2, 1]) {
    const inputs = { x: numbers([length]) };
    expectClose(await executable.run(inputs), compileReference(later).run(inputs));
  }
});

describe("given outputs", () => {
  const a = input("a", ["n"]);
  const b = input("b", ["n"]);
  const sums = program("sums", { a, b }, { sum: add(a, b), product: mul(a, b), larger: greater(a, b) });
  const inputs = { a: ndarray(Float32Array.of(1, 2, 3), [3]), b: ndarray(Float32Array.of(4, 5, -6), [3]) };

  test("are written to and returned; the others are made", async () => {
    await using executable = await runtime.compile(sums);
    const into = { sum: ndarray(new Float32Array(3), [3]), larger: ndarray(new Uint8Array(3), [3]) };
    const results = await executable.run(inputs, into);
    expect(results.sum).toBe(into.sum);
    expect(results.larger).toBe(into.larger);
    expect([...into.sum.data]).toEqual([5, 7, -3]);
    expect([...into.larger.data]).toEqual([0, 0, 1]);
    expect([...results.product!.data]).toEqual([4, 10, -18]);
    const again = await executable.run({ ...inputs, a: ndarray(Float32Array.of(10, 20, 30), [3]) }, into);
    expect([...again.sum!.data]).toEqual([14, 25, 24]);
  });

  test("may be float64 arrays", async () => {
    await using executable = await runtime.compile(sums);
    const sum = ndarray(new Float64Array(3), [3]);
    await executable.run(inputs, { sum });
    expect([...sum.data]).toEqual([5, 7, -3]);
  });

  test("may be the arrays that are read", async () => {
    const x = input("x", [4]);
    // Every element reads another one: writing in place would be seen.
    const reversed = program("reversed", { x }, { x: slice(x, { axis: 0, stride: -1 }), twice: add(x, x) });
    await using executable = await runtime.compile(reversed);
    const array = ndarray(Float32Array.of(1, 2, 3, 4), [4]);
    const { twice } = await executable.run({ x: array }, { x: array });
    expect([...array.data]).toEqual([4, 3, 2, 1]);
    expect([...twice!.data]).toEqual([2, 4, 6, 8]);
  });

  test("of the wrong size or type are refused", async () => {
    await using executable = await runtime.compile(sums);
    const short = executable.run(inputs, { sum: ndarray(new Float32Array(2), [2]) });
    await expect(short).rejects.toMatchObject({ code: "shape", message: expect.stringContaining("output sum") });
    const wrong = executable.run(inputs, { sum: ndarray(new Int32Array(3), [3]) });
    await expect(wrong).rejects.toMatchObject({ code: "argument", message: expect.stringContaining("output sum") });
  });
});

describe("inputs", () => {
  const x = input("x", ["n", 2]);
  const k = input("k", ["n"], "int");
  const both = program(
    "both",
    { x, k, unused: input("unused", ["m"]) },
    { y: add(reduceSum(x), reduceSum(cast(k, "float"))) },
  );
  const good = {
    x: ndarray(Float32Array.of(1, 2, 3, 4), [2, 2]),
    k: ndarray(Int32Array.of(5, 6), [2]),
    unused: ndarray(new Float32Array(3), [3]),
  };

  test("of the program that no output needs are taken", async () => {
    await using executable = await runtime.compile(both);
    expect([...(await executable.run(good)).y!.data]).toEqual([21]);
  });

  test.each([
    ["x", ndarray(new Float32Array(6), [2, 3]), "shape"],
    ["x", ndarray(new Float32Array(6), [3, 2]), "shape"],
    ["x", ndarray(new Int32Array(4), [2, 2]), "argument"],
    ["k", ndarray(new Float32Array(2), [2]), "argument"],
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
});

test("a program without inputs", async () => {
  const fixed = program("fixed", {}, { y: scanOfOnes() });
  await using executable = await runtime.compile(fixed);
  expect([...(await executable.run({})).y!.data]).toEqual([8]);
});

function scanOfOnes() {
  const { state } = scan({
    state: { power: scalar(1) },
    steps: 3,
    step: ({ power }) => ({ state: { power: add(power, power) } }),
  });
  return state.power;
}

test("runs at the same time don't disturb each other; closing waits for them", async () => {
  const x = input("x", ["n"]);
  const executable = await runtime.compile(program("square", { x }, { y: mul(x, x) }));
  const runs = [1, 2, 3, 4].map((value) => executable.run({ x: ndarray(Float64Array.of(value, -value), [2]) }));
  const closed = executable.close();
  expect((await Promise.all(runs)).map(({ y }) => [...y!.data])).toEqual([
    [1, 1],
    [4, 4],
    [9, 9],
    [16, 16],
  ]);
  await closed;
  await executable.close();
  await expect(executable.run({ x: ndarray(Float64Array.of(1), [1]) })).rejects.toMatchObject({
    code: "runtime",
    message: "program square: this executable is closed",
  });
});
