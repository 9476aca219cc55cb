/** What all operators that work element by element share: broadcasting, printing as calls, one more leading axis. */
import type { NDArray } from "../array.ts";
import { broadcast, type Dimension } from "../dimension.ts";
import type { Call, Interval, Operator, Vectorized } from "../operator.ts";
import { call, named } from "../print.ts";
import { apply, type Tensor, type TensorType } from "../tensor.ts";
import { sumTo } from "./broadcast.ts";
import { reshape } from "./reshape.ts";

/** The shape rule of broadcasting operators over operands of one type. */
export function broadcastType(
  inputs: readonly Tensor[],
  accepts: readonly NDArray["dtype"][],
  result: NDArray["dtype"] | "same" = "same",
): TensorType | { problem: string } {
  const dtype = inputs[0]!.dtype;
  for (const input of inputs) {
    if (!accepts.includes(input.dtype)) {
      return { problem: `expected ${accepts.join(" or ")} operands, received ${input.dtype}` };
    }
    if (input.dtype !== dtype) return { problem: `operands differ in type: ${dtype} and ${input.dtype}` };
  }
  const shape = broadcast(inputs.map((input) => input.shape));
  if ("conflict" in shape) {
    return {
      problem: `can't broadcast extents ${shape.conflict[0]} and ${shape.conflict[1]}: they must be equal or 1`,
    };
  }
  return { dtype: result === "same" ? dtype : result, shape };
}

/** Gives batched operands of lower rank axes of extent 1 after the leading one, so that broadcasting still aligns. */
export function alignVectorized(inputs: readonly Vectorized[], coreRank?: number): Tensor[] {
  const ranks = inputs.map(({ tensor, batched }) => tensor.shape.length - (batched ? 1 : 0));
  const rank = coreRank ?? Math.max(...ranks);
  return inputs.map(({ tensor, batched }, k) => {
    const missing = rank - ranks[k]!;
    if (!batched || missing <= 0) return tensor;
    const [lead, ...rest] = tensor.shape as [Dimension, ...Dimension[]];
    return reshape(tensor, [lead, ...new Array<Dimension>(missing).fill(1), ...rest]);
  });
}

type ElementwiseParts<A> = Pick<Operator<A>, "name" | "infer" | "value" | "bound"> &
  Partial<Operator<A>> & {
    /** Derivative before broadcasting is undone: shapes as they come. */
    readonly slope?: (call: Call<A>, gradient: Tensor) => readonly (Tensor | undefined)[];
  };

/** Completes an elementwise operator: the ONNX form, the printed call, the leading axis, and gradients summed to the operands' shapes. */
export function elementwise<A>(parts: ElementwiseParts<A>): Operator<A> {
  const { slope, ...own } = parts;
  const operator: Operator<A> = {
    isElementwise: true,
    derivative(call, gradient) {
      if (!slope) return call.inputs.map(() => undefined);
      return slope(call, gradient).map((part, k) => part && sumTo(part, call.inputs[k]!.shape));
    },
    onnx: (lowering, inputs) => lowering.emit(parts.name, inputs),
    print: (operands, style) => call(named(parts.name.toLowerCase(), style), operands, style),
    vectorize: (inputs, attributes) => apply(operator, alignVectorized(inputs), attributes),
    ...own,
  };
  return operator;
}

/** Bounds of an increasing function, whose ends are rounded outward by `low` and `high`. */
export function increasingBound(
  f: (x: number) => number,
  low: (y: number) => number,
  high: (y: number) => number,
): (inputs: readonly Interval[], out: Interval) => void {
  return ([x], out) => {
    for (let i = 0; i < out.lower.data.length; i++) {
      out.lower.data[i] = low(f(x!.lower.data[i]!));
      out.upper.data[i] = high(f(x!.upper.data[i]!));
    }
  };
}
