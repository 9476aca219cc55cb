/** Hyperplanes and networks of regions in words. */
import { type Arrangement, exactNumber, genericRegionCounts, specialPositions } from "../src/index.ts";
import { count, list } from "./words.ts";

/** What hyperplanes are called. */
export function noun(dimension: number): string {
  return ["point", "line", "plane"][dimension - 1] ?? "hyperplane";
}

/** "5 lines", "20 hyperplanes in 10 dimensions" */
export function countedPlanes({ dimension, hyperplanes: { length } }: Arrangement): string {
  const name = `${count(length)} ${noun(dimension)}${length === 1 ? "" : "s"}`;
  return dimension > 3 ? `${name} in ${dimension} dimensions` : name;
}

/** Whether they are in general position, and what keeps them from it. */
export function specialWords(arrangement: Arrangement, regions: number): string[] {
  const { dimension, hyperplanes } = arrangement;
  const most = genericRegionCounts(hyperplanes.length, dimension).regions;
  const sum = `Σ C(${hyperplanes.length}, k) for k ≤ ${dimension}`;
  const number = most.toLocaleString("en-US");
  if (most === BigInt(regions)) return [`as many as in general position: ${number} = ${sum}`];
  const reasons = specialPositions(arrangement).map(({ kind, hyperplanes: which, point }) => {
    const names = `${noun(dimension)}s ${list(which)}`;
    if (kind === "coincident") return `${names} are the same`;
    return kind === "parallel" ? `${names} are parallel` : `${names} meet in (${point!.map(exactNumber).join(", ")})`;
  });
  const shown = reasons.slice(0, 10);
  return [
    `fewer than the ${number} of general position: ${sum}`,
    ...shown.map((reason) => `  ${reason}`),
    ...(reasons.length > shown.length ? [`  and ${reasons.length - shown.length} more`] : []),
    ...(dimension > 2
      ? [`  ${reasons.length > 0 ? "maybe " : ""}more that meet, or fewer, than in general position`]
      : []),
  ];
}
