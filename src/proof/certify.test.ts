import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { ndarray } from "../graph/index.ts";
import { builtNetworks, fullAdder, threeUnitAdder } from "../networks/built/index.ts";
import type { Certificate } from "./certificate.ts";
import { foreignPart, hashOfWeights, weightsOf } from "./certify.ts";
import { prove } from "./prove.ts";

async function certificateOf(network: Parameters<typeof prove>[0]): Promise<Certificate> {
  const verdict = await prove(network);
  if (verdict.verdict !== "proved") throw new Error(verdict.verdict);
  return verdict.certificate;
}

test("the hash is that of names, shapes and float32 values, whatever the order of the weights", async () => {
  const parameters = {
    b: ndarray(Float64Array.of(0.1, -2), [2]),
    W: ndarray(Float64Array.of(1, 2, 3, 4), [2, 2]),
  };
  const bytes = Buffer.concat([
    Buffer.from("W 2x2\n"),
    Buffer.from(Float32Array.of(1, 2, 3, 4).buffer),
    Buffer.from("b 2\n"),
    Buffer.from(Float32Array.of(0.1, -2).buffer),
  ]);
  const golden = createHash("sha256").update(bytes).digest("hex");
  expect(await hashOfWeights(weightsOf({ parameters }))).toBe(golden);
});

test.each(builtNetworks.map((built) => [built.name, built.network] as const))("%s is proved", async (_, network) => {
  const certificate = await certificateOf(network);
  expect(certificate.task).toBe(network.task.name);
  expect(foreignPart(certificate)).toBeUndefined();
  // As JSON it is the same: nothing in it is lost.
  expect(JSON.parse(JSON.stringify(certificate))).toEqual(certificate);
  // Every letter of every set has its move.
  const machine = network.task.machine!;
  for (const [set, { state }] of certificate.sets.entries()) {
    expect(certificate.moves.filter(([from]) => from === set).length).toBe(machine.letters(state).length);
  }
});

test("a certificate of another machine or of other equations is told from the task's own", async () => {
  const certificate = await certificateOf(threeUnitAdder.network);
  const [first, ...others] = certificate.machine.transitions;
  const [state, letter, next, answer] = first!;
  const flipped = [[state, letter, next, 1 - answer] as const, ...others];
  expect(foreignPart({ ...certificate, machine: { ...certificate.machine, transitions: flipped } })).toBe("machine");
  const { step } = (await certificateOf(fullAdder.network)).network;
  expect(foreignPart({ ...certificate, network: { ...certificate.network, step } })).toBe("equations");
  expect(foreignPart({ ...certificate, task: "binary-multiplication" })).toBe("task");
});
