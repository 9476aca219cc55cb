/** Single steps of a network beside its task's machine, from many states at once, as a tree of inputs. */
import { answeringSteps, machineOf, moveInputs, type Network, stateMade } from "../../networks/index.ts";
import type { Runtime } from "../../runtime/contract.ts";
import type { FiniteMachine, Letter } from "../../tasks/index.ts";
import { knownMargin } from "../margin.ts";
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
  /** The network's state tensors, one after the other; null before the first step. */
  readonly values: readonly number[] | null;
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

export interface InputTree extends AsyncDisposable {
  readonly machine: FiniteMachine;
  /** Before the first letter. */
  readonly start: Node;
  /** Evaluates steps, all of them from the start or none. */
  expand(steps: readonly Step[]): Promise<Child[]>;
}

/** Steps that one run evaluates. */
const STEPS_A_RUN = 4096;

/** @throws LonghandError `argument` for tasks without a machine and networks that read the whole problem first. */
export async function inputTree(network: Network, runtime: Runtime, meter: Meter): Promise<InputTree> {
  const { model, parameters } = network;
  const machine = machineOf(network);
  const programs = answeringSteps(model);
  const first = await runtime.compile(programs.first);
  const later = await runtime.compile(programs.later);

  const run = async (steps: readonly Step[]): Promise<Child[]> => {
    const moves = steps.map(({ node, letter }) => ({ values: node.values, letter }));
    const program = moves[0]!.values === null ? first : later;
    const made = await program.run({ ...parameters, ...moveInputs(model, moves) });
    const logits = Float64Array.from(made.logits!.data);
    const count = logits.length / steps.length;
    return steps.map(({ node, letter }, row): Child => {
      const { state, output } = machine.next(node.state, letter);
      return {
        trail: { before: node.trail, letter },
        state,
        values: stateMade(model, made, row),
        isWrong: output >= 0 && made.answer!.data[row] !== output,
        margin: knownMargin(logits, count, row, output),
      };
    });
  };

  return {
    machine,
    start: { trail: undefined, state: machine.initial, values: null },
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

let scratch = new Float64Array(1);

/** A text that nodes have in common exactly if the machine's states and all bits of the network's are equal. */
export function keyOf({ state, values }: Child): string {
  if (scratch.length !== values.length) scratch = new Float64Array(values.length);
  for (let k = 0; k < values.length; k++) scratch[k] = values[k]!;
  return `${state}:${String.fromCharCode(...new Uint16Array(scratch.buffer))}`;
}
