/** The regions of lines, their number, their picture, and whether the network for the marked ones is right in all of them. */
import {
  type Arrangement,
  type LineCounts,
  lineCounts,
  mergedPatterns,
  type Region,
  type RegionPattern,
  rationals,
  reference,
  regionNetwork,
  regionsOf,
  regionsPicture,
  sheetOf,
  sheetSquare,
  wrongRegions,
} from "longhand";
import { arrangementOf, type Line } from "./lines.ts";
import { isMarked } from "./marks.ts";

export interface FindInput {
  readonly lines: readonly Line[];
  readonly marks: readonly string[];
  /** Of the sheet's side. */
  readonly half: number;
  readonly isMerged: boolean;
  readonly slack: number;
  readonly cut: readonly number[];
}

export interface Found {
  readonly arrangement: Arrangement;
  readonly regions: readonly Region[];
  readonly chosen: readonly Region[];
  /** Of the units of the second layer. */
  readonly patterns: readonly RegionPattern[];
  /** As they were given. */
  readonly slack: number;
  readonly cut: readonly number[];
  /** Where the network says something else than the marks. */
  readonly wrong: readonly Region[];
  readonly counts: LineCounts;
  readonly bounded: number;
  /** How far from 0 the farthest crossing is, across or up. */
  readonly extent: number;
  readonly title: string;
  readonly svg: string;
}

export async function job({ lines, marks, half, isMerged, slack, cut }: FindInput): Promise<Found> {
  const arrangement = arrangementOf(lines);
  const regions = regionsOf(arrangement);
  const chosen = regions.filter((region) => isMarked(marks, region));
  const patterns = isMerged ? mergedPatterns(regions, chosen) : chosen.map(({ signs }) => signs);
  const wrong =
    chosen.length === 0
      ? []
      : await wrongRegions(regionNetwork(arrangement, chosen, { patterns, slack, cut }), regions, reference, {
          ofClass: true,
        });
  const labels = (list: readonly Region[]) => list.map(({ label }) => label);
  const title = `${plural(lines.length, "line")}, ${plural(regions.length, "region")}`;
  const sheet = { centre: [rationals.zero, rationals.zero], half: rationals.rational(half) } as const;
  const seen = sheetSquare(sheetOf(arrangement));
  return {
    arrangement,
    regions,
    chosen,
    patterns,
    slack,
    cut,
    wrong,
    counts: lineCounts(arrangement),
    bounded: regions.filter(({ isBounded }) => isBounded).length,
    extent: Math.max(Math.abs(seen.x), Math.abs(seen.y)) + seen.half / 1.5,
    title,
    svg: regionsPicture(arrangement, regions, { title, sheet, shaded: labels(chosen), wrong: labels(wrong) }),
  };
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
