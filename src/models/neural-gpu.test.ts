import { describe, expect, test } from "vitest";
import { checkDerivatives } from "../../tests/finite-differences.ts";
import { expectClose } from "../../tests/golden.ts";
import { floats, runGraph } from "../../tests/run-graph.ts";
import { cgru } from "../cells/index.ts";
import { add, gradient, input, mul, type NDArray, program, reduceSum, sin, vectorize } from "../graph/index.ts";
import { randomSource } from "../random/index.ts";
import { onnxNodeRuntime } from "../runtime/onnx/node.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import { type Applied, type Model, neuralGpuModel } from "./index.ts";
import { dense, drawn, drawnMasks, modelProgram, padded, positionsOf, runModel } from "./sequences.test-helper.ts";

const signature = { channels: [5], answers: 3 };
const MAPS = 3;
const ROWS = 4;
const build = (options: object = {}): Model => neuralGpuModel.build({ maps: MAPS, sets: 3, ...options }, signature);
const problems = [
  [1, 0, 4, 2, 3, 1, 2],
  [2, 2, 0, 1],
] as const;

/** Σ sin(logits), and some of the sharing cost. */
const loss = ({ logits, costs }: Applied) => ({
  loss: costs?.sharing ? add(reduceSum(sin(logits)), mul(costs.sharing, 0.1)) : reduceSum(sin(logits)),
});

/** Set k of a parameter [sets, …]. */
function ofSet({ shape, data }: NDArray, k: number): NDArray {
  const size = data.length / shape[0]!;
  return floats([...data.slice(k * size, (k + 1) * size)], shape.slice(1));
}

interface Plain {
  readonly sets?: number;
  readonly cutoff?: boolean;
  readonly factor?: (step: number, position: number, number: number) => number;
}

/** The network on one problem of its own length, a unit at a time, the set of parameters chosen by counting. */
function plain(P: Record<string, NDArray>, ids: readonly number[], steps: number, options: Plain = {}) {
  const { sets = 3, cutoff = true, factor = () => 1 } = options;
  const cell = cgru({ maps: MAPS, rows: ROWS, cutoff });
  const width = MAPS * ROWS;
  let state = ids.flatMap((id) => {
    // The blank's embedding is zero; the others have the rows of E in their order.
    const embedding = Array.from({ length: MAPS }, (_, k) => (id > 0 ? Math.tanh(P.E!.data[(id - 1) * MAPS + k]!) : 0));
    return [...dense(embedding, P.I!, P.bI!), ...new Array<number>(width - MAPS).fill(0)];
  });
  const states: number[][] = [];
  for (let t = 0; t < steps; t++) {
    state = state.map((x, k) => x * factor(t, Math.floor(k / width), k % width));
    for (const unit of [1, 2]) {
      const own = Object.keys(cell.parameters).map((name) => [name, ofSet(P[`${name}${unit}`]!, t % sets)] as const);
      const given = { ...Object.fromEntries(own), s: floats(state, [ids.length, 1, width]) };
      const { next } = runGraph(given, (inputs) => ({ next: cell.step(inputs, inputs.s!).state }));
      state = [...next!.data];
    }
    states.push(state);
  }
  const logits = ids.flatMap((_, i) => dense(state.slice(i * width, i * width + MAPS), P.O!, P.bO!));
  return { logits, states };
}

const ownLogits = (logits: NDArray, n: number) => positionsOf(logits, n).slice(0, problems[n]!.length).flat();

