/** Loops over the elements of arrays. */
import { type Dimension, type Shape, times } from "../../graph/dimension.ts";
import { addressOf, extentOf, type View } from "./view.ts";

/** An axis that is looped over: its extent, and how far each array goes on along it. */
export interface Axis {
  readonly extent: Dimension;
  readonly strides: readonly Dimension[];
}

/** How far an array goes on along each axis of a shape to which it is broadcast. */
export function broadcastStrides({ shape, strides }: View, to: Shape): Dimension[] {
  const missing = to.length - shape.length;
  return to.map((extent, axis) => {
    const own = shape[axis - missing];
    return own === undefined || (own === 1 && extent !== 1) ? 0 : strides[axis - missing]!;
  });
}

/** The axes of a shape, seen from several arrays, as few as possible: two that all arrays cross like one are one. */
export function axesOf(shape: Shape, stridesOfEach: readonly (readonly Dimension[])[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const strides = stridesOfEach.map((each) => each[axis]!);
    const outer = axes.at(-1);
    if (outer?.strides.every((stride, k) => stride === times(strides[k]!, extent))) {
      axes[axes.length - 1] = { extent: times(outer.extent, extent), strides };
    } else axes.push({ extent, strides });
  });
  return axes;
}

/** "i0 * 12 + i1": where an array's element lies. @param k the array. */
export function indexOf(axes: readonly Axis[], k: number): string {
  const terms = axes.flatMap(({ strides }, axis) => {
    const stride = strides[k]!;
    return stride === 0 ? [] : [stride === 1 ? `i${axis}` : `i${axis} * ${extentOf(stride)}`];
  });
  return terms.length === 0 ? "0" : terms.join(" + ");
}

/** The heads of loops over axes, the last ready to become vectors. */
export function headsOf(axes: readonly Axis[], pragma = "#pragma GCC ivdep"): string[] {
  return axes.flatMap(({ extent }, axis) => {
    const head = `for (long i${axis} = 0; i${axis} < ${extentOf(extent)}; i${axis}++) {`;
    return axis === axes.length - 1 ? [pragma, head] : [head];
  });
}

/** Declares a pointer to the elements of a view. */
export function pointerTo(name: string, type: string, view: View, written: boolean): string {
  return `${written ? "" : "const "}${type} *restrict ${name} = ${addressOf(view)};`;
}
