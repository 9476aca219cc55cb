import { expect, test } from "vitest";
import { ndarray } from "../../graph/index.ts";
import { findModel } from "../../models/index.ts";
import { fullAdder, makeNetwork, type Network, threeUnitAdder } from "../../networks/index.ts";
import { parity } from "../../tasks/index.ts";
import { prove } from "../prove.ts";
import { extractFromCertificate, extractMachine } from "./extract.ts";

test("an adder is the minimal machine of addition, with the names of its states", async () => {
  const found = await extractMachine(fullAdder.network);
  expect(found).toMatchObject({ by: "states", needed: 2, difference: undefined });
  expect(found.machine.states).toEqual(["no carry", "carry"]);
});

test("a wrong one is another machine, whose states are called by words", async () => {
  const { network } = threeUnitAdder;
  // The carry is x₁ + x₂ + carry ≥ 1.
  const R11 = ndarray(Float64Array.of(1, 1, 1, 0, 0, 0, 0, 0, 0), [3, 3]);
  const found = await extractMachine(makeNetwork({ ...network, parameters: { ...network.parameters, R11 } }));
  expect(found.machine.states).toEqual(["ε", "01"]);
  // 1 + 0 with a carry that isn't there.
  expect(found.difference).toEqual({ word: [1, 0], first: [1, 1], second: [1, 0] });
});

/**
 * Parity p of hard sigmoids, ½ z + ½ cut off at 0 and 1: units x or p, x and p, and the answer, the first and not the second. A
 * third unit, ½ (x + itself + 1), goes on for ever; `error` is what the answer takes from it.
 */
function drifting(error: number): Network {
  const model = findModel("ilrnn").build({ layers: [3] }, { channels: [2], answers: 2 });
  const zeros = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [
      name,
      ndarray(new Float64Array((shape as number[]).reduce((size, extent) => size * extent, 1)), shape as number[]),
    ]),
  );
  const set = (name: string, values: readonly number[]) => {
    zeros[name] = ndarray(Float64Array.from(values), zeros[name]!.shape);
  };
  set("W1", [8, 8, 1]);
  set("b1", [-4, -12, 0]);
  set("R21", [8, 8, 0]);
  set("R11", [0, 0, 0, 0, 0, 0, 0, 0, 1]);
  set("W2", [8, -8, error]);
  set("b2", [-4]);
  return makeNetwork({ task: parity, model, parameters: zeros });
}

test("a network of endlessly many states is extracted from its proof", async () => {
  const network = drifting(0.01);
  const found = await extractMachine(network, { limit: 50 });
  expect(found).toMatchObject({ by: "proof", needed: 2, difference: undefined });
  expect(found.machine.states).toEqual(["even", "odd"]);
  const verdict = await prove(network);
  if (verdict.verdict !== "proved") throw new Error("not proved");
  expect(extractFromCertificate(verdict.certificate)).toEqual(found);
  expect(found.found).toBe(verdict.certificate.sets.length);
});

test("and has no machine where it isn't proved", async () => {
  await expect(extractMachine(drifting(20), { limit: 50 })).rejects.toThrow(
    /more than 50 states.*; nor is it proved: .*Machines that only come near a network aren't made/,
  );
});
