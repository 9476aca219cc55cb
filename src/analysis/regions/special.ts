/** What keeps an arrangement from general position. */
import type { Rational } from "../../algebra/index.ts";
import type { Arrangement } from "./arrangement.ts";
import { coordinatesOf, crossingsOf, distinct, nameOf, type Plane, planesOf, primitive, signsAt } from "./plane.ts";

/** Hyperplanes, numbered from 1, that coincide, are parallel, or meet in a point. */
export interface SpecialPosition {
  readonly kind: "coincident" | "parallel" | "concurrent";
  readonly hyperplanes: readonly number[];
  /** Of concurrent ones. */
  readonly point?: readonly Rational[];
}

/**
 * Coincident and parallel hyperplanes, and of lines also the points where more than two meet. In more than two dimensions there
 * are more ways to be special, which `arrangementCounts` counts but nobody lists.
 */
export function specialPositions(arrangement: Arrangement): SpecialPosition[] {
  const planes = planesOf(arrangement);
  const lines = distinct(planes);
  const numbers = (chosen: (plane: Plane) => boolean) => planes.flatMap((plane, k) => (chosen(plane) ? [k + 1] : []));
  const first = (plane: Plane) => lines.includes(plane);
  const coincident = grouped(planes, nameOf).map((name) => numbers((plane) => nameOf(plane) === name));
  const parallel =
    arrangement.dimension === 1
      ? []
      : grouped(lines, normalOf).map((normal) => numbers((plane) => first(plane) && normalOf(plane) === normal));
  const points = new Map(
    (arrangement.dimension === 2 ? crossingsOf(lines) : []).map((place) => [`${place.x}/${place.scale}`, place]),
  );
  return [
    ...coincident.map((hyperplanes) => ({ kind: "coincident" as const, hyperplanes })),
    ...parallel.map((hyperplanes) => ({ kind: "parallel" as const, hyperplanes })),
    ...[...points.values()].flatMap((place): SpecialPosition[] => {
      const hyperplanes = numbers((plane) => first(plane) && signsAt([plane], place) === "0");
      return hyperplanes.length > 2 ? [{ kind: "concurrent", hyperplanes, point: coordinatesOf(place) }] : [];
    }),
  ];
}

/** The same text for parallel planes, and for them alone. */
function normalOf({ weights }: Plane): string {
  return nameOf(primitive(weights, 0n));
}

/** The keys that several have. */
function grouped(planes: readonly Plane[], keyOf: (plane: Plane) => string): string[] {
  const times = new Map<string, number>();
  for (const plane of planes) times.set(keyOf(plane), (times.get(keyOf(plane)) ?? 0) + 1);
  return [...times].filter(([, count]) => count > 1).map(([key]) => key);
}
