/** Networks that PyTorch trained (examples/pytorch), imported, proved, refuted and exported on the command line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeModel, decodeSafetensors, encodeModel, encodeSafetensors, type NDArray, ndarray } from "../src/index.ts";
import { longhand } from "./command-line.ts";
import { operatorsOf } from "./onnx-engine.ts";

const trained = (name: string) => fileURLToPath(new URL(`../examples/pytorch/${name}.safetensors`, import.meta.url));

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "longhand-import-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("an adder of PyTorch's is imported, tested, proved for every length, and exported", async () => {
  const made = await longhand(["import", trained("adder"), "--task", "binary-addition", "--run", at("adder")]);
  expect(made.status, made.stderr).toBe(0);
  expect(made.stdout).toContain("rnn of 8 units, 97 parameters");
  expect(made.stdout).toContain("each step reads 2 channels (a bit as 0 or 1; a bit as 0 or 1)");

  const sum = await longhand(["predict", at("adder"), "387+18", "--check"]);
  expect([sum.status, sum.stdout]).toEqual([0, expect.stringContaining("405")]);
  const proved = await longhand(["prove", at("adder")]);
  expect([proved.status, proved.stdout]).toEqual([0, expect.stringContaining("proved: no error on binary-addition")]);
  const checked = await longhand(["check", at("adder/certificates/replica-0.json"), "--run", at("adder")]);
  expect([checked.status, checked.stdout]).toEqual([0, expect.stringContaining("accepted")]);
  const machine = await longhand(["extract", at("adder")]);
  expect(machine.status, machine.stderr).toBe(0);

  const written = await longhand(["export", at("adder"), at("back.safetensors"), "--names", "pytorch"]);
  expect(written.status, written.stderr).toBe(0);
  const back = decodeSafetensors(readFileSync(at("back.safetensors"))).tensors;
  const first = decodeSafetensors(readFileSync(trained("adder"))).tensors;
  expect(back["rnn.weight_hh_l0"]!.data.map(Math.fround)).toEqual(
    Float64Array.from(first["recurrent.weight_hh_l0"]!.data),
  );
  expect([...back["fc.weight"]!.data]).toEqual([...first["readout.weight"]!.data]);

  const onnx = await longhand(["export", at("adder"), at("adder.onnx")]);
  expect(onnx.status, onnx.stderr).toBe(0);
  expect(operatorsOf(decodeModel(readFileSync(at("adder.onnx"))).graph)).toContain("RNN");
  const again = await longhand([
    "import",
    at("adder.onnx"),
    "--task",
    "binary-addition",
    "--run",
    at("again"),
    "--json",
  ]);
  expect(JSON.parse(again.stdout)).toMatchObject({
    model: { name: "rnn", hidden: 8, activation: "tanh" },
    parameters: 97,
  });
  const same = await longhand(["predict", at("again"), "387+18", "--check"]);
  expect(same.status, same.stderr).toBe(0);
});

test("a network for parity that looked right is refuted by a short input", async () => {
  const made = await longhand(["import", trained("parity"), "--task", "parity", "--run", at("parity"), "--json"]);
  expect(JSON.parse(made.stdout)).toMatchObject({
    ...{ task: "parity", parameters: 257, encoding: "a bit as 0 or 1" },
    model: { name: "gru", hidden: 8, gate: "sigmoid", candidate: "tanh" },
  });
  const short = await longhand(["predict", at("parity"), "110100", "--check"]);
  expect(short.status, short.stderr).toBe(0);
  const refuted = await longhand(["prove", at("parity")]);
  expect([refuted.status, refuted.stdout]).toEqual([
    1,
    expect.stringMatching(/refuted: network 0 errs\n\s+1000000000000\n/),
  ]);
  const asked = await longhand(["predict", at("parity"), "1000000000000", "--check"]);
  expect(asked.status, asked.stdout).toBe(1);
});

describe("bad input ends with status 2 and says what it is", () => {
  const adder = () => decodeSafetensors(readFileSync(trained("adder"))).tensors;
  const failing = async (file: string, more: readonly string[] = ["--task", "binary-addition"]) => {
    const ended = await longhand(["import", file, "--run", at(`never-${Math.random()}`), ...more]);
    expect(ended.status, ended.stdout).toBe(2);
    return ended.stderr;
  };
  const tensors = (name: string, all: Readonly<Record<string, NDArray>>) => {
    writeFileSync(at(name), encodeSafetensors(all));
    return at(name);
  };

  test("tensors that are missing or too many, by name", async () => {
    const { "recurrent.bias_hh_l0": _, ...less } = adder();
    expect(await failing(tensors("less.safetensors", less))).toContain(
      '"recurrent.bias_hh_l0" is missing, expected [8]',
    );
    const more = { ...adder(), "attention.scale": ndarray(Float32Array.of(1), [1]) };
    expect(await failing(tensors("more.safetensors", more))).toContain(
      '"attention.scale" belongs to no part of one RNN',
    );
  });

  test("sizes that the task hasn't, with both", async () => {
    expect(await failing(trained("adder"), ["--task", "parity"])).toContain(
      "the network reads 2 features a step, expected 1",
    );
    const outputs = ["--task", "base-3-addition"];
    expect(await failing(trained("adder"), outputs)).toContain("the network reads 2 features a step, expected 6");
  });

  test("operators of an ONNX file that are no part of such a network, by name", async () => {
    const file = fileURLToPath(new URL("golden/torch/gru.onnx", import.meta.url));
    const model = decodeModel(readFileSync(file));
    const nodes = [...model.graph.nodes];
    const last = nodes.pop()!;
    for (const opType of ["Softmax", "Conv"]) {
      const ending = { opType, name: "", inputs: ["before"], outputs: last.outputs, attributes: {} };
      const graph = { ...model.graph, nodes: [...nodes, { ...last, outputs: ["before"] }, ending] };
      writeFileSync(at("changed.onnx"), encodeModel({ ...model, graph }));
      expect(await failing(at("changed.onnx"))).toContain(opType);
    }
    expect(await failing(file, ["--task", "binary-addition"])).toContain("gives 3 outputs a step, expected 1");
  });

  test("damaged files, files of another kind, none", async () => {
    const bytes = readFileSync(trained("adder"));
    writeFileSync(at("cut.safetensors"), bytes.subarray(0, bytes.length - 9));
    expect(await failing(at("cut.safetensors"))).toContain("not a valid safetensors file: truncated");
    writeFileSync(at("cut.onnx"), bytes);
    expect(await failing(at("cut.onnx"))).toMatch(/ONNX|ModelProto/);
    expect(await failing(at("weights.pt"))).toMatch(/weights.pt/);
    expect(await failing(at("none.onnx"))).toContain("can't read");
    expect((await longhand(["import", trained("adder")])).stderr).toContain("--task");
  });

  test("names of PyTorch for a model that it has no module for", async () => {
    const built = await longhand(["build", "parity", "--run", at("built")]);
    expect(built.status, built.stderr).toBe(0);
    const ended = await longhand(["export", at("built"), at("built.safetensors"), "--names", "pytorch"]);
    expect([ended.status, ended.stderr]).toEqual([2, expect.stringContaining("no module for the model ilrnn")]);
  });
});
