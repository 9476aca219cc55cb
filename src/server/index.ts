/** The server layer: the lab's page and the runs of this machine, for a browser. Node only. */
export type { RunList } from "./run-list.ts";
export type { DamagedRun } from "./run-summary.ts";
export { type LabServer, type ServeLabOptions, serveLab } from "./serve-lab.ts";
