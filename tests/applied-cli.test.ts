/** The command line with digits, numbers in words and texts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applicationsPicture } from "../src/pictures/index.ts";
import { json, longhand } from "./command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "longhand-applied-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const digits = join(folder, "digits");
const text = join(folder, "text");

beforeAll(async () => {
  await json(["train", "digits", "--steps", "300", "--run", digits]);
  const small = ["--set", "model.hidden=24", "--set", "lengths=[24,24]", "--set", "batch=16"];
  await json(["train", "next-character", ...small, "--steps", "60", "--run", text]);
}, 120_000);

test("all held-out images are tested once, and each can be asked for", async () => {
  const { results } = (await json(["eval", digits])) as { results: { exact: { trials: number; value: number } }[] };
  expect(results[0]!.exact.trials).toBe(359);
  expect(results[0]!.exact.value).toBeGreaterThan(0.9);
  const { predictions } = (await json(["predict", digits, "#17"])) as {
    predictions: { input: string; answer: string; exact: string }[];
  };
  expect(predictions[0]).toMatchObject({ input: "#17", answer: "2", exact: "2" });
  const { status, stderr } = await longhand(["predict", digits, "#400"]);
  expect(status).toBe(2);
  expect(stderr).toContain("digits: there is no image #400; expected one from #1 to #359");
});

test("problems of different lengths together are answered as each alone", async () => {
  const lines = ["Alice", "the Queen", "Alice⏎x", "a", "Hatte", "the Quee."];
  const file = join(folder, "problems.txt");
  writeFileSync(file, lines.join("\n"));
  const { predictions } = (await json(["predict", text, "--file", file])) as { predictions: { input: string }[] };
  expect(predictions.map(({ input }) => input)).toEqual(lines);
  for (const [k, line] of lines.entries()) {
    const alone = (await json(["predict", text, line])) as { predictions: unknown[] };
    expect(alone.predictions[0]).toEqual(predictions[k]);
  }
});

test("a sheet of all held-out images, wrong answers marked", async () => {
  const file = join(folder, "sheet.svg");
  const { results } = (await json(["eval", digits, "--sheet", file])) as {
    results: { exact: { successes: number } }[];
  };
  const wrong = 359 - results[0]!.exact.successes;
  const svg = readFileSync(file, "utf8");
  expect(svg).toContain(`${wrong} of 359 held-out images answered wrong`);
  expect(svg.match(/<rect class="wrong"/g) ?? []).toHaveLength(wrong);
  for (const [run, given, message] of [
    [text, file, "task next-character has no images"],
    [digits, "sheet.png", 'received "sheet.png", expected a name ending in .svg'],
  ] as const) {
    const { status, stderr } = await longhand(["eval", run, "--sheet", given]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  }
});

test("trace: how likely each symbol is at each step", async () => {
  const file = join(folder, "trace.svg");
  const { files } = (await json(["trace", text, "Alice⏎x", "-o", file])) as { files: { file: string }[] };
  expect(files.map(({ file: path }) => path.slice(folder.length + 1))).toEqual(
    ["answer", "h", "output"].map((name) => `trace-${name}.svg`),
  );
  // Many units and outputs as cells, not as curves that can't be told apart.
  expect(readFileSync(files[1]!.file, "utf8")).toContain('class="heat-map"');
  expect(readFileSync(files[2]!.file, "utf8")).toContain(">⏎</text>");
  const svg = readFileSync(files[0]!.file, "utf8");
  const rows = [...svg.matchAll(/>(P\([^<]*)<\/text>/g)].map(([, label]) => label);
  expect(rows).toHaveLength(66);
  expect(rows[0]).toBe("P(⏎)");
  // Each column's probabilities add up to 1: seven steps of cells before the scale.
  const cells = [...svg.matchAll(/<rect class="cell"[^>]*><title>([^<]*)</g)].map(([, value]) => Number(value));
  expect(cells).toHaveLength(66 * 7 + 5);
  const sum = cells.slice(0, 66 * 7).reduce((total, value) => total + value, 0);
  expect(sum).toBeCloseTo(7, 1);
});

test("the picture of the five ways is what the library draws", () => {
  const committed = readFileSync(new URL("../docs/pictures/applying.svg", import.meta.url), "utf8");
  expect(committed).toBe(applicationsPicture());
});

test("a text is compared with counting", async () => {
  const { text: bits } = (await json(["eval", text, "--lengths", "24"])) as {
    text: { symbols: number; networks: { replica: number; bits: number }[]; ngrams: number[] };
  };
  expect(bits.symbols).toBe(14_211);
  expect(bits.networks).toHaveLength(1);
  // All equally likely: log₂ 66; the network has learned at least something in 60 steps.
  expect(bits.ngrams[0]).toBeCloseTo(Math.log2(66), 9);
  expect(bits.ngrams[3]).toBeCloseTo(2.698, 3);
  expect(bits.networks[0]!.bits).toBeLessThan(5);
  expect((await longhand(["eval", text, "--lengths", "24"])).stdout).toMatch(/trigrams +2\.698/);
});

test("a network writes: as often as asked, the same for the same seed", async () => {
  const options = ["--length", "40", "--prompt", "Alice ", "--temperature", "0.8"];
  const one = await json(["sample", text, ...options]);
  expect(one).toMatchObject({ task: "next-character", prompt: "Alice ", temperature: 0.8, seed: 1 });
  expect(one.text).toHaveLength(40);
  expect((await json(["sample", text, ...options])).text).toBe(one.text);
  expect((await json(["sample", text, ...options, "--seed", "2"])).text).not.toBe(one.text);
  const { stdout } = await longhand(["sample", text, ...options]);
  expect(stdout).toBe(`Alice ${one.text as string}\n`);
});

test.each([
  [["--temperature", "-1"], '--temperature: received "-1", expected a number of at least 0'],
  [["--temperature", "hot"], '--temperature: received "hot"'],
  [["--length", "0"], '--length: received "0", expected a whole number of at least 1'],
  [["--prompt", "naïve"], 'next-character: "ï" at 3 isn\'t in the text'],
  [["--replica", "1"], "replica 1 of run"],
])("sample %j is refused", async (args, message) => {
  const { status, stderr } = await longhand(["sample", text, ...args]);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});

test("what was trained on no text can't write", async () => {
  const { status, stderr } = await longhand(["sample", digits]);
  expect(status).toBe(2);
  expect(stderr).toContain("task digits: has no text; expected one that has, such as next-character");
});
