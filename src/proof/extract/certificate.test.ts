import { expect, test } from "vitest";
import { builtNetworks, threeUnitAdder } from "../../networks/index.ts";
import { binaryAddition } from "../../tasks/index.ts";
import type { Certificate } from "../certificate.ts";
import { prove } from "../prove.ts";
import { machineOfCertificate } from "./certificate.ts";
import { machineOfTask } from "./mealy.ts";
import { minimizeMachine } from "./minimize.ts";

const { machine: adder } = binaryAddition;
const letters = adder!.letters(0);
const transitions = [0, 1].flatMap((state) =>
  letters.map((letter, k) => {
    const { state: next, output } = adder!.next(state, letter);
    return [state, k, next, output] as const;
  }),
);

/** An invariant of four sets, as many as x₁ + x₂ + carry can be; sets 0 and 1 are without a carry. */
const moves = [-1, 0, 1, 2, 3].flatMap((set) =>
  letters.map((letter, k) => [set, k, letter[0]! + letter[1]! + (set >= 2 ? 1 : 0)] as [number, number, number]),
);

function certificateOf(given: readonly (readonly [number, number, number])[]): Certificate {
  const none = { equations: [], outputs: {} };
  return {
    format: "longhand-certificate",
    formatVersion: 1,
    task: "binary-addition",
    claim: "",
    machine: { states: adder!.states, initial: adder!.initial, letters, transitions },
    network: { model: {}, weights: {}, sha256: "", first: none, step: none },
    sets: [0, 0, 1, 1].map((state) => ({ state, bounds: {} })),
    moves: given,
    margin: 1,
    found: {},
  };
}

test("sets and moves become the minimal machine of the task", () => {
  const machine = machineOfCertificate(certificateOf(moves));
  expect(machine.states).toHaveLength(5);
  const minimal = minimizeMachine(machine).machine;
  expect(minimal).toEqual(minimizeMachine(machineOfTask(binaryAddition)).machine);
});

test("the certificate's own order of letters doesn't matter", () => {
  const given = certificateOf(moves.map(([set, letter, to]) => [set, 3 - letter, to]));
  const reversed = {
    ...given,
    machine: {
      ...given.machine,
      letters: [...letters].reverse(),
      transitions: transitions.map(([state, letter, next, output]) => [state, 3 - letter, next, output] as const),
    },
  };
  expect(machineOfCertificate(reversed)).toEqual(machineOfCertificate(certificateOf(moves)));
  const foreign = { ...reversed, machine: { ...reversed.machine, letters: [[0, 2], ...letters.slice(1)] } };
  expect(() => machineOfCertificate(foreign)).toThrow("certificate: letter 0 [0,2] isn't one of the task's");
});

test("a proof found by the program is of the minimal machine", async () => {
  for (const { network } of builtNetworks) {
    const verdict = await prove(network);
    // As printed, the full adder's sums lie on their thresholds: that isn't proved.
    if (verdict.verdict !== "proved") continue;
    const minimal = minimizeMachine(machineOfCertificate(verdict.certificate)).machine;
    const task = minimizeMachine(machineOfTask(network.task)).machine;
    expect([minimal.next, minimal.output]).toEqual([task.next, task.output]);
  }
  expect((await prove(threeUnitAdder.network)).verdict).toBe("proved");
});

test("moves that make no machine", () => {
  const without =
    (index: number, ...more: [number, number, number][]) =>
    () =>
      machineOfCertificate(certificateOf([...moves.filter((_, k) => k !== index), ...more]));
  expect(without(0)).toThrow("certificate: no move from set -1 by letter 0, expected one");
  expect(without(19)).toThrow("certificate: no move from set 3 by letter 3, expected one");
  expect(without(-1, [0, 0, 1])).toThrow("certificate: move 20 [0,0,1] comes twice");
  expect(without(0, [-1, 0, 2])).toThrow(/leads to state "[^"]+", expected "[^"]+"/);
  expect(without(-1, [4, 0, 1])).toThrow("names a set beyond the 4 there are");
  expect(without(-1, [0, 0, 4])).toThrow("names a set beyond the 4 there are");
  expect(without(-1, [0, 4, 0])).toThrow("reads a letter that can't come in state");
});
