import { describe, expect, test } from "vitest";
import { ndarray } from "../../graph/index.ts";
import { findModel } from "../../models/index.ts";
import { builtNetworks, makeNetwork, type Network, threeUnitAdder } from "../../networks/index.ts";
import { binaryAddition, findTask, modular, runMachine, type Task } from "../../tasks/index.ts";
import { compareMachines } from "./compare.ts";
import { machineOfTask, transitionsOf } from "./mealy.ts";
import { minimizeMachine } from "./minimize.ts";
import { machineOfNetwork } from "./network.ts";

/** One recurrent layer of units φ(x W + h U + b) and its logits h V + c, for a task of one channel. */
function elman(
  task: Task,
  activation: string,
  weights: Readonly<Record<"W" | "U" | "b" | "V" | "c", number[][]>>,
): Network {
  const channels = task.channels.map((alphabet) => alphabet.length);
  const hidden = weights.b[0]!.length;
  const model = findModel("rnn").build({ hidden, activation }, { channels, answers: task.output.length });
  const parameters = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => {
      const values = weights[name as keyof typeof weights].flat();
      return [name, ndarray(Float64Array.from(values), shape as number[])];
    }),
  );
  return makeNetwork({ task, model, parameters });
}

describe("networks built by hand", () => {
  test.each(builtNetworks.map((built) => [built.name, built.network] as const))(
    "%s is the minimal machine of its task",
    (_, network) => {
      const { machine, networkStates } = machineOfNetwork(network);
      const minimal = minimizeMachine(machine).machine;
      const task = minimizeMachine(machineOfTask(network.task)).machine;
      // Any letter may come anywhere: nothing is told apart but the network's own states.
      expect(machine.states.length).toBe(networkStates + 1);
      expect([minimal.next, minimal.output]).toEqual([task.next, task.output]);
    },
  );

  test("three units are a counter: x₁ + x₂ + carry from 0 to 3", () => {
    expect(machineOfNetwork(threeUnitAdder.network).networkStates).toBe(4);
  });

  test("an adder whose carry comes at three ones: what it is instead, and the shortest sum that shows it", () => {
    const { network } = threeUnitAdder;
    const R11 = ndarray(Float64Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1), [3, 3]);
    const broken = makeNetwork({ ...network, parameters: { ...network.parameters, R11 } });
    const minimal = minimizeMachine(machineOfNetwork(broken).machine).machine;
    // The carry is never set, as two digits make no three ones.
    expect(minimal.states).toHaveLength(1);
    expect(transitionsOf(minimal)).toEqual([
      { from: 0, to: 0, output: 0, letters: [0, 3] },
      { from: 0, to: 0, output: 1, letters: [1, 2] },
    ]);
    expect(compareMachines(minimal, machineOfTask(binaryAddition))).toEqual({
      word: [3, 0],
      first: [0, 0],
      second: [0, 1],
    });
  });
});

test("the machine answers every word as the network does, on its own states", () => {
  // Random step networks: what they compute is anything.
  const model = findModel("rnn").build({ hidden: 4, activation: "step" }, { channels: [2], answers: 2 });
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return Math.round((seed / 2147483647 - 0.5) * 8);
  };
  const sizes: number[] = [];
  for (let k = 0; k < 20; k++) {
    const parameters = Object.fromEntries(
      Object.entries(model.parameters).map(([name, { shape }]) => {
        const size = (shape as number[]).reduce((product, extent) => product * extent, 1);
        return [name, ndarray(Float64Array.from({ length: size }, random), shape as number[])];
      }),
    );
    const task = findTask("parity");
    const { machine } = machineOfNetwork({ task, model, parameters });
    const { machine: minimal } = minimizeMachine(machine);
    sizes.push(minimal.states.length);
    // By hand: z = x W + h U + b, h = step(z), answer = step(h V + c).
    const at = (name: string, index: number) => parameters[name]!.data[index]!;
    let h = [0, 0, 0, 0];
    let state = 0;
    for (let t = 0; t < 60; t++) {
      const x = (t * t + (t >> 2) + k) & 1;
      h = h.map((_, j) => {
        const z = x * at("W", j) + h.reduce((sum, value, i) => sum + value * at("U", 4 * i + j), 0) + at("b", j);
        return z > 0 ? 1 : 0;
      });
      const z = h.reduce((sum, value, i) => sum + value * at("V", i), 0) + at("c", 0);
      expect(minimal.output[2 * state + x]).toBe(z > 0 ? 1 : 0);
      state = minimal.next[2 * state + x]!;
    }
  }
  expect(Math.max(...sizes)).toBeGreaterThan(2);
});

test("letters that can't come and answers that aren't asked are the task's", () => {
  // No weights at all: the first answer everywhere.
  const task = modular(2);
  const zeros = { W: Array(5).fill([0]), U: [[0]], b: [[0]], V: [[0]], c: [[0]] };
  const { machine, networkStates } = machineOfNetwork(elman(task, "step", zeros));
  expect(networkStates).toBe(1);
  const { machine: minimal } = minimizeMachine(machine);
  expect(transitionsOf(minimal)).toEqual([
    { from: 0, to: 1, output: 0, letters: [0, 1] },
    { from: 1, to: 0, output: -1, letters: [2, 3, 4] },
  ]);
  const difference = compareMachines(minimal, machineOfTask(task))!;
  expect(difference.word).toEqual([1]);
  expect(Array.from(runMachine(task, Int32Array.from(difference.word)))).toEqual(difference.second);
});

test("a network with more states than the limit", () => {
  const task = findTask("parity");
  // h ← x + h / 2: a new state for each word.
  const weights = { W: [[1]], U: [[0.5]], b: [[0]], V: [[1]], c: [[0]] };
  const halving = elman(task, "identity", weights);
  expect(() => machineOfNetwork(halving, { limit: 100 })).toThrow(
    "extraction: more than 100 states: not a finite network, or not by this limit",
  );
  expect(() => machineOfNetwork(halving)).toThrow("more than 10,000 states");
  expect(() => machineOfNetwork(halving, { limit: 0 })).toThrow("limit is 0, expected a whole number");
  // Cut off at 1, it has few: an or of all that came, which is finite without step units.
  const or = elman(task, "hard-sigmoid", { W: [[4]], U: [[4]], b: [[-1]], V: [[1]], c: [[-0.5]] });
  expect(machineOfNetwork(or, { limit: 2 }).networkStates).toBe(2);
  expect(() => machineOfNetwork(or, { limit: 1 })).toThrow("more than 1 states");
});

test("networks that read the whole problem first, and tasks without a machine", () => {
  const model = findModel("dngpu").build({ maps: 6 }, { channels: [3], answers: 3 });
  const network = { task: findTask("parity"), model, parameters: {} };
  expect(() => machineOfNetwork(network)).toThrow("model dngpu: reads the whole problem first");
  expect(() => machineOfNetwork({ ...network, task: findTask("copy") })).toThrow("copy: no finite machine");
});
