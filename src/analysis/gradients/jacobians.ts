/** The Jacobians of a network's step, ∂s_t/∂s_{t−1}, their products over time, and the singular values of both. */
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import {
  add,
  gradient,
  input,
  mul,
  type NDArray,
  ndarray,
  program,
  reduceSum,
  type Tensor,
} from "../../graph/index.ts";
import type { Model } from "../../models/index.ts";
import { stateInput, stateOutput, stepProgram } from "../../networks/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import type { GradientProbe, Trajectory } from "./probe.ts";

/** Singular values, from the largest. */
export type Spectrum = readonly number[];

/** What a pullback makes: by states, a row for each one given, and by parameters, summed over the rows. */
export interface Pulled {
  readonly states: number[][];
  readonly parameters: Readonly<Record<string, NDArray>>;
}

/**
 * vᵀ ∂s_t/∂s_{t−1} and vᵀ ∂s_t/∂θ for many rows v at once: what backpropagation does in a step.
 * @param states s_{t−1}, a row for each v: the state tensors one after the other. @param symbols the letters that are read,
 *   [rows][channels]. @param rows v, like the states.
 */
export type StepPullback = (
  states: readonly (readonly number[])[],
  symbols: readonly (readonly number[])[],
  rows: readonly (readonly number[])[],
) => Pulled;

/** The pullback of a network's step, by the library's `gradient` of the graph of one step. */
export function stepPullback({ network }: Pick<GradientProbe, "network">): StepPullback {
  const { model, parameters } = network;
  const compiled = pullbackProgram(model);
  const widths = Object.entries(model.state);
  const split = (rows: readonly (readonly number[])[], nameOf: (name: string) => string) => {
    let start = 0;
    return Object.fromEntries(
      widths.map(([name, width]) => {
        const data = Float64Array.from(rows.flatMap((row) => row.slice(start, start + width)));
        start += width;
        return [nameOf(name), ndarray(data, [rows.length, width])];
      }),
    );
  };
  return (states, symbols, rows) => {
    const made = compiled.run({
      ...parameters,
      ...split(states, stateInput),
      ...split(rows, seedInput),
      symbols: ndarray(Int32Array.from(symbols.flat()), [symbols.length, model.signature.channels.length]),
    });
    const back = rows.map((_, k) =>
      widths.flatMap(([name, width]) => Array.from(made[stateInput(name)]!.data.subarray(k * width, (k + 1) * width))),
    );
    const names = Object.keys(model.parameters);
    return { states: back, parameters: Object.fromEntries(names.map((name) => [name, made[`by ${name}`]!])) };
  };
}

const seedInput = (name: string) => `seed ${name}`;

function pullbackProgram(model: Model): ReturnType<typeof compileReference> {
  const { inputs, outputs } = stepProgram(model);
  const names = Object.keys(model.state);
  const seeds = Object.fromEntries(
    names.map((name) => [seedInput(name), input(seedInput(name), ["batch", model.state[name]!])]),
  );
  const weighted = names
    .map((name) => reduceSum(mul(outputs[stateOutput(name)]!, seeds[seedInput(name)]!)))
    .reduce((sum, part) => add(sum, part));
  const parameters = Object.keys(model.parameters);
  const wrt: Record<string, Tensor> = {
    ...Object.fromEntries(names.map((name) => [stateInput(name), inputs[stateInput(name)]!])),
    ...Object.fromEntries(parameters.map((name) => [`by ${name}`, inputs[name]!])),
  };
  const gradients = gradient(weighted, Object.values(wrt));
  const made = Object.fromEntries(Object.keys(wrt).map((name, k) => [name, gradients[k]!]));
  return compileReference(program("pullback", { ...inputs, ...seeds }, made));
}

/**
 * The Jacobians J_t = ∂s_t/∂s_{t−1} along one problem, t = 1 … T: row i of J_t is the derivative of the i-th number of s_t. The
 * state is all state tensors one after the other. papers/004, eq. 5, for any cell.
 * @param sample which of the probe's problems.
 */
export function stepJacobians(probe: GradientProbe, trajectory: Trajectory, sample = 0): Matrix[] {
  const pullback = stepPullback(probe);
  const width = trajectory[0]![0]!.length;
  const unit = Array.from({ length: width }, (_, k) => Array.from({ length: width }, (_, j) => (j === k ? 1 : 0)));
  const { channels } = probe.network.model.signature;
  return Array.from({ length: probe.steps }, (_, t) => {
    const at = (sample * probe.steps + t) * channels.length;
    const letter = Array.from(probe.symbols.data.subarray(at, at + channels.length));
    const repeat = <Item>(item: Item) => unit.map(() => item);
    return new Matrix(pullback(repeat(trajectory[t]![sample]!), repeat(letter), unit).states);
  });
}

/** The singular values of a matrix, from the largest (by ml-matrix; Golub and Van Loan). */
export function singularValues(matrix: Matrix): Spectrum {
  const { diagonal } = new SingularValueDecomposition(matrix, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  });
  return diagonal.toSorted((a, b) => b - a);
}

/** ∂s_T/∂s_{T−k}, a product of Jacobians. */
export interface JacobianProduct {
  readonly lag: number;
  /**
   * log₁₀ of its singular values, from the largest; −Infinity for 0. Those below 10⁻¹⁵ of the largest are rounding. Products are
   * scaled on the way, so that they neither overflow nor vanish.
   */
  readonly log10: Spectrum;
}

/** The products J_T J_{T−1} … J_{T−k+1} for k = 1 … T: papers/004, eq. 6 and 7. @param step T. Default: the last. */
export function jacobianProducts(jacobians: readonly Matrix[], step = jacobians.length): JacobianProduct[] {
  const products: JacobianProduct[] = [];
  let [product, exponent] = [Matrix.eye(jacobians[0]?.rows ?? 0), 0];
  for (let lag = 1; lag <= step; lag++) {
    product = product.mmul(jacobians[step - lag]!);
    const size = product.norm("frobenius");
    if (size > 0) {
      product.div(size);
      exponent += Math.log10(size);
    }
    products.push({
      lag,
      log10: singularValues(product).map((value) =>
        size > 0 ? exponent + Math.log10(value) : Number.NEGATIVE_INFINITY,
      ),
    });
  }
  return products;
}

/**
 * log₁₀ of the largest singular value of ∂s_τ/∂s_t, for every pair t < τ ≤ T: at [τ − 1][t], t = 0 the initial state.
 */
export function jacobianMap(jacobians: readonly Matrix[]): number[][] {
  return jacobians.map((_, k) => {
    const products = jacobianProducts(jacobians, k + 1);
    return products.map(({ log10 }) => log10[0]!).reverse();
  });
}
