/** The recurrent matrices of a network: their spectral radius, and networks that begin with another one. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { LonghandError } from "../../errors.ts";
import { type NDArray, ndarray } from "../../graph/index.ts";
import type { GradientNetwork } from "./probe.ts";

/** Names of the matrices from state to state: U, Ui, 2.Un, R11. */
export function recurrentMatrices(parameters: Readonly<Record<string, NDArray>>): string[] {
  return Object.entries(parameters).flatMap(([name, { shape }]) => {
    const isSquare = shape.length === 2 && shape[0] === shape[1];
    return isSquare && /^(\d+\.)?(U|R(\d)\3)/.test(name) ? [name] : [];
  });
}

/**
 * The largest absolute value of a square matrix' eigenvalues: by how much its powers grow in the end.
 * @throws LonghandError `shape` for another matrix.
 */
export function spectralRadius({ shape, data }: NDArray): number {
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows !== columns) {
    throw new LonghandError("shape", `spectral radius: received shape [${shape}], expected a square matrix`);
  }
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(
    Matrix.from1DArray(rows!, rows!, Array.from(data)),
  );
  return Math.max(...realEigenvalues.map((real, k) => Math.hypot(real, imaginaryEigenvalues[k]!)));
}

/** "gain": each recurrent matrix is multiplied by it; "radius": multiplied such that this is its spectral radius. */
export type RecurrenceScale = { readonly gain: number } | { readonly radius: number };

/**
 * The parameters with other recurrent matrices: those from state to state, each by itself; everything else as it is.
 * @param scale at least 0. A matrix of spectral radius 0 stays as it is.
 * @throws LonghandError `argument` for a scale that is negative or not finite.
 */
export function scaledRecurrence(
  parameters: Readonly<Record<string, NDArray>>,
  scale: RecurrenceScale,
): Record<string, NDArray> {
  const wanted = "gain" in scale ? scale.gain : scale.radius;
  if (!(wanted >= 0 && Number.isFinite(wanted))) {
    throw new LonghandError(
      "argument",
      `recurrent matrices: received scale ${wanted}, expected a number of at least 0`,
    );
  }
  const recurrent = recurrentMatrices(parameters);
  return Object.fromEntries(
    Object.entries(parameters).map(([name, array]) => {
      if (!recurrent.includes(name)) return [name, array];
      const radius = "gain" in scale ? 1 : spectralRadius(array);
      const factor = radius === 0 ? 1 : wanted / radius;
      const data = array.data.map((value) => factor * value);
      return [name, ndarray(data as Float64Array, array.shape)];
    }),
  );
}

/** The spectral radius of each recurrent matrix of a network, by name. */
export function recurrentRadii({ parameters }: Pick<GradientNetwork, "parameters">): Record<string, number> {
  return Object.fromEntries(recurrentMatrices(parameters).map((name) => [name, spectralRadius(parameters[name]!)]));
}
