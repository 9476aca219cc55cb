/** Threshold networks that put chosen regions into a class of their own: papers/002, exercise 3f. */
import { rationals } from "../../algebra/index.ts";
import { LonghandError } from "../../errors.ts";
import { constant, input, matmul, ndarray, type Program, program, squeeze, step, sub } from "../../graph/index.ts";
import { type Connection, subscript, type Wiring } from "../../networks/index.ts";
import type { Runtime } from "../../runtime/contract.ts";
import type { Arrangement } from "./arrangement.ts";
import { fits, type RegionPattern } from "./merge.ts";
import type { Region } from "./regions.ts";

/** A network of three layers of threshold units. */
export interface RegionNetwork {
  /**
   * x float [batch, d] → `hyperplanes` float [batch, n] and `regions` float [batch, m], units of the first and second layer,
   * and `class` float [batch]: 1 inside of the chosen regions, otherwise 0.
   */
  readonly program: Program;
  /** Its units and connections, for a picture. Biases are −θ. */
  readonly wiring: Wiring;
  /** The regions of the class. */
  readonly chosen: readonly Region[];
  /** What the units of the second layer stand for. */
  readonly patterns: readonly RegionPattern[];
}

export interface RegionNetworkOptions {
  /** A unit of the second layer each. Default: the signs of each chosen region; `mergedPatterns` finds fewer. */
  readonly patterns?: readonly RegionPattern[];
  /** By how much the thresholds of the second layer are too low: 0 unless one wants to see what goes wrong. Default 0. */
  readonly slack?: number;
  /** Numbers, from 1, of hyperplanes whose units nobody reads any more: what goes wrong without them. Default: none. */
  readonly cut?: readonly number[];
}

/**
 * A threshold network whose output is 1 in chosen regions and 0 in all others.
 *
 *     h_i = g(w_i·x − θ_i)                           a unit a hyperplane, weights and threshold its own
 *     z_r = g(Σ_i σ_ri h_i − (p_r − ½))              a unit a chosen region, or a pattern: σ_ri = 1 on the positive side of
 *                                                    hyperplane i, −1 on the other, 0 where the pattern has "*"; p_r: how
 *                                                    many are 1. On in that region, or where the pattern fits, alone
 *     y   = g(Σ_r z_r − ½)                           OR
 *
 * g(a) = 1 where a > 0, otherwise 0: papers/002 has g(a) = ½[1 + sgn(a)], the same but for g(0) = ½. So a point on a hyperplane
 * counts as one of its negative side; layers two and three never meet a = 0. The numbers of the first layer become the nearest
 * float64.
 * @param chosen at least one region of the arrangement.
 * @throws LonghandError `argument` for no region.
 */
export function regionNetwork(
  arrangement: Arrangement,
  chosen: readonly Region[],
  { patterns = chosen.map(({ signs }) => signs), slack = 0, cut = [] }: RegionNetworkOptions = {},
): RegionNetwork {
  if (chosen.length === 0) throw new LonghandError("argument", "region network: no region, expected at least one");
  const { dimension, hyperplanes } = arrangement;
  const first = {
    weights: Array.from({ length: dimension }, (_, k) =>
      hyperplanes.map(({ weights }) => rationals.toNumber(weights[k]!)),
    ),
    thresholds: hyperplanes.map(({ threshold }) => rationals.toNumber(threshold)),
  };
  const second = {
    weights: hyperplanes.map((_, i) =>
      patterns.map((pattern) => (cut.includes(i + 1) || pattern[i] === "*" ? 0 : pattern[i] === "+" ? 1 : -1)),
    ),
    thresholds: patterns.map((pattern) => [...pattern].filter((sign) => sign === "+").length - 0.5 - slack),
  };
  const third = { weights: patterns.map(() => [1]), thresholds: [0.5] };
  const x = input("x", ["batch", dimension]);
  const h = units(x, first);
  const z = units(h, second);
  const y = squeeze(units(z, third), [1]);
  const names = [hyperplanes.map((_, i) => String(i + 1)), patterns.map(nameIn(chosen)), ["class"]];
  const layers = [first, second, third];
  return {
    program: program("regions", { x }, { hyperplanes: h, regions: z, class: y }),
    wiring: {
      inputs: Array.from({ length: dimension }, (_, k) => `x${subscript(k + 1)}`),
      layers: layers.map(({ thresholds }, n) =>
        thresholds.map((threshold, unit) => ({ name: names[n]![unit]!, bias: 0 - threshold })),
      ),
      connections: layers.flatMap(({ weights }, n) =>
        weights.flatMap((row, from) =>
          row.flatMap((weight, unit): Connection[] => {
            if (weight === 0) return [];
            const [below, to] = [
              { layer: n, unit: from },
              { layer: n + 1, unit },
            ];
            return [{ from: below, to, parameter: `W${n + 1}`, weight, isRecurrent: false }];
          }),
        ),
      ),
    },
    chosen,
    patterns,
  };
}

/** The labels of the chosen regions that a pattern fits; of many the first two and the last. */
function nameIn(chosen: readonly Region[]): (pattern: RegionPattern) => string {
  return (pattern) => {
    const labels = chosen.filter(({ signs }) => fits(signs, pattern)).map(({ label }) => label);
    return labels.length > 4 ? `${labels[0]}, ${labels[1]}, … ${labels.at(-1)}` : labels.join(", ");
  };
}

interface Layer {
  /** A row an input, a column a unit. */
  readonly weights: readonly (readonly number[])[];
  readonly thresholds: readonly number[];
}

function units(x: Parameters<typeof matmul>[0], { weights, thresholds }: Layer) {
  const width = thresholds.length;
  const matrix = constant(ndarray(Float64Array.from(weights.flat()), [weights.length, width]));
  const limits = constant(ndarray(Float64Array.from(thresholds), [width]));
  return step(sub(matmul(x, matrix), limits));
}

/** Points that are run at once. */
const BATCH = 4096;

/**
 * Runs a network at the interior point of every region of its arrangement.
 * @param regions all of them. @param runtime computes in its own precision; points become the nearest float64 first.
 * @param options.ofClass only the output counts, not the units of the second layer. Default false.
 * @returns the regions where a unit of the second layer or the output answers wrong: none, or regions too thin for the
 *   runtime's precision; of a network with slack or cuts those that it gets wrong.
 */
export async function wrongRegions(
  { program, chosen, patterns }: RegionNetwork,
  regions: readonly Region[],
  runtime: Runtime,
  { ofClass = false } = {},
): Promise<Region[]> {
  await using executable = await runtime.compile(program);
  const wanted = new Set(chosen.map(({ signs }) => signs));
  const wrong: Region[] = [];
  for (let start = 0; start < regions.length; start += BATCH) {
    const batch = regions.slice(start, start + BATCH);
    const points = Float64Array.from(batch.flatMap(({ point }) => point.map(rationals.toNumber)));
    const result = await executable.run({ x: ndarray(points, [batch.length, batch[0]!.point.length]) });
    batch.forEach((region, k) => {
      const isOn = result.regions!.data.slice(k * patterns.length, (k + 1) * patterns.length);
      const isRight =
        result.class!.data[k] === Number(wanted.has(region.signs)) &&
        (ofClass || patterns.every((pattern, r) => isOn[r] === Number(fits(region.signs, pattern))));
      if (!isRight) wrong.push(region);
    });
  }
  return wrong;
}