describe.each([7, 8])("padded to %i symbols", (time) => {
  const symbols = padded(problems, time);

  test.each([
    ["three sets", { sets: 3 }],
    ["one set", { sets: 1 }],
    ["more sets than steps", { sets: 9 }],
    ["gates without the cut-off", { sets: 2, cutoff: false }],
  ] as const)("%s: logits are those of the units one after another on each problem alone", (_, options) => {
    const model = build(options);
    const parameters = drawn(model, 3);
    for (const isOpen of [false, true]) {
      const { logits } = runModel(model, { ...parameters, symbols }, ({ logits }) => ({ logits }), { isOpen });
      for (const [n, ids] of problems.entries()) {
        const expected = plain(parameters, ids, time, options).logits;
        expectClose(floats(ownLogits(logits!, n)), floats(expected), 1e-11, `problem ${n}`);
      }
    }
  });

  test("dropout on the whole state before each step", () => {
    const model = build();
    const parameters = drawn(model, 4);
    for (const isOpen of [false, true]) {
      const even = isOpen ? time : time + (time % 2);
      const { arrays, factor } = drawnMasks(model, 8, time, problems.length, even);
      const { logits } = runModel(model, { ...parameters, symbols, ...arrays }, ({ logits }) => ({ logits }), {
        isOpen,
      });
      for (const [n, ids] of problems.entries()) {
        const own = (step: number, position: number, k: number) => factor(step, position, n, k);
        const expected = plain(parameters, ids, time, { factor: own }).logits;
        expectClose(floats(ownLogits(logits!, n)), floats(expected), 1e-11, `problem ${n}`);
      }
    }
  });

  test("the trace shows each step; padding stays empty", () => {
    const model = build();
    const parameters = drawn(model, 5);
    const trace = runModel(model, { ...parameters, symbols }, (applied) => ({
      ...applied.trace!(),
      final: applied.final.s!,
    }));
    const width = MAPS * ROWS;
    for (const name of ["state", "update", "reset"]) expect(trace[name]!.shape).toEqual([time, time, 2, width]);
    expect(trace.start!.shape).toEqual([time, 2, width]);
    expect([...trace.final!.data]).toEqual([...trace.state!.data.slice(-time * 2 * width)]);
    for (const [n, ids] of problems.entries()) {
      const { states } = plain(parameters, ids, time);
      for (const [t, expected] of states.entries()) {
        const shown = Array.from({ length: time }, (_, i) => {
          const start = ((t * time + i) * 2 + n) * width;
          return [...trace.state!.data.slice(start, start + width)];
        });
        expectClose(floats(shown.slice(0, ids.length).flat()), floats(expected), 1e-11, `step ${t}`);
        expect(
          shown
            .slice(ids.length)
            .flat()
            .every((x) => x === 0),
        ).toBe(true);
      }
    }
    // Before the first step only row 0 holds anything.
    const rows = Array.from({ length: time * 2 }, (_, k) => [...trace.start!.data.slice(k * width, (k + 1) * width)]);
    expect(rows.every((row) => row.slice(MAPS).every((x) => x === 0))).toBe(true);
  });
});

test("blanks and padding have no embedding: E begins uniform on ±1.7 for the other symbols", () => {
  const { shape, initial } = build().parameters.E!;
  expect(shape).toEqual([4, MAPS]);
  const data = initial.draw(randomSource(1).stream("E"), [100, 10]);
  expect(Math.max(...data)).toBeGreaterThan(1.65);
  expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(1.7);
});

describe("sharing", () => {
  test("the cost is Σ ‖θ_i − mean‖² of the units' parameters alone", () => {
    const model = build({ sets: 2 });
    const parameters = drawn(model, 6);
    const { sharing } = runModel(model, { ...parameters, symbols: padded(problems, 8) }, ({ costs }) => ({
      sharing: costs!.sharing!,
    }));
    let expected = 0;
    for (const [name, { shape, data }] of Object.entries(parameters)) {
      if (!/^[Ub][urc][12]$/.test(name)) continue;
      expect(shape[0]).toBe(2);
      const half = data.length / 2;
      // Of two sets each lies half their distance from the mean.
      for (let k = 0; k < half; k++) expected += (data[k]! - data[half + k]!) ** 2 / 2;
    }
    expect(expected).toBeGreaterThan(10);
    expect(sharing!.data[0]).toBeCloseTo(expected, 10);
  });

  test("one set has no cost and nothing to join", () => {
    const model = build({ sets: 1 });
    expect(model.joinSets).toBeUndefined();
    const symbols = padded(problems, 8);
    modelProgram(model, { ...drawn(model, 1), symbols }, ({ logits, costs }) => {
      expect(costs).toBeUndefined();
      return { logits };
    });
  });

  test("joined sets are their mean, the other parameters as they were", () => {
    const model = build({ sets: 3 });
    const parameters = drawn(model, 7);
    const joined = model.joinSets!(parameters);
    expect(Object.keys(joined)).toEqual(Object.keys(parameters));
    for (const [name, { data, shape }] of Object.entries(parameters)) {
      expect(joined[name]!.shape).toEqual(shape);
      if (!/[12]$/.test(name)) {
        expect(joined[name], name).toBe(parameters[name]);
        continue;
      }
      const size = data.length / 3;
      const means = Array.from({ length: size }, (_, k) => (data[k]! + data[size + k]! + data[2 * size + k]!) / 3);
      expectClose(floats([...joined[name]!.data]), floats([...means, ...means, ...means]), 1e-15, name);
    }
    const symbols = padded(problems, 8);
    const { sharing, logits } = runModel(model, { ...joined, symbols }, ({ costs, logits }) => ({
      sharing: costs!.sharing!,
      logits,
    }));
    expect(sharing!.data[0]).toBeLessThan(1e-28);
    // A network of one set with the mean says the same.
    const first = Object.entries(joined).map(([name, array]) => {
      const { shape, data } = array;
      return [name, /[12]$/.test(name) ? floats([...data.slice(0, data.length / 3)], [1, ...shape.slice(1)]) : array];
    });
    const one = runModel(build({ sets: 1 }), { ...Object.fromEntries(first), symbols }, ({ logits }) => ({ logits }));
    expectClose(one.logits!, logits!, 1e-13);
  });

  test("32-bit parameters stay so", () => {
    const model = build();
    const half = Object.fromEntries(
      Object.entries(drawn(model, 1)).map(([name, array]) => [name, { ...array, data: Float32Array.from(array.data) }]),
    );
    for (const { data } of Object.values(model.joinSets!(half))) expect(data).toBeInstanceOf(Float32Array);
  });
});

