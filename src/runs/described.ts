/** What the config.json of a training's run says. Node only. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { LonghandError } from "../errors.ts";
import type { RunReader } from "../files/run-folder.ts";
import { parseConfig } from "../models/index.ts";
import { completeConfig, type TrainingConfig } from "../training/index.ts";

/** The engine a run was trained with: bit-identical numbers need the same one. */
export const engineSchema = z.strictObject({
  name: z.enum(["reference", "onnx", "onnx-web"]),
  /** Bits of a float. */
  precision: z.union([z.literal(32), z.literal(64)]),
  threads: z.int().min(1),
});

export type Engine = z.output<typeof engineSchema>;

const runConfig = z.strictObject({
  training: z.looseObject({ task: z.string() }),
  engine: engineSchema,
  /** Where the parameters of step 0 come from, where they weren't drawn. */
  origin: z.string().optional(),
});

/** A run's configuration, checked. */
export interface Described {
  readonly training: TrainingConfig;
  readonly engine: Engine;
  /** SHA-256 of the training's configuration as config.json has it. */
  readonly hash: string;
  /** Where the parameters of step 0 come from, where they weren't drawn. */
  readonly origin?: string;
}

/**
 * Reads what a run was to train.
 * @throws LonghandError `format` when the folder holds another kind of run or its configuration can't be used.
 */
export function describedRun(run: RunReader): Described {
  try {
    const { training, engine, origin } = parseConfig(runConfig, run.config, "config");
    const complete = completeConfig(training);
    // Of what is written, not of what it means: a later version may know more settings, with defaults.
    return { training: complete, engine, hash: configHash(training), ...(origin !== undefined && { origin }) };
  } catch (cause) {
    if (!(cause instanceof LonghandError)) throw cause;
    throw new LonghandError("format", `${run.folder}/config.json can't be used: ${cause.message}`, { cause });
  }
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
