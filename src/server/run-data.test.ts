/** The runs as data: real run folders, made by real trainings, whole and damaged. */
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openRun } from "../files/run-folder.ts";
import { builtNetworks, completeConfig } from "../index.ts";
import { startRun, writeNetworkRun, writeResult } from "../runs/index.ts";
import type { RunSummary } from "../trained/index.ts";
import { ask } from "./ask.test-helper.ts";
import type { RunList } from "./run-list.ts";
import { type LabServer, serveLab } from "./serve-lab.ts";

let base: string;
let runs: string;
let server: LabServer;
const at = (...names: string[]) => join(runs, ...names);
const settings = { model: { name: "rnn", hidden: 3 }, runtime: "reference", batch: 4, lengths: [2, 3], reportEvery: 2 };

/** Trains in a folder; with `steps` more than `until`, the training is interrupted there. */
async function trained(folder: string, steps: number, until = steps, more: Record<string, unknown> = {}) {
  const config = completeConfig({ task: "parity", ...settings, steps, checkpointEvery: 2, solved: null, ...more });
  const stop = new AbortController();
  await using run = await startRun(folder, config);
  for await (const event of run.events(stop.signal)) {
    if (event.type === "checkpoint" && event.step >= until) stop.abort();
  }
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-data-"));
  runs = join(base, "runs");
  await mkdir(at("empty"), { recursive: true });
  await trained(at("whole"), 6, 6, { seed: 9, population: 2 });
  await trained(at("figure", "series a", "é-seed1"), 100, 4);
  await writeNetworkRun(at("built"), builtNetworks[0]!.network, { origin: "built by hand" });
  await writeResult(at("whole"), { finding: { length: 300 } });
  await writeFile(join(base, "secret.json"), "outside");
  await mkdir(join(base, "elsewhere"));
  server = await serveLab({ folder: await page(), runs, port: 0 });
});
afterAll(async () => {
  await server.close();
  await rm(base, { recursive: true });
});

async function page(): Promise<string> {
  await mkdir(join(base, "page"));
  await writeFile(join(base, "page", "index.html"), "<!doctype html>");
  return join(base, "page");
}

const get = (path: string, method = "GET") => ask(server.address, `/api/runs${path}`, { method });
const list = async () => JSON.parse((await get("")).text) as RunList;
const listed = async (id: string) => (await list()).runs.find((run) => run.id === id) as RunSummary;

