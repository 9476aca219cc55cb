/** `longhand gradients`. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { json, longhand } from "./command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "longhand-gradients-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

describe("papers/002, exercise 2", () => {
  test("the scalar RNN: the sheet's formula, and the number that backpropagation gives", async () => {
    const { status, stdout } = await longhand(["gradients", "scalar-rnn", "--steps", "6"]);
    expect(status).toBe(0);
    const lines = stdout.split("\n");
    expect(lines).toContain(
      "           = σ′(a_T^y) W_out σ′(a_T^h) W_rec^(T−2) ∏_{t=2}^{T−1} σ′(a_t^h) (x_2 + W_rec σ′(a_1^h) x_1)",
    );
    expect(lines).toContain(
      "dy_6/dW_in = σ′(a_6^y) W_out σ′(a_6^h) W_rec^4 ∏_{t=2}^5 σ′(a_t^h) (x_2 + W_rec σ′(a_1^h) x_1)",
    );
    const result = await json([
      "gradients",
      "scalar-rnn",
      "--steps",
      "6",
      "--set",
      "W_rec=-1.5",
      "--set",
      "b_h=0.3",
      "--set",
      "W_in=2",
    ]);
    const { formula, backpropagation } = result.derivative as { formula: number; backpropagation: number };
    expect(Math.abs(formula / backpropagation - 1)).toBeLessThan(1e-14);
    expect(result.values).toMatchObject({ W_rec: -1.5, b_h: 0.3, W_in: 2 });
    expect(result.trajectory).toHaveLength(6);
  });
  test("the scalar LSTM as LaTeX", async () => {
    const { stdout } = await longhand(["gradients", "scalar-lstm", "--latex"]);
    expect(stdout).toContain(
      "&= \\sigma'(a_T^{\\mathrm{y}}) W^{\\mathrm{out}} o_T \\sigma'(c_T) f^{T-2} \\sigma'(a_2^{\\mathrm{h}}) x_2",
    );
    expect(stdout.trimEnd()).toMatch(/^\\begin\{align\*\}[\s\S]*\\end\{align\*\}$/);
  });
  test("curves over T, W_rec and f", async () => {
    const rnn = await json(["gradients", "scalar-rnn", "--steps", "12", "-o", at("rnn.svg")]);
    const curves = rnn.curves as { name: string; x: number[]; y: number[] }[];
    expect(curves.map(({ name }) => name)).toEqual([
      "plain, W_rec = 1",
      "vanishing, W_rec = 2",
      "constant, W_rec = 4",
      "diverging, W_rec = 8",
      "saturated, W_rec = 8",
    ]);
    expect(curves[3]!.x).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(curves[3]!.y[9]! / curves[3]!.y[0]!).toBeCloseTo(2 ** 9, 6);
    expect(readFileSync(at("rnn.svg"), "utf8")).toContain("scalar-rnn: |dy_T/dW_in| by T");
    const lstm = await json(["gradients", "scalar-lstm", "--steps", "20", "--over", "f", "-o", at("f.svg")]);
    const byForget = lstm.curves as typeof curves;
    expect(byForget.map(({ name }) => name)).toEqual(["T = 3", "T = 5", "T = 10", "T = 20"]);
    // At f = 1 all T agree.
    const one = byForget[0]!.x.findIndex((f) => Math.abs(f - 1) < 1e-9);
    for (const { y } of byForget) expect(y[one]).toBeCloseTo(byForget[0]!.y[one]!, 14);
  });
});

describe("networks", () => {
  test("rnn and lstm by lag: side by side, in numbers and as a picture", async () => {
    const args = ["gradients", "rnn", "lstm", "--length", "20", "--samples", "4", "--set", "model.hidden=6"];
    const { networks } = (await json([...args, "-o", at("lags.svg")])) as { networks: Record<string, never>[] };
    const [rnn, lstm] = networks as unknown as Seen[];
    expect([rnn!.model, lstm!.model, rnn!.options.hidden, rnn!.lossStep]).toEqual(["rnn", "lstm", 6, 20]);
    expect(rnn!.lags).toHaveLength(20);
    expect(lstm!.rate).toBeGreaterThan(rnn!.rate);
    expect(Object.keys(lstm!.byState)).toEqual(["h", "c"]);
    expect(lstm!.contributions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(lstm!.saturation.map(({ name }) => name).toSorted()).toEqual(["f", "g", "i", "o", "tanh(c)"]);
    expect(lstm!.clipping.steps).toHaveLength(16);
    expect(readFileSync(at("lags.svg"), "utf8")).toContain("lstm (4 problems)");
    const { stdout } = await longhand(args);
    expect(stdout).toMatch(/^ +lag +rnn +lstm$/m);
  });
  test("the gradient of one network in full; pictures of its Jacobians and its units", async () => {
    const args = [
      "gradients",
      "gru",
      "--length",
      "6",
      "--samples",
      "3",
      "--set",
      "model.hidden=3",
      "--task",
      "binary-addition",
    ];
    const { stdout } = await longhand([...args, "--clip", "0.01", "--picture", "map", "-o", at("map.svg")]);
    expect(stdout).toContain("gru on binary-addition: before training, seed 1");
    // A sum has a digit more than the numbers: seven steps.
    expect(stdout).toContain("3 sums of 6 binary digits; the loss of step 7");
    expect(stdout).toMatch(/^clipped at 0.01: 16 of 16, median 0.01; direction: cosine 1.000000 at least$/m);
    expect(readFileSync(at("map.svg"), "utf8").match(/<title>source/g)).toHaveLength((7 * 8) / 2);
    await longhand([...args, "--picture", "units", "-o", at("units.svg")]);
    expect(readFileSync(at("units.svg"), "utf8").match(/<title>step/g)).toHaveLength(7 * 9);
  });
  test("a trained run: its own task, loss and limit of clipping", async () => {
    const run = at("run");
    const train = [
      "train",
      "parity",
      "--model",
      "rnn",
      "--steps",
      "5",
      "--set",
      "model.hidden=4",
      "--set",
      "clip=0.5",
      "--run",
      run,
    ];
    expect((await longhand(train)).status).toBeLessThan(2);
    const { networks } = (await json(["gradients", run, "--length", "8"])) as { networks: unknown[] };
    expect(networks[0]).toMatchObject({
      model: "rnn",
      task: "parity",
      origin: "trained 5 steps, seed 1",
      replica: 0,
      loss: "cross-entropy",
      clipping: { limit: 0.5 },
    });
    const other = await longhand(["gradients", run, "--task", "binary-addition"]);
    expect(other).toMatchObject({ status: 2, stdout: "" });
    expect(other.stderr).toContain(`--task: received "binary-addition" for ${run}, whose task is parity`);
  });
  test("tasks of numbers", async () => {
    const args = ["gradients", "rnn", "gru", "--task", "adding-problem", "--length", "12", "--samples", "2"];
    const { networks } = (await json(args)) as { networks: { loss: string; lags: unknown[] }[] };
    expect(networks.map(({ loss, lags }) => [loss, lags.length])).toEqual([
      ["half the squared error", 12],
      ["half the squared error", 12],
    ]);
  });
  test("a network built by hand: it has no units with limits to come near to", async () => {
    const { networks } = (await json(["gradients", "full-adder", "--length", "5", "--samples", "2"])) as {
      networks: Seen[];
    };
    expect(networks[0]!.lags).toHaveLength(6);
    expect(networks[0]!.saturation).toEqual([]);
  });
});

interface Seen {
  readonly model: string;
  readonly options: { readonly hidden: number };
  readonly lossStep: number;
  readonly rate: number;
  readonly lags: readonly unknown[];
  readonly byState: object;
  readonly contributions: readonly { readonly share: number }[];
  readonly saturation: readonly { readonly name: string }[];
  readonly clipping: { readonly steps: readonly unknown[] };
}

test.each([
  [["gradients"], "missing required argument 'source'"],
  [["gradients", "scalar-rnn", "--steps", "2"], "--steps: received 2, expected at least 3"],
  [["gradients", "scalar-rnn", "--case", "vanish"], 'unknown case of scalar-rnn "vanish"'],
  [["gradients", "scalar-rnn", "--set", "f=1"], 'unknown number of scalar-rnn "f"'],
  [["gradients", "scalar-rnn", "--set", "W_rec=two"], '--set: received "W_rec=two", expected a name and a number'],
  [["gradients", "scalar-rnn", "--wrt", "W"], 'unknown parameter of scalar-rnn "W"'],
  [["gradients", "scalar-rnn", "--over", "W", "-o", "x.svg"], 'unknown --over of scalar-rnn "W"'],
  [["gradients", "scalar-lstm", "--wrt", "W_rec", "-o", "x.svg"], "dy_T/dW_rec of scalar-lstm is 0 everywhere"],
  [["gradients", "scalar-rnn", "-o", "x.png"], 'received "x.png", expected a name ending in .svg'],
  [["gradients", "scalar-rnn", "rnn"], "received scalar-rnn, rnn, expected scalar-rnn alone"],
  [
    ["gradients", "scalar-rnn", "--length", "3"],
    "received --length for scalar-rnn, expected it for networks of many units",
  ],
  [["gradients", "rnn", "--latex"], "received --latex for rnn, expected it for scalar-rnn or scalar-lstm"],
  [["gradients", "rnn", "--picture", "heat"], 'unknown --picture "heat"'],
  [["gradients", "rnn", "lstm", "--picture", "map"], "--picture map: received 2 networks, expected one"],
  [["gradients", "rnn", "--set", "model.hiden=3"], 'unknown option of rnn "hiden". Did you mean "hidden"?'],
  [["gradients", "rnn", "--set", "seed=3"], "--set: received seed, expected settings of models"],
  [["gradients", "rnn", "--clip", "0"], '--clip: received "0", expected a positive number'],
  [["gradients", "neural-gpu", "--task", "sort"], "model neural-gpu reads the whole problem before it answers"],
  [
    ["gradients", "rnn", "--set", "model.activation=relu", "--length", "3", "--picture", "units", "-o", "x.svg"],
    "--picture units: rnn has no units with limits",
  ],
  [
    [
      "gradients",
      "rnn",
      "--set",
      "model.hidden=1",
      "--samples",
      "1",
      "--length",
      "201",
      "--picture",
      "map",
      "-o",
      "x.svg",
    ],
    "--picture map: received problems of 201 steps, expected at most 200",
  ],
  [["gradients", "nowhere"], "nowhere"],
] as const)("%j is refused", async (args, message) => {
  const { status, stdout, stderr } = await longhand(args);
  expect({ status, stdout }, stderr).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(message);
});
