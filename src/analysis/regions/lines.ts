/** Of lines on a sheet: points, edges, and what each special position costs in regions. */
import type { Arrangement } from "./arrangement.ts";
import { crossingsOf, distinct, planesOf, signsAt } from "./plane.ts";
import { type SpecialPosition, specialPositions } from "./special.ts";

export interface LineCounts {
  /** Points where lines cross, each once. */
  readonly points: number;
  /** Pieces that the points cut the lines into, rays among them; coincident lines are one. */
  readonly edges: number;
  /** By Euler's formula: 1 − points + edges. */
  readonly regions: number;
  /** Of lines in general position: 1 + n + n(n − 1)/2. */
  readonly most: number;
  /** Why there are fewer: the costs add up to `most` − `regions`. */
  readonly costs: readonly SpecialCost[];
}

export interface SpecialCost extends SpecialPosition {
  /** Regions that there would be more. */
  readonly cost: number;
}

/**
 * Counts points, edges and regions of lines, and what keeps the regions from being as many as in general position.
 *
 *     most = 1 + n + C(n, 2)      parallel: C(m, 2), the crossings that m lines don't have
 *     concurrent: C(m − 1, 2), as m lines through a point make m − 1 regions more there, not one for each of C(m, 2) crossings
 *     coincident: one after the other the lines that are another one again, each as many as it would cut, the lines left
 *
 * @param arrangement of 2 dimensions.
 */
export function lineCounts(arrangement: Arrangement): LineCounts {
  const lines = distinct(planesOf(arrangement));
  const points = new Map(crossingsOf(lines).map((place) => [`${place.x}/${place.scale}`, place]));
  let edges = lines.length;
  for (const place of points.values()) {
    edges += [...signsAt(lines, place)].filter((sign) => sign === "0").length;
  }
  const count = arrangement.hyperplanes.length;
  let left = count;
  const costs = specialPositions(arrangement).map((position) => {
    const { kind, hyperplanes } = position;
    if (kind === "parallel") return { ...position, cost: pairs(hyperplanes.length) };
    if (kind === "concurrent") return { ...position, cost: pairs(hyperplanes.length - 1) };
    let cost = 0;
    for (let extra = 1; extra < hyperplanes.length; extra++) cost += left--;
    return { ...position, cost };
  });
  return { points: points.size, edges, regions: 1 - points.size + edges, most: 1 + count + pairs(count), costs };
}

const pairs = (count: number) => (count * (count - 1)) / 2;
