/**
 * Bounds as a graph: what a graph computes from inputs that are known by bounds, bounded by tensors that can be trained
 * through (interval bound propagation: Gowal et al. 2018, "On the effectiveness of interval bound propagation for training
 * verifiably robust models"). They hold in exact arithmetic; those of `runtime/interval` hold for engines too.
 */
import { LonghandError } from "../errors.ts";
import { Add, add, Max, Min, Mul, max, min, mul, Neg, neg, Sub, sub } from "./operators/arithmetic.ts";
import { Exp, Log, Sigmoid, Softplus, Sqrt, Tanh } from "./operators/functions.ts";
import { MatMul, matmul } from "./operators/matmul.ts";
import { abs, Clip, HardSigmoid, Relu } from "./operators/piecewise.ts";
import { rebuildScan, scanInputs } from "./scan.ts";
import {
  apply,
  currentRegion,
  describe,
  isInside,
  type OperatorNode,
  place,
  type ScanNode,
  type Tensor,
} from "./tensor.ts";
import { outside, topologicalOrder } from "./traverse.ts";

/** lower ≤ x ≤ upper, element by element; one tensor in both where x is known. */
export interface TensorBounds {
  readonly lower: Tensor;
  readonly upper: Tensor;
}

/**
 * Bounds on tensors.
 * @param known bounds on inputs (or other tensors) of the graph; all others are themselves.
 * @throws LonghandError `unsupported` naming an operator that there is no rule for, where its operands aren't known.
 */
export function boundsOf(outputs: readonly Tensor[], known: ReadonlyMap<Tensor, TensorBounds>): TensorBounds[] {
  return bounded(outputs, new Map(known), (tensor) => known.has(tensor));
}

type Mapping = Map<Tensor, TensorBounds>;

function bounded(outputs: readonly Tensor[], mapping: Mapping, stop: (tensor: Tensor) => boolean): TensorBounds[] {
  const now = (tensor: Tensor) => mapping.get(tensor) ?? point(tensor);
  for (const node of topologicalOrder(outputs, stop)) {
    // What nothing changes stays as it is, but for what belongs to another body.
    const stays = isInside(currentRegion(), node.region) && node.inputs.every((used) => !mapping.has(used));
    if (node.kind === "input" || stays) continue;
    place(node.place, () => {
      if (node.kind === "scan") boundScan(node, mapping);
      else mapping.set(node.outputs[0]!, boundNode(node, node.inputs.map(now)));
    });
  }
  return outputs.map(now);
}

/** A tensor that is known. */
const point = (tensor: Tensor): TensorBounds => ({ lower: tensor, upper: tensor });
const isKnown = ({ lower, upper }: TensorBounds) => lower === upper;

/** Rise with each of their operands. */
const increasing = new Set<unknown>([Add, Max, Min, Exp, Log, Sigmoid, Softplus, Sqrt, Tanh, Clip, Relu]);
/** Take elements from one place to another. */
const arranging = new Set("Reshape Transpose Slice Concat Expand Pad ReduceSum Identity".split(" "));

function boundNode(node: OperatorNode, inputs: readonly TensorBounds[]): TensorBounds {
  const { operator, attributes } = node;
  const [a, b] = inputs as [TensorBounds, TensorBounds];
  const at = (end: keyof TensorBounds) =>
    apply(
      operator,
      inputs.map((input) => input[end]),
      attributes,
    );
  if (inputs.every(isKnown)) {
    return point(at("lower"));
  }
  const isHard = operator === HardSigmoid && (attributes as { alpha: number }).alpha > 0;
  if (isHard || increasing.has(operator) || arranging.has(operator.name)) {
    return { lower: at("lower"), upper: at("upper") };
  }
  if (operator === Neg) return { lower: neg(a.upper), upper: neg(a.lower) };
  if (operator === Sub) return { lower: sub(a.lower, b.upper), upper: sub(a.upper, b.lower) };
  if (operator === Mul) return product(a, b);
  if (operator === MatMul && (isKnown(a) || isKnown(b))) return matrixProduct(a, b);
  throw new LonghandError(
    "unsupported",
    `bounds of ${describe(node.outputs[0]!)}: there is no rule for ${operator.name}`,
  );
}

function product(a: TensorBounds, b: TensorBounds): TensorBounds {
  const corners = [mul(a.lower, b.lower), mul(a.upper, b.upper)];
  if (!isKnown(a) && !isKnown(b)) corners.push(mul(a.lower, b.upper), mul(a.upper, b.lower));
  return { lower: corners.reduce((x, y) => min(x, y)), upper: corners.reduce((x, y) => max(x, y)) };
}

