/** Loops over elements, shared by the operators' values: unary, binary with broadcasting, and reading by strides. */
import type { ArrayData, NDArray } from "./array.ts";

/**
 * A copy of a function with type feedback of its own. The engine compiles one loop for all closures of one function
 * literal; called with many different `f` it can no longer inline any of them, and every element costs a call. A fresh
 * literal for each operator keeps the loops fast (3–6×). Where a page's security policy forbids it, the shared one works.
 */
function freshCopy<F extends (...parameters: never[]) => unknown>(template: F): F {
  try {
    return new Function(`return ${template.toString()}`)() as F;
  } catch {
    return template;
  }
}

type UnaryLoop = (x: ArrayData, out: ArrayData) => void;

/** A loop out[i] = f(x[i]). */
export function unaryLoop(f: (x: number) => number): UnaryLoop {
  const template = (g: (x: number) => number): UnaryLoop => {
    return (x, out) => {
      for (let i = 0; i < out.length; i++) out[i] = g(x[i] as number);
    };
  };
  return freshCopy(template)(f);
}

/** How one operand is read: at each step of the inner loop, and at the start of each row of the outer loops. */
interface BinaryPlan {
  readonly rows: number;
  readonly inner: number;
  readonly stepA: number;
  readonly stepB: number;
  readonly startA: Int32Array;
  readonly startB: Int32Array;
}

type BinaryLoop = (a: NDArray, b: NDArray, out: NDArray) => void;

/** A loop out = f(a, b) with broadcasting. */
export function binaryLoop(f: (a: number, b: number) => number): BinaryLoop {
  const template = (g: (a: number, b: number) => number) => {
    return (a: ArrayData, b: ArrayData, out: ArrayData, plan: BinaryPlan) => {
      const { rows, inner, stepA, stepB, startA, startB } = plan;
      let o = 0;
      for (let row = 0; row < rows; row++) {
        let i = startA[row] as number;
        let j = startB[row] as number;
        for (let k = 0; k < inner; k++) {
          out[o++] = g(a[i] as number, b[j] as number);
          i += stepA;
          j += stepB;
        }
      }
    };
  };
  const loop = freshCopy(template)(f);
  return (a, b, out) => loop(a.data, b.data, out.data, binaryPlan(a.shape, b.shape, out));
}

/** Plans are kept by the output array: an executable runs with the same arrays again and again. */
const plans = new WeakMap<NDArray, BinaryPlan>();

function binaryPlan(a: readonly number[], b: readonly number[], out: NDArray): BinaryPlan {
  const known = plans.get(out);
  if (known) return known;
  const rank = out.shape.length;
  const stridesA = broadcastStrides(a, rank);
  const stridesB = broadcastStrides(b, rank);
  // Merge axes from the right while both operands go on evenly: a same-shape operation becomes one loop.
  let axis = rank - 1;
  let inner = 1;
  let stepA = 0;
  let stepB = 0;
  for (; axis >= 0; axis--) {
    const extent = out.shape[axis]!;
    if (extent === 1) continue;
    if (inner === 1) {
      stepA = stridesA[axis]!;
      stepB = stridesB[axis]!;
    } else if (stridesA[axis] !== stepA * inner || stridesB[axis] !== stepB * inner) break;
    inner *= extent;
  }
  const outer = out.shape.slice(0, axis + 1);
  const startA = offsets(outer, stridesA);
  const startB = offsets(outer, stridesB);
  const plan = { rows: startA.length, inner, stepA, stepB, startA, startB };
  plans.set(out, plan);
  return plan;
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Strides of an operand aligned at the right to `rank` axes; 0 along axes where it repeats. */
export function broadcastStrides(shape: readonly number[], rank: number): number[] {
  const strides = stridesOf(shape).map((stride, axis) => (shape[axis] === 1 ? 0 : stride));
  return [...new Array<number>(rank - shape.length).fill(0), ...strides];
}

/** Where each element of an array of this shape lies in memory, read with these strides. */
export function offsets(shape: readonly number[], strides: readonly number[], start = 0): Int32Array {
  let size = 1;
  for (const extent of shape) size *= extent;
  const result = new Int32Array(size);
  const index = new Array<number>(shape.length).fill(0);
  let offset = start;
  for (let i = 0; i < size; i++) {
    result[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

const gathers = new WeakMap<NDArray, Int32Array>();

/** Copies elements by strides: out[i] = x[start + index·strides]. The plan is kept by the output array. */
export function stridedCopy(x: ArrayData, out: NDArray, strides: readonly number[], start = 0): void {
  let plan = gathers.get(out);
  if (!plan) {
    plan = offsets(out.shape, strides, start);
    gathers.set(out, plan);
  }
  const target = out.data;
  for (let i = 0; i < target.length; i++) target[i] = x[plan[i]!]!;
}
