/** Other ways to read an answer off a network than by its logits, for tests of networks of two answers. */
import { and, cast, concat, greater, greaterOrEqual, less, not, or, sub, type Tensor } from "../graph/index.ts";
import type { Model } from "./model.ts";

/**
 * How an answer is read: "logits": z > 0, as everywhere else; "rounded": p > ½ of the output p; "truncated": the whole part
 * of p, as papers/000 measured its accuracy, so that 0.99 is 0, and 2 is neither 0 nor 1.
 */
export const readouts = ["logits", "rounded", "truncated"] as const;
export type Readout = (typeof readouts)[number];

/** The same network with logits that say what is read in this way. @param model of a task with two answers. */
export function readBy(readout: Readout, model: Model): Model {
  if (readout === "logits") return model;
  return {
    ...model,
    apply(parameters, symbols, options) {
      const applied = model.apply(parameters, symbols, options);
      const { outputs } = applied;
      return { ...applied, logits: readout === "rounded" ? sub(outputs, 0.5) : truncated(outputs) };
    },
  };
}

/** Whether ⌊|p|⌋ is 0, 1 or more, with p's sign, as three logits [.., 3] of which one is 1. @param p [.., 1]. */
function truncated(p: Tensor): Tensor {
  const isZero = and(greater(p, -1), less(p, 1));
  const isOne = and(greaterOrEqual(p, 1), less(p, 2));
  return concat(
    [isZero, isOne, not(or(isZero, isOne))].map((is) => cast(is, "float")),
    -1,
  );
}
