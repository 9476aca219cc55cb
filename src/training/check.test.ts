/** What a configuration can't be, and what is said then. */
import { describe, expect, test } from "vitest";
import { tasks } from "../tasks/index.ts";
import { completeConfig } from "./config.ts";

const dngpu = (changes: Record<string, unknown> = {}, task = "sort") =>
  completeConfig({
    task,
    model: { name: "dngpu", maps: 3 },
    lengths: [2, 9],
    bins: { lengths: [5, 9] },
    solved: null,
    ...changes,
  });

const refused = (message: string) => expect.objectContaining({ code: "config", message });

test.each(["dngpu", "neural-gpu"])(
  "what is recommended for %s fits together, for every task that it can learn",
  (model) => {
    const fitting = tasks.filter(({ channels }) => channels.length === 1);
    expect(fitting.length).toBeGreaterThan(15);
    for (const { name } of fitting) {
      const { bins, lengths } = completeConfig({ task: name, model: { name: model } });
      expect(bins!.lengths.at(-1), name).toBe(lengths[1]);
    }
  },
);

test("a model of one symbol at a position isn't trained on several", () => {
  expect(() => dngpu({}, "binary-addition")).toThrow(/^model dngpu: the task has 2 channels, expected one symbol/);
});

describe("without bins there is no", () => {
  const plain = { schedule: { name: "constant" }, gradientNoise: null, average: null, saturation: null, bins: null };
  test.each([
    [
      { schedule: { name: "plateau" } },
      'schedule, name: received "plateau", expected another schedule: there are no bins',
    ],
    [
      { gradientNoise: { perRate: 0.1 } },
      'gradientNoise: received {"perRate":0.1}, expected scale and decay: there are no bins',
    ],
    [{ saturation: { weight: 0.5 } }, "saturation, follow: received true, expected false: there are no bins"],
    [{ average: 0.5 }, "average: received 0.5, expected null: there are no bins"],
    [
      { sharing: { pull: 0.5, growth: 2 } },
      'sharing: received {"pull":0.5,"growth":2,"below":0.15,"joinAt":0.1}, expected null: there are no bins',
    ],
  ])("%j", (changes, message) => {
    expect(() => dngpu({ ...plain, ...changes })).toThrow(refused(`config, ${message}`));
    expect(() => dngpu(plain)).not.toThrow();
  });
});

