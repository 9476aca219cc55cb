/**
 * Reverse mode: the derivative of a graph is a graph.
 *
 * Nodes are visited from the last to the first; each adds its share to the gradients of its inputs. The derivative of a
 * scan is a scan in the other direction (backpropagation through time): its state holds ∂/∂state and the sums for the
 * values that the body captured; it reads what the forward body computed from stacked outputs added by `expose`.
 */
import { LonghandError } from "../errors.ts";
import { plus, sameShape } from "./dimension.ts";
import { Add, add, Neg, sub } from "./operators/arithmetic.ts";
import { concat, Pad, pad, Slice, slice } from "./operators/arrange.ts";
import { expand } from "./operators/broadcast.ts";
import { scalar } from "./operators/constant.ts";
import { MatMul, matmul } from "./operators/matmul.ts";
import { residuals } from "./residuals.ts";
import { expose, scan, scanInputs, substituted } from "./scan.ts";
import { describe, input, inRegion, isOperator, type ScanNode, type Tensor } from "./tensor.ts";
import { outside, topologicalOrder } from "./traverse.ts";

/**
 * ∂of/∂wrt for each tensor of `wrt`; with `of` not a scalar, the derivative of its sum weighted by `seed`.
 * @param of what to differentiate.
 * @param wrt tensors that it may depend on; those it doesn't depend on get zeros.
 * @param seed ∂/∂of, of the same shape (default: ones).
 * @throws LonghandError `argument` when `of` or `wrt` is not float; `shape` when the seed doesn't fit.
 */
export function gradient(of: Tensor, wrt: readonly Tensor[], seed?: Tensor): Tensor[] {
  for (const tensor of [of, ...wrt]) {
    if (tensor.dtype !== "float") throw new LonghandError("argument", `gradient: ${describe(tensor)} is not float`);
  }
  if (seed && !sameShape(seed.shape, of.shape)) {
    throw new LonghandError("shape", `gradient: the seed is ${describe(seed)}, expected the shape of ${describe(of)}`);
  }
  const found = backpropagate(new Map([[of, seed ?? expand(scalar(1), of.shape)]]), wrt);
  return wrt.map((tensor) => found.get(tensor) ?? expand(scalar(0), tensor.shape));
}

/** sum + share, without the work that differences and slices make for it: −x is subtracted, neighbouring parts are joined. */
function accumulated(sum: Tensor, share: Tensor): Tensor {
  if (sameShape(sum.shape, share.shape)) {
    if (isNegative(share)) return sub(sum, share.node.inputs[0]!);
    if (isNegative(sum)) return sub(share, sum.node.inputs[0]!);
    const joined = joinedParts(sum, share) ?? joinedParts(share, sum);
    if (joined) return joined;
  }
  return add(sum, share);
}

const isNegative = (tensor: Tensor) => isOperator(tensor, Neg);

/** Rows out of products, without the products' other rows: (A B)[rows] = A[rows] B. What a joined operand's derivative asks for. */
function withoutOtherRows(share: Tensor): Tensor {
  const { node } = share;
  if (node.kind !== "operator" || node.operator !== Slice || share.shape.length !== 2) return share;
  const { axis, stride, ...range } = node.attributes as Parameters<typeof Slice.infer>[1];
  const whole = node.inputs[0]!;
  return axis === -2 && stride === 1 && isMadeOfProducts(whole) ? rowsOf(whole) : share;

  function isMadeOfProducts(tensor: Tensor): boolean {
    if (!sameShape(tensor.shape, whole.shape)) return false;
    return isOperator(tensor, MatMul) || (isOperator(tensor, Add) && tensor.node.inputs.every(isMadeOfProducts));
  }
  function rowsOf(tensor: Tensor): Tensor {
    const [a, b] = tensor.node.inputs as [Tensor, Tensor];
    return isOperator(tensor, MatMul) ? matmul(slice(a, { axis, ...range }), b) : add(rowsOf(a), rowsOf(b));
  }
}

/** Two parts of a gradient, each with zeros around it, where the second begins at the end of the first. */
function joinedParts(first: Tensor, second: Tensor): Tensor | undefined {
  const [a, b] = [padding(first), padding(second)];
  if (!a || !b || a.axis !== b.axis) return undefined;
  const [x, y] = [first.node.inputs[0]!, second.node.inputs[0]!];
  if (plus(a.before, x.shape.at(a.axis)!) !== b.before) return undefined;
  return pad(concat([x, y], a.axis), { axis: a.axis, before: a.before, after: b.after });
}

