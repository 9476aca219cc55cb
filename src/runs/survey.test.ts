/** Surveys: what a file says, populations that begin near a network built by hand, and work that is done once. */
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeFileSystem } from "../files/file-system.ts";
import { readMetrics } from "../files/metrics-file.ts";
import { fullAdder } from "../networks/index.ts";
import { evaluateTrained } from "./evaluate.ts";
import { makeSurvey, surveyRecord } from "./survey.ts";
import { loadSurvey, surveyNames } from "./survey-config.ts";
import { curveOf, surveyCurves } from "./survey-curves.ts";
import { openTrained } from "./trained.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-survey-"));
});
afterAll(() => rm(base, { recursive: true }));

async function fileOf(name: string, survey: object): Promise<string> {
  const path = join(base, `${name}.json`);
  await writeFile(path, JSON.stringify(survey));
  return path;
}

/** The adder with margin, stepped over once with no learning rate to speak of. */
const adder = {
  title: "The adder",
  seeds: 3,
  training: {
    ...{ task: "binary-addition", runtime: "reference", lengths: [2, 2], batch: 2, steps: 1, learningRate: 1e-300 },
    ...{ model: { name: "ilrnn", layers: [3, 2, 4], unread: 1, activation: "step" } },
    ...{ stateNoise: null, solved: null, checkpointEvery: 1 },
  },
  begin: { network: "full-adder-with-margin" },
  axes: [
    {
      name: "noise",
      values: [{ label: "none" }, { label: "much", begin: { noise: 3 } }],
    },
  ],
  test: { lengths: [6, 12], samples: 16, read: ["logits", "rounded"] },
};

test("every combination of the axes' values; a path's are laid over those before", async () => {
  const path = await fileOf("axes", {
    title: "Axes",
    seeds: 7,
    training: { task: "parity", learningRate: 0.5 },
    axes: [
      {
        name: "change",
        isPath: true,
        values: [
          { label: "none" },
          { label: "+ batch", training: { batch: 5 } },
          { label: "+ rate", training: { learningRate: 0.25, model: { layers: [2] } } },
        ],
      },
      { name: "steps", values: [1, 2].map((steps) => ({ label: String(steps), training: { steps } })) },
    ],
  });
  const { rows, axes, prove, name } = await loadSurvey(path);
  expect({ axes, prove, name }).toEqual({ axes: ["change", "steps"], prove: { refute: false }, name: "axes" });
  const shown = rows.map(({ labels, training: { batch, learningRate, model, steps, population } }) => [
    ...labels,
    ...[batch, learningRate, (model.layers as number[])[0], steps, population],
  ]);
  expect(shown).toEqual([
    ["none", "1", 32, 0.5, 32, 1, 7],
    ["none", "2", 32, 0.5, 32, 2, 7],
    ["+ batch", "1", 5, 0.5, 32, 1, 7],
    ["+ batch", "2", 5, 0.5, 32, 2, 7],
    ["+ rate", "1", 5, 0.25, 2, 1, 7],
    ["+ rate", "2", 5, 0.25, 2, 2, 7],
  ]);
  // Ten and a hundred times the longest trained length, where nothing else is said.
  expect(rows[0]!.test).toEqual({ lengths: [200, 2000], samples: 64, read: ["logits"], reach: null });
  expect(new Set(rows.map(({ folder }) => folder)).size).toBe(6);
  expect((await loadSurvey(path, { quick: true })).rows[0]!.training.population).toBe(4);
  expect((await loadSurvey(path, { seeds: 2 })).rows[0]!.training.population).toBe(2);
});

test("the surveys of the package can be made", async () => {
  for (const name of await surveyNames()) expect((await loadSurvey(name)).rows.length, name).toBeGreaterThan(4);
  await expect(loadSurvey("additoin")).rejects.toThrow('unknown survey "additoin". Did you mean "addition"?');
});

