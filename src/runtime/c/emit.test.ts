/** What a program is as C: which operators are one loop, what is copied and what isn't. */
import { expect, test } from "vitest";
import {
  add,
  concat,
  input,
  matmul,
  mul,
  type Program,
  program,
  reshape,
  scan,
  sigmoid,
  slice,
  type Tensor,
  tanh,
  transpose,
} from "../../graph/index.ts";
import { emit } from "./emit.ts";

/** The statements of the program itself. */
function bodyOf(made: Program): string {
  const { source } = emit(made);
  return source.slice(source.indexOf("\nint run"));
}

const count = (text: string, part: RegExp) => [...text.matchAll(part)].length;

const x = input("x", ["batch", 40]);

test("what works element by element over one shape is one loop, and writes only what is read elsewhere", () => {
  const gate = sigmoid(x);
  const y = add(mul(gate, tanh(x)), mul(gate, x));
  const text = bodyOf(program("gates", { x }, { y }));
  expect(count(text, /for \(/g)).toBe(1);
  expect(count(text, /\] = v\d+;/g)).toBe(1);
  expect(count(text, /logistic\(/g)).toBe(1);
});

test("two shapes are two loops", () => {
  const row = input("row", [40]);
  const text = bodyOf(program("two", { x, row }, { y: add(x, tanh(row)) }));
  expect(count(text, /hyperbolic_tangent\(/g)).toBe(1);
  expect(count(text, /restrict p0/g)).toBe(2);
});

test("views cost nothing: neither slices nor transpositions nor other shapes of arrays without gaps are copied", () => {
  const w = input("w", [80, 20]);
  const left = reshape(slice(reshape(x, ["2*batch", 20]), { axis: 0, end: "batch" }), ["batch", 20]);
  const right = slice(transpose(w, [1, 0]), { axis: 1, start: 40 });
  const text = bodyOf(program("views", { x, w }, { y: matmul(left, right) }));
  expect(count(text, /memcpy|turn\(|for \(/g)).toBe(0);
  expect(text).toMatch(/product\(n_batch, 40, 20, in0[^,]*, 20, 1, 0, in1 \+ 800[^,]*, 1, 20, 0, out0/);
});

const sequence = input("sequence", ["time", "batch", 40]);
const weights = input("weights", [40, 40]);
const start = input("start", ["batch", 40]);

function recurrence(outputs: (h: Tensor, next: Tensor) => Record<string, Tensor>) {
  return scan<string, string, string>({
    state: { h: start },
    sequences: { item: sequence },
    step({ h }, { item }) {
      const next = tanh(add(matmul(h!, weights), item!));
      return { state: { h: next }, outputs: outputs(h!, next) };
    },
  });
}

test("a factor that doesn't change in a loop is copied into panels once, before it", () => {
  const { state } = recurrence(() => ({}));
  const text = bodyOf(program("panels", { sequence, weights, start }, { y: state.h! }));
  expect(count(text, /pack_all\(/g)).toBe(1);
  expect(text.indexOf("pack_all(")).toBeLessThan(text.indexOf("for (long n"));
});

test("what is stacked is written where it is wanted", () => {
  const { outputs } = recurrence((_, next) => ({ next }));
  const text = bodyOf(program("stacked", { sequence, weights, start }, { y: outputs.next! }));
  expect(text).toMatch(/y0_0 = out0 \+ t0/);
  expect(count(text, /memcpy/g)).toBe(0);
});

test("states before and after all steps are one array", () => {
  const { outputs } = recurrence((h, next) => ({ before: h, after: next }));
  const both = concat([outputs.before!, outputs.after!], -1);
  const text = bodyOf(program("chain", { sequence, weights, start }, { y: mul(both, 2) }));
  // The first state is copied; no other.
  expect(count(text.slice(text.indexOf("for (long n"), text.indexOf("s0_0 = w0_0")), /memcpy/g)).toBe(0);
  expect(text).toMatch(/w0_0 = b\d+ \+ \(n0 \+ 1\)/);
});

test("extents that are open are computed when the program runs", () => {
  const { source, names } = emit(program("open", { sequence }, { y: reshape(sequence, ["batch*time", 40]) }));
  expect(names).toEqual(["batch", "time"]);
  expect(source).toMatch(/const long n_time = \(long\)extents\[1\]/);
});
