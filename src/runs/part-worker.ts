/** A thread that computes parts of a training's steps. */
import { workerData } from "node:worker_threads";
import { partRunner, partsOf } from "../training/index.ts";
import { sameEngine } from "./engine.ts";
import type { PartWorkerData } from "./part-workers.ts";
import { servePartThread } from "./serve-parts.ts";

const { config, engine } = workerData as PartWorkerData;
servePartThread(sameEngine(engine).then(({ runtime }) => partRunner(partsOf(config), runtime)));
