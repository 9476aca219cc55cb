/** The Jacobians of a network's step, ∂s_t/∂s_{t−1}, their products over time, and the singular values of both. */
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { add, gradient, input, mul, type NDArray, program, reduceSum } from "../../graph/index.ts";
import type { Model } from "../../models/index.ts";
import { stateArrays, stateInput, stateMade, stateOutput, stepProgram } from "../../networks/index.ts";
import { compileReference } from "../../runtime/reference/reference.ts";
import { atStep, type GradientProbe, repeated, type Trajectory } from "./probe.ts";

/** Singular values, from the largest. */
export type Spectrum = readonly number[];

/**
 * vᵀ ∂s_t/∂s_{t−1} and, where asked for, vᵀ ∂s_t/∂θ summed over the rows, for many rows v at once: what backpropagation does in a
 * step, by the library's `gradient` of the graph of one step.
 */
export interface StepPullback {
  /**
   * @param states s_{t−1}, a row for each v: the state tensors one after the other. @param symbols what is read, [rows, …].
   * @param rows v, like the states.
   */
  byStates(states: Rows, symbols: NDArray, rows: Rows): number[][];
  byParameters(states: Rows, symbols: NDArray, rows: Rows): Readonly<Record<string, NDArray>>;
}

type Rows = readonly (readonly number[])[];

/** The pullback of a network's step. */
export function stepPullback({ network: { model, parameters } }: Pick<GradientProbe, "network">): StepPullback {
  const programs = pullbackPrograms(model);
  const inputs = (states: Rows, symbols: NDArray, rows: Rows) => ({
    ...parameters,
    ...stateArrays(model, states),
    ...stateArrays(model, rows, seedInput),
    symbols,
  });
  return {
    byStates(states, symbols, rows) {
      const made = programs.byStates.run(inputs(states, symbols, rows));
      return rows.map((_, row) => stateMade(model, made, row, (name) => name));
    },
    byParameters: (states, symbols, rows) => programs.byParameters.run(inputs(states, symbols, rows)),
  };
}

const seedInput = (name: string) => `seed ${name}`;

function pullbackPrograms(model: Model) {
  const { inputs, outputs } = stepProgram(model);
  const names = Object.keys(model.state);
  const seeds = Object.fromEntries(
    names.map((name) => [seedInput(name), input(seedInput(name), ["batch", model.state[name]!])]),
  );
  const weighted = names
    .map((name) => reduceSum(mul(outputs[stateOutput(name)]!, seeds[seedInput(name)]!)))
    .reduce((sum, part) => add(sum, part));
  const by = (wanted: readonly string[], inputOf: (name: string) => string) => {
    const gradients = gradient(
      weighted,
      wanted.map((name) => inputs[inputOf(name)]!),
    );
    const made = Object.fromEntries(wanted.map((name, k) => [name, gradients[k]!]));
    return compileReference(program("pullback", { ...inputs, ...seeds }, made));
  };
  return { byStates: by(names, stateInput), byParameters: by(Object.keys(model.parameters), (name) => name) };
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
  return Array.from({ length: probe.steps }, (_, t) => {
    const symbols = repeated(atStep(probe.problems.symbols, t + 1), sample, width);
    const states = unit.map(() => trajectory[t]![sample]!);
    return new Matrix(pullback.byStates(states, symbols, unit));
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