describe("the list", () => {
  test("what each run is, and how far", async () => {
    const { folder, isComplete, runs: found } = await list();
    expect({ folder, isComplete }).toEqual({ folder: runs, isComplete: true });
    expect(found.map(({ id }) => id).sort()).toEqual(["built", "figure/series a/é-seed1", "whole"]);
    const metrics = (await readFile(at("whole", "metrics.jsonl"), "utf8")).trim().split("\n");
    const last = JSON.parse(metrics.at(-1)!) as { loss: number; symbolAccuracy: number };
    expect(await listed("whole")).toMatchObject({
      error: null,
      task: "parity",
      model: "rnn",
      seed: 9,
      population: 2,
      state: "steps",
      step: 6,
      steps: 6,
      checkpoints: [6, 4, 2],
      loss: last.loss,
      symbolAccuracy: last.symbolAccuracy,
      solved: 0,
      diverged: 0,
      origin: null,
      hasResult: true,
      bins: false,
      longest: 3,
    });
    expect(await listed("figure/series a/é-seed1")).toMatchObject({
      state: "stopped",
      step: 4,
      steps: 100,
      hasResult: false,
    });
    const built = await listed("built");
    expect(built).toMatchObject({ state: "given", step: 0, origin: "built by hand", loss: null, checkpoints: [0] });
    expect(Date.parse(built.updated)).toBeGreaterThanOrEqual(Date.parse(built.created));
  });

  test("a run is being trained while a process writes to it", async () => {
    await trained(at("growing"), 100, 2);
    const run = await openRun(at("growing"));
    run.appendMetrics({ step: 50, type: "step", loss: 0.25, symbolAccuracy: 0.75, exactAccuracy: 0.5 });
    await run.flush();
    expect(await listed("growing")).toMatchObject({ state: "training", step: 50, loss: 0.25, exactAccuracy: 0.5 });
    expect((await list()).runs[0]!.id).toBe("growing");
    await run.close();
    expect(await listed("growing")).toMatchObject({ state: "stopped" });
    await rm(at("growing"), { recursive: true });
  });

  test("solved, diverged", async () => {
    const solved = { length: 3, samples: 64, every: 2, symbolAccuracy: 0.01, cost: null, stop: true };
    await trained(at("easy"), 100, 100, { solved });
    expect(await listed("easy")).toMatchObject({ state: "solved", steps: 100, solved: 1 });
    const wild = {
      learningRate: 1e300,
      clip: null,
      optimizer: { name: "sgd" },
      model: { ...settings.model, activation: "relu" },
    };
    await expect(trained(at("wild"), 100, 100, wild)).rejects.toMatchObject({ code: "not-finite" });
    expect(await listed("wild")).toMatchObject({ state: "diverged", diverged: 1 });
    for (const id of ["easy", "wild"]) await rm(at(id), { recursive: true });
  });

  test("what changes in a run's files is in the next list, whether or not a process is seen to write", async () => {
    await trained(at("changing"), 2);
    expect(await listed("changing")).toMatchObject({ step: 2, hasResult: false, error: null });
    await appendFile(at("changing", "metrics.jsonl"), '{"type":"step","step":3,"loss":7}\n');
    expect(await listed("changing")).toMatchObject({ step: 3, loss: 7 });
    await writeResult(at("changing"), {});
    expect(await listed("changing")).toMatchObject({ hasResult: true });
    await rm(at("changing", "checkpoints", "00000002.safetensors"));
    expect(await listed("changing")).toMatchObject({ checkpoints: [] });
    await truncate(at("changing", "config.json"), 20);
    expect((await listed("changing")).error).toContain("corrupt");
    await rm(at("changing"), { recursive: true });
    expect(await listed("changing")).toBeUndefined();
  });

  test("a damaged run doesn't hide the others", async () => {
    for (const id of ["config", "none", "foreign", "checkpoint", "settings"]) await trained(at("bad", id), 2);
    await truncate(at("bad", "config", "config.json"), 50);
    await rm(at("bad", "none", "config.json"));
    await writeFile(at("bad", "foreign", "config.json"), '{"format":"other"}');
    await truncate(at("bad", "checkpoint", "checkpoints", "00000002.safetensors"), 60);
    const path = at("bad", "settings", "config.json");
    await writeFile(path, (await readFile(path, "utf8")).replace('"parity"', '"paritty"'));
    // Other programs' folders are none of ours.
    await mkdir(at("other"));
    await writeFile(at("other", "config.json"), '{"a":1}');
    const { runs: found } = await list();
    const errors = Object.fromEntries(found.map(({ id, error }) => [id, error]));
    expect(errors["bad/config"]).toContain("config.json is corrupt");
    expect(errors["bad/none"]).toBe("it has no config.json");
    expect(errors["bad/foreign"]).toContain("belongs to no Longhand run");
    expect(errors["bad/settings"]).toContain("parity");
    expect(errors["bad/checkpoint"]).toContain(
      "checkpoints/00000002.safetensors: not a valid safetensors file: truncated",
    );
    expect(await listed("bad/checkpoint")).toMatchObject({ task: "parity", state: "stopped", step: 2 });
    expect(errors.whole).toBeNull();
    expect(Object.keys(errors)).not.toContain("other");
    for (const id of ["bad", "other"]) await rm(at(id), { recursive: true });
  });

  test("a folder that is a run is the only one", async () => {
    await using alone = await serveLab({ folder: join(base, "page"), runs: at("whole"), port: 0 });
    const found = JSON.parse((await ask(alone.address, "/api/runs")).text) as RunList;
    expect(found.runs.map(({ id }) => id)).toEqual(["whole"]);
    expect((await ask(alone.address, "/api/runs/whole/config")).status).toBe(200);
    expect((await ask(alone.address, "/api/runs/built/config")).status).toBe(404);
  });
});

