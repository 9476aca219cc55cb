import { expect, test } from "vitest";
import { completeConfig } from "../training/index.ts";
import { newestRecords, type RunParts, summarizeRun } from "./run-summary.ts";

const training = completeConfig({ task: "parity", seed: 7, population: 3, steps: 100, lengths: [2, 30] });
const engine = { name: "reference", precision: 64, threads: 1 };
const created = "2026-01-02T03:04:05.000Z";
const parts = (more: Partial<RunParts> = {}, config: unknown = { training, engine }): RunParts => ({
  id: "a/b",
  config: { run: "r", created, versions: { longhand: "0.1.0" }, config },
  checkpoints: [],
  isWritten: false,
  hasResult: true,
  errors: [],
  ...more,
});
const saved = (more: Record<string, unknown> = {}) => ({
  state: { step: 40, steps: 100, ends: null, solvedAt: [20, null, 30], divergedAt: [null, 5, null], ...more },
  time: Date.parse(created) + 1000,
});
const told = (step: number) => ({
  records: newestRecords(`{"type":"step","step":${step},"loss":0.5,"symbolAccuracy":0.75,"exactAccuracy":0.25}\n`),
  time: Date.parse(created) + 2000,
});

test("what a run is, and how far", () => {
  expect(summarizeRun(parts({ checkpoints: [40, 20], checkpoint: saved(), metrics: told(60) }))).toEqual({
    id: "a/b",
    error: null,
    run: "r",
    task: "parity",
    model: "ilrnn",
    seed: 7,
    population: 3,
    state: "stopped",
    step: 60,
    steps: 100,
    checkpoints: [40, 20],
    loss: 0.5,
    symbolAccuracy: 0.75,
    exactAccuracy: 0.25,
    solved: 2,
    diverged: 1,
    origin: null,
    hasResult: true,
    bins: false,
    longest: 30,
    created,
    updated: "2026-01-02T03:04:07.000Z",
    versions: { longhand: "0.1.0" },
  });
});

test("its state is what its files say", () => {
  const state = (more: Partial<RunParts>, config?: unknown) => summarizeRun(parts(more, config)).state;
  expect(state({})).toBe("stopped");
  expect(state({ isWritten: true })).toBe("training");
  for (const ends of ["steps", "solved"] as const) {
    const checkpoint = saved({ ends });
    expect(state({ checkpoint })).toBe(ends);
    // It may be tested or proved by now.
    expect(state({ checkpoint, isWritten: true, metrics: told(40) })).toBe(ends);
    expect(state({ checkpoint, isWritten: true, metrics: told(41) })).toBe("training");
    expect(state({ checkpoint, metrics: told(41) })).toBe("stopped");
  }
  expect(state({ checkpoint: saved({ divergedAt: [1, 2, 3] }), isWritten: true })).toBe("diverged");
  const given = { training, engine, origin: "built by hand" };
  expect(state({ checkpoint: saved({ step: 0 }) }, given)).toBe("given");
  expect(state({ checkpoint: saved() }, given)).toBe("stopped");
  expect(state({ checkpoint: saved({ step: 0 }), isWritten: true }, given)).toBe("training");
});

test("a training that was prolonged takes the checkpoint's steps, and never fewer than it did", () => {
  expect(summarizeRun(parts({ checkpoint: saved({ steps: 500 }) })).steps).toBe(500);
  expect(summarizeRun(parts({ metrics: told(700) })).steps).toBe(700);
});

test("before the first step there is no loss; what was looked at counts until a checkpoint does", () => {
  const records = newestRecords('{"type":"look","step":2,"solved":[true,false,true]}\n');
  expect(summarizeRun(parts({ metrics: { records, time: 0 } }))).toMatchObject({ loss: null, step: 0, solved: 2 });
});

test("what can't be read is told, or refused where nothing is left", () => {
  const odd = summarizeRun(parts({ checkpoint: { state: { other: 1 }, time: 0 }, errors: ["no list"] }));
  expect(odd.error).toBe("no list; its checkpoint is of another kind");
  expect(() => summarizeRun(parts({}, { figure: 1 }))).toThrow("a/b/config.json can't be used");
});

test("the newest records, whatever lies between", () => {
  const lines = [
    '{"type":"step","step":1}',
    "",
    "torn {",
    "[]",
    '{"step":3}',
    '{"type":"look","step":1}',
    '{"type":"step","step":2}',
  ];
  expect(newestRecords(lines.join("\n"))).toEqual({ step: { type: "step", step: 2 }, look: { type: "look", step: 1 } });
});
