import { describe, expect, test } from "vitest";
import { checkDerivatives } from "../../tests/finite-differences.ts";
import { expectClose } from "../../tests/golden.ts";
import { floats } from "../../tests/run-graph.ts";
import { gateDirections } from "../cells/index.ts";
import { add, mul, type NDArray, reduceSum, sin, type Tensor } from "../graph/index.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import { dngpuModel, type Model } from "./index.ts";
import {
  convolved,
  dense,
  drawn,
  drawnMasks,
  type Grid,
  modelProgram,
  padded,
  positionsOf,
  runModel,
} from "./sequences.test-helper.ts";

const signature = { channels: [5], answers: 3 };
const build = (options: object = {}): Model => dngpuModel.build({ maps: 7, ...options }, signature);
const problems = [
  [1, 0, 4, 2, 3, 1, 2],
  [2, 2, 0, 1],
] as const;

interface Plain {
  readonly hard?: boolean;
  readonly diagonal?: boolean;
  readonly dropout?: "candidate" | "state";
  /** Factor at a step (0: the embedded input), a position and a map. */
  readonly factor?: (step: number, position: number, map: number) => number;
  readonly limit?: number;
}

/** The equations of papers/003, sections 3.1 to 3.3, on one problem, number by number. −1: no position of the problem. */
function plain(P: Record<string, NDArray>, ids: readonly number[], steps: number, options: Plain = {}) {
  const { hard = true, diagonal = true, dropout = "candidate", factor = () => 1, limit = 0.9 } = options;
  const clip = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
  const squash = (x: number) => (hard ? clip(x, -1, 1) : Math.tanh(x));
  const gate = (x: number) => (hard ? clip(x / 2 + 0.5, 0, 1) : 1 / (1 + Math.exp(-x)));
  const maps = P.bE!.data.length;
  const directions = gateDirections(maps, diagonal);
  const beyond = (z: Grid) => z.flat().reduce((sum, x) => sum + Math.max(0, Math.abs(x) - limit), 0);
  const isThere = (i: number) => (ids[i]! >= 0 ? 1 : 0);
  const z0 = ids.map((id) =>
    dense(
      [0, 1, 2, 3, 4].map((symbol) => (symbol === id ? 1 : 0)),
      P.E!,
      P.bE!,
    ),
  );
  let cost = beyond(z0) * ids.length;
  let s: Grid = z0.map((z, i) => z.map((x, k) => squash(x) * isThere(i) * factor(0, i, k)));
  const states: Grid[] = [];
  for (let t = 1; t <= steps; t++) {
    const offset = (b: NDArray, by: number) => Array.from(b.data, (x) => x + by);
    const zu = convolved(s, P.Uu!.data, offset(P.bu!, 0.7));
    const zr = convolved(s, P.Ur!.data, offset(P.br!, 0.5));
    const reset = s.map((own, i) => own.map((x, k) => gate(zr[i]![k]!) * x));
    const zc = convolved(reset, P.Uc!.data, P.bc!.data);
    cost += beyond(zu) + beyond(zr) + beyond(zc);
    s = s.map((own, i) =>
      own.map((_, k) => {
        const from = s[i - directions[k]!]?.[k] ?? 0;
        const u = gate(zu[i]![k]!);
        const c = squash(zc[i]![k]!) * (dropout === "candidate" ? factor(t, i, k) : 1);
        return (u * from + (1 - u) * c) * isThere(i) * (dropout === "state" ? factor(t, i, k) : 1);
      }),
    );
    states.push(s);
  }
  return { logits: s.map((own) => dense(own, P.O!, P.bO!)), cost, states };
}

describe.each([7, 8, 10])("padded to %i symbols", (time) => {
  const symbols = padded(problems, time);
  const idsOf = (example: number) => Array.from(symbols.data.slice(example * time, (example + 1) * time));

  test.each([
    ["by default", {}],
    ["smooth", { hard: false }],
    ["with gates that stay", { diagonal: false }],
    ["with another limit", { saturation: 0.5 }],
  ] as const)("%s: logits and cost are those of the equations", (_, options) => {
    const model = build(options);
    const parameters = drawn(model, 3);
    const limit = "saturation" in options ? options.saturation : 0.9;
    const expected = problems.map((_, n) => plain(parameters, idsOf(n), time, { ...options, limit }));
    for (const isOpen of [false, true]) {
      const given = { ...parameters, symbols };
      const results = runModel(model, given, ({ logits, costs }) => ({ logits, ...costs }), { isOpen });
      for (const [n, { logits }] of expected.entries()) {
        expectClose(floats(positionsOf(results.logits!, n).flat()), floats(logits.flat()), 1e-11, `logits ${n}`);
      }
      if ("hard" in options) {
        expect(results.saturation).toBeUndefined();
      } else {
        const total = expected.reduce((sum, { cost }) => sum + cost, 0);
        expect(total).toBeGreaterThan(1);
        expect(results.saturation!.data[0]).toBeCloseTo(total / (time * time * problems.length), 11);
      }
    }
  });

  test("padding changes no answer: the same steps on a problem's own positions alone", () => {
    const model = build();
    const parameters = drawn(model, 4);
    const { logits } = runModel(model, { ...parameters, symbols }, ({ logits }) => ({ logits }));
    for (const [n, ids] of problems.entries()) {
      const alone = plain(parameters, ids, time).logits.flat();
      expectClose(floats(positionsOf(logits!, n).slice(0, ids.length).flat()), floats(alone), 1e-11);
    }
  });

  test("the state is zero where no problem is, and only there: blanks are positions as well", () => {
    const model = build();
    const { s } = runModel(model, { ...drawn(model, 5), symbols }, ({ final }) => ({ s: final.s! }));
    expect(s!.shape).toEqual([time, problems.length, 7]);
    for (let i = 0; i < time; i++) {
      for (const [n, ids] of problems.entries()) {
        const own = s!.data.slice((i * problems.length + n) * 7, (i * problems.length + n + 1) * 7);
        expect(
          own.some((x) => x !== 0),
          `position ${i} of problem ${n}`,
        ).toBe(i < ids.length);
      }
    }
  });

  test("as many steps as symbols; the trace shows each", () => {
    const model = build();
    const parameters = drawn(model, 6);
    const trace = runModel(model, { ...parameters, symbols }, (applied) => applied.trace!());
    const whole = [time, time, problems.length, 7];
    expect(trace.state!.shape).toEqual(whole);
    expect(trace.update!.shape).toEqual(whole);
    expect(trace.reset!.shape).toEqual(whole);
    expect(trace.start!.shape).toEqual(whole.slice(1));
    const { states } = plain(parameters, idsOf(0), time);
    const first = states.flatMap((state) => state.flat());
    const shown = Array.from({ length: time * time }, (_, k) =>
      Array.from(trace.state!.data.slice(14 * k, 14 * k + 7)),
    );
    expectClose(floats(shown.flat()), floats(first), 1e-11);
  });

  test.each(["candidate", "state"] as const)("dropout on the embedded input and on the %s of each step", (dropout) => {
    const model = build({ dropout });
    const parameters = drawn(model, 7);
    for (const isOpen of [false, true]) {
      const even = isOpen ? time : time + (time % 2);
      const { arrays, factor } = drawnMasks(model, 8, time, problems.length, even);
      const given = { ...parameters, symbols, ...arrays };
      const { logits } = runModel(model, given, ({ logits }) => ({ logits }), { isOpen });
      for (const n of problems.keys()) {
        const own = (step: number, position: number, map: number) => factor(step, position, n, map);
        const expected = plain(parameters, idsOf(n), time, { dropout, factor: own }).logits;
        expectClose(floats(positionsOf(logits!, n).flat()), floats(expected.flat()), 1e-11);
      }
    }
  });
});

