/** What needs Node: run folders, trainings in them, and the server of the lab. */
export {
  type CheckpointChoice,
  createRun,
  type LoadedCheckpoint,
  type MetricsRecord,
  openRun,
  type Run,
  type RunReader,
  readRun,
} from "./files/run-folder.ts";
export * from "./runs/index.ts";
export * from "./server/index.ts";
