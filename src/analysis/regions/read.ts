/** Hyperplanes from text: as people write them, or as JSON. */
import { type Rational, rationals } from "../../algebra/index.ts";
import { LonghandError } from "../../errors.ts";
import { type Arrangement, type Hyperplane, makeArrangement } from "./arrangement.ts";

/**
 * Reads hyperplanes w·x = θ: "1 0 = 0.5; 1/2 -1 = 0", weights apart by spaces or commas, ";" or a new line after each, "#"
 * before comments. Or JSON: a list of {"weights": [1, 0], "threshold": 0.5}, or an object with such a list as `hyperplanes`;
 * numbers, or texts such as "1/2". A decimal means the decimal, not the float64 next to it.
 * @throws LonghandError `input` naming the hyperplane, what came and what was expected.
 */
export function readHyperplanes(text: string): Arrangement {
  const hyperplanes = /^\s*[[{]/.test(text) ? fromJson(text) : fromLines(text);
  if (hyperplanes.length === 0) throw fail("hyperplanes", "none");
  return makeArrangement(hyperplanes);
}

function fromLines(text: string): Hyperplane[] {
  return text
    .split("\n")
    .flatMap((line) => line.replace(/#.*$/, "").split(";"))
    .filter((part) => part.trim() !== "")
    .map((part, k) => {
      const name = `hyperplane ${k + 1} "${part.trim()}"`;
      const sides = part.split("=");
      if (sides.length !== 2) throw fail(name, `${sides.length - 1} equals signs`);
      const [weights, thresholds] = sides.map((side) => side.split(/[\s,]+/).filter(Boolean));
      if (weights!.length === 0) throw fail(name, "no weights");
      if (thresholds!.length !== 1) throw fail(name, `${thresholds!.length} thresholds`);
      return {
        weights: weights!.map((number) => read(number, name)),
        threshold: read(thresholds![0]!, name),
      };
    });
}

function fromJson(text: string): Hyperplane[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw fail("hyperplanes", `what isn't JSON (${cause instanceof Error ? cause.message : cause})`);
  }
  const list = Array.isArray(value) ? value : (value as { hyperplanes?: unknown }).hyperplanes;
  if (!Array.isArray(list)) throw fail("hyperplanes", "an object without a list of that name");
  return list.map((each: unknown, k) => {
    const name = `hyperplane ${k + 1}`;
    const { weights, threshold } = (each ?? {}) as { weights?: unknown; threshold?: unknown };
    if (!Array.isArray(weights) || weights.length === 0) throw fail(name, "no list of weights");
    if (threshold === undefined) throw fail(name, "no threshold");
    return { weights: weights.map((number) => read(number, name)), threshold: read(threshold, name) };
  });
}

/** A number exactly: "1/2", 0.5 and 1e-3 by their decimals. */
function read(value: unknown, name: string): Rational {
  const [, digits, power] = /^([^eE]*)(?:[eE]([-+]?\d{1,3}))?$/.exec(String(value)) ?? [];
  try {
    if (typeof value !== "number" && typeof value !== "string") throw new TypeError();
    const number = rationals.parse(digits!);
    const scale = 10n ** BigInt(Math.abs(Number(power ?? 0)));
    return power === undefined
      ? number
      : rationals.multiply(number, Number(power) < 0 ? rationals.rational(1n, scale) : rationals.rational(scale));
  } catch {
    throw fail(name, `${typeof value === "string" ? `"${value}"` : JSON.stringify(value)} as a number`);
  }
}

function fail(name: string, received: string): LonghandError {
  return new LonghandError(
    "input",
    `${name}: received ${received}, expected weights and a threshold, as in "1 -1/2 = 0.25" or {"weights": [1, "-1/2"], "threshold": 0.25}`,
  );
}
