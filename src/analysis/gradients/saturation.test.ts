/** Saturation and clipping, held against hand calculations. */
import { describe, expect, test } from "vitest";
import { lossGradients } from "./by-lag.ts";
import { clippingEffect } from "./clipping.ts";
import { smallModels, smallProbe } from "./networks.test-helper.ts";
import { trajectoryOf } from "./probe.ts";
import { saturationOf } from "./saturation.ts";

describe("saturation", () => {
  test("of the units of an rnn: shares of its states near ±1", () => {
    const probe = smallProbe("rnn", { hidden: 5, initial: "normal" }, { length: 9, samples: 8 });
    const large = Object.fromEntries(
      Object.entries(probe.network.parameters).map(([name, { shape, data }]) => [
        name,
        { dtype: "float" as const, shape, data: Float64Array.from(data, (w) => 4 * w) },
      ]),
    );
    const strong = { ...probe, network: { ...probe.network, parameters: large } };
    const states = trajectoryOf(strong);
    const [layer, ...others] = saturationOf(strong);
    expect(others).toEqual([]);
    expect(layer).toMatchObject({ name: "h", formula: "tanh(x W + h U + b)", limits: [-1, 1], units: 5 });
    let seen = 0;
    for (let t = 1; t <= 9; t++) {
      const all = states[t]!.flat();
      expect(layer!.low[t - 1]).toBeCloseTo(all.filter((h) => h < -0.9).length / all.length, 14);
      expect(layer!.high[t - 1]).toBeCloseTo(all.filter((h) => h > 0.9).length / all.length, 14);
      for (let unit = 0; unit < 5; unit++) {
        const share = states[t]!.filter((row) => Math.abs(row[unit]!) > 0.9).length / 8;
        expect(layer!.byUnit[t - 1]![unit]).toBeCloseTo(share, 14);
        seen += share;
      }
    }
    expect(seen).toBeGreaterThan(0);
    expect(seen).toBeLessThan(45);
  });
  test("of an lstm: its gates, its candidate and what its cell gives", () => {
    const layers = saturationOf(smallProbe("lstm", { hidden: 2 }));
    expect(Object.fromEntries(layers.map(({ name, formula }) => [name, formula]))).toEqual({
      i: "σ(x Wi + h Ui + bi)",
      f: "σ(x Wf + h Uf + bf)",
      g: "tanh(x Wg + h Ug + bg)",
      o: "σ(x Wo + h Uo + bo)",
      "tanh(c)": "tanh(σ(x Wf + h Uf + bf) ⊙ c + σ(x Wi + h Ui + bi) ⊙ tanh(x Wg + h Ug + bg))",
    });
    const stacked = saturationOf(
      smallProbe("stack", {
        layers: [
          { cell: "rnn", hidden: 2 },
          { cell: "gru", hidden: 2 },
        ],
      }),
    );
    expect(stacked.map(({ name }) => name).toSorted()).toEqual(["1.h", "2.n", "2.r", "2.z"]);
  });
  test("hard functions count as well; step and relu units don't", () => {
    const { limits } = saturationOf(smallProbe("rnn", { hidden: 2, activation: "hard-tanh" }))[0]!;
    expect(limits).toEqual([-1, 1]);
    expect(saturationOf(smallProbe("rnn", { hidden: 2, activation: "hard-sigmoid" }))[0]!.limits).toEqual([0, 1]);
    expect(saturationOf(smallProbe("rnn", { hidden: 2, activation: "relu" }))).toEqual([]);
    // The ramp through which step units learn is no part of their value.
    expect(saturationOf(smallProbe("rnn", { hidden: 2, activation: "step" }))).toEqual([]);
  });
  test.each(smallModels)("%s: a share for every step and unit", (name, options) => {
    for (const { units, low, high, byUnit } of saturationOf(smallProbe(name, options))) {
      expect([low.length, high.length, byUnit.length]).toEqual([6, 6, 6]);
      for (let t = 0; t < 6; t++) {
        expect(byUnit[t]).toHaveLength(units);
        expect(byUnit[t]!.reduce((a, b) => a + b) / units).toBeCloseTo(low[t]! + high[t]!, 12);
      }
    }
  });
});

describe("clipping", () => {
  const first = smallProbe("lstm", { hidden: 3 });
  const probes = [1, 2, 3, 4].map((seed) => ({
    ...first,
    problems: smallProbe("lstm", { hidden: 3 }, { seed }).problems,
  }));

  test("papers/004, eq. 8: as it is below the limit, as long as the limit above it, in the same direction", () => {
    const free = clippingEffect(probes, 1e9);
    const norms = free.steps.map(({ before }) => before);
    expect(new Set(norms).size).toBe(4);
    expect(free.clipped).toBe(0);
    expect(free.steps.every(({ before, after, cosine }) => before === after && Math.abs(cosine - 1) < 1e-14)).toBe(
      true,
    );
    const [, second, third] = norms.toSorted((a, b) => a - b);
    const limit = (second! + third!) / 2;
    const effect = clippingEffect(probes, limit);
    expect(effect.clipped).toBe(0.5);
    effect.steps.forEach(({ before, after, isClipped, cosine }, k) => {
      expect(before).toBe(norms[k]);
      expect(isClipped).toBe(before >= limit);
      expect(after).toBeCloseTo(Math.min(before, limit), 13);
      expect(cosine).toBeCloseTo(1, 13);
    });
  });
  test("the loss is the training's: of one asked step it is that step's", () => {
    const probe = smallProbe("rnn", { hidden: 3 });
    const { targets } = probe.problems;
    const last = Int32Array.from(targets.data, (symbol, k) => (k % 6 === 5 ? symbol : -1));
    const only = { ...probe, problems: { ...probe.problems, targets: { ...targets, data: last } } };
    const gradients = lossGradients(probe).byParameters(6);
    const { steps, parameters } = clippingEffect([only], 1e9);
    const norm = (data: ArrayLike<number>) => Math.hypot(...Array.from(data));
    expect(steps[0]!.before).toBeCloseTo(norm(Object.values(gradients).flatMap(({ data }) => Array.from(data))), 13);
    expect(parameters.map(({ name }) => name)).toEqual(Object.keys(gradients));
    for (const { name, gradient, parameter } of parameters) {
      expect(gradient).toBeCloseTo(norm(gradients[name]!.data), 13);
      expect(parameter).toBeCloseTo(norm(probe.network.parameters[name]!.data), 13);
    }
  });
});
