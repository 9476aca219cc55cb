/** Tests of what every runtime's executables do with the arrays that they are given. */
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
} from "../graph/index.ts";
import type { Runtime } from "./contract.ts";

const floats = (...values: number[]) => ndarray(Float32Array.from(values), [values.length]);
const integers = (...values: number[]) => ndarray(Int32Array.from(values), [values.length]);

export function expectClose(received: Record<string, NDArray>, wanted: Record<string, NDArray>): void {
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

/** Given outputs, inputs that fit and that don't, and no inputs at all. */
export function testArrays(runtime: Runtime): void {
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
      const again = await executable.run({ ...inputs, a: floats(10, 20, 30) }, into);
      expect([...again.sum!.data]).toEqual([14, 25, 24]);
    });

    test("may be float64 arrays, as inputs may", async () => {
      await using executable = await runtime.compile(sums);
      const sum = ndarray(new Float64Array(3), [3]);
      await executable.run(inputs, { sum });
      expect([...sum.data]).toEqual([5, 7, -3]);
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

    test("of the program that no output needs are taken", async () => {
      await using executable = await runtime.compile(both);
      expect([...(await executable.run(good)).y!.data]).toEqual([21]);
    });

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

  test("a program without inputs", async () => {
    const { state } = scan({
      state: { power: scalar(1) },
      steps: 3,
      step: ({ power }) => ({ state: { power: add(power, power) } }),
    });
    await using executable = await runtime.compile(program("fixed", {}, { y: state.power }));
    expect([...(await executable.run({})).y!.data]).toEqual([8]);
  });
}
