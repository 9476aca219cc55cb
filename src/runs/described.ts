/** A run's configuration and its hash. Node only. */
import { createHash } from "node:crypto";
import type { RunReader } from "../files/run-folder.ts";
import { type DescribedTraining, describedTraining } from "../trained/index.ts";

/** A run's configuration, checked. */
export interface Described extends DescribedTraining {
  /** SHA-256 of the training's configuration as config.json has it. */
  readonly hash: string;
}

/**
 * Reads what a run was to train.
 * @throws LonghandError `format` when the folder holds another kind of run or its configuration can't be used.
 */
export function describedRun({ config, folder }: RunReader): Described {
  const described = describedTraining(config, folder);
  return { ...described, hash: configHash(described.written) };
}

/** SHA-256 of a configuration, whatever the order of its keys. */
export function configHash(config: object): string {
  return createHash("sha256").update(canonical(config)).digest("hex");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}
