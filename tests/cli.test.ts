/** The command line's contract: every verb, JSON, exit status, and what it says to bad input. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { decodeModel, decodeSafetensors } from "../src/index.ts";
import { type Ended, json, longhand } from "./command-line.ts";

let base: string;
/** A run of one network, solved, and what its training printed; a run of three networks. */
let run: string;
let trained: Ended;
let population: string;
let populationTrained: Ended;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-cli-"));
  run = join(base, "run");
  population = join(base, "population");
  trained = await longhand(["train", "binary-addition", "--run", run]);
  populationTrained = await longhand(["train", "parity", "--population", "3", "--steps", "20", "--run", population]);
});
afterAll(() => rm(base, { recursive: true }));

test("train solves addition, tells so, and shows a sum", async () => {
  expect(trained.status, trained.stderr).toBe(0);
  expect(trained.stdout).toContain("no error on 1,024 sums of 1,000 binary digits");
  expect(trained.stdout).toContain("solved: no error on 64 sums of 100 binary digits since step");
  expect(trained.stdout).toContain(`longhand predict ${run} 387+18`);
  expect(trained.stderr).toMatch(
    /^step +250 of 2,500 · loss 0\.\d+ · solved · exact [\d.]+% · .* left · symbols [\d.]+% · [\d,]+ examples\/s$/m,
  );
  expect(trained.stdout + trained.stderr).not.toContain("\x1b");
  const [, shown] = trained.stdout.split("A sum that it never saw:\n");
  const [a, b, sum] = shown!.split(/\n {2}[+=] /).map((part) =>
    BigInt(
      part
        .split("\n\n")
        .find((text) => /\d/.test(text))!
        .replaceAll(/\s/g, ""),
    ),
  );
  expect(a! > 10n ** 90n).toBe(true);
  expect(a! + b!).toBe(sum);
  expect(shown).toContain("\n  right\n");
});

test("a run's folder holds what is needed to run it again", async () => {
  expect((await readdir(run)).sort()).toEqual(["checkpoints", "config.json", "metrics.jsonl", "result.json"]);
  const config = JSON.parse(await readFile(join(run, "config.json"), "utf8")) as Record<string, unknown>;
  expect(config).toMatchObject({
    format: "longhand-run",
    versions: { longhand: "0.1.0" },
    config: {
      training: { task: "binary-addition", seed: 1, model: { name: "ilrnn", layers: [8] } },
      engine: { precision: expect.any(Number), threads: expect.any(Number) },
    },
  });
  const metrics = (await readFile(join(run, "metrics.jsonl"), "utf8")).trimEnd().split("\n");
  expect(JSON.parse(metrics[0]!)).toMatchObject({ type: "step", step: 25, loss: expect.any(Number) });
  const result = JSON.parse(await readFile(join(run, "result.json"), "utf8")) as Record<string, unknown>;
  expect(result).toMatchObject({
    reason: "solved",
    finding: { length: 1000, samples: 1024 },
    unseen: { isRight: true },
  });
});

test("train takes settings from a file, then --set, then options", async () => {
  const file = join(base, "settings.json");
  await writeFile(
    file,
    JSON.stringify({ task: "parity", steps: 7, seed: 3, learningRate: 0.5, model: { name: "rnn", hidden: 5 } }),
  );
  const folder = join(base, "settings");
  const settings = [
    "--set",
    "model.hidden=4",
    "--set",
    "model.activation=relu",
    "--set",
    "clip=null",
    "--set",
    "seed=4",
  ];
  const result = await json(
    ["train", "--config", file, ...settings, "--seed", "5", "--runtime", "reference", "--run", folder],
    1,
  );
  expect(result).toMatchObject({ task: "parity", model: "rnn", seed: 5, steps: 7, folder, reason: "steps" });
  const { config } = JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as { config: unknown };
  expect(config).toMatchObject({
    training: { learningRate: 0.5, clip: null, model: { name: "rnn", hidden: 4, activation: "relu" } },
    engine: { name: "reference", precision: 64, threads: 1 },
  });
});

