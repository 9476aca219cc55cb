/** What needs Node: run folders, and trainings in them. */
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