describe("a run's files", () => {
  const nested = "/figure/series%20a/%C3%A9-seed1";

  test("config and evaluation, as they lie there", async () => {
    const config = await get(`${nested}/config`);
    expect(config.text).toBe(await readFile(at("figure", "series a", "é-seed1", "config.json"), "utf8"));
    expect(config.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
    });
    expect(JSON.parse((await get("/whole/evaluation")).text)).toEqual({ finding: { length: 300 } });
    expect((await get(`${nested}/evaluation`)).status).toBe(404);
  });

  test("checkpoints: the newest, or one of a step", async () => {
    const file = (name: string) => readFile(at("whole", "checkpoints", name));
    const newest = await get("/whole/checkpoint");
    expect(newest.headers).toMatchObject({ "longhand-step": "6", "content-type": "application/octet-stream" });
    expect(newest.bytes.equals(await file("00000006.safetensors"))).toBe(true);
    expect((await get("/whole/checkpoint?step=2")).bytes.equals(await file("00000002.safetensors"))).toBe(true);
    expect(JSON.parse((await get("/whole/checkpoint?step=3")).text)).toEqual({
      error: { status: 404, message: "there is no checkpoint of step 3; there are: 6, 4, 2" },
    });
    for (const step of ["-1", "x", "1e3", "../2", ""]) {
      expect((await get(`/whole/checkpoint?step=${step}`)).status, step).toBe(400);
    }
    const head = await get("/whole/checkpoint", "HEAD");
    expect(head).toMatchObject({ status: 200, text: "" });
    expect(head.headers["content-length"]).toBe(`${newest.bytes.length}`);
  });

  test("metrics as they grow, and all anew once the run went back", async () => {
    const path = at("whole", "metrics.jsonl");
    const all = await readFile(path, "utf8");
    const first = await get("/whole/metrics");
    expect(first.text).toBe(all);
    const { "longhand-next": next, "longhand-file": file } = first.headers as Record<string, string>;
    expect(next).toBe(`${all.length}`);
    await appendFile(path, '{"type":"step","step":7}\n{"type"');
    const more = await get(`/whole/metrics?from=${next}&file=${file}`);
    expect(more.text).toBe('{"type":"step","step":7}\n');
    expect(more.headers).toMatchObject({ "longhand-from": next, "longhand-next": `${all.length + more.text.length}` });
    await writeFile(`${path}.new`, all);
    await rename(`${path}.new`, path);
    const again = await get(`/whole/metrics?from=${next}&file=${file}`);
    expect(again.headers["longhand-from"]).toBe("0");
    expect(again.text).toBe(all);
    expect((await get("/whole/metrics?from=x")).status).toBe(400);
    const none = await get("/built/metrics");
    expect({ status: none.status, text: none.text, next: none.headers["longhand-next"] }).toEqual({
      status: 200,
      text: "",
      next: "0",
    });
  });

  test("nothing else, and nothing elsewhere", async () => {
    await symlink(join(base, "elsewhere"), at("linked"));
    await trained(join(base, "elsewhere", "run"), 2);
    await symlink(join(base, "elsewhere", "run"), at("linked-run"));
    await trained(at("leaky"), 2);
    for (const name of ["metrics.jsonl", "result.json", "checkpoints/00000002.safetensors"]) {
      await rm(at("leaky", name), { force: true });
      await symlink(join(base, "secret.json"), at("leaky", name));
    }
    for (const path of [
      ...["/whole", "/whole/lock", "/whole/checkpoints", "/whole/config.json", "/none/config", "/empty/config"],
      ...["/linked/run/config", "/linked-run/config", "/linked-run/checkpoint", "/figure/config", "/config"],
      ...["/leaky/evaluation", "/leaky/checkpoint", "/whole/constructor", "/whole/__proto__"],
    ]) {
      const { status, text } = await get(path);
      expect({ path, status }).toEqual({ path, status: 404 });
      expect(text).not.toContain("outside");
    }
    expect((await get("/leaky/metrics")).text).toBe("");
    for (const path of ["/../config", "/..%2f..%2fsecret.json/config", "/%2e%2e/elsewhere/run/config", "//config"]) {
      expect((await get(path)).status, path).toBe(400);
    }
    const ids = (await list()).runs.map(({ id }) => id);
    expect(ids).not.toContain("linked/run");
    expect(ids).not.toContain("linked-run");
    for (const id of ["linked", "linked-run", "leaky"]) await rm(at(id), { recursive: true });
  });
});
