/** The inter-layer recurrent network (papers/000, section 3). */
import { LonghandError } from "../errors.ts";
import { add, matmul, place, type Tensor } from "../graph/index.ts";
import { type ActivationName, activation } from "./activations.ts";
import { type Cell, checkSize, makeCell, type ParameterSpec } from "./cell.ts";
import { type Initializer, uniformByFanIn, zeros } from "./initializers.ts";

export interface IlrnnOptions {
  /** Features of the input. */
  readonly input: number;
  /** Units of each layer from the lowest to the output layer, at least one. */
  readonly layers: readonly number[];
  /** Activation of all layers, or one for each. Default "hard-sigmoid". */
  readonly activation?: ActivationName | readonly ActivationName[];
  /** How the weight matrices begin. Default: uniform ±1/√(all units that reach a unit). Biases begin at zero. */
  readonly initial?: Initializer;
}

/**
 * Every layer, the output included, sees the layer below at t and every layer, the output included, at t−1:
 *
 *     z_t^n = h_t^{n−1} W^n + Σ_m h_{t−1}^m R^{m→n} + b^n,     h_t^n = φ(z_t^n),     h_t^0 = x_t
 *
 * Parameters: Wn [width n−1, width n], Rmn [width m, width n] (named "R1,2" where a layer number has two digits), bn
 * [width n]; state: hn [batch, width n]. Output h^N, logits z^N. Source: papers/000, section 3.
 * @throws LonghandError `config` for a width that isn't a positive integer or too few or many activations; `unknown-name` for an activation.
 */
export function ilrnn(options: IlrnnOptions): Cell {
  const { input, layers } = options;
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new LonghandError(
      "config",
      `ilrnn: layers is ${JSON.stringify(layers)}, expected a list of widths such as [8, 1]`,
    );
  }
  const widths = [
    checkSize("ilrnn", "input", input),
    ...layers.map((width, n) => checkSize("ilrnn", `layers[${n}]`, width)),
  ];
  const count = layers.length;
  const names = options.activation ?? "hard-sigmoid";
  if (typeof names !== "string" && names.length !== count) {
    throw new LonghandError(
      "config",
      `ilrnn: activation is ${JSON.stringify(names)}, expected one name, or ${count} for ${count} layers`,
    );
  }
  const chosen = Array.from({ length: count }, (_, n) => (typeof names === "string" ? names : names[n]));
  const activations = chosen.map((name) => activation(String(name)));
  const everyLayer = Array.from({ length: count }, (_, n) => n + 1);
  const recurrent = (m: number, n: number) => (count < 10 ? `R${m}${n}` : `R${m},${n}`);
  const recurrentUnits = layers.reduce((sum, width) => sum + width, 0);
  const parameters: Record<string, ParameterSpec> = {};
  for (const n of everyLayer) {
    const initial = options.initial ?? uniformByFanIn(widths[n - 1]! + recurrentUnits);
    parameters[`W${n}`] = { shape: [widths[n - 1]!, widths[n]!], initial };
    for (const m of everyLayer) parameters[recurrent(m, n)] = { shape: [widths[m]!, widths[n]!], initial };
    parameters[`b${n}`] = { shape: [widths[n]!], initial: zeros };
  }
  return makeCell({
    name: "ilrnn",
    input,
    output: widths[count]!,
    parameters,
    state: Object.fromEntries(everyLayer.map((n) => [`h${n}`, widths[n]!])),
    step(P, state, x) {
      let below = x;
      let logits: Tensor = x;
      const next: Record<string, Tensor> = {};
      for (const n of everyLayer) {
        logits = place(`layer ${n}`, () => {
          const fromBelow = matmul(below, P[`W${n}`]!);
          const before = everyLayer.map((m) => matmul(state[`h${m}`]!, P[recurrent(m, n)]!));
          return before.reduce((sum, part) => add(sum, part), fromBelow);
        });
        logits = add(logits, P[`b${n}`]!);
        below = activations[n - 1]!(logits);
        next[`h${n}`] = below;
      }
      return { state: next, output: below, logits };
    },
  });
}