function padding({ node }: Tensor): Parameters<typeof Pad.infer>[1] | undefined {
  if (node.kind !== "operator" || node.operator !== Pad) return undefined;
  const attributes = node.attributes as Parameters<typeof Pad.infer>[1];
  return attributes.value === 0 ? attributes : undefined;
}

/** The set of tensors that depend on `sources`, among what `outputs` need. Goes no further back than `stop`. */
function dependents(
  outputs: readonly Tensor[],
  sources: Iterable<Tensor>,
  stop?: (tensor: Tensor) => boolean,
): Set<Tensor> {
  const active = new Set(sources);
  for (const node of topologicalOrder(outputs, stop)) {
    if (!node.inputs.some((used) => active.has(used))) continue;
    if (node.kind === "scan") for (const output of activeOutputs(node, active)) active.add(output);
    else for (const output of node.outputs) if (output.dtype === "float") active.add(output);
  }
  return active;
}

/** Inside a scan: which body tensors depend on active values, once activity has gone round the loop. */
function activeInBody(node: ScanNode, active: ReadonlySet<Tensor>): Set<Tensor> {
  const { body } = node;
  const { initial, sequences, captures } = scanInputs(node);
  const sources = new Set<Tensor>(captures.filter((tensor) => active.has(tensor)));
  sequences.forEach((tensor, k) => {
    if (active.has(tensor)) sources.add(body.items[k]!);
  });
  initial.forEach((tensor, k) => {
    if (active.has(tensor)) sources.add(body.states[k]!);
  });
  for (;;) {
    const inside = dependents([...body.nextStates, ...body.stacked], sources, outside(body.region));
    const more = body.states.filter((state, k) => !sources.has(state) && inside.has(body.nextStates[k]!));
    if (more.length === 0) return inside;
    for (const state of more) sources.add(state);
  }
}

function activeOutputs(node: ScanNode, active: ReadonlySet<Tensor>): Tensor[] {
  const inside = activeInBody(node, active);
  const { body } = node;
  const inner = [...body.nextStates, ...body.stacked];
  return node.outputs.filter(
    (_, k) => inside.has(inner[k]!) || (k < body.states.length && inside.has(body.states[k]!)),
  );
}

/** Gradients of `wrt`, given the gradients of some tensors. Goes no further back than `stop`. */
function backpropagate(
  seeds: ReadonlyMap<Tensor, Tensor>,
  wrt: readonly Tensor[],
  stop?: (tensor: Tensor) => boolean,
): Map<Tensor, Tensor> {
  const outputs = [...seeds.keys()];
  const active = dependents(outputs, wrt, stop);
  const gradients = new Map<Tensor, Tensor>();
  const give = (tensor: Tensor, share: Tensor | undefined) => {
    if (!share || !active.has(tensor)) return;
    const sum = gradients.get(tensor);
    gradients.set(tensor, sum ? accumulated(sum, share) : share);
  };
  for (const [tensor, seed] of seeds) give(tensor, seed);
  for (const node of topologicalOrder(outputs, stop).reverse()) {
    const given = node.outputs.map((output) => gradients.get(output));
    if (given.every((share) => share === undefined)) continue;
    if (!node.inputs.some((used) => active.has(used))) continue;
    if (node.kind === "operator") {
      const call = { inputs: node.inputs, output: node.outputs[0]!, attributes: node.attributes };
      node.operator.derivative(call, given[0]!).forEach((share, k) => {
        give(node.inputs[k]!, share && withoutOtherRows(share));
      });
    } else if (node.kind === "scan") {
      for (const [tensor, share] of scanGradient(node, given, active)) give(tensor, share);
    }
  }
  return gradients;
}

