/** What must hold of every cell, as tests. */
import { expect, test } from "vitest";
import { LonghandError } from "../errors.ts";
import { input, type NDArray, ndarray, program } from "../graph/index.ts";
import { unroll } from "../models/index.ts";
import { randomSource, type Stream } from "../random/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import type { Cell } from "./index.ts";

type Arrays = Record<string, NDArray>;

/** A cell along time on the reference runtime: what it makes of inputs [time, batch, input], and its states after that. */
export interface RunningCell {
  run(parameters: Arrays, x: NDArray, initial: Arrays): { output: NDArray; final: Arrays };
}

export function runCell(cell: Cell): RunningCell {
  const parameters = Object.entries(cell.parameters).map(([name, { shape }]) => [name, input(name, shape)] as const);
  const states = Object.entries(cell.state).map(([name, width]) => [name, input(name, ["batch", width])] as const);
  const x = input("x", ["time", "batch", cell.input]);
  const { outputs, final } = unroll(cell, Object.fromEntries(parameters), x, { initial: Object.fromEntries(states) });
  const prefixed = (prefix: string, entries: readonly (readonly [string, unknown])[]) =>
    Object.fromEntries(entries.map(([name, value]) => [`${prefix} ${name}`, value]));
  const compiled = compileReference(
    program(
      cell.name,
      { x, ...prefixed("p", parameters), ...prefixed("s", states) } as Record<string, typeof x>,
      { output: outputs, ...prefixed("s", Object.entries(final)) } as Record<string, typeof x>,
    ),
  );
  return {
    run(given, sequence, initial) {
      const inputs = { ...prefixed("p", Object.entries(given)), ...prefixed("s", Object.entries(initial)) } as Arrays;
      const results = compiled.run({ x: sequence, ...inputs });
      const after = states.map(([name]) => [name, results[`s ${name}`]!] as const);
      return { output: results.output!, final: Object.fromEntries(after) };
    },
  };
}

/** Random parameters, states and inputs; multiples of 1/16, so that hard units also meet their corners. */
function randomArray(stream: Stream, shape: readonly number[]): NDArray {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = stream.normal(new Float64Array(size)).map((value) => Math.round(16 * value) / 16);
  return ndarray(data, shape);
}

/** Rows from … to − 1 along an axis. */
function part({ shape, data }: NDArray, axis: number, from: number, to: number): NDArray {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const extent = shape[axis]!;
  const kept = Array.from(data).filter((_, k) => {
    const at = Math.floor(k / inner) % extent;
    return at >= from && at < to;
  });
  return ndarray(
    Float64Array.from(kept),
    shape.map((size, k) => (k === axis ? to - from : size)),
  );
}

const mapArrays = (arrays: Arrays, f: (array: NDArray) => NDArray): Arrays =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, f(array)]));

/** Defines the tests for one cell. */
export function cellProperties(title: string, cell: Cell): void {
  const time = 6;
  const batch = 3;
  const { run } = runCell(cell);
  const draw = (trial: number) => {
    const stream = randomSource(title).stream("cell", trial);
    const specs = Object.entries(cell.parameters).map(([name, { shape }]) => [name, randomArray(stream, shape)]);
    const states = Object.entries(cell.state).map(([name, width]) => [name, randomArray(stream, [batch, width])]);
    return {
      parameters: Object.fromEntries(specs) as Arrays,
      initial: Object.fromEntries(states) as Arrays,
      x: randomArray(stream, [time, batch, cell.input]),
    };
  };

  test(`${title}: shapes, and the same again`, () => {
    const { parameters, initial, x } = draw(0);
    const first = run(parameters, x, initial);
    expect(first.output.shape).toEqual([time, batch, cell.output]);
    for (const [name, width] of Object.entries(cell.state)) expect(first.final[name]!.shape).toEqual([batch, width]);
    expect(run(parameters, x, initial)).toEqual(first);
    expect(runCell(cell).run(parameters, x, initial)).toEqual(first);
  });

  test(`${title}: each example for itself`, () => {
    const { parameters, initial, x } = draw(1);
    const together = run(parameters, x, initial);
    for (let k = 0; k < batch; k++) {
      const states = mapArrays(initial, (state) => part(state, 0, k, k + 1));
      const alone = run(parameters, part(x, 1, k, k + 1), states);
      expect(alone.output).toEqual(part(together.output, 1, k, k + 1));
      expect(alone.final).toEqual(mapArrays(together.final, (state) => part(state, 0, k, k + 1)));
    }
  });

  test(`${title}: what comes later changes nothing before, and the state is all that goes over`, () => {
    const { parameters, initial, x } = draw(2);
    const whole = run(parameters, x, initial);
    for (let cut = 0; cut <= time; cut++) {
      const before = run(parameters, part(x, 0, 0, cut), initial);
      expect(before.output).toEqual(part(whole.output, 0, 0, cut));
      const after = run(parameters, part(x, 0, cut, time), before.final);
      expect(after.output).toEqual(part(whole.output, 0, cut, time));
      expect(after.final).toEqual(whole.final);
    }
  });

  test(`${title}: every number of every parameter and of the initial state matters`, () => {
    const kinds = ["parameters", "initial"] as const;
    for (const kind of kinds) {
      for (const [name, { data }] of Object.entries(draw(0)[kind])) {
        data.forEach((_, k) => {
          // Hard units don't show every change: some of these networks must.
          const isSeen = Array.from({ length: 60 }, (_, trial) => trial).some((trial) => {
            const given = draw(100 + trial);
            const before = run(given.parameters, given.x, given.initial).output.data;
            given[kind][name]!.data[k]! += 1.5;
            const after = run(given.parameters, given.x, given.initial).output.data;
            return after.some((value, at) => value !== before[at]);
          });
          expect(isSeen, `${name}[${k}]`).toBe(true);
        });
      }
    }
  });

  test(`${title}: an input of the wrong width is refused, by name`, () => {
    const wrong = input("letters", ["time", "batch", cell.input + 1]);
    const parameters = Object.entries(cell.parameters).map(([name, { shape }]) => [name, input(name, shape)]);
    const build = () => unroll(cell, Object.fromEntries(parameters), wrong);
    expect(build).toThrow(LonghandError);
    expect(build).toThrow(new RegExp(`${cell.name}: input .*${cell.input + 1}\\], expected ${cell.input} features`));
  });
}
