/** A network at one point: what each of its units says. */
import { type CircuitValues, compileReference, ndarray, type RegionNetwork } from "longhand";
import type { Point } from "./lines.ts";

/** The network, made ready to be asked many times. */
export function probeOf({ program, wiring }: RegionNetwork): (point: Point) => CircuitValues {
  const { run } = compileReference(program);
  return (point) => {
    const { hyperplanes, regions, class: output } = run({ x: ndarray(Float64Array.from(point), [1, 2]) });
    return {
      inputs: point,
      units: [hyperplanes, regions, output].map((layer) => Array.from(layer!.data)),
      before: wiring.layers.map((layer) => layer.map(() => 0)),
    };
  };
}

/** The sides of a point, as the units of the first layer tell them: a point on a line is on its negative side. */
export const signsOf = (first: readonly number[]) => first.map((value) => (value === 1 ? "+" : "-")).join("");