test("what is wrong with a file is said", async () => {
  const wrong = async (changes: object) => loadSurvey(await fileOf("wrong", { ...adder, ...changes }));
  await expect(wrong({ seeds: 0 })).rejects.toThrow("wrong.json, seeds: received 0");
  await expect(wrong({ training: { ...adder.training, population: 2 } })).rejects.toThrow("none, training, population");
  await expect(wrong({ training: {} })).rejects.toThrow("received no task");
  await expect(wrong({ training: { ...adder.training, stepz: 2 } })).rejects.toThrow("stepz");
  await expect(wrong({ axes: [{ name: "a", values: [{ label: "x" }, { label: "x" }] }] })).rejects.toThrow(
    'received "x" twice',
  );
  await expect(wrong({ begin: { netwrk: "full-adder" } })).rejects.toThrow("begin, network: received undefined");
});

test("populations that begin at the adder: tested, proved, and not done again", async () => {
  const survey = await loadSurvey(await fileOf("adder", adder));
  const folder = join(base, "runs");
  const events: string[] = [];
  for await (const { row, ...event } of makeSurvey(survey, { folder })) {
    events.push(`${row.labels} ${event.type}`);
  }
  expect(events.filter((event) => event === "none proof")).toHaveLength(3);
  const record = await surveyRecord(survey, folder);
  expect(record).toMatchObject({ survey: "adder", isComplete: true, seeds: 3 });
  const [exact, noisy] = record.rows as [(typeof record.rows)[0], (typeof record.rows)[0]];
  expect(exact.tests.map(({ length, samples, read, without }) => [length, samples, read, without.successes])).toEqual([
    [6, 16, "logits", 3],
    [12, 16, "logits", 3],
    [6, 16, "rounded", 3],
  ]);
  expect(exact).toMatchObject({ solved: [0, 1, 2], diverged: 0, ending: { reason: "steps", step: 1 } });
  expect(exact.proved).toMatchObject({ successes: 3, trials: 3 });
  // The logit is −½ or ½, half the time the one that is asked for: the loss of an answer is softplus(−½).
  expect(exact.loss).toBeCloseTo(Math.log(1 + Math.exp(-0.5)), 12);
  expect(noisy.solved).toEqual([]);
  expect(noisy.proved).toMatchObject({ successes: 0, trials: 0 });

  const times = async () => {
    const files = await readdir(folder, { recursive: true });
    return Promise.all(files.map(async (file) => [file, (await stat(join(folder, file))).mtimeMs] as const));
  };
  const before = await times();
  for await (const event of makeSurvey(survey, { folder })) expect(event.type).toBe("ready");
  expect(await times()).toEqual(before);
  expect(await surveyRecord(survey, folder)).toEqual(record);
});

test("each replica begins with noise of its own, on weights times the scale", async () => {
  const survey = await loadSurvey(
    await fileOf("noisy", {
      ...adder,
      begin: { network: "full-adder", scale: 2 },
      axes: [{ name: "noise", values: [{ label: "little", begin: { noise: 0.01 } }] }],
      prove: null,
    }),
  );
  const folder = join(base, "noisy");
  for await (const _ of makeSurvey(survey, { folder }));
  const { parameters, origin } = await openTrained(join(folder, survey.rows[0]!.folder));
  expect(origin).toBe("full-adder times 2 with noise 0.01");
  const exact = fullAdder.network.parameters.W4!.data;
  const found = Array.from({ length: 3 }, (_, k) => [...parameters.W4!.data.slice(8 * k, 8 * k + 8)]);
  for (const values of found) {
    values.forEach((value, k) => {
      expect(Math.abs(value - 2 * exact[k]!)).toBeLessThan(0.06);
    });
  }
  expect(new Set(found.map(String)).size).toBe(3);
});