test("what is dropped, with which probability, and what costs", () => {
  expect(build().dropout!.width).toBe(7);
  expect([1, 41, 401].map((length) => build({ keep: 0.8 }).dropout!.keep(length))).toEqual([0.8, 0.8, 0.8]);
  expect(build({ dropout: "none" }).dropout).toBeUndefined();
  expect(build({ keep: 1 }).dropout).toBeUndefined();
  const costsOf = (options: object) => {
    const model = build(options);
    let names: string[] = [];
    modelProgram(model, { ...drawn(model, 1), symbols: padded(problems, 8) }, ({ logits, costs }) => {
      names = Object.keys(costs ?? {});
      return { logits };
    });
    return names;
  };
  expect(costsOf({})).toEqual(["saturation"]);
  expect(costsOf({ hard: false })).toEqual([]);
  expect(costsOf({ saturation: null })).toEqual([]);
});

test("which way each map's gate moves its value", () => {
  expect(build().directions).toEqual([0, 0, 0, 1, 1, -1, -1]);
  expect(build({ diagonal: false }).directions).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(gateDirections(3)).toEqual([0, 1, -1]);
  expect(gateDirections(2)).toEqual([0, 0]);
});

test("numbers of parameters are those of the published sizes", () => {
  const count = (maps: number) =>
    Object.values(dngpuModel.build({ maps }, { channels: [13], answers: 3 }).parameters).reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );
  expect([24, 48, 96, 192].map(count)).toEqual([5667, 21699, 84867, 335619]);
});

/** Σ sin(logits), and the cost, of which the hard network has some. */
const loss = ({ logits, costs }: { logits: Tensor; costs?: Partial<Record<string, Tensor>> }) => ({
  loss: costs?.saturation ? add(reduceSum(sin(logits)), mul(costs.saturation, 0.3)) : reduceSum(sin(logits)),
});

describe("derivatives of the whole model", () => {
  test.each([
    ["smooth, odd", { hard: false }, 5, 2 ** -7],
    ["smooth, even", { hard: false }, 6, 2 ** -7],
    // Steps so small that none of the kinks is crossed.
    ["hard, odd", {}, 5, 2 ** -17],
    ["hard, even", {}, 6, 2 ** -17],
  ] as const)("%s: central differences", (_, options, time, step) => {
    const model = build({ maps: 4, ...options });
    const parameters = drawn(model, 9);
    const symbols = padded([problems[0].slice(0, time), problems[1]], time);
    const { arrays } = drawnMasks(model, 2, time, 2, time + (time % 2));
    const given = { ...parameters, symbols, ...arrays };
    const wrt = Object.keys(model.parameters);
    checkDerivatives(modelProgram(model, given, loss, { wrt }), given, wrt, { step });
  });

  test.each([
    ["known", false, 6],
    ["open", true, 7],
  ] as const)("ONNX Runtime agrees, a length that is %s; long rows are made again", async (_, isOpen, time) => {
    const model = build({ maps: 64 });
    const symbols = padded([problems[0].slice(0, time), problems[1]], time);
    const { arrays } = drawnMasks(model, 2, time, 2);
    const given = { ...drawn(model, 9, 0.1), symbols, ...arrays };
    const wrt = Object.keys(model.parameters);
    const made = modelProgram(model, given, (applied) => ({ ...loss(applied), logits: applied.logits }), {
      isOpen,
      wrt,
    });
    await using executable = await (await onnxNodeRuntime()).compile(made);
    const results = await executable.run(given);
    const expected = compileReference(made).run(given);
    for (const [name, value] of Object.entries(expected)) expectClose(results[name]!, value, 3e-5, name);
  });
});
