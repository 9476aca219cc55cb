/** Programs over small whole numbers, whose results are exact in float32: compiled C has to give them to the last bit. */
import { expect } from "vitest";
import { evaluate } from "../../graph/dimension.ts";
import { floor, mul, type NDArray, type Program, sub, type Tensor } from "../../graph/index.ts";
import type { Arrays, Executable, Runtime } from "../contract.ts";
import { compileReference } from "../reference/reference.ts";

/** A program on compiled C and on the reference. */
export interface Pair extends AsyncDisposable {
  readonly executable: Executable;
  /** Runs both. @returns the results that aren't the same, as text. */
  differences(given: Arrays, into?: Arrays): Promise<string[]>;
}

export async function pairOf(runtime: Runtime, program: Program): Promise<Pair> {
  const reference = compileReference(program);
  const executable = await runtime.compile(program);
  return {
    executable,
    async differences(given, into) {
      const wanted = copied(reference.run(given));
      return differencesOf(await executable.run(given, into), wanted);
    },
    [Symbol.asyncDispose]: () => executable.close(),
  };
}

export function copied(arrays: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, { ...array, data: array.data.slice() }]),
  );
}

/** Whole numbers below 2²³ are equal; quotients may be rounded otherwise in the last place. */
const isSame = (received: number, wanted: number) =>
  Object.is(received, wanted) || received === wanted || Math.abs(received - wanted) <= 2 ** -23 * Math.abs(wanted);

/** The first element of each result that isn't the wanted one. */
export function differencesOf(received: Arrays, wanted: Arrays): string[] {
  return Object.entries(wanted).flatMap(([name, { shape, dtype, data }]) => {
    const got = received[name];
    if (got?.dtype !== dtype || got.shape.join() !== shape.join() || got.data.length !== data.length) {
      return [`${name} is ${got?.dtype} [${got?.shape}] of ${got?.data.length}, expected ${dtype} [${shape}]`];
    }
    const at = data.findIndex((value, k) => !isSame(got.data[k]!, value));
    return at < 0 ? [] : [`${name}[${at}] of [${shape}] is ${got.data[at]}, expected ${data[at]}`];
  });
}

/** Numbers for the inputs of a program: of floats and integers −4 … 4. */
export function wholeNumbers(
  { inputs }: Program,
  extents: Readonly<Record<string, number>>,
  seed = 1,
): Record<string, NDArray> {
  const bindings = new Map(Object.entries(extents));
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * 9) - 4;
  };
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]) => {
      const concrete = shape.map((extent) => evaluate(extent, bindings));
      const values = Array.from({ length: concrete.reduce((a, b) => a * b, 1) }, next);
      const data =
        dtype === "float"
          ? Float32Array.from(values)
          : dtype === "int"
            ? Int32Array.from(values)
            : Uint8Array.from(values, (value) => (value > 0 ? 1 : 0));
      return [name, { dtype, shape: concrete, data }];
    }),
  );
}

/** In each of the sizes, one after the other, the program gives exactly what the reference gives. */
export async function expectExact(
  runtime: Runtime,
  made: Program,
  sizes: readonly Readonly<Record<string, number>>[],
): Promise<void> {
  await using pair = await pairOf(runtime, made);
  for (const extents of sizes) {
    expect(await pair.differences(wholeNumbers(made, extents)), JSON.stringify(extents)).toEqual([]);
  }
}

/** Whole numbers brought back to 0 … 7: x − 8⌊x/8⌋. */
export function wrapped(x: Tensor): Tensor {
  return sub(x, mul(floor(mul(x, 1 / 8)), 8));
}
