/** Whether a network is exact, where it has finitely many states: all of them are looked at. */
import type { NDArray } from "../graph/index.ts";
import { machineOf, type Network, type NetworkMove, stepperOf } from "../networks/index.ts";

export interface StatesVerdict {
  /** "undecided": more states are reached than were to be looked at, and none gave a wrong answer. */
  readonly answers: "right" | "wrong" | "undecided";
  /** Pairs of a machine's and a network's state that were reached until then. */
  readonly states: number;
}

/** Decides for parameters of a model, in float64; `limit` is the number of states to look at at most, default 1000. */
export type StatesDecider = (parameters: Readonly<Record<string, NDArray>>, limit?: number) => StatesVerdict;

/**
 * A search through all pairs of a state of the task's machine and a state of the network that inputs lead to. The network
 * computes the task exactly, at every length, if and only if no step from a pair gives a wrong answer.
 * @throws LonghandError `argument` for tasks without a finite machine or networks that read the whole problem first.
 */
export function statesDecider({ task, model }: Pick<Network, "task" | "model">): StatesDecider {
  const machine = machineOf({ task });
  const step = stepperOf(model);
  return (parameters, limit = 1000) => {
    const known = new Set<string>();
    let border: { readonly state: number; readonly values: NetworkMove["values"] }[] = [
      { state: machine.initial, values: null },
    ];
    while (border.length > 0) {
      const moves = border.flatMap(({ state, values }) =>
        machine.letters(state).map((letter) => ({ values, letter, exact: machine.next(state, letter) })),
      );
      const made = step(parameters, moves);
      border = [];
      for (const [k, { exact }] of moves.entries()) {
        const { values, answer } = made[k]!;
        if (exact.output >= 0 && exact.output !== answer) return { answers: "wrong", states: known.size };
        const key = `${exact.state}:${values.join()}`;
        if (known.has(key)) continue;
        known.add(key);
        border.push({ state: exact.state, values });
      }
      if (known.size > limit) return { answers: "undecided", states: known.size };
    }
    return { answers: "right", states: known.size };
  };
}
