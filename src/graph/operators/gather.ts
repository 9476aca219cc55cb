/** Gather: choosing by index along an axis, as an embedding does. Its derivative adds up by one-hot products. */
import { LonghandError } from "../../errors.ts";
import { ndarray } from "../array.ts";
import { type Dimension, elements, type Shape } from "../dimension.ts";
import type { Operator } from "../operator.ts";
import { STRENGTH, within } from "../print.ts";
import { apply, describe, type Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { constant } from "./constant.ts";
import { cast, equal, less, where } from "./logic.ts";
import { matmul } from "./matmul.ts";
import { fromEnd, reshape, unsqueeze } from "./reshape.ts";
import { swapLastAxes, transpose } from "./transpose.ts";

interface GatherAttributes {
  /** Counted from the end of the operand. */
  readonly axis: number;
}

export const Gather: Operator<GatherAttributes> = {
  name: "Gather",
  infer([x, indices], { axis }) {
    if (indices!.dtype !== "int") return { problem: `indices must be int, received ${indices!.dtype}` };
    const at = x!.shape.length + axis;
    return { dtype: x!.dtype, shape: [...x!.shape.slice(0, at), ...indices!.shape, ...x!.shape.slice(at + 1)] };
  },
  value([x, indices], out, { axis }) {
    const at = x!.shape.length + axis;
    const extent = x!.shape[at]!;
    const inner = x!.shape.slice(at + 1).reduce((a, b) => a * b, 1);
    const outer = x!.shape.slice(0, at).reduce((a, b) => a * b, 1);
    let o = 0;
    for (let row = 0; row < outer; row++) {
      for (const index of indices!.data) {
        const chosen = index < 0 ? index + extent : index;
        if (!(chosen >= 0 && chosen < extent)) {
          throw new LonghandError("argument", `Gather: index ${index} is outside 0 … ${extent - 1}`);
        }
        for (let k = 0; k < inner; k++) out.data[o++] = x!.data[(row * extent + chosen) * inner + k]!;
      }
    }
  },
  derivative({ inputs: [x, indices], attributes: { axis } }, gradient) {
    // Bring the chosen axis to the front; then ∂x = onehot(indices)ᵀ · ∂out over all indices at once.
    const rank = x!.shape.length;
    const at = rank + axis;
    const count = indices!.shape.length;
    const others = x!.shape.map((_, k) => k).filter((k) => k !== at);
    const gradientOrder = [
      ...Array.from({ length: count }, (_, k) => at + k),
      ...others.map((k) => (k < at ? k : k + count - 1)),
    ];
    const rows = elements(indices!.shape);
    const columns = elements(others.map((k) => x!.shape[k]!));
    const flat = reshape(transpose(gradient, gradientOrder), [rows, columns]);
    const oneHots = oneHotRows(indices!, [rows], x!.shape[at]!);
    const sums = matmul(swapLastAxes(oneHots), flat);
    const front = reshape(sums, [x!.shape[at]!, ...others.map((k) => x!.shape[k]!)]);
    const back = Array.from({ length: rank }, (_, k) => (k === at ? 0 : 1 + others.indexOf(k)));
    return [transpose(front, back), undefined];
  },
  bound([x, indices], out, attributes) {
    if (indices!.lower.data.some((index, k) => index !== indices!.upper.data[k])) {
      throw new LonghandError("unsupported", "Gather: an index that is only known by bounds");
    }
    Gather.value([x!.lower, indices!.lower], out.lower, attributes);
    Gather.value([x!.upper, indices!.upper], out.upper, attributes);
  },
  onnx: (lowering, inputs, { attributes, inputs: [x] }) =>
    lowering.emit("Gather", inputs, { axis: { int: x!.shape.length + attributes.axis } }),
  print: ([x, indices], style) => ({
    text:
      style === "latex"
        ? `{${within(x!, STRENGTH.atom, style)}}_{${indices!.text}}`
        : `${within(x!, STRENGTH.atom, style)}[${indices!.text}]`,
    strength: STRENGTH.atom,
  }),
  vectorize([x, indices], { axis }, extent) {
    if (!indices!.batched) return apply(Gather, [x!.tensor, indices!.tensor], { axis });
    if (!x!.batched) {
      // [.., indices with the leading axis, ..]: bring that axis to the front.
      const at = x!.tensor.shape.length + axis;
      const result = apply(Gather, [x!.tensor, indices!.tensor], { axis });
      const rest = result.shape.map((_, k) => k).filter((k) => k !== at);
      return transpose(result, [at, ...rest]);
    }
    // Each replica has its own table: one-hot rows times the table, with the chosen axis brought to the front.
    const table = x!.tensor;
    const at = table.shape.length + axis;
    const count = indices!.tensor.shape.length - 1;
    const others = table.shape.map((_, k) => k).filter((k) => k !== 0 && k !== at);
    const choices = table.shape[at]!;
    const hot = oneHotRows(indices!.tensor, [extent, elements(indices!.tensor.shape.slice(1))], choices);
    const rest = others.map((k) => table.shape[k]!);
    const flat = reshape(transpose(table, [0, at, ...others]), [extent, choices, elements(rest)]);
    const chosen = reshape(matmul(hot, flat), [extent, ...indices!.tensor.shape.slice(1), ...rest]);
    const own = Array.from({ length: count }, (_, k) => k + 1);
    const before = others.filter((k) => k < at).map((k) => k + count);
    const after = others.filter((k) => k > at).map((k) => k - 1 + count);
    return transpose(chosen, [0, ...before, ...own, ...after]);
  },
};

/** What Gather chooses, as one-hot rows: as in ONNX, negative indices count from the end. */
function oneHotRows(indices: Tensor, shape: Shape, count: Dimension): Tensor {
  const flat = reshape(indices, shape);
  if (typeof count !== "number") return oneHot(flat, count);
  return oneHot(where(less(flat, 0), add(flat, count), flat), count);
}

/** x's slices at `indices` along an axis (default the first): shape with that axis replaced by the shape of the indices. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return apply(Gather, [x, indices], { axis: fromEnd(axis, x.shape.length, "Gather", x) });
}

/** Indices [..] as rows [.., count] with a single 1. An index outside 0 … count−1 gives a row of zeros. */
export function oneHot(indices: Tensor, count: Tensor["shape"][number]): Tensor {
  if (typeof count !== "number") {
    throw new LonghandError("shape", `oneHot(${describe(indices)}): the number of classes ${count} must not be open`);
  }
  const classes = constant(
    ndarray(
      Int32Array.from({ length: count }, (_, k) => k),
      [count],
    ),
  );
  return cast(equal(unsqueeze(indices, [-1]), classes), "float");
}
