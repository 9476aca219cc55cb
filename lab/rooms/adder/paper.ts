/** A problem worked out as on paper: a column a step, in the order in which people write the digits. */
import type { Task } from "longhand";

export interface PaperColumn {
  /** From 0. */
  readonly step: number;
  /** The machine's state before the step, as it is written over the column: "1" for a carry, "" for none. */
  readonly state: string;
  /** Of each channel. */
  readonly digits: readonly string[];
  /** "" where nothing is asked. */
  readonly answer: string;
  readonly exact: string;
  readonly isRight: boolean;
}

export interface Paper {
  /** What is written over the columns: "carry". */
  readonly stateName: string;
  /** What stands before each channel's digits: "", "+". */
  readonly signs: readonly string[];
  /** In the order of writing: of numbers the lowest digit comes last. */
  readonly columns: readonly PaperColumn[];
  /** Whether time runs to the left. */
  readonly isBackward: boolean;
}

/**
 * Lays a problem out.
 * @param problem [steps][channels]. @param answer a network's [steps].
 */
export function paperOf(task: Task, problem: Int32Array, answer: Int32Array): Paper {
  const { channels, output, machine } = task;
  const exact = task.solve(problem);
  const isBackward = task.order?.startsWith("lowest digit first") ?? false;
  const states = machine ? statesBefore(task, problem) : [];
  // Two states, one of which is called no carry, or done: the other is what people write down.
  const noted = machine?.states.findIndex((name) => name === "carry" || name === "borrow") ?? -1;
  const nameOf = (state: number | undefined) => {
    if (state === undefined) return "";
    if (noted < 0) return machine!.states[state]!;
    return state === noted ? "1" : "";
  };
  const columns = Array.from(exact, (right, step): PaperColumn => {
    const isAsked = right >= 0;
    return {
      step,
      state: nameOf(states[step]),
      digits: channels.map((alphabet, channel) => alphabet[problem[step * channels.length + channel]!]!),
      answer: isAsked ? (output[answer[step]!] ?? "?") : "",
      exact: isAsked ? output[right]! : "",
      isRight: !isAsked || answer[step] === right,
    };
  });
  return {
    stateName: noted < 0 ? "state" : machine!.states[noted]!,
    signs: channels.map((_, channel) => (channel === 0 ? "" : signOf(task))),
    columns: isBackward ? columns.reverse() : columns,
    isBackward,
  };
}

/** The operator as the task writes it: what stands between the zeros of 0 + 0. */
function signOf(task: Task): string {
  const text = task.format(new Int32Array(task.steps(1) * task.channels.length));
  return text.replace(/^0(.*)0$/, "$1").trim();
}

/** The machine's state before each step. */
function statesBefore({ channels, machine }: Task, problem: Int32Array): number[] {
  const states: number[] = [];
  let state = machine!.initial;
  for (let at = 0; at < problem.length; at += channels.length) {
    states.push(state);
    state = machine!.next(state, Array.from(problem.subarray(at, at + channels.length))).state;
  }
  return states;
}

/** The problem with one digit one up, or 0 after the last one; undefined where the task has no such problem. */
export function turned(task: Task, problem: Int32Array, step: number, channel: number): string | undefined {
  const count = task.channels.length;
  const at = step * count + channel;
  const changed = problem.with(at, (problem[at]! + 1) % task.channels[channel]!.length);
  const text = task.format(changed);
  try {
    task.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

/** So many numbers from `from` to before `to`, around one of them: what is shown of many. */
export function windowAround(at: number, count: number, most: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(count - most, Math.round(at - most / 2)));
  return { from, to: Math.min(count, from + most) };
}
