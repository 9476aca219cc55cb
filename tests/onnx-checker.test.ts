/** Exported models elsewhere: ONNX's own checker accepts them, and ONNX Runtime alone gives the same answers. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  applyProgram,
  compileReference,
  completeConfig,
  decodeModel,
  exportOnnx,
  findTask,
  importModel,
  ndarray,
  randomSource,
  replicaOf,
  tasks,
} from "../src/index.ts";
import { openTrained, startRun } from "../src/node.ts";
import { longhand } from "./command-line.ts";
import { expectClose } from "./golden.ts";
import { operatorsOf, runModel } from "./onnx-engine.ts";

const python = process.env.LONGHAND_PYTHON ?? "/usr/bin/python3";
const isThere = spawnSync(python, ["-c", "import onnx"]).status === 0;
const isRequired = process.env.LONGHAND_REQUIRE_ALL === "1";

/** Checks a model with shape inference, then says what it found in it. */
const checker = `
import json, sys, onnx
for path in sys.argv[1:]:
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    print(json.dumps({
        "opset": [(entry.domain, entry.version) for entry in model.opset_import],
        "ir": model.ir_version,
        "inputs": [entry.name for entry in inferred.graph.input],
        "outputs": [entry.name for entry in inferred.graph.output],
        "initializers": [entry.name for entry in model.graph.initializer],
        "metadata": {entry.key: entry.value for entry in model.metadata_props},
    }))
`;

/** Runs whose networks differ in what their graphs are made of; hardly trained, for the graphs don't depend on it. */
const runs = [
  { task: "binary-addition", model: { name: "ilrnn", layers: [8] } },
  { task: "base-10-addition", model: { name: "ilrnn", layers: [6, 5], activation: "tanh" } },
  { task: "parity", model: { name: "ilrnn", layers: [4], activation: "step", centred: true } },
  { task: "modular-arithmetic", model: { name: "ilrnn", layers: [5], activation: "sigmoid", learnedState: true } },
  { task: "cycle-navigation", model: { name: "rnn", hidden: 6 } },
  {
    task: "binary-subtraction",
    model: { name: "rnn", hidden: 4, activation: "relu", learnedState: true },
    population: 2,
  },
  { task: "parity", model: { name: "lstm", hidden: [3, 2] } },
  { task: "binary-addition", model: { name: "lstm-peephole", hidden: 3, squash: "identity", gate: "hard-sigmoid" } },
  { task: "parity", model: { name: "lstm-sigmoid", hidden: 3, learnedState: true } },
  { task: "base-10-addition", model: { name: "gru", hidden: [4, 3], bidirectional: true } },
  { task: "parity", model: { name: "gru-reset-before", hidden: 3, bidirectional: true, learnedState: true } },
  // What ONNX has no operator for.
  { task: "parity", model: { name: "dcm", hidden: 3 } },
  { task: "parity", model: { name: "gru", hidden: 3, candidate: "hard-tanh" } },
  { task: "parity", model: { name: "gru", hidden: [3, 2], feedback: true } },
  {
    task: "parity",
    model: {
      name: "stack",
      layers: [
        { cell: "lstm", hidden: 3 },
        { cell: "dcm", hidden: 2 },
      ],
    },
  },
];

/** What the recurrence of each of them is written as, and one of the constants that hold its weights. */
const written = [
  { operators: ["Scan"], weight: "W1" },
  { operators: ["Scan"], weight: "W1" },
  { operators: ["Scan"], weight: "W1" },
  { operators: ["Scan"], weight: "W1" },
  { operators: ["RNN"], weight: "RNN/W" },
  { operators: ["RNN"], weight: "RNN/W" },
  { operators: ["LSTM", "LSTM"], weight: "LSTM/R" },
  { operators: ["LSTM"], weight: "LSTM/P" },
  { operators: ["LSTM"], weight: "LSTM/B" },
  { operators: ["GRU", "GRU", "GRU", "GRU"], weight: "GRU/W_3" },
  { operators: ["GRU", "GRU"], weight: "GRU/B_1" },
  { operators: ["Scan"], weight: "voo" },
  { operators: ["Scan"], weight: "an" },
  { operators: ["Scan"], weight: "2.Wz" },
  { operators: ["LSTM", "Scan"], weight: "2.voo" },
] as const;

