/** The functions that ONNX's recurrent operators name in their attribute `activations`, with their α and β. */
import { type ActivationChoice, activation } from "../../cells/index.ts";
import * as graph from "../../graph/index.ts";
import type { NodeReader } from "./import-node.ts";

interface Named {
  /** α and β where nothing is said; those that the function hasn't are absent. */
  readonly defaults: { readonly alpha?: number; readonly beta?: number };
  make(alpha: number, beta: number): ActivationChoice;
}

/** Source: the operators' documentation (operator set 14); defaults: those of the operators of the same names. */
const functions: Readonly<Record<string, Named>> = {
  relu: { defaults: {}, make: () => "relu" },
  tanh: { defaults: {}, make: () => "tanh" },
  sigmoid: { defaults: {}, make: () => "sigmoid" },
  softsign: { defaults: {}, make: () => (x) => graph.div(x, graph.add(graph.abs(x), 1)) },
  softplus: { defaults: {}, make: () => graph.softplus },
  affine: {
    defaults: { alpha: 1, beta: 0 },
    make: (alpha, beta) => (alpha === 1 && beta === 0 ? "identity" : (x) => graph.add(graph.mul(x, alpha), beta)),
  },
  leakyrelu: {
    defaults: { alpha: 0.01 },
    make: (alpha) => (x) => graph.where(graph.greaterOrEqual(x, 0), x, graph.mul(x, alpha)),
  },
  thresholdedrelu: {
    defaults: { alpha: 1 },
    make: (alpha) => (x) => graph.where(graph.greaterOrEqual(x, alpha), x, 0),
  },
  scaledtanh: {
    defaults: { alpha: 1, beta: 1 },
    make: (alpha, beta) => (x) => graph.mul(graph.tanh(graph.mul(x, beta)), alpha),
  },
  hardsigmoid: {
    defaults: { alpha: 0.2, beta: 0.5 },
    make: (alpha, beta) => (alpha === 0.5 && beta === 0.5 ? "hard-sigmoid" : (x) => graph.hardSigmoid(x, alpha, beta)),
  },
  elu: {
    defaults: { alpha: 1 },
    make: (alpha) => (x) =>
      graph.where(graph.greaterOrEqual(x, 0), x, graph.mul(graph.sub(graph.exp(graph.min(x, 0)), 1), alpha)),
  },
};

/**
 * The functions of each direction, as the cells take them.
 *
 * α and β lie in lists of their own, in the order of the functions that have them; clip bounds what the functions see.
 * @param defaults names for one direction. @param clipped how many of each direction's functions see clipped values.
 * @throws LonghandError `unsupported` naming a function that isn't known, or how many came and were expected.
 */
export function activationsOf(
  at: NodeReader,
  defaults: readonly string[],
  directions: number,
  clipped: number,
): ActivationChoice[][] {
  const expected = defaults.length * directions;
  const names = at.attribute("activations", "strings") ?? Array.from({ length: directions }, () => defaults).flat();
  if (names.length !== expected) at.fail(`its activations are [${names.join(", ")}], expected ${expected} names`);
  const alphas = [...(at.attribute("activation_alpha", "floats") ?? [])];
  const betas = [...(at.attribute("activation_beta", "floats") ?? [])];
  const clip = at.attribute("clip", "float");
  const chosen = names.map((name, k) => {
    const key = name.toLowerCase();
    const known = Object.hasOwn(functions, key) ? functions[key] : undefined;
    if (!known) return at.fail(`the activation ${name} isn't supported, expected one of ${Object.keys(functions)}`);
    const { alpha, beta } = known.defaults;
    const choice = known.make(
      alpha === undefined ? 0 : (alphas.shift() ?? alpha),
      beta === undefined ? 0 : (betas.shift() ?? beta),
    );
    const isClipped = clip !== undefined && clip > 0 && k % defaults.length < clipped;
    return isClipped ? clippedTo(choice, clip) : choice;
  });
  return Array.from({ length: directions }, (_, d) => chosen.slice(d * defaults.length, (d + 1) * defaults.length));
}

const clippedTo =
  (choice: ActivationChoice, limit: number): ActivationChoice =>
  (x) =>
    activation(choice)(graph.clip(x, -limit, limit));