/** With centre c and radius r: (c ± r) B = c B ± r |B|. */
function matrixProduct(a: TensorBounds, b: TensorBounds): TensorBounds {
  const wide = isKnown(a) ? b : a;
  const centre = mul(add(wide.lower, wide.upper), 0.5);
  const radius = mul(sub(wide.upper, wide.lower), 0.5);
  const [middle, reach] = isKnown(a)
    ? [matmul(a.lower, centre), matmul(abs(a.lower), radius)]
    : [matmul(centre, b.lower), matmul(radius, abs(b.lower))];
  return { lower: sub(middle, reach), upper: add(middle, reach) };
}

/** A scan over bounds: its states are bounds, once anything in it is. */
function boundScan(node: ScanNode, mapping: Mapping): void {
  const { body } = node;
  const now = (tensor: Tensor) => mapping.get(tensor) ?? point(tensor);
  const { initial, sequences } = scanInputs(node);
  const wide = sequences.map((tensor) => !isKnown(now(tensor)));
  const both = (tensors: readonly Tensor[]) => tensors.flatMap((tensor) => [now(tensor).lower, now(tensor).upper]);
  const items = sequences.flatMap((tensor, k) => (wide[k] ? both([tensor]) : [now(tensor).lower]));
  const made = rebuildScan(node, both(initial), items, (states, given) => {
    const inner: Mapping = new Map(mapping);
    body.states.forEach((tensor, k) => {
      inner.set(tensor, { lower: states[2 * k]!, upper: states[2 * k + 1]! });
    });
    let at = 0;
    body.items.forEach((tensor, k) => {
      const lower = given[at++]!;
      inner.set(tensor, { lower, upper: wide[k] ? given[at++]! : lower });
    });
    const pairs = boundBody(node, inner).map(({ lower, upper }) => [lower, upper]);
    return {
      nextStates: pairs.slice(0, body.states.length).flat(),
      stacked: pairs.slice(body.states.length).flat(),
    };
  });
  node.outputs.forEach((output, k) => {
    mapping.set(output, { lower: made.outputs[2 * k]!, upper: made.outputs[2 * k + 1]! });
  });
}

/** Bounds on the next states and on what is stacked. @param stacked Default: all that is. */
function boundBody({ body }: ScanNode, inner: Mapping, stacked: readonly Tensor[] = body.stacked): TensorBounds[] {
  const beyond = outside(body.region);
  const isGiven = (tensor: Tensor) => beyond(tensor) || body.states.includes(tensor) || body.items.includes(tensor);
  return bounded([...body.nextStates, ...stacked], inner, isGiven);
}

/**
 * Bounds on what recurrences make where the state before each step is known by bounds around its value only. Each step is
 * bounded by itself: what one step makes of its bounds is not handed to the next.
 * @param outputs tensors that depend on scans whose states are floats.
 * @param widen bounds on a state from its value.
 * @returns bounds on the outputs, and on the states after every step, each [time, …].
 */
export function boundsOfSteps(
  outputs: readonly Tensor[],
  widen: (state: Tensor) => TensorBounds,
): { readonly outputs: TensorBounds[]; readonly states: TensorBounds[] } {
  const made: Mapping = new Map();
  const states: TensorBounds[] = [];
  const order = topologicalOrder(outputs);
  const used = new Set([...outputs, ...order.flatMap(({ inputs }) => inputs)]);
  for (const node of order) {
    if (node.kind !== "scan") continue;
    const { body } = node;
    // What is stacked and not read, such as the cost of saturation, needs no bounds, and may have none.
    const read = body.stacked.map((_, k) => k).filter((k) => used.has(node.outputs[body.states.length + k]!));
    const stacked = read.map((k) => body.stacked[k]!);
    const { initial, sequences } = scanInputs(node);
    const rebuilt = rebuildScan(node, initial, sequences, (values, items) => {
      const known: Mapping = new Map();
      const wide: Mapping = new Map();
      body.states.forEach((tensor, k) => {
        known.set(tensor, point(values[k]!));
        wide.set(tensor, widen(values[k]!));
      });
      body.items.forEach((tensor, k) => {
        for (const mapping of [known, wide]) mapping.set(tensor, point(items[k]!));
      });
      const next = boundBody(node, known, []);
      return {
        nextStates: next.map(({ lower }) => lower),
        stacked: boundBody(node, wide, stacked).flatMap(({ lower, upper }) => [lower, upper]),
      };
    });
    const ends = rebuilt.outputs.slice(body.states.length);
    const pair = (k: number) => ({ lower: ends[2 * k]!, upper: ends[2 * k + 1]! });
    body.states.forEach((_, k) => {
      states.push(pair(k));
    });
    read.forEach((k, at) => {
      made.set(node.outputs[body.states.length + k]!, pair(body.states.length + at));
    });
  }
  return { outputs: boundsOf(outputs, made), states };
}
