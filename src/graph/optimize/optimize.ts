/**
 * The same values by less work: rewriting the bodies of scans before the derivative is taken, and its own after that.
 *
 * 1. Sums are put in order, products that they have in common are joined, and what doesn't need the state leaves the loop
 *    (`order.ts`, `sums.ts`).
 * 2. Bodies with large matrices are turned: one column for each example in place of a row (`turn.ts`).
 * 3. Sums over time that only add up products, as gradients of matrices do, become one long product (`sums-over-time.ts`).
 */
import { substituted } from "../scan.ts";
import { currentRegion, type ScanNode, type Tensor } from "../tensor.ts";
import { orderedScan } from "./order.ts";
import { withoutSumsOverTime } from "./sums-over-time.ts";
import { turnedScans } from "./turn.ts";

export interface OptimizeOptions {
  /**
   * How large matrices must be for a body to be turned: numbers in them for each number that a step reads or stacks for one
   * example. Default 400: found by measuring; layers of 128 gated units are at the edge of it.
   */
  readonly weightsPerNumber?: number;
}

/** Rewrites the scans that the tensors depend on. Values change by no more than the rounding of sums in another order. */
export function optimize(outputs: readonly Tensor[], options: OptimizeOptions = {}): Tensor[] {
  const { weightsPerNumber = 400 } = options;
  const turning = new Set<ScanNode>();
  const ordered = substituted(outputs, new Map(), currentRegion(), (node, mapping) =>
    node.kind === "scan" ? orderedScan(node, mapping, turning, weightsPerNumber) : undefined,
  );
  return withoutSumsOverTime(turnedScans(ordered, turning));
}
