/** The largest singular value of ∂s_τ/∂s_t for every pair of steps of one problem. */
import { gradientProbe, jacobianMap, LonghandError, stepJacobians, trajectoryOf } from "longhand";
import { networkOfData } from "../../networks/data.ts";
import { lengthOf } from "./network-settings.ts";
import { type NetworkSource, networkFrom } from "./source.ts";

export interface MapInput {
  readonly source: NetworkSource;
  readonly length: number;
  readonly seed: number;
}

export interface MapResult {
  readonly title: string;
  /** log₁₀: at [τ − 1][t]. */
  readonly log10: readonly (readonly number[])[];
}

/** About ten seconds. */
const MOST_WORK = 1.5e9;

export function job({ source, length, seed }: MapInput): MapResult {
  const data = networkFrom(source);
  const network = networkOfData(data);
  const probe = gradientProbe(network, { length: lengthOf(network.task, length), samples: 1, seed });
  const width = Object.values(network.model.state).reduce((sum, units) => sum + units, 0);
  if (probe.steps ** 2 * width ** 3 > MOST_WORK) {
    throw new LonghandError(
      "argument",
      `${data.title}: ${probe.steps} steps of ${width} numbers are too many for this picture; expected fewer steps or units`,
    );
  }
  return { title: data.title, log10: jacobianMap(stepJacobians(probe, trajectoryOf(probe))) };
}
