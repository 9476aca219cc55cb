/** Fewer units for the same regions: one for several that lie beside each other. */
import type { Region } from "./regions.ts";

/**
 * What a unit of the second layer is on for: a sign a hyperplane, "+" or "-", or "*" for either side. It stands for the regions
 * whose signs fit.
 */
export type RegionPattern = string;

export function fits(signs: string, pattern: RegionPattern): boolean {
  for (let k = 0; k < signs.length; k++) if (pattern[k] !== "*" && pattern[k] !== signs[k]) return false;
  return true;
}

/**
 * Patterns that fit the chosen regions and no others, each of as few signs as it can have: signs are left out from a region's own
 * where what fits still is chosen. Signs that no region has don't count. Of such patterns those are taken that fit most of
 * what is left. Often there are as few as can be, but to be sure of it takes a search (two-level minimization of logic).
 * @param regions all regions of the arrangement. @param chosen some of them.
 */
export function mergedPatterns(regions: readonly Region[], chosen: readonly Region[]): RegionPattern[] {
  const wanted = new Set(chosen.map(({ signs }) => signs));
  const others = regions.filter(({ signs }) => !wanted.has(signs));
  const isRight = (pattern: RegionPattern) => others.every(({ signs }) => !fits(signs, pattern));
  const count = chosen[0]?.signs.length ?? 0;
  const candidates = new Set(
    chosen.flatMap(({ signs }) => [0, 1].map((turn) => widened(signs, turn === 0 ? 0 : count - 1, isRight))),
  );
  const patterns: RegionPattern[] = [];
  for (let left = [...wanted]; left.length > 0; ) {
    const covered = (pattern: RegionPattern) => left.filter((signs) => fits(signs, pattern)).length;
    const best = [...candidates].reduce((a, b) => (covered(b) > covered(a) ? b : a));
    patterns.push(best);
    left = left.filter((signs) => !fits(signs, best));
  }
  return patterns;
}

/** Signs with those left out that needn't be there, tried from one end. */
function widened(signs: string, from: number, isRight: (pattern: RegionPattern) => boolean): RegionPattern {
  let pattern = signs;
  for (let k = 0; k < signs.length; k++) {
    const at = Math.abs(from - k);
    const wider = `${pattern.slice(0, at)}*${pattern.slice(at + 1)}`;
    if (isRight(wider)) pattern = wider;
  }
  return pattern;
}
