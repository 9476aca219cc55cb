/** How the number of regions grows with the hyperplanes, by dimension. */
import { genericRegionCounts } from "../analysis/index.ts";
import { LonghandError } from "../errors.ts";
import { type CurveRun, type CurveSeries, curvesPicture } from "./curves.ts";

export interface RegionGrowth {
  readonly title: string;
  /** A curve each. */
  readonly dimensions: readonly number[];
  /** Hyperplanes, up to which the curves go; at least 2. */
  readonly most: number;
  /** Beside each curve the estimate n^d. Default false. */
  readonly hasEstimate?: boolean;
}

/** Points of a curve. */
const MOST_POINTS = 200;

/**
 * Draws the number of regions of n hyperplanes in general position, on a logarithmic axis.
 * @returns an SVG document that needs nothing else.
 * @throws LonghandError `argument` for no dimensions or fewer than 2 hyperplanes.
 */
export function regionGrowthPicture({ title, dimensions, most, hasEstimate = false }: RegionGrowth): string {
  if (dimensions.length === 0 || most < 2) {
    throw new LonghandError(
      "argument",
      `region growth: received ${dimensions.length} dimensions and up to ${most} hyperplanes, expected at least 1 and 2`,
    );
  }
  const step = Math.ceil(most / MOST_POINTS);
  const x = Array.from({ length: Math.floor(most / step) }, (_, k) => most - step * k).reverse();
  const curve = (dimension: number, of: "regions" | "estimate"): CurveRun => ({
    x,
    y: x.map((units) => Number(genericRegionCounts(units, dimension)[of])),
  });
  const series = dimensions.flatMap((dimension): CurveSeries[] => [
    { name: `d = ${dimension}`, runs: [curve(dimension, "regions")] },
    ...(hasEstimate ? [{ name: `n^${dimension}`, runs: [curve(dimension, "estimate")] }] : []),
  ]);
  return curvesPicture({
    title,
    x: { label: "hyperplanes n" },
    y: { label: "regions", scale: "log" },
    series,
  });
}