test("a task may be named twice, by any of its names", async () => {
  const same = ["--set", "task=decimal-addition", "--set", "solved=null", "--steps", "1", "--runtime", "reference"];
  const folder = join(base, "same-task");
  expect(await json(["train", "base-10-addition", ...same, "--run", folder])).toMatchObject({
    task: "base-10-addition",
  });
});

test("a population that isn't all solved ends with status 1 and names who failed", async () => {
  expect(populationTrained.status).toBe(1);
  expect(populationTrained.stdout).toContain("solved 0 of 3 replicas");
  expect(populationTrained.stdout).toContain("not solved: 0, 1, 2");
  expect(populationTrained.stdout).toMatch(/with errors: \d \(exact /);
});

test("without --run the folder is runs/<task>-<time>", async () => {
  const ended = await longhand(["train", "parity", "--steps", "1", "--set", "solved=null", "--runtime", "reference"], {
    cwd: base,
  });
  expect(ended.status, ended.stderr).toBe(0);
  expect(await readdir(join(base, "runs"))).toEqual([expect.stringMatching(/^parity-\d{4}-\d\d-\d\d-\d{6}$/)]);
});

test("eval prints accuracy by length", async () => {
  const { status, stdout } = await longhand(["eval", run, "--lengths", "10,100", "--samples", "50"]);
  expect(status).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.slice(-2).map((line) => line.trim().split(/\s+/))).toEqual([
    ["10", "trained", "100%", "92.9–100.0%", "100%", "50"],
    ["100", "100%", "92.9–100.0%", "100%", "50"],
  ]);
  const result = await json(["eval", run, "--lengths", "20", "--samples", "50", "--seed", "9"]);
  expect(result).toMatchObject({
    task: "binary-addition",
    seed: 9,
    results: [
      { length: 20, replica: 0, isTrained: false, exact: { successes: 50, trials: 50 }, symbol: { trials: 50 * 21 } },
    ],
  });
});

test("eval of a population: a summary, the worst, or one of them", async () => {
  const all = await longhand(["eval", population, "--lengths", "20,80", "--samples", "20"]);
  // Wilson's interval of 0 of 3: up to z²/(3 + z²) with z = 1.96.
  expect(all.stdout).toMatch(/ {4}20 {2}trained +0 of 3 +0\.0–56\.1% /);
  expect(all.stdout).toContain("The worst at length 80:");
  const each = await longhand(["eval", population, "--lengths", "20,80", "--samples", "20", "--replica", "all"]);
  const [header, , ...rows] = each.stdout.trimEnd().split("\n").slice(2);
  expect(header).toMatch(/^ *length +replica +exact +95% interval +symbols +problems$/);
  expect(
    rows.map((row) =>
      row
        .trim()
        .split(/\s+(?:trained\s+)?/)
        .slice(0, 2)
        .map(Number),
    ),
  ).toEqual([20, 80].flatMap((length) => [0, 1, 2].map((replica) => [length, replica])));
  for (const row of rows) expect(row).toMatch(/\d +[\d.]+% +[\d.]+–[\d.]+% +[\d.]+% +20$/);
  const one = await json(["eval", population, "--lengths", "20", "--samples", "20", "--replica", "2"]);
  const three = (await json(["eval", population, "--lengths", "20", "--samples", "20"])) as { results: unknown[] };
  expect(three.results).toHaveLength(3);
  expect(one.results).toEqual([three.results[2]]);
});

test("predict answers", async () => {
  expect(await longhand(["predict", run, "387+18"])).toMatchObject({ status: 0, stdout: "405\n", stderr: "" });
  expect(await json(["predict", run, "387+18"])).toMatchObject({
    task: "binary-addition",
    predictions: [{ input: "387+18", answer: "405", exact: "405", isRight: true, steps: 10, wrong: 0 }],
  });
});

test("predict reads numbers of 100,000 digits", async () => {
  const a = BigInt(`7${"3141592653".repeat(10_000)}`);
  const b = BigInt(`1${"2718281828".repeat(10_000)}`);
  const file = join(base, "big.txt");
  await writeFile(file, `${a}+${b}\n\n2+3\n`);
  const { status, stdout, stderr } = await longhand(["predict", run, "--file", file, "--check"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "2 answers, all right\n" });
  expect(stdout).toBe(`${a + b}\n5\n`);
});

