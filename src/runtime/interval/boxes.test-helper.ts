/** Random boxes around arrays, and points in them. */
import type { NDArray } from "../../graph/index.ts";
import type { Boxes } from "./interval.ts";

type Arrays = Readonly<Record<string, NDArray>>;

/** Boxes of at most the given radius around floats; integers exact, truth values sometimes open. Ends are float32. */
export function randomBoxes(centre: Arrays, random: () => number, radius: number): Boxes {
  return Object.fromEntries(
    Object.entries(centre).map(([name, array]) => {
      const { dtype, shape, data } = array;
      if (dtype === "int") return [name, { lower: array, upper: array }];
      if (dtype === "bool") {
        const isOpen = Array.from(data, () => radius > 0 && random() < 0.2);
        const ends = (open: number) => ({
          dtype,
          shape,
          data: Uint8Array.from(data, (x, k) => (isOpen[k] ? open : x)),
        });
        return [name, { lower: ends(0), upper: ends(1) }];
      }
      const lower = Float64Array.from(data, (x) => Math.fround(x - radius * random()));
      const upper = Float64Array.from(data, (x, k) => Math.max(lower[k]!, Math.fround(x + radius * random())));
      return [name, { lower: { dtype, shape, data: lower }, upper: { dtype, shape, data: upper } }];
    }),
  );
}

/** A float32 point of a box: a corner, or anywhere. */
export function randomPoint(boxes: Boxes, random: () => number, where: "corner" | "anywhere"): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(boxes).map(([name, { lower, upper }]) => {
      const data = lower.data.slice();
      for (let k = 0; k < data.length; k++) {
        const [low, high] = [lower.data[k]!, upper.data[k]!];
        const isCorner = where === "corner" || lower.dtype !== "float" || !Number.isFinite(high - low);
        const share = random();
        const inside = Math.fround(low * (1 - share) + high * share);
        data[k] = isCorner ? (share < 0.5 ? low : high) : Math.min(high, Math.max(low, inside));
      }
      return [name, { ...lower, data }];
    }),
  );
}
