/** Products of matrices. */
import { type Dimension, elements, plus, times } from "../../graph/dimension.ts";
import type { Node, OperatorNode, Tensor } from "../../graph/tensor.ts";
import { DEPTH, LARGEST_PANEL } from "./kernels.ts";
import { axesOf, broadcastStrides, headsOf, indexOf } from "./loops.ts";
import { addressOf, extentOf, type View } from "./view.ts";
import type { Writer } from "./writer.ts";

type Side = "left" | "right";

/** A product, of matrices in the last two axes. */
export function writeProduct(writer: Writer, node: OperatorNode): void {
  const [a, b] = node.inputs as [Tensor, Tensor];
  const [output] = node.outputs as [Tensor];
  const [left, right] = [writer.read(a), writer.read(b)];
  if (output.shape.length > 2 && b.shape.length === 2) {
    // Many matrices by the same one: one matrix of all their rows.
    const rows = elements(output.shape.slice(0, -1));
    const flat = (view: View, width: Dimension): View => ({ ...view, shape: [rows, width], strides: [width, 1] });
    const [depth, columns] = b.shape as [Dimension, Dimension];
    const dense = writer.dense(left);
    writeMatrices(writer, node, flat(dense, depth), right, flat(writer.place(output), columns));
  } else writeMatrices(writer, node, left, right, writer.place(output));
}

function writeMatrices(writer: Writer, node: OperatorNode, left: View, right: View, target: View): void {
  const lead = target.shape.slice(0, -2);
  const leadOf = (view: View): View => ({
    ...view,
    shape: view.shape.slice(0, -2),
    strides: view.strides.slice(0, -2),
  });
  const strides = [left, right, target].map((view) => broadcastStrides(leadOf(view), lead));
  const axes = axesOf(lead, strides);
  const [rows, columns] = target.shape.slice(-2) as [Dimension, Dimension];
  const depth = left.shape.at(-1)!;
  const at = (view: View, k: number) => `${addressOf(view)} + ${indexOf(axes, k)}`;
  if (isSmall(columns) && isSmall(depth)) {
    writer.line(...headsOf(axes, ""));
    writeSmall(
      writer,
      [left, right].map((view, k) => ({ ...view, pointer: at(view, k) })),
      at(target, 2),
      rows,
      columns,
    );
  } else {
    const packed = { ...writer.panels.get(node) };
    const isShared = (k: number) => axes.length > 0 && axes.every((axis) => axis.strides[k] === 0);
    // A factor that all matrices have in common.
    if (isShared(0)) packed.left ??= panelsOf(writer, "left", left, rows, columns);
    if (isShared(1)) packed.right ??= panelsOf(writer, "right", right, rows, columns);
    writer.line(...headsOf(axes, ""));
    const room = (side: View | undefined, count: Dimension) => (side ? 0 : times(plus(count, LARGEST_PANEL), DEPTH));
    const work = writer.fresh("float", [plus(room(packed.left, rows), room(packed.right, columns))]);
    const factor = (side: View | undefined, view: View, k: number) => {
      writer.buffers.touch(side?.buffer);
      if (side) return `0, 0, 0, ${side.pointer}`;
      return `${at(view, k)}, ${view.strides.slice(-2).map(extentOf).join(", ")}, 0`;
    };
    const factors = `${factor(packed.left, left, 0)}, ${factor(packed.right, right, 1)}`;
    const sizes = [rows, columns, depth].map(extentOf).join(", ");
    writer.line(`product(${sizes}, ${factors}, ${at(target, 2)}, ${work.pointer});`);
  }
  writer.line("}".repeat(axes.length));
}