test("predict reads standard input, and --check finds wrong answers", async () => {
  const problems = ["1011", "1", "0", "11"].join("\n");
  const checked = await longhand(["predict", population, "--file", "-", "--check"], { stdin: problems });
  expect(checked.status).toBe(1);
  expect(checked.stdout.split("\n")).toHaveLength(5);
  expect(checked.stderr).toMatch(/^4 answers, [1-4] wrong \([\d, ]+\)$/m);
});

test("an exported ONNX model gives the same answers in ONNX Runtime, for any batch and length", async () => {
  const file = join(base, "addition.onnx");
  expect(await longhand(["export", run, file])).toMatchObject({ status: 0, stderr: "" });
  const { metadata, graph } = decodeModel(await readFile(file));
  expect(metadata).toMatchObject({
    task: "binary-addition",
    "input.alphabets": '[["0","1"],["0","1"]]',
    "output.alphabet": '["0","1"]',
    "order.of.symbols":
      "lowest digit first, one digit of both numbers and one of the answer a time step; one step more than digits, where the input is 0",
    seed: "1",
    "longhand.version": "0.1.0",
  });
  expect(graph.inputs).toEqual([{ name: "symbols", elementType: "INT32", shape: ["batch", "time", 2] }]);
  expect(graph.outputs.map(({ name, shape }) => [name, shape])).toEqual([
    ["answer", ["batch", "time"]],
    ["logits", ["batch", "time", 1]],
  ]);
  const session = await ort.InferenceSession.create(file);
  for (const [a, b] of [
    [387n, 18n],
    [2n ** 700n - 1n, 1n],
  ] as const) {
    const steps = a.toString(2).length + 1;
    const symbols = new Int32Array(2 * steps * 2);
    for (let t = 0; t < steps; t++) {
      // The second problem of the batch is b + a.
      symbols.set([Number((a >> BigInt(t)) & 1n), Number((b >> BigInt(t)) & 1n)], 2 * t);
      symbols.set([Number((b >> BigInt(t)) & 1n), Number((a >> BigInt(t)) & 1n)], 2 * (steps + t));
    }
    const { answer, logits } = await session.run({ symbols: new ort.Tensor("int32", symbols, [2, steps, 2]) });
    expect(logits!.dims).toEqual([2, steps, 1]);
    for (const row of [0, 1]) {
      const bits = Array.from(answer!.data as Int32Array).slice(row * steps, (row + 1) * steps);
      expect(BigInt(`0b${bits.reverse().join("")}`)).toBe(a + b);
    }
  }
  await session.release();
});

test("export writes safetensors of a replica", async () => {
  const file = join(base, "parity.safetensors");
  const result = await json(["export", population, file, "--replica", "1"]);
  expect(result).toMatchObject({ file, replica: 1 });
  const { tensors, metadata } = decodeSafetensors(await readFile(file));
  expect(metadata).toMatchObject({
    task: "parity",
    replica: "1",
    "steps.trained": "20",
    "order.of.symbols": "as written, one symbol a time step",
  });
  const [newest] = (await readdir(join(population, "checkpoints")))
    .filter((name) => /^\d/.test(name))
    .sort()
    .reverse();
  const checkpoint = decodeSafetensors(await readFile(join(population, "checkpoints", newest!)));
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const all = checkpoint.tensors[`parameters/${name}`]!;
    expect(all.shape).toEqual([3, ...shape]);
    expect(Float64Array.from(data)).toEqual(Float64Array.from(all.data.subarray(data.length, 2 * data.length)));
  }
});

test("tasks and models list names, defaults and options", async () => {
  const { tasks } = (await json(["tasks"])) as { tasks: { name: string; defaults: { lengths: number[] } }[] };
  expect(tasks.find(({ name }) => name === "binary-addition")?.defaults.lengths).toEqual([10, 10]);
  expect((await longhand(["tasks"])).stdout).toMatch(/^parity +1011 +1–20 +say /m);
  const { models } = (await json(["models"])) as { models: { name: string; options: Record<string, unknown> }[] };
  expect(models.find(({ name }) => name === "ilrnn")?.options).toMatchObject({
    layers: [8],
    activation: "hard-sigmoid",
  });
  expect((await longhand(["models"])).stdout).toMatch(/^ {2}model\.hidden +16$/m);
});

