/** Networks trained elsewhere as runs, and back. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectClose } from "../../tests/golden.ts";
import { decodeSafetensors } from "../files/index.ts";
import { ndarray } from "../graph/index.ts";
import { applyProgram } from "../models/index.ts";
import { randomSource } from "../random/index.ts";
import { compileReference } from "../runtime/reference/reference.ts";
import { exactTask } from "../tasks/index.ts";
import { exportOnnx, exportSafetensors, readForeign, replicaOf, type Trained } from "../trained/index.ts";
import { completeConfig } from "../training/index.ts";
import { importRun } from "./import.ts";
import { startRun } from "./train-run.ts";
import { openTrained } from "./trained.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhand-import-"));
});
afterAll(() => rm(folder, { recursive: true }));

let runs = 0;
const newFolder = () => join(folder, `run-${++runs}`);

/** A run hardly trained. */
async function trained(task: string, model: object): Promise<Trained> {
  const path = newFolder();
  {
    await using run = await startRun(path, completeConfig({ task, model, steps: 3, solved: null }));
    for await (const _ of run.events());
  }
  return openTrained(path);
}

function logitsOf(network: Trained) {
  const task = exactTask(network.task);
  const length = task.defaultTrainLengths[0] + 4;
  const symbols = task.sample(randomSource(5).stream("problems"), length, 3);
  const shape = [3, task.steps(length), task.channels.length];
  const { parameters } = replicaOf(network);
  return compileReference(applyProgram(network.model)).run({ ...parameters, symbols: ndarray(symbols, shape) }).logits!;
}

describe("what is exported for others is read again", () => {
  const both = ["onnx", "safetensors"];
  test.each([
    ["parity", { name: "rnn", hidden: 3, activation: "relu" }, both],
    ["base-10-addition", { name: "lstm", hidden: [4, 4] }, both],
    ["cycle-navigation", { name: "gru", hidden: [3, 3], bidirectional: true }, both],
    ["binary-addition", { name: "gru", hidden: 4, centred: true }, both],
    ["parity", { name: "gru-reset-before", hidden: 3 }, ["onnx"]],
    ["parity", { name: "lstm-peephole", hidden: [3, 2], squash: "identity" }, ["onnx"]],
    ["parity", { name: "lstm-sigmoid", hidden: 3 }, ["onnx"]],
    ["parity", { name: "lstm", hidden: 3, candidate: "sigmoid" }, ["onnx"]],
    ["parity", { name: "rnn", hidden: 3, activation: "hard-sigmoid" }, ["onnx"]],
  ])("%s by %o", async (task, model, kinds) => {
    const network = await trained(task, model);
    const expected = logitsOf(network);
    for (const kind of kinds) {
      const bytes = kind === "onnx" ? exportOnnx(network) : exportSafetensors(network, 0, { names: "pytorch" });
      const path = newFolder();
      const foreign = readForeign(`a.${kind}`, bytes);
      const { encoding, size } = await importRun(path, foreign, { task, origin: "elsewhere" });
      const again = await openTrained(path);
      expect(again.origin).toBe("elsewhere");
      expect(again.model.name).toBe(model.name);
      expect(size).toBe(Object.values(again.parameters).reduce((sum, { data }) => sum + data.length, 0));
      expect(encoding).toMatch(task === "base-10-addition" ? /^2 channels \(10 symbols one-hot; / : /bit|symbols/);
      // ONNX files and trainings here have 32 bits.
      expectClose(logitsOf(again), expected, 1e-6, `${task} from ${kind}`);
    }
  });
});

test("torch's names say the same as the parameters' own", async () => {
  const network = await trained("parity", { name: "gru", hidden: 3 });
  const { tensors, metadata } = decodeSafetensors(exportSafetensors(network, 0, { names: "pytorch" }));
  expect(Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]))).toEqual({
    "gru.weight_ih_l0": [9, 1],
    "gru.weight_hh_l0": [9, 3],
    "gru.bias_ih_l0": [9],
    "gru.bias_hh_l0": [9],
    "fc.weight": [1, 3],
    "fc.bias": [1],
  });
  expect(metadata.model).toBe("gru");
  expect(tensors["gru.weight_ih_l0"]!.data).toBeInstanceOf(Float32Array);
  const own = decodeSafetensors(exportSafetensors(network)).tensors;
  // PyTorch's rows are r, z, n.
  expect([...tensors["gru.weight_ih_l0"]!.data]).toEqual([...own.Wr!.data, ...own.Wz!.data, ...own.Wn!.data]);
  const dcm = await trained("parity", { name: "dcm", hidden: 2 });
  expect(() => exportSafetensors(dcm, 0, { names: "pytorch" })).toThrow("no module for the model dcm");
});

describe("what doesn't fit", () => {
  test("another model, an unknown option, a parameter that the file hasn't", async () => {
    const network = await trained("parity", { name: "gru", hidden: 3 });
    const foreign = readForeign("a.onnx", exportOnnx(network));
    const attempt = (more: object) => importRun(newFolder(), foreign, { task: "parity", origin: "", ...more });
    await expect(attempt({ model: "lstm" })).rejects.toThrow("received model lstm for a network of gru cells");
    await expect(attempt({ settings: { model: { activatoin: "relu" } } })).rejects.toThrow(
      /unknown option of model gru/,
    );
    await expect(attempt({ settings: { model: { learnedState: true } } })).rejects.toThrow(
      'model gru: the file has nothing for its parameter "initial h"',
    );
    await expect(attempt({ task: "binary-addition" })).rejects.toThrow(
      "the network reads 1 feature a step, expected 2: 2 channels (a bit as 0 or 1; a bit as 0 or 1)",
    );
    await expect(attempt({ task: "cycle-navigation" })).rejects.toThrow(/reads 1 feature a step, expected 3/);
  });

  test("what is no network of such layers", async () => {
    const loop = await trained("parity", { name: "dcm", hidden: 2 });
    expect(() => readForeign("a.onnx", exportOnnx(loop))).toThrow("a loop (Scan) is none of RNN, LSTM and GRU");
    const feedback = await trained("parity", { name: "gru", hidden: 2, learnedState: true });
    expect(() => readForeign("a.onnx", exportOnnx(feedback))).toThrow("GRU with an initial state");
    expect(() => readForeign("a.bin", new Uint8Array())).toThrow('received "a.bin", expected a name ending in .onnx');
    expect(() => readForeign("a.onnx", new Uint8Array(5))).toThrow();
    expect(() => readForeign("a.safetensors", new Uint8Array(5))).toThrow("not a valid safetensors file");
  });
});
