/** Names of regions: A, B, …, Z, AA, AB, … */
import { LonghandError } from "../../errors.ts";

/** The name of region number k, from 0. */
export function labelOf(k: number): string {
  const letter = String.fromCharCode(65 + (k % 26));
  return k < 26 ? letter : labelOf(Math.floor(k / 26) - 1) + letter;
}

/** What regions are found by. */
export interface Named {
  readonly label: string;
  readonly signs: string;
}

/**
 * The regions of names such as "A", or of signs such as "+-+".
 * @throws LonghandError `unknown-name` for a name or signs that no region has.
 */
export function findRegions<R extends Named>(regions: readonly R[], names: readonly string[]): R[] {
  const found = names.map((name) => {
    const signs = name.replaceAll("−", "-");
    const region = regions.find((each) => each.label === name.toUpperCase() || each.signs === signs);
    if (region) return region;
    throw new LonghandError("unknown-name", `unknown region "${name}": ${hint(regions, signs)}`);
  });
  return [...new Set(found)];
}

function hint(regions: readonly Named[], name: string): string {
  const range = `${regions.length} regions have the labels ${regions[0]!.label} to ${regions.at(-1)!.label}`;
  if (!/^[-+]+$/.test(name)) return range;
  const hyperplanes = regions[0]!.signs.length;
  if (name.length !== hyperplanes) {
    return `received ${name.length} signs, expected ${hyperplanes}, one a hyperplane; ${range}`;
  }
  const distance = ({ signs }: Named) => [...signs].filter((sign, k) => sign !== name[k]).length;
  const nearest = regions.reduce((best, region) => (distance(region) < distance(best) ? region : best));
  return `no point lies on these sides; the nearest that has points is ${nearest.signs}, region ${nearest.label}; ${range}`;
}
