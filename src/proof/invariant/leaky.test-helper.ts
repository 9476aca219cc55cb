/** A task of one state and a network of one unit, whose boxes can be worked out by hand. */
import { ndarray } from "../../graph/index.ts";
import { findModel } from "../../models/index.ts";
import { makeNetwork } from "../../networks/index.ts";
import { runningTask } from "../../tasks/running.ts";

/** Says the symbol that was read last. */
export const echo = runningTask({
  name: "echo",
  summary: "say the last symbol",
  source: "test",
  example: "01",
  symbols: ["0", "1"],
  output: ["0", "1"],
  answers: (symbols) => symbols.slice(),
  states: ["only"],
  next: (_, symbol) => ({ state: 0, output: symbol }),
});

/** h_t = clip((x_t + U h_{t−1} − ½)/2 + ½, 0, 1), z_t = 8 h_t − 5. */
export function leaky(U: number) {
  const model = findModel("rnn").build({ hidden: 1, activation: "hard-sigmoid" }, { channels: [2], answers: 2 });
  const one = (value: number, shape: readonly number[]) => ndarray(Float64Array.of(value), shape);
  const parameters = { W: one(1, [1, 1]), U: one(U, [1, 1]), b: one(-0.5, [1]), V: one(8, [1, 1]), c: one(-5, [1]) };
  return makeNetwork({ task: echo, model, parameters });
}
