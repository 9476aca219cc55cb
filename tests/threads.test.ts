/** Shards of a population that are trained in threads make the same numbers as in one thread, also after being killed. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  completeConfig,
  configuredModel,
  decodeSafetensors,
  layoutOf,
  namedParameters,
  trainPopulation,
} from "../src/index.ts";
import { onnxNodeRuntime } from "../src/runtime/onnx/node.ts";
import { longhand, start } from "./command-line.ts";

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-threads-"));
});
afterAll(() => rm(base, { recursive: true }));

const changes = {
  "model.layers": [4],
  population: 5,
  shard: 2,
  steps: 1500,
  batch: 4,
  lengths: [2, 6],
  checkpointEvery: 50,
  reportEvery: 25,
  solved: null,
};
const flags = [
  ...["train", "binary-addition", "--runtime=onnx"],
  ...Object.entries(changes).flatMap(([name, value]) => ["--set", `${name}=${JSON.stringify(value)}`]),
];

async function parametersOf(folder: string): Promise<Record<string, number[]>> {
  const names = await readdir(join(folder, "checkpoints"));
  const final = names.find((name) => name.startsWith("final-"))!;
  const { tensors } = decodeSafetensors(await readFile(join(folder, "checkpoints", final)));
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, [...data]]));
}

test("threads change no bit, and neither does a kill", async () => {
  const folder = join(base, "whole");
  const run = await longhand([...flags, "--run", folder]);
  expect(run.status, run.stderr).not.toBe(2);
  const inThreads = await parametersOf(folder);

  const { "model.layers": layers, ...rest } = changes;
  const config = completeConfig({ task: "binary-addition", ...rest, model: { name: "ilrnn", layers } });
  const layout = layoutOf(configuredModel(config).model.parameters);
  for await (const event of trainPopulation(config, { runtime: await onnxNodeRuntime() })) {
    if (event.type !== "done") continue;
    for (const [name, { data }] of Object.entries(namedParameters(event.state.parameters, layout, 5))) {
      expect(inThreads[`parameters/${name}`], name).toEqual([...data]);
    }
  }

  const killed = join(base, "killed");
  const { child, ended, says } = start([...flags, "--run", killed]);
  await says(" · loss ");
  child.kill("SIGKILL");
  expect((await ended).signal).toBe("SIGKILL");
  const resumed = await longhand(["train", "--resume", killed]);
  expect(resumed.status, resumed.stderr).not.toBe(2);
  expect(await parametersOf(killed)).toEqual(inThreads);
});
