/** Gated cells and stacks: what holds of every cell, and values by hand that golden files don't reach. */
import { describe, expect, test } from "vitest";
import { toArrays } from "../../tests/golden.ts";
import { input, ndarray } from "../graph/index.ts";
import { dcm, gru, gruResetBefore, lstm, lstmPeephole, lstmSigmoid, rnn, stack } from "./index.ts";
import { cellProperties, runCell } from "./properties.test-helper.ts";

const sizes = { input: 2, hidden: 3 };
const hard = { gate: "hard-sigmoid", candidate: "hard-tanh" } as const;
cellProperties("lstm", lstm(sizes));
cellProperties("lstm, hard", lstm({ ...sizes, ...hard, squash: "hard-tanh" }));
cellProperties("lstm of papers/002", lstmSigmoid(sizes));
cellProperties("lstm-peephole", lstmPeephole(sizes));
cellProperties("dcm", dcm(sizes));
cellProperties("gru", gru(sizes));
cellProperties("gru, hard", gru({ ...sizes, ...hard }));
cellProperties("gru-reset-before", gruResetBefore(sizes));

const mixed = (feedback: boolean) =>
  stack({
    input: 2,
    feedback,
    layers: [
      (input) => lstm({ input, hidden: 3 }),
      (input) => gru({ input, hidden: 2 }),
      (input) => rnn({ input, hidden: 4 }),
    ],
  });
cellProperties("a stack of lstm, gru and rnn", mixed(false));
cellProperties("the same with feedback", mixed(true));

const sigma = (x: number) => 1 / (1 + Math.exp(-x));
const one = (value: number) => ndarray(Float64Array.of(value), [1, 1]);
/** Scalar parameters by name, in the shapes of a cell with one unit. */
const scalars = (values: Readonly<Record<string, number>>) =>
  toArrays(
    Object.fromEntries(Object.entries(values).map(([name, x]) => [name, /^.?[WU]|\.[WU]/.test(name) ? [[x]] : [x]])),
  );
const gates = (letters: string, W: number, U: number, b: number) =>
  Object.fromEntries([...letters].flatMap((l) => [[`W${l}`, W], [`U${l}`, U], [`b${l}`, b]])); // biome-ignore format: one idea

describe("lstm by hand, one unit", () => {
  const P = scalars({
    ...gates("i", 0.5, 1, 0.1),
    ...gates("f", -1, 2, 0.2),
    ...gates("g", 3, -1, 0),
    ...gates("o", 1, 1, -0.5),
  });
  const [x, h, c] = [0.4, -0.3, 0.8];
  const zi = 0.5 * x + h + 0.1;
  const zf = -x + 2 * h + 0.2;
  const zg = 3 * x - h;
  const zo = x + h - 0.5;
  const start = { h: one(h), c: one(c) };
  const at = ndarray(Float64Array.of(x), [1, 1, 1]);
  const one1 = { input: 1, hidden: 1 };

  test("smooth", () => {
    const { output, final } = runCell(lstm(one1)).run(P, at, start);
    const next = sigma(zf) * c + sigma(zi) * Math.tanh(zg);
    expect(final.c!.data[0]).toBeCloseTo(next, 15);
    expect(output.data[0]).toBeCloseTo(sigma(zo) * Math.tanh(next), 15);
  });
  test("papers/002 squashes candidate and cell with σ", () => {
    const { output, final } = runCell(lstmSigmoid(one1)).run(P, at, start);
    const next = sigma(zf) * c + sigma(zi) * sigma(zg);
    expect(final.c!.data[0]).toBeCloseTo(next, 15);
    expect(output.data[0]).toBeCloseTo(sigma(zo) * sigma(next), 15);
  });
  test("hard functions, without squashing the output", () => {
    const cell = lstm({ ...one1, ...hard, squash: "identity" });
    const { output } = runCell(cell).run(P, at, start);
    const clip = (z: number, low: number) => Math.min(1, Math.max(low, z));
    const next = clip(zf / 2 + 0.5, 0) * c + clip(zi / 2 + 0.5, 0) * clip(zg, -1);
    expect(output.data[0]).toBeCloseTo(clip(zo / 2 + 0.5, 0) * next, 15);
  });
});

