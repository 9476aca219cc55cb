/**
 * This project's side of the benchmark: `longhand.js [--threads N] [--runtime onnx|c] case.json`. What threads do is what they do
 * in the trainer: the gradient of a large step is computed in parts, a population is trained in as many shards as there are threads; in the other
 * cases threads share the work of each operator.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import type { NDArray } from "../../src/graph/index.ts";
import { open } from "../../src/runtime/open.ts";
import { adam } from "../../src/training/index.ts";
import { VERSION } from "../../src/version.ts";
import { type CaseFile, encodeArray } from "../contract.ts";
import { partsTrainer, type Trainer } from "./parts.ts";
import { benchmarkStep } from "./steps.ts";
import { timed } from "./timing.ts";

interface Order {
  readonly path: string;
  readonly shard: number;
  readonly shards: number;
  readonly threads: number;
  readonly runtimeName: string;
  /** [step asked for, steps done by each thread …]; shared. */
  readonly control: Int32Array;
  /** Losses and parameters of the shard after each checked step; shared. */
  readonly loss: Float64Array;
}

/** Trains one shard step by step. */
async function wholeTrainer({
  path,
  shard,
  shards,
  threads,
  runtimeName,
}: Pick<Order, "path" | "shard" | "shards" | "threads" | "runtimeName">): Promise<Trainer> {
  const file = JSON.parse(readFileSync(path, "utf8")) as CaseFile;
  const step = benchmarkStep(file, shard, shards);
  const { runtime } = await open(runtimeName, { threads });
  const executable = await runtime.compile(step.program);
  const size = step.parameters.length;
  const array = (data: Float32Array): NDArray => ({ dtype: "float", shape: step.shape, data });
  const empty = () => array(new Float32Array(size));
  let current = { parameters: array(step.parameters.slice()), m: empty(), v: empty() };
  let next = { parameters: empty(), m: empty(), v: empty() };
  const optimizer = adam();
  return {
    file,
    async run(t: number): Promise<number> {
      const scalars = Object.entries({ ...step.scalars, ...optimizer.scalars(t + 1) }).map(
        ([name, value]) => [name, { dtype: "float", shape: [], data: Float32Array.of(value) }] as const,
      );
      const inputs = { ...current, ...step.batches[t % step.batches.length]!, ...Object.fromEntries(scalars) };
      const { loss } = await executable.run(inputs, next);
      [current, next] = [next, current];
      return Array.from(loss!.data).reduce((sum, value) => sum + value, 0);
    },
    parameters: () => step.named(current.parameters.data as Float32Array),
    [Symbol.asyncDispose]: () => executable.close(),
  };
}

/** A thread that does a step whenever the first one asks for it. */
async function follow(order: Order): Promise<void> {
  const own = await wholeTrainer(order);
  const { control, shard, loss } = order;
  for (let t = 0; ; t++) {
    while (Atomics.load(control, 0) <= t) Atomics.wait(control, 0, t);
    if (Atomics.load(control, 0) > 1 << 30) return;
    loss[shard] = await own.run(t);
    Atomics.add(control, 1, 1);
    Atomics.notify(control, 1);
    if (t + 1 === own.file.checkedSteps) postParameters(own.parameters());
  }
}

function postParameters(parameters: Record<string, Float32Array>): void {
  (workerData as Order & { port: import("node:worker_threads").MessagePort }).port.postMessage(parameters);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { threads: { type: "string", default: "1" }, runtime: { type: "string", default: "onnx" } },
    allowPositionals: true,
  });
  const path = positionals[0]!;
  const threads = Number(values.threads);
  const runtimeName = values.runtime;
  const isPopulation = (JSON.parse(readFileSync(path, "utf8")) as CaseFile).case === "population";
  const shards = isPopulation ? threads : 1;
  const control = new Int32Array(new SharedArrayBuffer(8));
  const loss = new Float64Array(new SharedArrayBuffer(8 * shards));
  const began = performance.now();
  const received: Record<string, Float32Array>[] = [];
  const followers = Array.from({ length: shards - 1 }, (_, k) => {
    const { port1, port2 } = new MessageChannel();
    const arrived = new Promise<void>((resolve) => {
      port1.onmessage = ({ data }) => {
        received[k] = data;
        port1.close();
        resolve();
      };
    });
    const order = { path, shard: k + 1, shards, threads: 1, runtimeName, control, loss, port: port2 };
    const worker = new Worker(new URL(import.meta.url), { workerData: order, transferList: [port2 as never] });
    return { worker, arrived };
  });
  await using own =
    (await partsTrainer(path, threads, runtimeName)) ??
    (await wholeTrainer({ path, shard: 0, shards, threads: isPopulation ? 1 : threads, runtimeName }));
  let t = 0;
  const step = async (): Promise<number> => {
    Atomics.store(control, 0, t + 1);
    Atomics.notify(control, 0);
    loss[0] = await own.run(t);
    t++;
    for (;;) {
      const done = Atomics.load(control, 1);
      if (done >= t * (shards - 1)) break;
      Atomics.wait(control, 1, done);
    }
    return loss.reduce((sum, value) => sum + value, 0);
  };
  const losses = [await step()];
  const compile = (performance.now() - began) / 1000;
  const { checkedSteps } = own.file;
  while (t < checkedSteps) losses.push(await step());
  await Promise.all(followers.map(({ arrived }) => arrived));
  const all = [own.parameters(), ...received];
  const parameters = Object.fromEntries(
    Object.keys(own.file.parameters).map((name) => {
      const joined = Float32Array.from(all.flatMap((part) => [...part[name]!]));
      return [name, encodeArray(joined, [joined.length]).data];
    }),
  );
  const times = await timed(step, own.file);
  Atomics.store(control, 0, (1 << 30) + 1);
  Atomics.notify(control, 0);
  await Promise.all(followers.map(({ worker }) => worker.terminate()));
  const result = {
    peer: runtimeName === "onnx" ? "longhand" : `longhand ${runtimeName}`,
    version: VERSION,
    threads,
    compile_s: compile,
    checks: { loss: losses, parameters },
    ...times,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

if (isMainThread) await main();
else if ((workerData as Partial<Order>).path) await follow(workerData as Order);
