/** ONNX's recurrent operators as scans of our cells (https://onnx.ai/onnx/operators: RNN, LSTM, GRU; operator sets 7 to 21). */
import {
  type ActivationChoice,
  type Cell,
  gru,
  gruResetBefore,
  lstm,
  lstmPeephole,
  type Packed,
  rnn,
  unpack,
  unroll,
} from "../../cells/index.ts";
import { LonghandError } from "../../errors.ts";
import {
  add,
  cast,
  concat,
  type Dimension,
  describe,
  expand,
  greater,
  scalar,
  scan,
  slice,
  squeeze,
  type Tensor,
  transpose,
  unsqueeze,
} from "../../graph/index.ts";
import { activationsOf } from "./import-activations.ts";
import type { NodeReader } from "./import-node.ts";

interface Kind {
  readonly gates: number;
  /** Functions of one direction, and how many of them see clipped values: the cell's state isn't clipped on its way out. */
  readonly activations: readonly string[];
  readonly clipped: number;
  make(sizes: { input: number; hidden: number }, functions: readonly ActivationChoice[], at: NodeReader): Cell;
}

const kinds: Readonly<Record<string, Kind>> = {
  RNN: {
    gates: 1,
    activations: ["Tanh"],
    clipped: 1,
    make: (sizes, [activation]) => rnn({ ...sizes, activation: activation! }),
  },
  LSTM: {
    gates: 4,
    activations: ["Sigmoid", "Tanh", "Tanh"],
    clipped: 2,
    make(sizes, [gate, candidate, squash], at) {
      if (at.int("input_forget", 0) !== 0) at.fail("input_forget, one gate for input and forgetting, isn't supported");
      const options = { ...sizes, gate: gate!, candidate: candidate!, squash: squash! };
      return at.has(7) ? lstmPeephole(options) : lstm(options);
    },
  },
  GRU: {
    gates: 3,
    activations: ["Sigmoid", "Tanh"],
    clipped: 2,
    make(sizes, [gate, candidate], at) {
      const options = { ...sizes, gate: gate!, candidate: candidate! };
      return at.int("linear_before_reset", 0) !== 0 ? gru(options) : gruResetBefore(options);
    },
  },
};

export const recurrentOperators: readonly string[] = Object.keys(kinds);

export const isRecurrent = (opType: string): boolean => Object.hasOwn(kinds, opType);

/**
 * RNN, LSTM or GRU as one scan for each direction.
 *
 * An example shorter than the batch's longest (`sequence_lens`) keeps its state after its end, where its outputs are 0; read in
 * reverse it begins at its own end.
 * @returns Y, Y_h and, of LSTM, Y_c.
 * @throws LonghandError `unsupported` for input_forget and for functions that aren't known; `shape` naming the input, what
 *   came and what was expected.
 */