test("hard functions tell their pre-activations, smooth ones don't", () => {
  const tensors = (cell: ReturnType<typeof lstm>) =>
    Object.fromEntries(Object.entries(cell.parameters).map(([name, { shape }]) => [name, input(name, shape)]));
  const step = (options: object) => {
    const cell = lstm({ input: 1, hidden: 1, ...options });
    const state = { h: input("h", [1, 1]), c: input("c", [1, 1]) };
    return cell.step(tensors(cell) as never, state, input("x", [1, 1])).hard!;
  };
  expect(step({}).length).toBe(0);
  expect(step({ gate: "hard-sigmoid" }).length).toBe(3);
  expect(step({ ...hard, squash: "hard-tanh" }).length).toBe(5);
});

test("a stack by hand: each layer reads the one below, and with feedback all others of the step before", () => {
  const layer = (input: number) => rnn({ input, hidden: 1, activation: "identity" });
  const plain = stack({ input: 1, layers: [layer, layer] });
  const given = scalars({ "1.W": 2, "1.U": 3, "1.b": 0.5, "2.W": 5, "2.U": 7, "2.b": 0 });
  const x = ndarray(Float64Array.of(1, 10), [2, 1, 1]);
  const start = { "1.h": one(0), "2.h": one(0) };
  // Layer 1: 2.5, 20 + 7.5 + 0.5 = 28; layer 2: 12.5, 140 + 87.5.
  expect([...runCell(plain).run(given, x, start).output.data]).toEqual([12.5, 227.5]);

  const fed = stack({ input: 1, layers: [layer, layer], feedback: true });
  expect(fed.parameters["1.W"]!.shape).toEqual([2, 1]);
  const more = { ...given, ...toArrays({ "1.W": [[2], [11]], "2.W": [[5], [13]] }) };
  const begin = { ...start, "1.y": one(0), "2.y": one(0) };
  // Step 1 as before. Step 2: layer 1 = 20 + 11·12.5 + 3·2.5 + 0.5 = 165.5; layer 2 = 5·165.5 + 13·2.5 + 7·12.5.
  expect([...runCell(fed).run(more, x, begin).output.data]).toEqual([12.5, 947.5]);
  expect(() => stack({ input: 1, layers: [] })).toThrow("stack: received no layers");
});

test("a GRU whose update gate is 1 keeps its state, and one whose gate is 0 takes the candidate", () => {
  for (const make of [gru, gruResetBefore]) {
    const cell = make({ input: 1, hidden: 1 });
    const P = (bz: number) => ({ ...gates("r", 0, 0, 0), ...gates("n", 1, 1, 0), ...gates("z", 0, 0, bz), an: 0.5 });
    const run = (bz: number) => {
      const { an, ...rest } = P(bz);
      const given = scalars({ ...rest, ...("an" in cell.parameters && { an }) });
      return runCell(cell).run(given, ndarray(Float64Array.of(0.3), [1, 1, 1]), { h: one(0.6) }).output.data[0]!;
    };
    expect(run(1000)).toBe(0.6);
    const candidate = make === gru ? 0.3 + 0.5 * (0.6 + 0.5) : 0.3 + 0.5 * 0.6;
    expect(run(-1000)).toBeCloseTo(Math.tanh(candidate), 15);
  }
});

test("inputs of another width are refused by name", () => {
  const cell = lstm({ input: 2, hidden: 2 });
  const x = input("x", [1, 3]);
  expect(() => cell.step({} as never, { h: x, c: x }, x)).toThrow("lstm: input x [1, 3], expected 2 features");
});
