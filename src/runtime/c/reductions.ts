/** Sums, means and extremes over axes. */
import { elements } from "../../graph/dimension.ts";
import type { OperatorNode, Tensor } from "../../graph/tensor.ts";
import { elementTypes, valueTypes } from "./elementwise.ts";
import { axesOf, headsOf, indexOf, pointerTo } from "./loops.ts";
import { addressOf, extentOf, stridesOf } from "./view.ts";
import type { Writer } from "./writer.ts";

/** The neutral element of each reduction, as C writes it, by element type. */
const starts = {
  Sum: { float: "0", int: "0", bool: "0" },
  Max: { float: "-INFINITY", int: "INT32_MIN", bool: "0" },
  Min: { float: "INFINITY", int: "INT32_MAX", bool: "1" },
} as const;

/** A reduction: of what lies along the last axis in a register, of the rest in the result. */
export function writeReduction(writer: Writer, node: OperatorNode): void {
  const [x] = node.inputs as [Tensor];
  const [output] = node.outputs as [Tensor];
  const { axes: reduced } = node.attributes as { axes: readonly number[] };
  const name = node.operator.name.slice("Reduce".length) as "Sum" | "Mean" | "Max" | "Min";
  const kind = name === "Mean" ? "Sum" : name;
  const from = writer.read(x);
  const target = writer.place(output);
  const isReduced = (axis: number) => reduced.includes(axis - x.shape.length);
  const kept = stridesOf(x.shape.map((extent, axis) => (isReduced(axis) ? 1 : extent)));
  const axes = axesOf(x.shape, [from.strides, kept.map((stride, axis) => (isReduced(axis) ? 0 : stride))]);
  const [type, start] = [valueTypes[x.dtype], starts[kind][x.dtype]];
  const sign = kind === "Max" ? ">" : "<";
  // What isn't a number wins.
  const joined = (a: string, b: string) =>
    kind === "Sum" ? `${a} + ${b}` : `(${b} ${sign} ${a} || ${b} != ${b} ? ${b} : ${a})`;
  const element = from.literal ?? `p0[${indexOf(axes, 0)}]`;
  const place = `p1[${indexOf(axes, 1)}]`;
  writer.fill(target, start);
  writer.line(
    "{",
    pointerTo("p0", elementTypes[x.dtype], from, false),
    pointerTo("p1", elementTypes[x.dtype], target, true),
  );
  if (axes.at(-1)?.strides[1] === 0) {
    const heads = headsOf(axes, kind === "Sum" ? "#pragma omp simd reduction(+:sum)" : "");
    writer.line(...heads.slice(0, -2), `${type} sum = ${start};`, ...heads.slice(-2));
    writer.line(`const ${type} x = ${element}; sum = ${joined("sum", "x")}; }`);
    writer.line(`const ${type} y = ${place}; ${place} = ${joined("y", "sum")};`, "}".repeat(axes.length - 1));
  } else {
    writer.line(...headsOf(axes), `const ${type} x = ${element}, y = ${place}; ${place} = ${joined("y", "x")};`);
    writer.line("}".repeat(axes.length));
  }
  writer.line("}");
  if (name !== "Mean") return;
  const count = extentOf(elements(x.shape.filter((_, axis) => isReduced(axis))));
  writer.line(
    `for (long i = 0; i < ${extentOf(elements(output.shape))}; i++) (${addressOf(target)})[i] /= (float)${count};`,
  );
}
