/** `longhand unroll`: what it prints and writes, of cells and of trained networks, and what it says to bad input. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileReference, decodeModel, importModel, ndarray } from "../src/index.ts";
import { elements, flaw } from "../src/pictures/svg.test-helper.ts";
import { json, longhand } from "./command-line.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "longhand-unroll-"));
  await json(["build", "full-adder", "--run", join(folder, "adder")]);
  const settings = ["--model", "gru", "--set", "model.hidden=4", "--steps", "3", "--population", "2"];
  await json(["train", "parity", ...settings, "--run", join(folder, "gru")], 1);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const unroll = (...args: string[]) => longhand(["unroll", ...args]);

test("reads like the sheet's solution", async () => {
  const { status, stdout } = await unroll("rnn", "--steps", "4");
  expect(status).toBe(0);
  expect(stdout).toBe(`rnn over 4 time steps: 2 inputs, 3 hidden units, 1 output

  ŷ_i(t) = g[Σ_j w_ij^(2) x_j^(1)(t)]
  x_j^(1)(t) = g[Σ_k w_jk^(1) x_k^(0)(t) + Σ_i w_ji^(rec) x_i^(1)(t−1)]

g is tanh; thresholds are left out (--thresholds writes them).

a. The output at t = 4 in terms of the weights and the inputs

  ŷ_i(t=4) = g[Σ_j w_ij^(2) g[Σ_k w_jk^(1) x_k^(0)(t=4)
             + Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=3)
             + Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=2)
             + Σ_i w_ji^(rec) g[Σ_k w_jk^(1) x_k^(0)(t=1)]]]]]

Each value's equation is put in as it stands, as the sheet does: in an inner bracket j is the unit that the
sum before it calls i. --indices distinct gives every sum an index of its own.

b. The equivalent feedforward network: 4 hidden layers and one output layer

  layer       units  reads
  ----------  -----  ------------------------------------------
  x^(1)(t=1)      3  x^(0)(t=1) by w^(1)
  x^(1)(t=2)      3  x^(0)(t=2) by w^(1); x^(1)(t=1) by w^(rec)
  x^(1)(t=3)      3  x^(0)(t=3) by w^(1); x^(1)(t=2) by w^(rec)
  x^(1)(t=4)      3  x^(0)(t=4) by w^(1); x^(1)(t=3) by w^(rec)
  ŷ(t=4)          1  x^(1)(t=4) by w^(2)

13 units, 54 connections. 67 weights and biases in all places, 22 different ones: layers share them.
It is the same network: its 21 operations are those of the recurrence, one for one; outputs agree to the last bit on 8 of 8 random draws.
`);
});

test("one substitution after the other, as LaTeX", async () => {
  const { stdout } = await unroll("rnn", "--steps", "2", "--derivation", "--latex");
  const [, derivation] = stdout.split("% The output at t = 2\n");
  expect(derivation!.split("\n").slice(0, 6)).toEqual([
    "\\begin{align*}",
    "  \\hat{y}_{i}(t=2) &= g\\big[\\sum_{j} w_{ij}^{(2)} x_{j}^{(1)}(t=2)\\big] \\\\",
    "   &= g\\big[\\sum_{j} w_{ij}^{(2)} g\\big[\\sum_{k} w_{jk}^{(1)} x_{k}^{(0)}(t=2) + \\sum_{i} w_{ji}^{(rec)} x_{i}^{(1)}(t=1)\\big]\\big] \\\\",
    "   &= g\\big[\\sum_{j} w_{ij}^{(2)} g\\big[\\sum_{k} w_{jk}^{(1)} x_{k}^{(0)}(t=2) \\\\",
    "  &\\quad + \\sum_{i} w_{ji}^{(rec)} g\\big[\\sum_{k} w_{jk}^{(1)} x_{k}^{(0)}(t=1)\\big]\\big]\\big]",
    "\\end{align*}",
  ]);
  for (const line of stdout.split("\n").filter((text) => text !== "")) expect(line).toMatch(/^(%|\\begin|\\end| {2})/);
});

describe("options", () => {
  test.each([
    [["--form", "matrix"], "y₂", "tanh(tanh(x₂ W + tanh(x₁ W + b) U + b) V + c)"],
    [["--form", "matrix", "--no-thresholds"], "y₂", "tanh(tanh(x₂ W + tanh(x₁ W) U) V)"],
    [["--form", "scalar"], "y_2", "tanh(W_out tanh(W_in x_2 + W_rec tanh(W_in x_1 + b_h) + b_h) + b_y)"],
    [
      ["--form", "matrix", "--initial", "symbolic", "--readout", "none"],
      "y₂",
      "tanh(x₂ W + tanh(x₁ W + h₀ U + b) U + b)",
    ],
    [
      ["--form", "matrix", "--readout", "identity", "--set", "model.activation=relu"],
      "y₂",
      "relu(x₂ W + relu(x₁ W + b) U + b) V + c",
    ],
  ])("%j", async (options, left, right) => {
    const result = await json(["unroll", "rnn", "--steps", "2", ...options]);
    expect(result.formula).toEqual({ left, right });
  });
  test("gates keep their names, or not", async () => {
    const args = ["unroll", "gru", "--steps", "2", "--form", "scalar"];
    const named = await json(args);
    expect(named.formula).toEqual({ left: "y_2", right: "σ(W_out h_2 + b_y)" });
    expect(named.where).toContainEqual({ left: "h_1", right: "(1 − z_1) n_1" });
    const whole = await json([...args, "--expand"]);
    expect(whole.where).toEqual([]);
    expect((whole.formula as { right: string }).right).not.toMatch(/[hznr]_\d/);
  });
  test("as JSON", async () => {
    const result = await json(["unroll", "rnn", "--steps", "3", "--hidden", "5,4", "--output", "2"]);
    expect(result).toMatchObject({
      network: "rnn",
      cell: "stack",
      steps: 3,
      readout: { units: 2, activation: "tanh" },
      counts: { hiddenLayers: 6, units: 3 * 9 + 2 },
      equivalence: { isSame: true, draws: 8, equal: 8 },
    });
    const { operations, corresponding } = result.equivalence as { operations: number; corresponding: number };
    expect(corresponding).toBe(operations);
    expect((result.derivation as unknown[]).at(-1)).toEqual(result.formula);
  });
});

describe("files", () => {
  test("a picture", async () => {
    const file = join(folder, "lstm.svg");
    const { status, stdout } = await unroll("lstm", "--steps", "3", "-o", file);
    expect(status).toBe(0);
    expect(stdout).toContain(`${file}: the feedforward network`);
    const svg = readFileSync(file, "utf8");
    expect(flaw(svg)).toBeUndefined();
    expect(elements(svg, "title")[0]!.text).toBe("lstm unfolded over 3 time steps");
  });
  test("a trained network, with its weights", async () => {
    const file = join(folder, "adder.onnx");
    const result = await json(["unroll", join(folder, "adder"), "--steps", "3", "-o", file]);
    expect(result).toMatchObject({ cell: "ilrnn", readout: null, file });
    expect(result.origin).toContain("full-adder, built by hand");
    const model = decodeModel(new Uint8Array(readFileSync(file)));
    expect(model.metadata).toMatchObject({ task: "binary-addition", model: "ilrnn" });
    expect(model.graph.nodes.map(({ opType }) => opType)).not.toContain("Scan");
    // 3 + 1 = 4, from the lowest digit: its third digit is a 1.
    const digits = [
      [1, 1],
      [1, 0],
      [0, 0],
    ];
    const inputs = Object.fromEntries(
      digits.map((pair, k) => [`x_${k + 1}`, ndarray(Float64Array.from(pair), [1, 2])]),
    );
    const { y } = compileReference(importModel(model)).run(inputs);
    expect(Array.from(y!.data)).toEqual([1, 0]);
  });
  test("one network of a population", async () => {
    const args = ["unroll", join(folder, "gru"), "--steps", "2", "-o", join(folder, "gru.onnx")];
    const weightsOf = async (replica: string) => {
      await json([...args, "--replica", replica]);
      const model = decodeModel(new Uint8Array(readFileSync(join(folder, "gru.onnx"))));
      expect(model.metadata.replica).toBe(replica);
      return model.graph.initializers.find(({ name }) => name === "Wz")!.data;
    };
    expect(await weightsOf("0")).not.toEqual(await weightsOf("1"));
  });
});

test.each([
  [["rn", "--steps", "3"], 'unknown cell "rn". Did you mean "rnn"? Known: rnn, '],
  [["runs/none", "--steps", "3"], "there is no folder runs/none"],
  [["rnn"], "required option '--steps <n>' not specified"],
  [["rnn", "--steps", "0"], '--steps: received "0", expected a whole number of at least 1'],
  [["rnn", "--steps", "1.5"], '--steps: received "1.5", expected a whole number of at least 1'],
  [["rnn", "--steps", "three"], '--steps: received "three", expected a whole number of at least 1'],
  [["rnn", "--steps", "3", "-o", "x.png"], 'received "x.png", expected a name ending in .svg or .onnx'],
  [["rnn", "--steps", "3", "--form", "sum"], 'unknown form "sum". Did you mean "sums"? Known: sums, matrix, scalar.'],
  [["rnn", "--steps", "3", "--hidden", "2", "--form", "scalar"], "rnn has sizes 1, 2, expected 1 for all of them"],
  [["rnn", "--steps", "3", "--readout", "tan"], 'unknown activation "tan". Did you mean "tanh"?'],
  [["rnn", "--steps", "3", "--set", "model.gate=relu"], 'unknown option of model rnn "gate"'],
  [["rnn", "--steps", "3", "--set", "learningRate=1"], 'received "learningRate", expected an option of the cell'],
  [["rnn", "--steps", "3", "--replica", "0"], "--replica goes with a run, not with rnn"],
  [["gru", "--steps", "3", "--set", "model.bidirectional=true"], "gru: reads the whole problem first"],
  [["dcm", "--steps", "9", "--expand"], "dcm over 9 steps has a formula of about 10^"],
  [["rnn", "--steps", "120", "-o", "x.svg"], "241 layers, inputs included; expected at most 200: fewer steps"],
])("%j is refused", async (args, message) => {
  const { status, stderr, stdout } = await unroll(...args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
});

test("sizes of a run are its own", async () => {
  const { status, stderr } = await unroll(join(folder, "gru"), "--steps", "2", "--hidden", "3");
  expect(status).toBe(2);
  expect(stderr).toContain("--hidden goes with the name of a cell, not with");
});