export function importRecurrent(at: NodeReader): Tensor[] {
  const kind = kinds[at.node.opType]!;
  const isBatchFirst = at.int("layout", 0) === 1;
  const direction = at.attribute("direction", "string") ?? "forward";
  const reverses = { forward: [false], reverse: [true], bidirectional: [false, true] }[direction];
  if (!reverses) at.fail(`its direction is "${direction}", expected forward, reverse or bidirectional`);

  const x = isBatchFirst ? transpose(at.tensor(0), [1, 0, 2]) : at.tensor(0);
  const { input, hidden } = sizesOf(at, kind, x, reverses.length);
  const [time, batch] = x.shape as [Dimension, Dimension, number];
  const mask = at.has(4) ? maskOf(at.tensor(4), time) : undefined;
  const functions = activationsOf(at, kind.activations, reverses.length, kind.clipped);
  const along = (tensor: Tensor, d: number) => squeeze(slice(tensor, { axis: 0, start: d, end: d + 1 }), [0]);
  const initial = (k: number, d: number) => {
    const given = isBatchFirst ? transpose(at.tensor(k), [1, 0, 2]) : at.tensor(k);
    expectShape(at, given, k, [reverses.length, batch, hidden]);
    return along(given, d);
  };

  const made = reverses.map((reverse, d) => {
    const cell = kind.make({ input, hidden }, functions[d]!, at);
    const states = Object.keys(cell.state);
    const start = states.flatMap((name, k) => (at.has(5 + k) ? [[name, initial(5 + k, d)] as const] : []));
    const parameters = unpack(packedOf(at, kind.gates * hidden, d, along), cell.native!, hidden);
    const { outputs, final } = unroll(cell, parameters, x, {
      reverse,
      initial: Object.fromEntries(start),
      ...(mask && { mask }),
    });
    return [unsqueeze(outputs, [1]), ...states.map((name) => unsqueeze(final[name]!, [0]))];
  });
  // Directions side by side: Y [time, directions, batch, hidden], Y_h and Y_c [directions, batch, hidden].
  return made[0]!.map((_, k) => {
    const all = concat(
      made.map((tensors) => tensors[k]!),
      k === 0 ? 1 : 0,
    );
    if (!isBatchFirst) return all;
    return transpose(all, k === 0 ? [2, 0, 1, 3] : [1, 0, 2]);
  });
}

/** Checks the shapes of X, W, R, B and P. */
function sizesOf(at: NodeReader, { gates }: Kind, x: Tensor, directions: number): { input: number; hidden: number } {
  const hidden = at.attribute("hidden_size", "int") ?? Number(at.tensor(2).shape[2]);
  const input = Number(at.tensor(1).shape[2]);
  expectShape(at, at.tensor(1), 1, [directions, gates * hidden, input]);
  expectShape(at, at.tensor(2), 2, [directions, gates * hidden, hidden]);
  if (at.has(3)) expectShape(at, at.tensor(3), 3, [directions, 2 * gates * hidden]);
  if (at.has(7)) expectShape(at, at.tensor(7), 7, [directions, 3 * hidden]);
  if (x.shape.length !== 3 || x.shape[2] !== input) {
    throw mismatch(at, 0, x, ["time", "batch", input]);
  }
  return { input, hidden };
}

function packedOf(at: NodeReader, rows: number, d: number, along: (tensor: Tensor, d: number) => Tensor): Packed {
  const both = at.has(3) ? along(at.tensor(3), d) : expand(scalar(0), [2 * rows]);
  return {
    W: along(at.tensor(1), d),
    R: along(at.tensor(2), d),
    Wb: slice(both, { axis: 0, end: rows }),
    Rb: slice(both, { axis: 0, start: rows }),
    P: at.has(7) ? along(at.tensor(7), d) : undefined,
  };
}

/** Which steps are within each example: [time, batch, 1] of 1 and 0. @param lengths int [batch]. */
function maskOf(lengths: Tensor, time: Dimension): Tensor {
  const { outputs } = scan({
    name: "sequence_lens",
    steps: time,
    state: { t: scalar(0, "int") },
    step: ({ t }) => ({ state: { t: add(t, 1) }, outputs: { within: cast(greater(lengths, t), "float") } }),
  });
  return unsqueeze(outputs.within, [-1]);
}

function expectShape(at: NodeReader, tensor: Tensor, k: number, expected: readonly Dimension[]): void {
  const { shape } = tensor;
  const fits = shape.length === expected.length && shape.every((extent, axis) => extent === expected[axis]);
  if (!fits) throw mismatch(at, k, tensor, expected);
}

function mismatch(at: NodeReader, k: number, tensor: Tensor, expected: readonly Dimension[]): LonghandError {
  const name = at.node.name === "" ? "" : ` "${at.node.name}"`;
  return new LonghandError(
    "shape",
    `ONNX node ${at.node.opType}${name}: input ${k} "${at.node.inputs[k]}" is ${describe(tensor)}, expected [${expected.join(", ")}]`,
  );
}