test("help and the version go to standard output", async () => {
  expect(await longhand(["--version"])).toMatchObject({ status: 0, stdout: "0.1.0\n", stderr: "" });
  const help = await longhand(["train", "--help"]);
  expect(help).toMatchObject({ status: 0, stderr: "" });
  expect(help.stdout).toContain("--previous-checkpoint");
  expect(help.stdout).toMatch(/--steps <n> +gradient steps \(default: by task\)/);
});

test("bad usage and bad input end with status 2 and one line that says what was expected", async () => {
  const notJson = join(base, "broken.json");
  await writeFile(notJson, "{");
  const wrongType = join(base, "wrong-type.json");
  await writeFile(wrongType, JSON.stringify({ learningRate: "fast" }));
  const taskFile = join(base, "task.json");
  await writeFile(taskFile, JSON.stringify({ task: "parity" }));
  const empty = join(base, "empty");
  await mkdir(empty);
  await writeFile(join(empty, "nothing.txt"), "\n");
  const newer = join(base, "newer");
  await mkdir(newer);
  const text = await readFile(join(run, "config.json"), "utf8");
  await writeFile(join(newer, "config.json"), text.replace('"formatVersion": 1', '"formatVersion": 2'));
  const train = (...settings: string[]) => [
    "train",
    "binary-addition",
    "--run",
    join(base, "never"),
    ...settings.flatMap((setting) => (setting.startsWith("--") ? [setting] : ["--set", setting])),
  ];
  const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
    [["trian"], "argument", /unknown command 'trian' \(Did you mean train\?\)/],
    [["train", "--sed", "3"], "argument", /unknown option '--sed' \(Did you mean one of --seed, --set\?\)/],
    [["train"], "argument", /no task given/],
    [["train", "binary-adition"], "unknown-name", /unknown task "binary-adition"\. Did you mean "binary-addition"\?/],
    [train("--model=ilrn"), "unknown-name", /unknown model "ilrn"\. Did you mean "ilrnn"\?/],
    [
      [...train("task=parity"), "--config", taskFile],
      "argument",
      /the task "binary-addition" from the command line and "parity" from --set, expected one task/,
    ],
    [
      train(`--config=${taskFile}`),
      "argument",
      /"binary-addition" from the command line and "parity" from .*task\.json/,
    ],
    [
      ["train", "--set", "task=increment", "--config", taskFile],
      "argument",
      /"increment" from --set and "parity" from /,
    ],
    [train("--runtime=onx"), "unknown-name", /config, runtime.* "onx"\. Did you mean "onnx"\?/],
    [train("learningrate=0.1"), "unknown-name", /"learningrate"\. Did you mean "learningRate"\?/],
    [train("model.layer=[8]"), "unknown-name", /"layer"\. Did you mean "layers"\?/],
    [train("model.activation=tanhh"), "unknown-name", /activation.* "tanhh"\. Did you mean "tanh"\?/],
    [train("optimizer.name=adan"), "unknown-name", /optimizer, name.* "adan"\. Did you mean "adam"\?/],
    [train("optimizer=adm"), "argument", /received "optimizer=adm", expected optimizer\.name=adm/],
    [train("schedule=cosine"), "argument", /received "schedule=cosine", expected schedule\.name=cosine/],
    [train("model=rnn"), "argument", /received "model=rnn", expected --model rnn or model\.name=rnn/],
    [train("optimizer.bta1=0.5"), "unknown-name", /optimizer "bta1"\. Did you mean "beta1"\?/],
    [train("solved.lenght=3"), "unknown-name", /"lenght"\. Did you mean "length"\?/],
    [train("learningRate"), "argument", /--set: received "learningRate", expected key=value/],
    [train("learningRate=fast"), "config", /learningRate: received "fast".*expected number/],
    [train("model.layers=8"), "config", /layers: received 8.*expected array/],
    [train("lengths=[10,5]"), "config", /lengths: received \[10,5\], expected the shortest length, then the longest/],
    [train("curriculum.start=30"), "config", /curriculum, start: received 30, expected a length from/],
    [train("--population=0"), "argument", /--population: received "0", expected a whole number of at least 1/],
    [train("--seed=abc"), "argument", /--seed: received "abc"/],
    [train(`--config=${wrongType}`), "config", /learningRate: received "fast"/],
    [train(`--config=${notJson}`), "config", /broken\.json isn't JSON/],
    [train(`--config=${join(base, "absent.json")}`), "file", /can't read .*absent\.json/],
    [["train", "binary-addition", "--run", run], "file", /the folder isn't empty.*resume it/],
    [["train", "parity", "--resume", run], "argument", /the task "parity" can't be given with --resume/],
    [["train", "--seed", "3", "--resume", run], "argument", /--seed can't be given with --resume/],
    [["train", "--previous-checkpoint", "parity"], "argument", /--previous-checkpoint.*--resume/],
    [["train", "--resume", empty], "file", /is no run folder: it has no config\.json/],
    [["predict", run, "38x7+18"], "input", /binary-addition: character "x" at position 3/],
    [["predict", run, "-1+5"], "input", /binary-addition: character "-" at position 1; .*have no sign/],
    [["predict", run, "-1+5", "--chek"], "argument", /unknown option '--chek'/],
    [["predict", run, ""], "input", /binary-addition: empty text; expected two numbers/],
    [["predict", run], "argument", /expected one of them/],
    [["predict", run, "--file", join(empty, "nothing.txt")], "input", /empty, expected problems/],
    [["predict", run, "387+18", "--replica", "1"], "argument", /replica 1 of run .*expected 0, the only one/],
    [["predict", join(base, "absent"), "387+18"], "file", /can't open run .*absent: it doesn't exist/],
    [["predict", empty, "387+18"], "file", /is no run folder: it has no config\.json/],
    [["predict", newer, "387+18"], "format", /newer format version 2; this version of Longhand reads up to 1/],
    [["eval", run, "--lengths", "10,x"], "argument", /--lengths: received "x"/],
    [["eval", run, "--lengths", "100000000"], "argument", /no problems of length 100000000/],
    [["export", run, "net.pt"], "argument", /received "net\.pt", expected a name ending in \.onnx or \.safetensors/],
    [["export", run, join(base, "absent", "net.onnx")], "file", /can't write .*absent/],
  ];
  for (const [args, code, message] of cases) {
    const shown = `longhand ${args.join(" ")}`;
    const [plain, asJson] = await Promise.all([longhand(args), longhand([...args, "--json"])]);
    expect(plain.status, shown).toBe(2);
    expect(plain.stderr, shown).toMatch(message);
    expect(plain.stderr, shown).toMatch(/^longhand: .*\n$/);
    expect(plain.stdout, shown).toBe("");
    expect(asJson.status, shown).toBe(2);
    const { error } = JSON.parse(asJson.stdout) as { error: { code: string; message: string } };
    expect(error.code, shown).toMatch(new RegExp(`^(${code})$`));
    expect(error.message, shown).toMatch(message);
  }
  expect(await readdir(base)).not.toContain("never");
}, 120_000);

test("compiled C without a C compiler that works ends with status 2 and says what is missing", async () => {
  const broken = join(base, "broken-compiler");
  await writeFile(broken, '#!/bin/sh\n[ "$1" = --version ] || { echo "fatal: out of ideas" >&2; exit 1; }\n', {
    mode: 0o755,
  });
  const cases = [
    ["/nonexistent", /^longhand: no C compiler: \/nonexistent can't be run \(.*ENOENT\)\n$/],
    [broken, /^longhand: the C compiler .*broken-compiler failed: fatal: out of ideas\n$/m],
  ] as const;
  try {
    for (const [compiler, message] of cases) {
      vi.stubEnv("CC", compiler);
      for (const args of [
        ["train", "binary-addition", "--runtime=c"],
        ["eval", run, "--lengths=3", "--runtime=c"],
      ]) {
        const shown = `CC=${compiler} longhand ${args.join(" ")}`;
        const started = ["plain", "json"].map(async (form) => {
          const cwd = await mkdtemp(join(base, "uncompiled-"));
          return longhand([...args, ...(form === "json" ? ["--json"] : [])], { cwd });
        });
        const [plain, asJson] = (await Promise.all(started)) as [Ended, Ended];
        expect([plain.status, asJson.status], `${shown}: ${plain.stderr}`).toEqual([2, 2]);
        expect(plain.stderr, shown).toMatch(message);
        expect(plain.stderr, shown).not.toMatch(/\n\s+at /);
        expect(plain.stdout, shown).toBe("");
        expect(JSON.parse(asJson.stdout), shown).toMatchObject({ error: { code: "runtime" } });
      }
    }
  } finally {
    vi.unstubAllEnvs();
  }
});

test("a training whose numbers overflow ends with status 1, names the step and keeps the last good ones", async () => {
  const folder = join(base, "overflow");
  const wild = ["model.activation=identity", "learningRate=1e30", "clip=null", "optimizer.name=sgd", "loss=squares"];
  const settings = wild.flatMap((setting) => ["--set", setting]);
  const ended = await longhand(["train", "parity", "--model", "rnn", ...settings, "--run", folder]);
  expect(ended).toMatchObject({ status: 1, stdout: "" });
  expect(ended.stderr).toMatch(/longhand: training stopped at step (\d+): parameter \w+ of replica 0 became NaN/);
  const step = Number(/at step (\d+): parameter/.exec(ended.stderr)![1]);
  expect(await readdir(join(folder, "checkpoints"))).toEqual([`${String(step - 1).padStart(8, "0")}.safetensors`]);
  const again = await longhand(["train", "--resume", folder]);
  expect(again.status).toBe(1);
  expect(again.stderr).toContain(`can't go on: its numbers stopped being finite at step ${step}`);
});

test("a file that can't be written ends a training with one line, though closing it fails as well", async () => {
  const folder = join(base, "no metrics");
  const first = await longhand(["train", "parity", "--steps", "2", "--run", folder]);
  expect(first.stdout).toContain(`longhand eval '${folder}'`);
  const metrics = join(folder, "metrics.jsonl");
  await rm(metrics);
  await symlink(join(base, "nowhere", "metrics.jsonl"), metrics);
  const ended = await longhand(["train", "--resume", folder, "--steps", "4", "--json"]);
  expect(ended.status).toBe(2);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: "file" } });
  expect(ended.stderr.trimEnd().split("\n").at(-1)).toContain(`longhand: can't write ${metrics}`);
  expect(ended.stderr).not.toContain("    at ");
});

test.runIf(existsSync("/dev/full"))("standard output that can't be written is told of in one line", async () => {
  const command = `"${process.execPath}" dist/cli/main.js tasks > /dev/full`;
  const ended = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  expect(ended.stderr).toMatch(/^longhand: can't write to standard output: .*ENOSPC.*\n$/);
  expect(ended.status).toBe(2);
});

test("predict reads files of more problems than a function takes arguments", async () => {
  const file = join(base, "many");
  await writeFile(file, "1+1\n".repeat(200_000));
  const ended = await longhand(["predict", run, "--file", file]);
  expect(ended.stderr).toBe("");
  expect(ended.stdout).toBe("2\n".repeat(200_000));
});

test("without a verb the usage goes to standard error", async () => {
  const { status, stdout, stderr } = await longhand([]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/^Usage: longhand .*\nlonghand: no verb given; see longhand --help\n$/s);
});

test("a damaged checkpoint is refused, and --previous-checkpoint uses the one before it", async () => {
  const damaged = join(base, "damaged");
  await mkdir(join(damaged, "checkpoints"), { recursive: true });
  await copyFile(join(run, "config.json"), join(damaged, "config.json"));
  const names = (await readdir(join(run, "checkpoints"))).filter((name) => /^\d/.test(name)).sort();
  for (const name of names) await copyFile(join(run, "checkpoints", name), join(damaged, "checkpoints", name));
  const newest = join(damaged, "checkpoints", names.at(-1)!);
  await writeFile(newest, (await readFile(newest)).subarray(0, -1));
  const refused = await longhand(["predict", damaged, "387+18"]);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/truncated.*add --previous-checkpoint/);
  expect(await longhand(["predict", damaged, "387+18", "--previous-checkpoint"])).toMatchObject({
    status: 0,
    stdout: "405\n",
  });
});