describe("with bins there is no", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["population", { population: 2 }, "population: received 2, expected 1: bins train one network"],
    [
      "noise on the state",
      { stateNoise: { scale: 0.1 } },
      'stateNoise: received {"scale":0.1,"growth":0.5,"kind":"uniform"}, expected null: bins have none',
    ],
    [
      "cost that the model hasn't: smooth functions",
      { model: { name: "dngpu", maps: 3, hard: false } },
      'saturation: received {"weight":0.001,"follow":true}, expected null: dngpu with these options has no such cost',
    ],
    [
      "cost that the model hasn't: no sets",
      { sharing: { pull: 1, growth: 2, below: 0.5, joinAt: 3 } },
      'sharing: received {"pull":1,"growth":2,"below":0.5,"joinAt":3}, expected null: dngpu with these options has no such cost',
    ],
    [
      "curriculum that isn't used",
      { curriculum: { start: 5 } },
      'curriculum: received {"start":5,"grow":1,"accuracy":0.9}, expected null: bins.step is "all"',
    ],
    [
      "curriculum where one is needed",
      { bins: { lengths: [5, 9], step: "curriculum" } },
      'curriculum: received null, expected a start and an accuracy: bins.step is "curriculum"',
    ],
    [
      "falling lengths",
      { bins: { lengths: [9, 5] } },
      "bins, lengths: received [9,5], expected rising lengths from 2, the shortest of lengths, on",
    ],
    [
      "equal lengths",
      { bins: { lengths: [9, 9] } },
      "bins, lengths: received [9,9], expected rising lengths from 2, the shortest of lengths, on",
    ],
    [
      "bin shorter than the shortest problem",
      { lengths: [6, 9] },
      "bins, lengths: received [5,9], expected rising lengths from 6, the shortest of lengths, on",
    ],
    [
      "bin beyond memory",
      { bins: { lengths: [5, 2_000_000] } },
      "bins, lengths: received [5,2000000], expected lengths up to 1000000",
    ],
    [
      "other longest length",
      { lengths: [2, 41] },
      "lengths: received [2,41], expected [2, 9]: the longest problem of the longest bin, 9",
    ],
  ])("%s", (_, changes, message) => {
    expect(() => dngpu(changes)).toThrow(refused(`config, ${message}`));
  });

  test("model whose state has no positions", () => {
    expect(() => completeConfig({ task: "parity", bins: { lengths: [5] } })).toThrow(
      /^config, bins: received \{.*\}, expected null: the state of ilrnn has no positions \(that of dngpu has\)$/,
    );
  });

  test("bin without problems of its own", () => {
    const odd = { lengths: [3, 9], bins: { lengths: [5, 6, 9] } };
    expect(() => dngpu(odd, "binary-multiplication")).toThrow(
      refused(
        "config, bins, lengths: received [5,6,9], expected a length of binary-multiplication from 6 to 6, for the bin 6",
      ),
    );
    expect(() => dngpu({ ...odd, bins: { lengths: [5, 8, 10] } }, "binary-multiplication")).not.toThrow();
  });

  test("length whose problems are all on the other side", () => {
    // Of the four products of two bits none is held out, of the 64 of three bits each some are.
    const solved = { length: 3, samples: 4 };
    expect(() => dngpu({ lengths: [3, 9], solved }, "binary-multiplication")).toThrow(
      refused(
        "config, solved, length: received 3, expected another length: none of its problems is held out for tests",
      ),
    );
    expect(() => dngpu({ lengths: [3, 9], solved: { length: 7 } }, "binary-multiplication")).not.toThrow();
    expect(() => dngpu({ lengths: [3, 9], solved: { length: 4 } }, "binary-multiplication")).toThrow(
      refused("config, solved, length: received 4, expected a length up to 1000000 that binary-multiplication has"),
    );
    expect(() => dngpu({ lengths: [2, 9] }, "first")).not.toThrow();
  });

  test("part that no memory holds", () => {
    const large = { lengths: [2, 1001], bins: { lengths: [9, 1001], chunk: 16 } };
    const model = { name: "dngpu", maps: 96 };
    // 6 tensors · 4 bytes · 96 maps · 16 problems · 1001² = 36,937,764,864 bytes; for 3 problems they are 6.45 GiB.
    expect(() => dngpu({ ...large, model })).toThrow(
      refused(
        "config, bins, chunk: received 16, expected at most 3 problems of length 1001 with 96 numbers at a position: 16 need about 34.4 GiB, and no part may need more than 8 GiB",
      ),
    );
    expect(() => dngpu({ ...large, model, bins: { lengths: [9, 1001], chunk: 3 } })).not.toThrow();
    expect(() => dngpu({ ...large, model, batch: 3 })).not.toThrow();
    expect(() => dngpu({ batch: 10_000_000 })).toThrow(
      refused("config, batch × bins.lengths: received 140000000, expected at most 100000000 symbols a step"),
    );
  });
});

test("a curriculum by bins fits together", () => {
  const config = dngpu({ curriculum: { start: 5 }, bins: { lengths: [5, 9], step: "curriculum" } });
  expect(config.curriculum).toMatchObject({ start: 5 });
  expect(() => dngpu({ model: { name: "dngpu", maps: 3, hard: false }, saturation: null })).not.toThrow();
});

test("the worst noise comes after the drawn noise is grown", () => {
  const given = { task: "parity", stateNoise: { scale: 0.1, growth: 1, kind: "worst" } };
  expect(() => completeConfig(given)).toThrow("config, stateNoise, growth: received 1, expected less than 1");
});

test("the worst noise goes with cross-entropy only", () => {
  const given = { task: "parity", loss: "squares", stateNoise: { scale: 0.1, kind: "worst" } };
  expect(() => completeConfig(given)).toThrow(
    'config, stateNoise, kind: received "worst", expected "uniform": the worst noise is that of the loss cross-entropy, not of squares',
  );
});
