/** What happens inside a network while it works on one problem. */
import { LonghandError } from "../errors.ts";
import {
  expose,
  input,
  type NDArray,
  optimize,
  type Program,
  program,
  type Tensor,
  transpose,
} from "../graph/index.ts";
import { type Applied, decodeLogits, type Model, parameterInputs } from "../models/index.ts";
import type { Runtime } from "../runtime/contract.ts";
import type { Task } from "../tasks/index.ts";
import type { Network } from "./network.ts";
import { judged, type Prediction } from "./prediction.ts";

/** Numbers of a trace, row-major. */
export interface TraceValues {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A network at work on one problem. */
export interface NetworkTrace {
  /** The problem, the network's answer to it and the exact one, as text. */
  readonly prediction: Prediction;
  /** Names of the input's symbols [steps][channels]. */
  readonly input: readonly (readonly string[])[];
  /** Names of the answer's symbols, the network's and the exact ones [steps]; empty where none is asked. */
  readonly answer: readonly string[];
  readonly exact: readonly string[];
  /**
   * Of networks whose state has positions: `state` [steps + 1, length, width], first the embedded input, then what each step
   * made; with gates `update` and `reset` [steps, length, width], those of each step. Of others: each state after every step
   * [steps, units], and `output` [steps, n], the activations of the output layer.
   */
  readonly values: Readonly<Record<string, TraceValues>>;
  /**
   * Of networks whose state has positions: what would be read as the answer after each step, the answer's symbols
   * [steps + 1, length], first from the embedded input, at last the answer. null of others.
   */
  readonly readout: { readonly shape: readonly number[]; readonly data: Int32Array } | null;
  /** Of networks whose state has positions: how many positions each number's gate moves it in a step. */
  readonly directions: readonly (-1 | 0 | 1)[] | null;
}

/** Opens a runtime for a program. @param sizes of its open dimensions. */
export type OpenFor = (program: Program, sizes: Readonly<Record<string, number>>) => Promise<Runtime>;

export interface TraceNetworkOptions {
  readonly open: OpenFor;
  /** The gates as well. Default false. */
  readonly gates?: boolean;
}

/** Traces networks of one model on one problem: again and again, as they are trained. Close it at last. */
export interface Tracer extends AsyncDisposable {
  /** What computes it, for people. */
  readonly runtime: string;
  trace(parameters: Network["parameters"]): Promise<NetworkTrace>;
}

/**
 * Traces a network on one problem.
 * @param problem [steps][channels]: see the task's `parse`.
 * @throws LonghandError `argument` for gates of a network without any.
 */
export async function traceNetwork(
  { task, model, parameters }: Network,
  problem: Int32Array,
  options: TraceNetworkOptions,
): Promise<NetworkTrace> {
  await using traces = await tracer(task, model, problem, options);
  return await traces.trace(parameters);
}

/** Prepares traces of a model on one problem: see `traceNetwork`. */
export async function tracer(
  task: Task,
  model: Model,
  problem: Int32Array,
  { open, gates = false }: TraceNetworkOptions,
): Promise<Tracer> {
  const channels = task.channels.length;
  const steps = problem.length / channels;
  const symbols = input("symbols", [1, steps, channels], "int");
  const given = parameterInputs(model);
  const applied = model.apply(given, symbols);
  const values = applied.trace ? positionValues(applied, gates) : unitValues(model, applied, gates);
  const names = Object.keys(values);
  const read = applied.read && {
    "read start": decodeLogits(applied.read(values.start!)),
    "read state": decodeLogits(applied.read(values.state!)),
  };
  const wanted = { answer: decodeLogits(applied.logits), ...read, ...values };
  const simplest = optimize(Object.values(wanted));
  const outputs = Object.fromEntries(Object.keys(wanted).map((name, k) => [name, simplest[k]!]));
  const traceProgram = program("trace", { ...given, symbols }, outputs);
  const runtime = await open(traceProgram, { batch: 1, time: steps });
  const executable = await runtime.compile(traceProgram);

  const target = task.solve(problem);
  const nameOf = (symbol: number, step: number) => (target[step]! < 0 ? "" : (task.output[symbol] ?? ""));
  return {
    runtime: runtime.description,
    async trace(parameters) {
      const made = await executable.run({
        ...parameters,
        symbols: { dtype: "int", shape: [1, steps, channels], data: problem },
      });
      const answered = Int32Array.from(made.answer!.data);
      const arrays = Object.fromEntries(names.map((name) => [name, withoutBatch(made[name]!)]));
      return {
        prediction: judged(task, problem, answered),
        input: Array.from({ length: steps }, (_, step) =>
          task.channels.map((alphabet, channel) => alphabet[problem[step * channels + channel]!]!),
        ),
        answer: Array.from(answered, nameOf),
        exact: Array.from(target, nameOf),
        values: applied.trace ? withStart(arrays) : arrays,
        readout: read
          ? {
              shape: [steps + 1, steps],
              data: Int32Array.from([...made["read start"]!.data, ...made["read state"]!.data]),
            }
          : null,
        directions: applied.trace ? (model.directions ?? new Array<0>(model.width!).fill(0)) : null,
      };
    },
    [Symbol.asyncDispose]: () => executable.close(),
  };
}

/** Values [steps, length, 1, width], and the embedded input [length, 1, width]. */
function positionValues(applied: Applied, gates: boolean): Record<string, Tensor> {
  const { start, state, update, reset } = applied.trace!();
  return { start: start!, state: state!, ...(gates && { update: update!, reset: reset! }) };
}

/** States and outputs at every step [time, 1, units]: the states are what the model's scan over time hands on. */
export function unitValues(model: Model, applied: Applied, gates: boolean): Record<string, Tensor> {
  if (gates)
    throw new LonghandError("argument", `model ${model.name}: has no gates; expected a network of gated units`);
  const states = Object.entries(applied.final).flatMap(([name, { node, index }]) =>
    node.kind === "scan" ? [[name, expose(node, node.body.nextStates[index]!)] as const] : [],
  );
  return { ...Object.fromEntries(states), output: transpose(applied.outputs, [1, 0, 2]) };
}

/** Without the axis of the batch, the last but one, which has one problem. */
export function withoutBatch({ shape, data }: NDArray): TraceValues {
  return { shape: shape.toSpliced(-2, 1), data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** The embedded input before what the steps made. */
function withStart({ start, state, ...gates }: Readonly<Record<string, TraceValues>>): Record<string, TraceValues> {
  const [steps, length, width] = state!.shape as [number, number, number];
  const all = new Float32Array((steps + 1) * length * width);
  all.set(start!.data);
  all.set(state!.data, length * width);
  return { state: { shape: [steps + 1, length, width], data: all }, ...gates };
}
