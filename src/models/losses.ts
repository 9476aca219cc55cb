/** What training makes small. Each gives one number a position; `maskedMean` averages those that count. */
import { cast, div, logSoftmax, max, mul, neg, oneHot, reduceSum, softplus, sub, type Tensor } from "../graph/index.ts";

/**
 * Half the sum of squared errors, ½ Σᵢ (tᵢ − yᵢ)² over the last axis. papers/004, section 2.3.
 * @param outputs y [.., units]. @param targets t [.., units].
 */
export function halfSquares(outputs: Tensor, targets: Tensor): Tensor {
  const error = sub(targets, outputs);
  return mul(reduceSum(mul(error, error), { axes: [-1] }), 0.5);
}

/**
 * Binary cross-entropy of a logit, −t ln σ(z) − (1 − t) ln(1 − σ(z)) = softplus(z) − t z.
 * @param logits z [..]. @param targets t [..] in [0, 1].
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return sub(softplus(logits), mul(targets, logits));
}

/**
 * Softmax cross-entropy −ln softmax(z)_t.
 * @param logits z [.., classes]. @param classes t [..], int in 0 … classes−1; elsewhere the result is 0.
 */
export function softmaxCrossEntropy(logits: Tensor, classes: Tensor): Tensor {
  return neg(reduceSum(mul(oneHot(classes, logits.shape.at(-1)!), logSoftmax(logits)), { axes: [-1] }));
}

/**
 * Cross-entropy −ln softmax([1 − p, p])_t = softplus(1 − 2p) for t = 1, softplus(2p − 1) for t = 0: of an output taken for
 * a logit, as papers/000 was trained (section 5.3). At the exact answer, p = t, it is ln(1 + e⁻¹) = 0.313, and its
 * derivative ∓2σ(−1) = ∓0.538: the exact answer is no minimum of it.
 * @param outputs p [..]. @param targets t [..] in [0, 1].
 */
export function crossEntropyOfOutputs(outputs: Tensor, targets: Tensor): Tensor {
  return binaryCrossEntropy(sub(mul(outputs, 2), 1), targets);
}

/**
 * The mean of the values where the mask is true; 0 when it is true nowhere.
 * @param values [..]. @param mask bool [..] of the same shape.
 */
export function maskedMean(values: Tensor, mask: Tensor): Tensor {
  const weights = cast(mask, "float");
  return div(reduceSum(mul(values, weights)), max(reduceSum(weights), 1));
}
