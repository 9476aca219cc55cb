import { expect, test } from "vitest";
import { jacobianMapPicture, lagsPicture, saturationPicture, stateGradientsPicture } from "./gradients.ts";
import { elements, flaw } from "./svg.test-helper.ts";

const cells = (svg: string) => [...svg.matchAll(/<title>([^<]*:[^<]*)<\/title>/g)].map(([, text]) => text!);

test("lags count from 1; the middle of the problems is their median", () => {
  const svg = lagsPicture("T", [
    {
      name: "rnn",
      norms: [
        [1, 2, 9],
        [0.1, 0.2, 0.9],
      ],
    },
  ]);
  expect(flaw(svg)).toBeUndefined();
  expect(elements(svg, "desc")[0]!.text).toContain("rnn: 0.2 (median of 3 problems, 0.1 to 0.9) at 2.");
  // Three problems, each a thin line.
  expect(elements(svg, "path").filter(({ at }) => at.class === "run")).toHaveLength(3);
});

test("a map of Jacobians has a cell for each pair of steps in order", () => {
  const svg = jacobianMapPicture({ title: "m", subtitle: "s" }, [[-1], [-2.5, 0.25]]);
  expect(flaw(svg)).toBeUndefined();
  expect(cells(svg)).toEqual([
    "source: state after step t 0, target: state after step τ 1: −1",
    "source: state after step t 0, target: state after step τ 2: −2.5",
    "source: state after step t 1, target: state after step τ 2: 0.25",
  ]);
});

test("gradients of units: −∞ for none; as dark as the least that is told apart", () => {
  const svg = stateGradientsPicture({ title: "g" }, [
    { name: "h 1", log10: [Number.NEGATIVE_INFINITY, -40] },
    { name: "h 2", log10: [-3, 0] },
  ]);
  expect(cells(svg)).toEqual([
    "state after step t 0, unit h 1: −∞",
    "state after step t 1, unit h 1: −40",
    "state after step t 0, unit h 2: −3",
    "state after step t 1, unit h 2: 0",
  ]);
  const strengths = elements(svg, "rect").flatMap(({ at }) =>
    at.class === "less" && at.x !== at.width ? [at["fill-opacity"]] : [],
  );
  expect(strengths.slice(0, 3)).toEqual(["1", "1", "0.188"]);
});

test("maps beside each other have one scale", () => {
  const strength = (beside?: readonly number[]) =>
    /<rect class="less" [^>]*fill-opacity="([\d.]+)"><title>/.exec(
      stateGradientsPicture({ title: "g", ...(beside && { beside }) }, [{ name: "h", log10: [-4] }]),
    )![1];
  expect(strength()).toBe("1");
  expect(strength([-8, 2])).toBe("0.5");
});

test("saturation: a row for each unit, numbered where there are several", () => {
  const layer = { formula: "", limits: [0, 1], low: [], high: [] } as const;
  const svg = saturationPicture({ title: "s" }, [
    { ...layer, name: "f", units: 2, byUnit: [[0.5, 1]] },
    { ...layer, name: "o", units: 1, byUnit: [[0.25]] },
  ]);
  expect(cells(svg)).toEqual(["step 1, unit f 1: 0.5", "step 1, unit f 2: 1", "step 1, unit o: 0.25"]);
});
