/** Single steps of a network beside its task's machine, from many states at once, as a tree of inputs. */
import { type ArrayData, type NDArray, ndarray, program } from "../../graph/index.ts";
import { decodeLogits } from "../../models/index.ts";
import {
  firstStepProgram,
  machineOf,
  type Network,
  stateInput,
  stateOutput,
  stepProgram,
} from "../../networks/index.ts";
import type { Runtime } from "../../runtime/contract.ts";
import type { FiniteMachine, Letter } from "../../tasks/index.ts";
import { marginOf } from "../margin.ts";
import type { Meter } from "./meter.ts";

/** The way to a node: its last letter and the way before it. */
interface Trail {
  readonly before: Trail | undefined;
  readonly letter: Letter;
}

/** What an input leads to. */
export interface Node {
  readonly trail: Trail | undefined;
  /** The machine's state. */
  readonly state: number;
  /** The network's state tensors, one after the other; undefined before the first step. */
  readonly values: readonly number[] | undefined;
}

/** A node after a step, and how its last answer was. */
export interface Child extends Node {
  readonly values: readonly number[];
  /** Whether an answer was asked for that the network got wrong. */
  readonly isWrong: boolean;
  /** How far the right answer's logit is ahead, below 0: behind; ∞ where no answer is asked. NaN counts as −∞. */
  readonly margin: number;
}

/** One step: from a node by a letter that may come in its state. */
export interface Step {
  readonly node: Node;
  readonly letter: Letter;
}

export interface Stepper extends AsyncDisposable {
  readonly machine: FiniteMachine;
  /** Before the first letter. */
  readonly start: Node;
  /** Evaluates steps, all of them from the start or none. */
  expand(steps: readonly Step[]): Promise<Child[]>;
}

/** Steps that one run evaluates. */
const STEPS_A_RUN = 4096;

/** @throws LonghandError `argument` for tasks without a machine and networks that read the whole problem first. */
export async function stepper(network: Network, runtime: Runtime, meter: Meter): Promise<Stepper> {
  const { model, parameters } = network;
  const machine = machineOf(network);
  const tensors = Object.entries(model.state);
  const channels = model.signature.channels.length;
  const compile = (make: typeof stepProgram) => {
    const { name, inputs, outputs } = make(model);
    return runtime.compile(program(name, inputs, { ...outputs, answer: decodeLogits(outputs.logits!) }));
  };
  const first = await compile(firstStepProgram);
  const later = await compile(stepProgram);

  /** State tensors [batch, width] of the nodes. */
  const statesOf = (steps: readonly Step[]): Record<string, NDArray> => {
    let at = 0;
    return Object.fromEntries(
      tensors.map(([name, width]) => {
        const data = new Float64Array(steps.length * width);
        steps.forEach(({ node }, row) => {
          for (let k = 0; k < width; k++) data[row * width + k] = node.values![at + k]!;
        });
        at += width;
        return [stateInput(name), ndarray(data, [steps.length, width])];
      }),
    );
  };

  const run = async (steps: readonly Step[]): Promise<Child[]> => {
    const symbols = ndarray(new Int32Array(steps.length * channels), [steps.length, channels]);
    steps.forEach(({ letter }, row) => {
      letter.forEach((symbol, channel) => {
        symbols.data[row * channels + channel] = symbol;
      });
    });
    const isFirst = steps[0]!.node.values === undefined;
    const made = await (isFirst ? first : later).run({ ...parameters, ...(!isFirst && statesOf(steps)), symbols });
    const logits = Float64Array.from(made.logits!.data);
    const count = logits.length / steps.length;
    const states = tensors.map(([name, width]) => ({ width, data: made[stateOutput(name)]!.data }));
    return steps.map(({ node, letter }, row): Child => {
      const { state, output } = machine.next(node.state, letter);
      const margin = marginOf({ lower: logits, upper: logits }, count, row, output);
      return {
        trail: { before: node.trail, letter },
        state,
        values: rowOf(states, row),
        isWrong: output >= 0 && made.answer!.data[row] !== output,
        margin: Number.isNaN(margin) ? Number.NEGATIVE_INFINITY : margin,
      };
    });
  };

  return {
    machine,
    start: { trail: undefined, state: machine.initial, values: undefined },
    async expand(steps) {
      const children: Child[] = [];
      for (let at = 0; at < steps.length; at += STEPS_A_RUN) {
        const some = steps.slice(at, at + STEPS_A_RUN);
        meter.spend(some.length);
        for (const child of await run(some)) children.push(child);
      }
      return children;
    },
    async [Symbol.asyncDispose]() {
      await first.close();
      await later.close();
    },
  };
}

/** The input [steps][channels] that leads to a node. */
export function inputOf({ trail }: Node): Int32Array {
  const letters: Letter[] = [];
  for (let at = trail; at; at = at.before) letters.push(at.letter);
  return Int32Array.from(letters.reverse().flat());
}

/** The row of all tensors [rows][width], one after the other. */
function rowOf(tensors: readonly { readonly width: number; readonly data: ArrayData }[], row: number): number[] {
  const values: number[] = [];
  for (const { width, data } of tensors) for (let k = row * width; k < (row + 1) * width; k++) values.push(data[k]!);
  return values;
}

let scratch = new Float64Array(1);

/** A text that nodes have in common exactly if the machine's states and all bits of the network's are equal. */
export function keyOf({ state, values }: Child): string {
  if (scratch.length !== values.length) scratch = new Float64Array(values.length);
  for (let k = 0; k < values.length; k++) scratch[k] = values[k]!;
  return `${state}:${String.fromCharCode(...new Uint16Array(scratch.buffer))}`;
}