test("tasks drawn with their answers: errors, steps until solved, how far networks hold, losses over the steps", async () => {
  const survey = await loadSurvey(
    await fileOf("drawn", {
      title: "Drawn",
      seeds: 2,
      training: {
        ...{ runtime: "reference", batch: 1, steps: 4, reportEvery: 1, checkpointEvery: 4, stateNoise: null },
        ...{ model: { name: "lstm", hidden: 1 }, schedule: { name: "constant" } },
      },
      axes: [
        {
          name: "task",
          values: [
            {
              label: "aⁿbⁿ",
              training: { task: "anbn", lengths: [1, 3], solved: { length: 3, every: 2, cost: 100, stop: false } },
              test: { lengths: [4], samples: 1, reach: 5 },
            },
            {
              label: "wave",
              training: {
                ...{ task: "periodic-cosine-4", loss: "squares", lengths: [4, 4] },
                solved: { length: 4, every: 2, cost: 1e-12, stop: false },
              },
              test: { lengths: [8], samples: 1 },
            },
          ],
        },
        { name: "rate", values: [{ label: "much", training: { learningRate: 0.1 } }, { label: "little" }] },
      ],
      curves: ["much"],
      prove: null,
    }),
  );
  expect(survey.rows.map(({ test: { lengths, reach } }) => [lengths[0], reach])).toEqual([
    [4, 5],
    [4, 5],
    [8, null],
    [8, null],
  ]);
  const folder = join(base, "drawn");
  for await (const _ of makeSurvey(survey, { folder }));
  const { rows, isComplete } = await surveyRecord(survey, folder);
  expect(isComplete).toBe(true);
  const [words, , wave] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];
  // A cross-entropy of 100 is always reached, also by networks that accept nothing; a squared error of 1e-12 never.
  expect(words).toMatchObject({ solved: [0, 1], solvedAt: [2, 2], reached: [0, 0] });
  expect(wave).toMatchObject({ solved: [], solvedAt: [null, null], reached: null });
  // 12 d weights and biases of an lstm of one unit that reads d − 1 = 3 features, and the readout of 3 values.
  expect(words.parameters).toBe(4 * (3 + 1 + 1) + 3 * 2);

  // Costs are those that an evaluation tells.
  const trained = await openTrained(join(folder, wave.folder));
  for await (const results of evaluateTrained(trained, { lengths: [8], samples: 1 })) {
    expect(wave.tests[0]!.costs).toEqual(results.map(({ cost }) => cost));
  }
  const curves = await surveyCurves(survey, folder);
  expect(curves.map(({ label, slug, series }) => [label, slug, series.map((one) => one.label)])).toEqual([
    ["aⁿbⁿ", "a-b", ["much"]],
    ["wave", "wave", ["much"]],
  ]);
  const { losses, steps } = curves[1]!.series[0]!.networks[1]!;
  expect(steps).toEqual([1, 2, 3, 4]);
  const told = (await readMetrics(nodeFileSystem, join(folder, wave.folder, "metrics.jsonl"))).flatMap((record) =>
    record.type === "step" ? [(record.losses as number[])[1]] : [],
  );
  expect(losses).toEqual(told);
});

test("a curve's points are means over stretches of equal length, the last one shorter", () => {
  const points = Array.from({ length: 10 }, (_, k) => [10 * (k + 1), k] as const);
  // 40 stretches of 3 steps: a point each.
  expect(curveOf(points, 100)).toEqual({
    steps: points.map(([step]) => 3 * Math.ceil(step / 3)).map((end) => Math.min(end, 100)),
    losses: points.map(([, loss]) => loss),
  });
  // 40 stretches of 25 steps.
  expect(
    curveOf(
      [
        [10, 1],
        [20, 2],
        [30, 5],
        [990, 7],
        [991, 8],
      ],
      991,
    ),
  ).toEqual({ steps: [25, 50, 991], losses: [1.5, 5, 7.5] });
});

test("what can't be surveyed of tasks drawn with their answers is said", async () => {
  const axes = [{ name: "rate", values: [{ label: "much" }, { label: "little", training: { learningRate: 0.1 } }] }];
  const of = async (changes: object) =>
    loadSurvey(await fileOf("wrong-drawn", { title: "Wrong", seeds: 1, training: { task: "anbn" }, axes, ...changes }));
  await expect(of({})).rejects.toThrow("anbn can't be proved");
  await expect(of({ prove: null, curves: ["more"] })).rejects.toThrow('value of rate "more"');
  await expect(of({ prove: null, test: { reach: 0 } })).rejects.toThrow("test, reach: received 0");
});
