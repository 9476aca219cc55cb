/** Problems that are answered at once. */
import { problemsARun } from "../evaluation/index.ts";
import type { Model } from "../models/index.ts";

/** Problems of one number of steps: their indices, in batches that are answered at once. */
export interface Group {
  readonly steps: number;
  readonly batches: readonly (readonly number[])[];
}

/** @param stepsOf steps of each problem. @param most problems at once. Default: as many as fit. */
export function groupsBySteps(model: Model, stepsOf: readonly number[], most = Number.POSITIVE_INFINITY): Group[] {
  const bySteps = new Map<number, number[]>();
  stepsOf.forEach((steps, index) => {
    const known = bySteps.get(steps);
    if (known) known.push(index);
    else bySteps.set(steps, [index]);
  });
  return [...bySteps].map(([steps, indices]) => {
    const count = Math.min(most, problemsARun(model, steps));
    const batches = Array.from({ length: Math.ceil(indices.length / count) }, (_, k) =>
      indices.slice(k * count, (k + 1) * count),
    );
    return { steps, batches };
  });
}

/** The most problems that are answered at once, and the most steps of one. */
export function largestOf(groups: readonly Group[]): { readonly problems: number; readonly steps: number } {
  return {
    problems: groups.reduce((most, { batches }) => Math.max(most, batches[0]!.length), 0),
    steps: groups.reduce((most, { steps }) => Math.max(most, steps), 0),
  };
}
