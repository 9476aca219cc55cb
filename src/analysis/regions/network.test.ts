/** Threshold networks for chosen regions, at a point of every region and between them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { rationals } from "../../algebra/index.ts";
import { ndarray } from "../../graph/index.ts";
import { importModel } from "../../runtime/onnx/import.ts";
import { decodeModel } from "../../runtime/onnx/proto.ts";
import { open } from "../../runtime/open.ts";
import { compileReference, reference } from "../../runtime/reference/reference.ts";
import { sidesOf, smallArrangements, whole } from "./arrangements.test-helper.ts";
import {
  drawnLines,
  findRegions,
  fitsPattern,
  mergedPatterns,
  regionNetwork,
  regionNetworkOnnx,
  regionsOf,
  wrongRegions,
} from "./index.ts";

test.each([1, 2, 3])("%d dimensions: 1 in the chosen regions alone, each with a unit of its own", async (dimension) => {
  await fc.assert(
    fc.asyncProperty(smallArrangements(dimension, 6, 2), fc.infiniteStream(fc.boolean()), async (arrangement, isIn) => {
      const regions = regionsOf(arrangement);
      const chosen = regions.filter((_, k) => k === 0 || isIn.next().value);
      const network = regionNetwork(arrangement, chosen);
      expect(await wrongRegions(network, regions, reference)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

const lines = drawnLines(5);
const regions = regionsOf(lines);
const network = regionNetwork(lines, findRegions(regions, ["A", "D", "G"]));

test("papers/002, exercise 3f: 5 + 3 + 1 units, weights of the second layer 1 or −1", () => {
  expect(network.wiring.layers.map(({ length }) => length)).toEqual([5, 3, 1]);
  expect(network.wiring.inputs).toEqual(["x₁", "x₂"]);
  const weights = (layer: number) => network.wiring.connections.filter(({ to }) => to.layer === layer);
  expect(weights(1).map(({ weight }) => weight)).toEqual(
    [0, 1].flatMap((k) => lines.hyperplanes.map(({ weights }) => rationals.toNumber(weights[k]!))),
  );
  expect(new Set(weights(2).map(({ weight }) => weight))).toEqual(new Set([1, -1]));
  expect(weights(3).map(({ weight }) => weight)).toEqual([1, 1, 1]);
  const [a] = findRegions(regions, ["A"]);
  const on = [...a!.signs].filter((sign) => sign === "+").length;
  expect(network.wiring.layers[1]![0]).toEqual({ name: "A", bias: 0.5 - on });
  expect(network.wiring.layers[2]).toEqual([{ name: "class", bias: -0.5 }]);
});

test("between the points of the regions it is right too", () => {
  const { run } = compileReference(network.program);
  const chosen = new Set(network.chosen.map(({ signs }) => signs));
  fc.assert(
    fc.property(fc.tuple(...[0, 1].map(() => fc.integer({ min: -5000, max: 5000 }))), (point) => {
      const sides = sidesOf(
        lines,
        point.map((x) => rationals.rational(x, 1024)),
      );
      fc.pre(!sides.includes("0"));
      const x = ndarray(
        Float64Array.from(point, (part) => part / 1024),
        [1, 2],
      );
      expect(run({ x }).class!.data[0]).toBe(Number(chosen.has(sides)));
    }),
  );
});

test("a point on a hyperplane counts as one of the negative side", () => {
  const cross = whole([
    [1, 0, 0],
    [0, 1, 0],
  ]);
  const all = regionsOf(cross);
  const { program } = regionNetwork(cross, findRegions(all, ["--"]));
  const x = ndarray(Float64Array.of(0, 0, 0, -1, 0, 1, -1, 0), [4, 2]);
  expect([...compileReference(program).run({ x }).class!.data]).toEqual([1, 1, 0, 1]);
});

test("ONNX Runtime answers the same, and its file does", async () => {
  const { runtime } = await open("onnx");
  expect(await wrongRegions(network, regions, runtime)).toEqual([]);
  const model = decodeModel(regionNetworkOnnx(network));
  const program = importModel(model);
  expect(Object.keys(program.outputs)).toEqual(["hyperplanes", "regions", "class"]);
  expect(await wrongRegions({ ...network, program }, regions, runtime)).toEqual([]);
  expect(JSON.parse(model.metadata.regions!)).toEqual(network.chosen.map(({ label, signs }) => ({ label, signs })));
});

test("regions too thin for the runtime's numbers are told", async () => {
  // Between 2⁶⁰ and 2⁶⁰ + 1 there is no float64.
  const hyperplanes = [0n, 1n].map((more) => ({
    weights: [rationals.one],
    threshold: rationals.rational(2n ** 60n + more),
  }));
  const thin = { dimension: 1, hyperplanes };
  const all = regionsOf(thin);
  expect(all.map(({ signs }) => signs)).toEqual(["--", "+-", "++"]);
  const wrong = await wrongRegions(regionNetwork(thin, [all[1]!]), all, reference);
  expect(wrong.map(({ label }) => label)).toContain("B");
});

test.each([1, 2, 3])(
  "%d dimensions: merged units stand for the chosen regions and no others, and are never more",
  async (dimension) => {
    await fc.assert(
      fc.asyncProperty(
        smallArrangements(dimension, 6, 2),
        fc.infiniteStream(fc.boolean()),
        async (arrangement, isIn) => {
          const all = regionsOf(arrangement);
          const chosen = all.filter((_, k) => k === 0 || isIn.next().value);
          const patterns = mergedPatterns(all, chosen);
          expect(patterns.length).toBeLessThanOrEqual(chosen.length);
          const wanted = all.filter(({ signs }) => patterns.some((pattern) => fitsPattern(signs, pattern)));
          expect(wanted).toEqual(chosen);
          for (const pattern of patterns) {
            // No sign can be left out any more.
            for (const [k, sign] of [...pattern].entries()) {
              const wider = `${pattern.slice(0, k)}*${pattern.slice(k + 1)}`;
              const isMore = all.some((region) => fitsPattern(region.signs, wider) && !chosen.includes(region));
              if (sign !== "*") expect(isMore).toBe(true);
            }
          }
          expect(await wrongRegions(regionNetwork(arrangement, chosen, { patterns }), all, reference)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  },
);

test("all regions on one side of a line are one unit, all of them one that is always on", () => {
  const side = regions.filter(({ signs }) => signs[2] === "+");
  expect(mergedPatterns(regions, side)).toEqual(["**+**"]);
  const merged = regionNetwork(lines, side, { patterns: ["**+**"] });
  expect(merged.wiring.connections.filter(({ to }) => to.layer === 2)).toHaveLength(1);
  expect(merged.wiring.layers[1]).toEqual([{ name: `A, B, … ${side.at(-1)!.label}`, bias: -0.5 }]);
  expect(mergedPatterns(regions, regions)).toEqual(["*****"]);
});

test("a threshold too low by 1 takes in the neighbours; a line's unit cut off makes its two sides alike", async () => {
  const [a] = findRegions(regions, ["A"]);
  const differences = ({ signs }: { signs: string }) => [...signs].filter((sign, k) => sign !== a!.signs[k]).length;
  const loose = regionNetwork(lines, [a!], { slack: 1 });
  const wrong = await wrongRegions(loose, regions, reference, { ofClass: true });
  expect(wrong).toEqual(regions.filter((region) => differences(region) === 1));
  expect(wrong.length).toBeGreaterThan(1);
  for (const [k, sign] of [...a!.signs].entries()) {
    const without = regionNetwork(lines, [a!], { cut: [k + 1] });
    const across = `${a!.signs.slice(0, k)}${sign === "+" ? "-" : "+"}${a!.signs.slice(k + 1)}`;
    // Where the unit should be on, the sum is one too small for ever; where it should be off, its other side is taken for it.
    const expected = sign === "+" ? [a!] : regions.filter(({ signs }) => signs === across);
    expect(await wrongRegions(without, regions, reference, { ofClass: true })).toEqual(expected);
  }
});

test("no region is no network", () => {
  expect(() => regionNetwork(lines, [])).toThrow("region network: no region, expected at least one");
});
