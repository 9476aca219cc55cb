/** How often units and gates are near their limits, where hardly any gradient passes them. */

import {
  cast,
  expose,
  formula,
  greater,
  less,
  type OperatorNode,
  or,
  program,
  reduceMean,
  type ScanNode,
  type Tensor,
  topologicalOrder,
} from "../../graph/index.ts";
import { parameterInputs, symbolsInput } from "../../models/index.ts";
import { valueInputs } from "../../runtime/live.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import type { GradientProbe } from "./probe.ts";

/** A layer of units or gates: one bounded function of the network's step. */
export interface SaturationLayer {
  /** The state tensor or the gate that it is, or the function of a state: "h", "f", "tanh(c)". Others are numbered: "σ 2". */
  readonly name: string;
  /** What the step computes: "σ(x Wi + h Ui + bi)". */
  readonly formula: string;
  /** What it is bounded by. */
  readonly limits: readonly [low: number, high: number];
  readonly units: number;
  /** Share of units and problems near the lower and near the upper limit, at each step [T]. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Share of problems near a limit, of each unit at each step [T][units]. */
  readonly byUnit: readonly (readonly number[])[];
}

type Bounded = { readonly limits: readonly [number, number]; readonly margin: number };

/** The limits of the functions that have some, and from where on they count as near: σ < 0.1 or > 0.9, |tanh| > 0.9. */
function boundedBy({ operator, attributes }: OperatorNode): Bounded | undefined {
  switch (operator.name) {
    case "Sigmoid":
    case "HardSigmoid":
      return { limits: [0, 1], margin: 0.1 };
    case "Tanh":
      return { limits: [-1, 1], margin: 0.1 };
    case "Clip": {
      const { low, high } = attributes as { readonly low: number; readonly high: number };
      return { limits: [low, high], margin: 0.05 * (high - low) };
    }
    default:
      return undefined;
  }
}

/**
 * The saturation of every bounded function in the network's steps: of its units and gates, found in the graph. Near a limit is
 * σ < 0.1 or > 0.9, |tanh| > 0.9, and the same of hard functions. Step and relu units have no limits to come near to.
 */
export function saturationOf({ network, problems, steps }: GradientProbe): SaturationLayer[] {
  const { model, parameters } = network;
  const given = parameterInputs(model);
  const letters = symbolsInput(model.signature);
  const { logits, final, gates = {} } = model.apply(given, letters);
  const scans = topologicalOrder([logits]).filter((node): node is ScanNode => node.kind === "scan");
  const names = new Map<Tensor, string>(Object.entries(gates).map(([name, tensor]) => [tensor, name]));
  for (const [name, { node, index }] of Object.entries(final)) {
    if (node.kind === "scan") names.set(node.body.nextStates[index]!, name);
  }
  const found = scans.flatMap((scan) => boundedIn(scan).map((layer) => ({ ...layer, scan })));
  const outputs: Record<string, Tensor> = {};
  found.forEach(({ tensor, scan, limits, margin }, k) => {
    const values = expose(scan, tensor);
    const low = less(values, limits[0] + margin);
    const high = greater(values, limits[1] - margin);
    const share = (mask: Tensor, axes: readonly number[]) => reduceMean(cast(mask, "float"), { axes });
    outputs[`low ${k}`] = share(low, [1, 2]);
    outputs[`high ${k}`] = share(high, [1, 2]);
    outputs[`unit ${k}`] = share(or(low, high), [1]);
  });
  if (found.length === 0) return [];
  const made = compileReference(program("saturation", { ...given, symbols: letters }, outputs)).run({
    ...parameters,
    symbols: problems.symbols,
  });
  const counts = new Map<string, number>();
  return found.map(({ tensor, limits }, k) => {
    const written = formula(tensor);
    const kind = /^[^(]*/.exec(written)![0];
    const operand = names.get((tensor.node as OperatorNode).inputs[0]!);
    const known = names.get(tensor) ?? (operand && `${kind}(${operand})`);
    const number = (counts.get(kind) ?? 0) + (known ? 0 : 1);
    counts.set(kind, number);
    const units = Number(tensor.shape.at(-1));
    const byUnit = made[`unit ${k}`]!.data;
    return {
      name: known ?? `${kind} ${number}`,
      formula: written,
      limits,
      units,
      low: Array.from(made[`low ${k}`]!.data),
      high: Array.from(made[`high ${k}`]!.data),
      byUnit: Array.from({ length: steps }, (_, t) => Array.from(byUnit.subarray(t * units, (t + 1) * units))),
    };
  });
}

/** The bounded functions of a scan's step that its values need, in the order in which they are computed. */
function boundedIn({ body }: ScanNode): (Bounded & { readonly tensor: Tensor })[] {
  const found: (Bounded & { readonly tensor: Tensor })[] = [];
  const seen = new Set<Tensor>();
  const visit = (tensor: Tensor): void => {
    const { node } = tensor;
    if (seen.has(tensor) || node.region !== body.region || node.kind !== "operator") return;
    seen.add(tensor);
    // What only a derivative reads, as the ramp of step units, is no unit.
    for (const used of valueInputs(node)) visit(used);
    const bounded = boundedBy(node);
    if (bounded) found.push({ ...bounded, tensor });
  };
  for (const output of [...body.nextStates, ...body.stacked]) visit(output);
  return found;
}
