import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { figureNames, loadFigure } from "./reproduce-config.ts";
import { runsOf } from "./reproduce-run.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-figure-"));
});
afterAll(() => rm(base, { recursive: true }));

const figures = ["fig3", "fig4", "fig5", "fig6", "fig7", "fig8", "fig9"];
const foldersOf = async (name: string, options = {}) =>
  runsOf(await loadFigure(name, options), "runs").map(({ folder }) => folder);

test("every figure of the paper has a configuration that can be used at every scale", async () => {
  expect(await figureNames()).toEqual(figures);
  for (const name of figures) {
    for (const scale of ["full", "quick", "smallest"] as const) {
      const figure = await loadFigure(name, { scale });
      expect(figure, `${name} ${scale}`).toMatchObject({ name, scale });
      if (scale === "full") expect(figure.seeds, name).toEqual([1, 2, 3, 4, 5]);
    }
  }
});

test("figures 3 to 6 share their runs, 7 and 8 those of the DNGPU", async () => {
  const folders = await foldersOf("fig3");
  expect(folders).toHaveLength(15);
  expect(new Set(folders).size).toBe(15);
  expect(folders[0]).toMatch(/^runs.dngpu-[0-9a-f]{8}-seed1$/);
  expect(folders[2]).toMatch(/^runs.neural-gpu-[0-9a-f]{8}-seed1$/);
  for (const other of ["fig4", "fig5", "fig6"]) expect(await foldersOf(other), other).toEqual(folders);
  for (const other of ["fig7", "fig8"]) {
    const shared = (await foldersOf(other)).filter((folder) => folders.includes(folder));
    expect(shared, other).toEqual(
      folders.filter((folder) => folder.includes("dngpu-") && !folder.includes("all-bins")),
    );
  }
});

test("the paper's networks and lengths", async () => {
  const { series, test: lengths } = await loadFigure("fig5");
  expect(series[0]!.training).toMatchObject({
    task: "binary-multiplication",
    model: { name: "dngpu", maps: 96, hard: true, diagonal: true, saturation: 0.9, dropout: "candidate", keep: 0.9 },
    batch: 32,
    learningRate: 0.005,
    bins: { ahead: 2, examples: 10_000 },
    solved: { length: 401 },
  });
  expect(series[2]!.training.model).toMatchObject({ name: "neural-gpu", maps: 24, rows: 4, sets: 6 });
  expect(lengths!.lengths.at(-1)!.length).toBe(4001);
  const ablations = (await loadFigure("fig7")).series.map(({ training: { model, saturation } }) => [
    model.hard,
    saturation !== null && model.saturation !== null,
    model.diagonal,
  ]);
  expect(ablations.slice(1)).toEqual([
    [false, false, true],
    [true, false, true],
    [true, true, false],
  ]);
  const dropouts = (await loadFigure("fig8")).series.map(({ training }) => training.model.dropout);
  expect(dropouts).toEqual(["candidate", "state", "none"]);
  const [decimal] = (await loadFigure("fig9")).series;
  expect(decimal!.training).toMatchObject({
    task: "decimal-multiplication-in-binary",
    model: { maps: 192 },
    bins: { lengths: [9, 17, 25, 33, 41] },
  });
});

test("other settings, steps or seeds are other runs", async () => {
  const [one] = await foldersOf("fig9", { seeds: 1 });
  expect(await foldersOf("fig9", { seeds: 2 })).toEqual([one, one!.replace("seed1", "seed2")]);
  for (const other of [{ steps: 99 }, { scale: "quick" }, { scale: "smallest" }]) {
    expect(await foldersOf("fig9", { seeds: 1, ...other })).not.toEqual([one]);
  }
});

test("a mistake in a configuration is named", async () => {
  const sound = JSON.parse(await readFile(new URL("../../reproductions/fig9.json", import.meta.url), "utf8")) as Record<
    string,
    unknown
  > & { series: { name: string; training: Record<string, unknown> }[]; quick: object; smallest: object };
  const path = join(base, "own.json");
  const refuses = async (change: object, code: string, ...texts: string[]) => {
    await writeFile(path, JSON.stringify({ ...sound, ...change }));
    const error: unknown = await loadFigure(path).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "LonghandError", code });
    for (const text of [path, ...texts]) expect((error as Error).message).toContain(text);
  };
  const [{ training }] = sound.series as [(typeof sound.series)[number]];
  const withTraining = (more: object) => ({ series: [{ name: "DNGPU", training: { ...training, ...more } }] });
  await refuses({ seeds: 0 }, "config", "seeds", "received 0");
  await refuses({ title: undefined }, "config", "title");
  await refuses({ x: "epoch" }, "unknown-name", "x", '"epoch"', "step, seconds, length");
  await refuses({ tilte: "A" }, "unknown-name", '"tilte"', 'Did you mean "title"?');
  await refuses(
    { claims: [{ measure: "reaches", paper: "it does", series: "DNGPU" }] },
    "config",
    "claims, 0, accuracy",
  );
  await refuses(
    { claims: [{ measure: "above", paper: "", series: "DNGPUs", accuracy: 1 }] },
    "unknown-name",
    'Did you mean "DNGPU"?',
  );
  await refuses({ x: "length" }, "config", "test: received null");
  await refuses({ x: "length", test: { seed: 1, lengths: [{ length: 10, samples: 1 }] } }, "argument", "length 10");
  await refuses({ series: [sound.series[0], { ...sound.series[0], name: "dngpu!" }] }, "config", "series", "twice");
  await refuses(withTraining({ steps: -1 }), "config", 'series "DNGPU"', "steps: received -1");
  await refuses(withTraining({ model: { name: "dngpu", mapps: 9 } }), "unknown-name", 'Did you mean "maps"?');
  await refuses(withTraining({ seed: 3 }), "config", "training, seed: received 3");
  const noBins = { bins: null, average: null, schedule: { name: "constant" }, gradientNoise: null, saturation: null };
  await refuses(withTraining(noBins), "config", "training, bins: received null");
  await refuses(withTraining({ solved: { stop: true } }), "config", "training, solved, stop: received true");
  await refuses(withTraining({ solved: { every: 7, stop: false } }), "config", "training, solved, every: received 7");
  await refuses({ extends: "own" }, "config", "extends: received itself");
  await writeFile(path, '{"extends":"missing"}');
  await expect(loadFigure(path)).rejects.toMatchObject({
    code: "file",
    message: expect.stringContaining("missing.json"),
  });
  await writeFile(path, "{");
  await expect(loadFigure(path)).rejects.toMatchObject({
    code: "config",
    message: expect.stringContaining("isn't JSON"),
  });
  await expect(loadFigure("fig33")).rejects.toMatchObject({ code: "unknown-name" });
});
