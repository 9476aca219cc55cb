/** Operators that don't work element by element: most only say where elements lie that are there already. */
import { LonghandError } from "../../errors.ts";
import type { NDArray } from "../../graph/array.ts";
import { type Dimension, elements, plus, times } from "../../graph/dimension.ts";
import type { OperatorNode, Tensor } from "../../graph/tensor.ts";
import { elementSizes, elementTypes, literal } from "./elementwise.ts";
import { broadcastStrides } from "./loops.ts";
import { writeProduct } from "./products.ts";
import { writeReduction } from "./reductions.ts";
import { operands } from "./schedule.ts";
import { addressOf, extentOf, partOf, stridesOf, type View } from "./view.ts";
import type { Writer } from "./writer.ts";

type Write = (writer: Writer, node: OperatorNode) => void;

/** An operator whose result is another view of its first operand. */
const another =
  (viewOf: (view: View, output: Tensor, attributes: never, writer: Writer) => View): Write =>
  (writer, { inputs: [x], outputs: [output], attributes }) => {
    writer.views.set(output!, viewOf(writer.read(x!), output!, attributes as never, writer));
  };

const writers: Readonly<Record<string, Write>> = {
  Constant: (writer, { outputs: [output], attributes }) => {
    writer.views.set(output!, writer.constant(attributes as NDArray));
  },
  Identity: another((view) => view),
  Reshape: another((view, { shape }, _, writer) => ({ ...writer.dense(view), shape, strides: stridesOf(shape) })),
  Transpose: another((view, { shape }, { permutation }: { permutation: readonly number[] }) => ({
    ...view,
    shape,
    strides: permutation.map((axis) => view.strides[axis]!),
  })),
  Expand: another((view, { shape }) => ({ ...view, shape, strides: broadcastStrides(view, shape) })),
  Slice: another((view, { shape }, { axis, start, stride }: { axis: number; start: Dimension; stride: number }) => {
    const at = shape.length + axis;
    const cut = partOf(view, at, start, shape[at]!);
    return { ...cut, strides: cut.strides.with(at, times(cut.strides[at]!, stride)) };
  }),
  Concat: writeConcat,
  Pad: writePad,
  Gather: writeGather,
  Softmax: (writer, node) => alongAxis(writer, node, "softmax", ", 0"),
  LogSoftmax: (writer, node) => alongAxis(writer, node, "softmax", ", 1"),
  ArgMax: (writer, node) => alongAxis(writer, node, `argmax_${elementTypes[node.inputs[0]!.dtype]}`),
  ReduceSum: writeReduction,
  ReduceMean: writeReduction,
  ReduceMax: writeReduction,
  ReduceMin: writeReduction,
  MatMul: writeProduct,
};

/** Any operator but those that are expressions. */
export function writeOperator(writer: Writer, node: OperatorNode): void {
  const { name } = node.operator;
  const write = writers[name];
  if (!write)
    throw new LonghandError("unsupported", `program ${writer.program.name}: operator ${name} has no form in C`);
  write(writer, node);
}

/** The axis of an operator, from the front, and the extents before, along and after it. */
function around({ attributes }: OperatorNode, { shape }: Tensor) {
  const axis = shape.length + (attributes as { axis: number }).axis;
  return { axis, outer: elements(shape.slice(0, axis)), extent: shape[axis]!, inner: elements(shape.slice(axis + 1)) };
}

function alongAxis(writer: Writer, node: OperatorNode, kernel: string, more = ""): void {
  const [x] = node.inputs as [Tensor];
  const from = writer.dense(writer.read(x));
  const target = writer.place(node.outputs[0]!);
  const { outer, extent, inner } = around(node, x);
  const counts = [outer, extent, inner].map(extentOf).join(", ");
  writer.line(`${kernel}(${addressOf(from)}, ${addressOf(target)}, ${counts}${more});`);
}

function writeConcat(writer: Writer, node: OperatorNode): void {
  const parts = operands(node).map((tensor) => writer.read(tensor));
  const target = writer.place(node.outputs[0]!);
  const { axis } = around(node, node.outputs[0]!);
  let start: Dimension = 0;
  for (const part of parts) {
    const extent = part.shape[axis]!;
    writer.copy(part, partOf(target, axis, start, extent));
    start = plus(start, extent);
  }
}

/** Negative amounts cut off. */
function writePad(writer: Writer, node: OperatorNode): void {
  const [x] = node.inputs as [Tensor];
  const from = writer.dense(writer.read(x));
  const target = writer.place(node.outputs[0]!);
  const { before, value } = node.attributes as { before: Dimension; value: number };
  const { axis, outer, extent, inner } = around(node, x);
  const sizes = [extent, target.shape[axis]!, before].map((size) => extentOf(times(size, inner)));
  writer.fill(target, literal(value, "float"));
  writer.line(`pad(${addressOf(from)}, ${addressOf(target)}, ${[extentOf(outer), ...sizes].join(", ")});`);
}

function writeGather(writer: Writer, node: OperatorNode): void {
  const [x, y] = node.inputs as [Tensor, Tensor];
  const [from, indices] = [writer.dense(writer.read(x)), writer.dense(writer.read(y))];
  const target = writer.place(node.outputs[0]!);
  const { outer, extent, inner } = around(node, x);
  const counts = [outer, extent, elements(y.shape), times(inner, elementSizes[x.dtype])].map(extentOf).join(", ");
  const arrays = `(const char *)(${addressOf(from)}), ${addressOf(indices)}, (char *)(${addressOf(target)})`;
  writer.line(`if (gather(${arrays}, ${counts}, problem)) return 1;`);
}