let base: string;
const folderOf = (k: number) => join(base, `run-${k}`);
const fileOf = (k: number) => join(base, `${k}.onnx`);
const scanFileOf = (k: number) => join(base, `${k}-scan.onnx`);

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "longhand-onnx-"));
  for (const [k, given] of runs.entries()) {
    await using run = await startRun(folderOf(k), completeConfig({ ...given, steps: 10, solved: null }));
    for await (const _ of run.events());
    writeFileSync(fileOf(k), exportOnnx(await openTrained(folderOf(k))));
  }
}, 60_000);
afterAll(() => rmSync(base, { recursive: true }));

test.skipIf(isThere || isRequired)(`ONNX's checker is skipped: ${python} has no package onnx (python3-onnx)`, () => {});

describe.runIf(isThere || isRequired)("ONNX's own checker", () => {
  test("accepts every exported model, shapes included", () => {
    const files = runs.map((_, k) => fileOf(k));
    const lines = execFileSync(python, ["-c", checker, ...files], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(lines).toHaveLength(runs.length);
    for (const [k, { task }] of runs.entries()) {
      const found = JSON.parse(lines[k]!) as { initializers: string[]; metadata: Record<string, string> };
      expect(found, task).toMatchObject({ ir: 8, inputs: ["symbols"], outputs: ["answer", "logits"] });
      expect(found, task).toMatchObject({ opset: [["", 17]] });
      expect(found.metadata).toMatchObject({ task, replica: "0" });
      expect(JSON.parse(found.metadata["input.alphabets"]!)).toEqual(findTask(task).channels);
      expect(found.initializers, task).toContain(written[k]!.weight);
    }
  });
});

test.each(runs.map(({ task, model }, k) => [model.name, task, k] as const))(
  "%s for %s is written by ONNX's own operators where it can be, and by Scan when asked",
  async (_, __, k) => {
    const operators = (file: string) =>
      operatorsOf(decodeModel(readFileSync(file)).graph).filter((opType) => /^(RNN|LSTM|GRU|Scan)$/.test(opType));
    expect(operators(fileOf(k))).toEqual(written[k]!.operators);
    writeFileSync(scanFileOf(k), exportOnnx(await openTrained(folderOf(k)), 0, { recurrence: "scan" }));
    expect(new Set(operators(scanFileOf(k)))).toEqual(new Set(["Scan"]));
  },
);

test.each([
  ["number-words", { name: "gru", hidden: [4, 3], bidirectional: true }, ["GRU", "GRU", "GRU", "GRU"]],
  ["number-words", { name: "lstm-peephole", hidden: 3 }, ["LSTM"]],
  ["adding-problem", { name: "lstm", hidden: 4 }, ["LSTM"]],
])("%s by %o: padding is told as lengths, and numbers are numbers", async (task, model, operators) => {
  const folder = mkdtempSync(join(base, "drawn-"));
  {
    await using run = await startRun(join(folder, "run"), completeConfig({ task, model, steps: 3 }));
    for await (const _ of run.events());
  }
  const trained = await openTrained(join(folder, "run"));
  const file = join(folder, "model.onnx");
  writeFileSync(file, exportOnnx(trained));
  if (isThere || isRequired) execFileSync(python, ["-c", checker, file]);
  const read = decodeModel(readFileSync(file));
  expect(operatorsOf(read.graph).filter((opType) => /^(RNN|LSTM|GRU|Scan)$/.test(opType))).toEqual(operators);
  const { signature } = trained.model;
  const [batch, time] = [3, 7];
  const stream = randomSource(4).stream(task);
  const width = signature.features ?? signature.channels.length;
  const size = batch * time * width;
  const shape = [batch, time, width];
  const symbols = signature.features
    ? ndarray(Float32Array.from(stream.normal(new Float64Array(size))), shape)
    : ndarray(
        Int32Array.from(stream.normal(new Float64Array(size)), (x) => Math.floor(Math.abs(5 * x)) % 5),
        shape,
      );
  // Examples of 7, 4 and 2 steps.
  const within = Float32Array.from({ length: batch * time }, (_, k) =>
    k % time < [7, 4, 2][Math.floor(k / time)]! ? 1 : 0,
  );
  const inputs = { symbols, ...(signature.padded && { present: ndarray(within, [batch, time]) }) };
  const here = compileReference(applyProgram(trained.model)).run({ ...replicaOf(trained).parameters, ...inputs });
  expectClose((await runModel(read, inputs)).logits!, here.logits!, 1e-5, "ONNX Runtime");
  expectClose(compileReference(importModel(read)).run(inputs).logits!, here.logits!, 1e-5, "read from the file");
});

test("the command line writes the same files", async () => {
  const trained = await openTrained(folderOf(4));
  for (const recurrence of ["native", "scan"] as const) {
    const file = join(base, "by-the-command-line.onnx");
    const ended = await longhand(["export", folderOf(4), file, "--recurrence", recurrence]);
    expect(ended.status, ended.stderr).toBe(0);
    expect(Buffer.from(exportOnnx(trained, 0, { recurrence })).equals(readFileSync(file))).toBe(true);
  }
});

test.each(runs.map(({ task, model }, k) => [task, model.name, k] as const))(
  "ONNX Runtime alone answers %s by %s as Longhand does, and so does Longhand from the file",
  async (name, _, k) => {
    const task = tasks.find((one) => one.name === name)!;
    const trained = await openTrained(folderOf(k));
    const session = await ort.InferenceSession.create(readFileSync(fileOf(k)));
    expect([session.inputNames, session.outputNames]).toEqual([["symbols"], ["answer", "logits"]]);
    const channels = task.channels.length;
    const here = compileReference(applyProgram(trained.model));
    const again = compileReference(importModel(decodeModel(readFileSync(fileOf(k)))));
    const { parameters } = replicaOf(trained);
    for (const length of [1, 7, 25]) {
      const steps = task.steps(length);
      const count = 5;
      const symbols = task.sample(randomSource(3).stream(name, length), length, count);
      const shape = [count, steps, channels];
      const { answer, logits } = await session.run({ symbols: new ort.Tensor("int32", symbols, shape) });
      const expected = here.run({ ...parameters, symbols: ndarray(symbols, shape) });
      expect(answer).toMatchObject({ type: "int32", dims: [count, steps] });
      expect(logits!.dims).toEqual(expected.logits!.shape);
      const read = again.run({ symbols: ndarray(symbols, shape) });
      // The file has weights of 32 bits.
      expectClose(read.logits!, expected.logits!, 1e-5, `logits read from the file at length ${length}`);
      const classes = logits!.dims[2]!;
      expected.logits!.data.forEach((value, i) => {
        expect(Math.abs(Number(logits!.data[i]) - value), `logit ${i} at length ${length}`).toBeLessThan(1e-4);
      });
      expected.answer!.data.forEach((symbol, i) => {
        // Where two symbols are equally likely, rounding decides.
        const own = [...expected.logits!.data.subarray(i * classes, (i + 1) * classes)].sort((x, y) => y - x);
        const lead = classes === 1 ? Math.abs(own[0]!) : own[0]! - own[1]!;
        if (lead > 1e-3) expect(answer!.data[i], `symbol ${i} at length ${length}`).toBe(symbol);
      });
    }
    await session.release();
  },
);
