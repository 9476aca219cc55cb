import { expect, test } from "vitest";
import { format, rational } from "../../algebra/rational.ts";
import { binaryAddition, findTask, parity } from "../../tasks/index.ts";
import { exploreProduct } from "../exact/product.ts";
import { exactNetwork, networkOfSteps } from "../exact/step-network.ts";
import { type SynthesisEvent, synthesize } from "./synthesize.ts";

const minute = 60_000;

test(
  "two hidden units and nine connections add, and no fewer do",
  async () => {
    const events: SynthesisEvent[] = [];
    const made = await synthesize(binaryAddition, {
      layers: [2],
      fewest: true,
      seconds: 120,
      onProgress: (event) => events.push(event),
    });
    if (made.verdict !== "found") throw new Error(made.verdict);
    expect(made.connections).toBe(9);
    expect(format(made.product.margin)).toBe("1/2");
    const again = exploreProduct(exactNetwork(networkOfSteps(made.network)), rational(1, 2));
    expect(again).toEqual(made.product);
    expect(again.flaw).toBeUndefined();
    const weights = made.network.layers.flat().flatMap(({ below, before }) => [...below, ...before]);
    expect(new Set(weights.map((weight) => Number(weight) / Number(made.network.denominator)))).toEqual(
      new Set([-1, 0, 1]),
    );
    expect(made.claims).toHaveLength(2);
    expect(made.claims[1]).toMatch(
      /^no ilrnn \[2\] of step units with fewer than 9 connections answers even \d+ words/,
    );
    expect(made.stages.at(-1)).toMatchObject({ stage: "whole weights up to 1", verdict: "found" });
    expect(events.map(({ iteration }) => iteration)).toEqual(events.map((_, k) => k + 1));
    expect(events[0]).toMatchObject({ stage: "any weights", moves: 4 });
    expect(made.iterations).toBe(events.length);
  },
  2 * minute,
);

test.each([[[]], [[1]], [[1, 1]], [[1, 2]]])(
  "sums of two digits are beyond layers %j: four words of one letter show it",
  async (layers) => {
    const made = await synthesize(binaryAddition, { layers });
    expect(made.verdict).toBe("none");
    expect(made.words).toHaveLength(4);
    expect(made.claims).toEqual([
      `no ilrnn ${JSON.stringify(layers)} of step units answers even 4 words of binary-addition right (00, 01, 10, 11), with any real weights, even where sums may be exactly at their thresholds`,
    ]);
  },
  minute,
);

test(
  "parity needs two hidden units",
  async () => {
    expect((await synthesize(parity, { layers: [1] })).verdict).toBe("none");
    expect(await synthesize(parity, { layers: [2] })).toMatchObject({ verdict: "found", product: { flaw: undefined } });
  },
  minute,
);

test(
  "of three answers the largest sum is right",
  async () => {
    const made = await synthesize(findTask("base-3-increment"), { layers: [2], seconds: 120 });
    if (made.verdict !== "found") throw new Error(made.verdict);
    expect(made.network.layers.map((units) => units.length)).toEqual([2, 3]);
    expect(exploreProduct(made.network, rational(1, 2)).flaw).toBeUndefined();
    expect((await synthesize(findTask("base-3-increment"), { layers: [1] })).verdict).toBe("none");
  },
  3 * minute,
);

test(
  "a bound on the weights makes the margin count",
  async () => {
    const narrow = { layers: [2], maxWeight: rational(1, 4) };
    const none = await synthesize(parity, narrow);
    expect(none.verdict).toBe("none");
    expect(none.claims[0]).toMatch(/, with weights from -1\/4 to 1\/4 and every sum at least 1\/2 from its threshold$/);
    const found = await synthesize(parity, { ...narrow, margin: rational(1, 8) });
    if (found.verdict !== "found") throw new Error(found.verdict);
    const { layers, denominator } = found.network;
    for (const weight of layers.flat().flatMap(({ below, before }) => [...below, ...before])) {
      expect(Math.abs(Number(weight) / Number(denominator))).toBeLessThanOrEqual(1 / 4);
    }
    expect(format(found.product.margin)).toBe("1/8");
  },
  minute,
);

test(
  "what isn't decided in time or is interrupted is said to be neither",
  async () => {
    const hard = findTask("cycle-navigation");
    const late = await synthesize(hard, { layers: [4], seconds: 0.5 });
    expect(late).toMatchObject({ verdict: "undecided", reason: "out of time", claims: [] });
    const stopped = await synthesize(hard, { layers: [4], signal: AbortSignal.abort() });
    expect(stopped).toMatchObject({ verdict: "undecided", reason: "interrupted" });
  },
  minute,
);

test("bad requests", async () => {
  const layers = [2];
  await expect(synthesize(findTask("sort"), { layers })).rejects.toThrow("no finite machine");
  await expect(synthesize(parity, { layers, margin: rational(0) })).rejects.toThrow(
    "margin is 0, expected a number above 0",
  );
  await expect(synthesize(parity, { layers, maxWeight: rational(-1) })).rejects.toThrow("maxWeight is -1");
  await expect(synthesize(parity, { layers, seconds: 0 })).rejects.toThrow("seconds is 0");
  await expect(synthesize(parity, { layers: [0] })).rejects.toThrow("layers");
  await expect(synthesize(parity, { layers: new Array<number>(9).fill(1) })).rejects.toThrow("at most 8");
});