function scanGradient(
  node: ScanNode,
  given: readonly (Tensor | undefined)[],
  active: ReadonlySet<Tensor>,
): Map<Tensor, Tensor> {
  const { body } = node;
  const { initial, sequences, captures } = scanInputs(node);
  const inside = activeInBody(node, active);
  const stateIndices = body.states.map((_, k) => k).filter((k) => inside.has(body.states[k]!));
  const itemIndices = body.items.map((_, k) => k).filter((k) => inside.has(body.items[k]!));
  const activeCaptures = captures.filter((tensor) => active.has(tensor));
  const stackedIndices = body.stacked.map((_, k) => k).filter((k) => given[body.states.length + k] !== undefined);

  // An output may be asked for itself, as one of `wrt`, without depending on anything else that is.
  if (stateIndices.length + stackedIndices.length === 0) return new Map();

  // First the derivative of the body, in a region inside it, where all it computed is at hand.
  const bodyWrt = [
    ...stateIndices.map((k) => body.states[k]!),
    ...itemIndices.map((k) => body.items[k]!),
    ...activeCaptures,
  ];
  const draft = inRegion((region) => {
    const seeds = new Map<Tensor, Tensor>();
    const seed = (of: Tensor, share: Tensor) => {
      const sum = seeds.get(of);
      seeds.set(of, sum ? accumulated(sum, share) : share);
    };
    const fromState = stateIndices.map((k) => newInput(body.nextStates[k]!, "state gradient"));
    const fromStacked = stackedIndices.map((k) => newInput(body.stacked[k]!, "output gradient"));
    stateIndices.forEach((k, j) => {
      seed(body.nextStates[k]!, fromState[j]!);
    });
    stackedIndices.forEach((k, j) => {
      seed(body.stacked[k]!, fromStacked[j]!);
    });
    // One captured value may depend on another: that is for the graph outside to follow, once.
    const found = backpropagate(seeds, bodyWrt, outside(body.region));
    const shares = bodyWrt.map((tensor) => found.get(tensor));
    return { region, fromState, fromStacked, shares };
  }, body.region);

  // What it needs of the forward body is stacked there and read as items here.
  const kept = residuals(
    draft.shares.filter((share) => share !== undefined),
    body.region,
    draft.region,
    body.items,
  );
  const stacked = kept.map((inner) => expose(node, inner));
  const count = stateIndices.length;
  const captureShares = draft.shares.slice(count + itemIndices.length);
  const summed = activeCaptures.filter((_, k) => captureShares[k] !== undefined);
  const byPosition = (tensors: readonly Tensor[], prefix: string) =>
    Object.fromEntries(tensors.map((tensor, k) => [`${prefix}${k}`, tensor]));

  const backward = scan<string, string, string>({
    reverse: !body.reverse,
    steps: body.time,
    state: {
      ...byPosition(
        stateIndices.map((k) => given[k] ?? expand(scalar(0), body.states[k]!.shape)),
        "state",
      ),
      ...byPosition(
        summed.map((tensor) => expand(scalar(0), tensor.shape)),
        "sum",
      ),
    },
    sequences: {
      ...byPosition(
        stackedIndices.map((k) => given[body.states.length + k]!),
        "output",
      ),
      ...byPosition(stacked, "residual"),
    },
    step(state, items) {
      const mapping = new Map<Tensor, Tensor>();
      draft.fromState.forEach((tensor, k) => {
        mapping.set(tensor, state[`state${k}`]!);
      });
      draft.fromStacked.forEach((tensor, k) => {
        mapping.set(tensor, items[`output${k}`]!);
      });
      kept.forEach((tensor, k) => {
        mapping.set(tensor, items[`residual${k}`]!);
      });
      const here = Object.values({ ...state, ...items })[0]!.node.region;
      const present = draft.shares.filter((share) => share !== undefined);
      const made = substituted(present, mapping, here);
      const shareOf = (k: number) => {
        const share = draft.shares[k];
        return share ? made[present.indexOf(share)]! : expand(scalar(0), bodyWrt[k]!.shape);
      };
      return {
        state: {
          ...byPosition(
            stateIndices.map((_, k) => shareOf(k)),
            "state",
          ),
          ...byPosition(
            summed.map((tensor, k) =>
              add(state[`sum${k}`]!, shareOf(count + itemIndices.length + activeCaptures.indexOf(tensor))),
            ),
            "sum",
          ),
        },
        outputs: byPosition(
          itemIndices.map((_, k) => shareOf(count + k)),
          "item",
        ),
      };
    },
  });

  const result = new Map<Tensor, Tensor>();
  const give = (tensor: Tensor, share: Tensor) => {
    const sum = result.get(tensor);
    result.set(tensor, sum ? accumulated(sum, share) : share);
  };
  stateIndices.forEach((k, j) => {
    give(initial[k]!, backward.state[`state${j}`]!);
  });
  itemIndices.forEach((k, j) => {
    give(sequences[k]!, backward.outputs[`item${j}`]!);
  });
  summed.forEach((tensor, j) => {
    give(tensor, backward.state[`sum${j}`]!);
  });
  return result;
}

function newInput(like: Tensor, name: string): Tensor {
  return input(name, like.shape);
}