/** Without panels: they would be more work than the product. Columns are lanes of vectors, with zeros where they lack. */
function writeSmall(writer: Writer, factors: readonly View[], target: string, rows: Dimension, columns: number): void {
  const [left, right] = factors as [View, View];
  const [row, next] = left.strides.slice(-2).map(extentOf);
  const [down, across] = right.strides.slice(-2);
  const depth = Number(left.shape.at(-1));
  const [lanes, type] = columns <= 4 ? [4, "four"] : columns <= 8 ? [8, "eight"] : [16, "sixteen"];
  const vectors = Math.max(1, Math.ceil(columns / lanes));
  const width = vectors * lanes;
  const isInPlace = across === 1 && columns === width;
  writer.line("{", `const float *restrict p0 = ${left.pointer}; float *restrict p2 = ${target};`);
  if (isInPlace) writer.line(`const float *restrict p1 = ${right.pointer};`);
  else {
    writer.line(`float p1[${Math.max(1, depth * width)}] = {0};`);
    writer.line(`for (long k = 0; k < ${depth}; k++) for (long j = 0; j < ${columns}; j++)`);
    writer.line(`p1[k * ${width} + j] = (${right.pointer})[k * ${extentOf(down!)} + j * ${extentOf(across!)}];`);
  }
  const step = isInPlace ? extentOf(down!) : width;
  const write = (head: string, count: number) =>
    writer.line(
      head,
      `${type} sum[${count}][${vectors}] = {0};`,
      `for (long k = 0; k < ${depth}; k++)`,
      `UNROLL(${count}) for (long r = 0; r < ${count}; r++) {`,
      `const float x = p0[(i + r) * ${row} + k * ${next}];`,
      `UNROLL(${vectors}) for (long v = 0; v < ${vectors}; v++)`,
      `sum[r][v] += x * *(const ${type} *)(p1 + k * ${step} + v * ${lanes});`,
      "}",
      `for (long r = 0; r < ${count}; r++) memcpy(p2 + (i + r) * ${columns}, sum[r], ${4 * columns});`,
      "}",
    );
  writer.line("long i = 0;");
  write(`for (; i + ${TOGETHER} <= ${extentOf(rows)}; i += ${TOGETHER}) {`, TOGETHER);
  write(`for (; i < ${extentOf(rows)}; i++) {`, 1);
  writer.line("}");
}

/** Rows of a small product that are computed together, so that one sum need not wait for the other. */
const TOGETHER = 4;

/** Before a loop: factors of its products that don't change in it, as panels. */
export function packFactors(writer: Writer, nodes: readonly Node[], changes: (tensor: Tensor) => boolean): void {
  for (const node of nodes) {
    if (node.kind !== "operator" || node.operator.name !== "MatMul") continue;
    const [a, b] = node.inputs as [Tensor, Tensor];
    const [rows, columns] = node.outputs[0]!.shape.slice(-2) as [Dimension, Dimension];
    if (isSmall(columns) && isSmall(a.shape.at(-1)!)) continue;
    const stays = (factor: Tensor) => !changes(factor) && factor.shape.length === 2;
    writer.panels.set(node, {
      ...(stays(a) && { left: panelsOf(writer, "left", writer.read(a), rows, columns) }),
      ...(stays(b) && { right: panelsOf(writer, "right", writer.read(b), rows, columns) }),
    });
  }
}

/** Copies a factor into panels. */
function panelsOf(writer: Writer, side: Side, view: View, rows: Dimension, columns: Dimension): View {
  const isLeft = side === "left";
  const [m, n] = [rows, columns].map(extentOf);
  const [row, next] = view.strides.slice(-2).map(extentOf);
  const depth = view.shape.at(isLeft ? -1 : -2)!;
  const made = writer.fresh("float", [plus(isLeft ? rows : columns, LARGEST_PANEL), depth]);
  const lines = isLeft ? `${row}, ${next}` : `${next}, ${row}`;
  const size = isLeft ? `panel_rows(${m}, ${n})` : `panel_columns(${n})`;
  writer.line(
    `pack_all(${isLeft ? m : n}, ${extentOf(depth)}, ${addressOf(view)}, ${lines}, ${made.pointer}, ${size});`,
  );
  return made;
}

function isSmall(extent: Dimension): extent is number {
  return typeof extent === "number" && extent <= 32;
}