test("sizes by default, and how dropout falls with the length", () => {
  const model = neuralGpuModel.build({}, { channels: [13], answers: 3 });
  expect(model.parameters.Uc2!.shape).toEqual([6, 3, 3, 24, 24]);
  expect(model.parameters.br1!.shape).toEqual([6, 24]);
  expect([model.width, model.dropout!.width, model.directions!.length]).toEqual([96, 96, 96]);
  expect(new Set(model.directions)).toEqual(new Set([0]));
  expect([8, 20, 401].map((length) => model.dropout!.keep(length))).toEqual([0.91, 1 - 0.72 / 20, 1 - 0.72 / 401]);
  const steep = build({ dropout: 0.135 }).dropout!;
  expect([1, 2, 6].map((length) => steep.keep(length))).toEqual([0.5, 0.5, 1 - 1.08 / 6]);
  expect(build({ dropout: 0 }).dropout).toBeUndefined();
  expect(() => build({ sets: 0 })).toThrow(/model neural-gpu, sets: received 0/);
  expect(() => neuralGpuModel.build({}, { channels: [2, 2], answers: 2 })).toThrow(/model neural-gpu: .*2 channels/);
});

describe("derivatives of the whole model", () => {
  // Without the cut-off: it has kinks.
  test.each([5, 6])("central differences, %i symbols", (time) => {
    const model = build({ cutoff: false, sets: 2 });
    const symbols = padded([problems[0].slice(0, time), problems[1]], time);
    const { arrays } = drawnMasks(model, 2, time, 2, time + (time % 2));
    const given = { ...drawn(model, 9), symbols, ...arrays };
    const wrt = Object.keys(model.parameters);
    checkDerivatives(modelProgram(model, given, loss, { wrt }), given, wrt);
  });

  test("with the cut-off, where no kink is crossed", () => {
    const model = build({ sets: 2 });
    const given = { ...drawn(model, 9), symbols: padded(problems, 7) };
    const wrt = Object.keys(model.parameters);
    checkDerivatives(modelProgram(model, given, loss, { wrt }), given, wrt, { step: 2 ** -15 });
  });

  test.each([
    ["known", false, 6],
    ["open", true, 7],
  ] as const)("ONNX Runtime agrees, a length that is %s", async (_, isOpen, time) => {
    const model = build({ maps: 16 });
    const symbols = padded([problems[0].slice(0, time), problems[1]], time);
    const { arrays } = drawnMasks(model, 2, time, 2);
    const given = { ...drawn(model, 9, 0.2), symbols, ...arrays };
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

test("a population has the logits and derivatives of each network alone", () => {
  const model = build({ sets: 2 });
  const symbols = padded(problems, 7);
  const wrt = Object.keys(model.parameters);
  const replicas = [drawn(model, 1), drawn(model, 2)];
  const inputs = Object.fromEntries(wrt.map((name) => [name, input(name, model.parameters[name]!.shape)]));
  const ids = input("symbols", symbols.shape, "int");
  const applied = model.apply(inputs, ids);
  const slopes = gradient(loss(applied).loss, Object.values(inputs));
  const wide = Object.fromEntries(wrt.map((name) => [name, input(name, [2, ...inputs[name]!.shape])]));
  const replacements = new Map(wrt.map((name) => [inputs[name]!, wide[name]!]));
  const [logits, ...wideSlopes] = vectorize([applied.logits, ...slopes], replacements, 2);
  const named = Object.fromEntries(wrt.map((name, k) => [`d ${name}`, wideSlopes[k]!]));
  const both = wrt.map((name) => {
    const [a, b] = replicas.map((one) => [...one[name]!.data]);
    return [name, floats([...a!, ...b!], wide[name]!.shape as number[])] as const;
  });
  const many = compileReference(program("population", { ...wide, symbols: ids }, { logits: logits!, ...named }));
  const results = many.run({ ...Object.fromEntries(both), symbols });
  for (const [k, parameters] of replicas.entries()) {
    const made = modelProgram(model, { ...parameters, symbols }, (one) => ({ ...loss(one), logits: one.logits }), {
      wrt,
    });
    const alone = compileReference(made).run({ ...parameters, symbols });
    for (const name of ["logits", ...wrt]) {
      const all = results[name === "logits" ? name : `d ${name}`]!;
      const size = all.data.length / 2;
      const own = floats([...all.data.slice(k * size, (k + 1) * size)], all.shape.slice(1));
      expectClose(own, alone[name]!, 1e-11, name);
    }
  }
});
