/** The command line with networks that read whole problems: what it tells, draws and refuses. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, expect, test } from "vitest";
import { json, longhand, start } from "./command-line.ts";

let base: string;
let run: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-neural-gpu-"));
  run = join(base, "run");
  const settings = [
    "model.name=dngpu",
    "model.maps=6",
    "lengths=[3,5]",
    "bins.lengths=[3,5]",
    "batch=8",
    "solved=null",
  ].flatMap((setting) => ["--set", setting]);
  const ended = await longhand(["train", "binary-multiplication", ...settings, "--steps", "10", "--run", run]);
  expect(ended.status, ended.stderr).toBe(0);
}, 120_000);
afterAll(() => rm(base, { recursive: true }));

test("eval tests on problems held out of the training and on structured ones", async () => {
  const args = ["eval", run, "--lengths", "3,9", "--samples", "40", "--structured", "4"];
  const { status, stdout, stderr } = await longhand(args);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain("dngpu on binary-multiplication, 10 steps; lengths in symbols");
  expect(stdout).toMatch(/^length +exact +95% interval +symbols +wrong$/m);
  expect(stdout).toMatch(/^ +9 +[\d.]+% +[\d.–]+% +[\d.]+% +\d+ of 40$/m);
  expect(stdout).toContain("Of length 3 hardly any are held out: tested on all, which may have been trained on.");
  expect(stdout).toMatch(/^tiny +9 +[\d.]+% .* of 4$/m);
  const [, ...shown] = /A mistake in \S+, length [39]:\n +([01]+)\*([01]+)\n {4}= ([01_]+)\nexact ([01]+)\n/.exec(
    stdout,
  )!;
  const [a, b, , exact] = shown.map((digits) => (/_/.test(digits) ? -1 : Number.parseInt(digits, 2)));
  expect(a! * b!).toBe(exact);
  expect(shown[2]).not.toBe(shown[3]);

  const result = await json(args);
  expect(result).toMatchObject({
    samples: 40,
    trained: [3, 5],
    stopped: false,
    results: [
      { length: 3, isTrained: true, isHeldOut: false, exact: { trials: 40 } },
      { length: 9, isTrained: false, isHeldOut: true, exact: { trials: 40 } },
    ],
  });
  const { structured } = result as { structured: { structured: string; length: number; exact: { trials: number } }[] };
  const kinds = ["tiny", "powers", "largest-digits", "sparse", "zeros"];
  expect(structured.map((found) => [found.length, found.structured, found.exact.trials])).toEqual(
    [3, 9].flatMap((length) => kinds.map((kind) => [length, kind, 4])),
  );
});

test("eval takes lengths to 401 and as many problems as are quick, when it is told nothing", async () => {
  const { stdout } = await longhand(["eval", run, "--help"]);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain("with bins that one, 101, 201 and 401");
  const one = await json(["eval", run, "--lengths", "5", "--structured", "0"]);
  expect(one).toMatchObject({ samples: null, results: [{ exact: { trials: 1024 } }], structured: [] });
});

test("Ctrl+C ends an evaluation between batches, with what is known", async () => {
  const { child, ended, says } = start(["eval", run, "--lengths", "5,301", "--samples", "100000", "--json"]);
  await says("evaluating: ");
  child.kill("SIGINT");
  const { status, stdout, stderr } = await ended;
  expect(status, stderr).toBe(130);
  expect(stderr).toMatch(/evaluating: [\d.]+% · length [\d,]+: [\d,]+ of 100,000 · .* left\n/);
  const { stopped, results } = JSON.parse(stdout) as {
    stopped: boolean;
    results: { length: number; exact: { trials: number } }[];
  };
  expect(stopped).toBe(true);
  const last = results.at(-1)!;
  expect(last.exact.trials).toBeGreaterThan(0);
  if (last.length === 301) expect(last.exact.trials).toBeLessThan(100_000);
});

test("predict answers products of 100 bits, and compares them with the exact ones", async () => {
  const a = BigInt(`0b1${"0110".repeat(25).slice(1)}`);
  const b = BigInt(`0b${"1001".repeat(25)}`);
  const input = `${a.toString(2)}*${b.toString(2)}`;
  const { predictions } = (await json(["predict", run, input, "--check"], 1)) as {
    predictions: Record<string, unknown>[];
  };
  expect(predictions).toEqual([
    {
      input,
      answer: expect.stringMatching(/^[01_]{1,201}$/),
      exact: (a * b).toString(2),
      isRight: false,
      steps: 201,
      asked: 201,
      wrong: expect.any(Number),
    },
  ]);
  // The shorter number is filled up, and answers come without leading zeros.
  const short = await json(["predict", run, "1011*11"]);
  expect(short.predictions).toMatchObject([{ input: "1011*0011", exact: "100001", steps: 9, asked: 9 }]);
});

test("trace draws every map of the state, and of the gates where they are wanted", async () => {
  const file = join(base, "state.png");
  const result = await json(["trace", run, "1011*1101", "-o", file, "--gates"]);
  const files = ["state", "update", "reset"].map((shows) => ({
    shows,
    file: join(base, shows === "state" ? "state.png" : `state-${shows}.png`),
  }));
  expect(result).toMatchObject({ task: "binary-multiplication", replica: 0, step: 10, files });
  expect(result.prediction).toMatchObject({ input: "1011*1101", exact: "10001111", steps: 9 });
  for (const { file: name, width, height, bytes } of result.files as Record<
    "file" | "width" | "height" | "bytes",
    never
  >[]) {
    const written = await readFile(name);
    expect(written.length).toBe(bytes);
    expect(decode(written)).toMatchObject({ width, height });
  }
  const { predictions } = (await json(["predict", run, "1011*1101"])) as { predictions: unknown[] };
  expect(result.prediction).toEqual(predictions[0]);
});

test("trace draws chosen maps, one of them large, and SVG", async () => {
  const file = join(base, "maps.svg");
  const { stdout } = await longhand(["trace", run, "11*10", "-o", file, "--maps", "0,5"]);
  expect(stdout).toMatch(/^ {2}\* +10$/m);
  expect(stdout).toContain(`${file}: `);
  const svg = await readFile(file, "utf8");
  expect([...svg.matchAll(/<title>(map \d)<\/title>/g)].map(([, title]) => title)).toEqual(["map 0", "map 5"]);
  expect((await stat(file)).size).toBe(Number(/, ([\d,]+) bytes/.exec(stdout)![1]!.replace(",", "")));
  await longhand(["trace", run, "11*10", "-o", file, "--single", "4"]);
  // 1,000 pixels: 6 rows of the largest scale, 64.
  const single = await readFile(file, "utf8");
  expect(single).toMatch(/width="320" height="384"[^>]*><title>map 4</);
  expect(single).not.toContain("map 5<");
});

test("trace of an aligned network draws its units at every step", async () => {
  const aligned = join(base, "aligned");
  const file = join(base, "units.svg");
  await longhand(["train", "binary-addition", "--steps", "2", "--set", "solved=null", "--run", aligned]);
  expect((await longhand(["trace", aligned, "387+18", "-o", file])).status).toBe(0);
  const svg = await readFile(file, "utf8");
  for (const label of ["input 1", "input 2", "h1 1", "h1 8", "output", "answer"]) expect(svg).toContain(`>${label}<`);
  expect(svg.match(/class="cell"/g)).toHaveLength(10 * 9 + 5);
  const refused = await longhand(["trace", aligned, "387+18", "-o", file, "--maps", "1"]);
  expect(refused).toMatchObject({ status: 2, stdout: "" });
  expect(refused.stderr).toContain("received --maps for model ilrnn, whose state has no positions");
  expect((await longhand(["trace", aligned, "387+18", "-o", "x.png"])).stderr).toContain(
    "expected a name ending in .svg",
  );
});

test("bad input ends with status 2 and one line that names what came and what was expected", async () => {
  const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
    [["predict", run, "1021*1"], "input", /character "2" at position 3; expected a digit of base 2/],
    [["predict", run, "1011+1"], "input", /character "\+" at position 5/],
    [["predict", run, "1011"], "input", /no "\*" in the text; expected two numbers/],
    [["trace", run, "*1"], "input", /character "\*" at position 1/],
    [
      ["trace", run, "1*1", "-o", "trace.gif"],
      "argument",
      /received "trace\.gif", expected a name ending in \.png or \.svg/,
    ],
    [["trace", run, "1*1", "-o", join(base, "absent", "trace.png")], "file", /can't write .*absent/],
    [["trace", run, "1*1", "--maps", "0,6"], "argument", /map is 6; expected a whole number from 0 to 5/],
    [
      ["trace", run, "1*1", "--maps", "0", "--single", "1"],
      "argument",
      /--maps and --single came, expected one of them/,
    ],
    [["trace", run, "1*1", "--scale", "65"], "argument", /scale is 65; expected a whole number from 1 to 64/],
    [["trace", run, "1*1", "--replica", "1"], "argument", /replica 1 of run .*expected 0, the only one/],
    [["trace", run, "1*1", "--checkpoint", "7"], "file|argument", /no checkpoint of step 7 .*there are: 10/],
    [
      ["trace", run, `${"1".repeat(100_000)}*1`],
      "argument",
      /200001 symbols needs about .* GB of memory with its trace/,
    ],
    [["eval", run, "--lengths", "8"], "argument", /no problems of length 8; .*such as 7 or 9/],
    [["eval", run, "--lengths", "1"], "argument", /no problems of length 1; .*such as 3/],
    [["eval", run, "--lengths", "10000001"], "argument", /no problems of length 10000001; .* from 1 to 10000000/],
    [["eval", run, "--structured", "some"], "argument", /--structured: received "some", expected a whole number/],
  ];
  const before = await readdir(base);
  await Promise.all(
    cases.map(async ([args, code, message]) => {
      const shown = `longhand ${args.join(" ")}`.slice(0, 200);
      const { status, stdout, stderr } = await longhand([...args, "--json"]);
      expect(status, shown).toBe(2);
      expect(stderr, shown).toMatch(/^longhand: .*\n$/);
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
      expect(error.code, shown).toMatch(new RegExp(`^(${code})$`));
      expect(error.message, shown).toMatch(message);
    }),
  );
  expect(await readdir(base)).toEqual(before);
  expect(existsSync("trace.png")).toBe(false);
}, 120_000);

test("tasks tells which models read them, and from which lengths they are trained", async () => {
  const { stdout } = await longhand(["tasks"]);
  expect(stdout).toContain("Read as a whole, then answered (--model dngpu or neural-gpu)");
  expect(stdout).toMatch(/^binary-multiplication +1011\*1101 +3–41 +multiply /m);
  const { tasks } = (await json(["tasks"])) as { tasks: { name: string; aligned: boolean; structured: string[] }[] };
  expect(tasks.find(({ name }) => name === "sort")).toMatchObject({
    aligned: false,
    structured: ["equal", "one-different", "two-values", "sorted", "reversed"],
  });
});
