/**
 * Custom gradients. `surrogate(value, proxy)` has the value of one tensor and the derivative of another: the
 * straight-through estimator (Bengio, Léonard and Courville 2013; Courbariaux and Bengio 2016) in one operator.
 */
import { sameShape } from "../dimension.ts";
import type { Operator } from "../operator.ts";
import { apply, type Tensor } from "../tensor.ts";
import { expand } from "./broadcast.ts";
import { hardSigmoid, step } from "./piecewise.ts";

/** Identity on its first operand; the gradient goes to the second. ONNX sees only the first. */
export const Surrogate: Operator<null> = {
  name: "Identity",
  isView: true,
  valueInputs: 1,
  infer([value, proxy]) {
    if (proxy && !sameShape(value!.shape, proxy.shape)) return { problem: "value and proxy differ in shape" };
    return { dtype: value!.dtype, shape: value!.shape };
  },
  value: ([value], out) => out.data.set(value!.data),
  derivative: ({ inputs }, gradient) => (inputs.length === 2 ? [undefined, gradient] : [undefined]),
  bound([value], out) {
    out.lower.data.set(value!.lower.data);
    out.upper.data.set(value!.upper.data);
  },
  onnx: (lowering, [value]) => lowering.emit("Identity", [value!]),
  print: ([value]) => value!,
  vectorize: (inputs, _, extent) =>
    apply(
      Surrogate,
      inputs.map(({ tensor, batched }) => (batched ? tensor : expand(tensor, [extent, ...tensor.shape]))),
      null,
    ),
};

/** The value of `value` with the derivative of `proxy` (same shape). */
export function surrogate(value: Tensor, proxy: Tensor): Tensor {
  return apply(Surrogate, [value, proxy], null);
}

/**
 * A step unit that can be trained: value 1 where x > 0, otherwise 0; derivative that of the hard function
 * clip(x/(2w) + ½, 0, 1), which is 1/(2w) on the window −w < x < w and 0 outside.
 * @param window half-width w > 0 of the window. Default 1.
 */
export function straightThroughStep(x: Tensor, window = 1): Tensor {
  return surrogate(step(x), hardSigmoid(x, 1 / (2 * window), 0.5));
}

/** x as a constant: no derivative flows to it. */
export function stopGradient(x: Tensor): Tensor {
  return apply(Surrogate, [x], null);
}
