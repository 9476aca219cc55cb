/** Surveys: what a file says, populations that begin near a network built by hand, and work that is done once. */
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fullAdder } from "../networks/index.ts";
import { makeSurvey, surveyRecord } from "./survey.ts";
import { loadSurvey, surveyNames } from "./survey-config.ts";
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
