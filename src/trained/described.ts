/** What the config.json of a training's run says. */
import * as z from "zod";
import { LonghandError } from "../errors.ts";
import { parseConfig } from "../models/index.ts";
import { engineNames } from "../runtime/contract.ts";
import { completeConfig, type TrainingConfig } from "../training/index.ts";

/** The engine a run was trained with: bit-identical numbers need the same one. */
export const engineSchema = z.strictObject({
  name: z.enum(engineNames),
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

/** A training's configuration, checked. */
export interface DescribedTraining {
  readonly training: TrainingConfig;
  /** The training's configuration as it is written: a later version may know more settings, with defaults. */
  readonly written: object;
  readonly engine: Engine;
  /** Where the parameters of step 0 come from, where they weren't drawn. */
  readonly origin?: string;
}

/**
 * Reads what a run was to train.
 * @param config the `config` of config.json. @param folder where it lies, for messages.
 * @throws LonghandError `format` when the folder holds another kind of run or its configuration can't be used.
 */
export function describedTraining(config: unknown, folder: string): DescribedTraining {
  try {
    const { training: written, engine, origin } = parseConfig(runConfig, config, "config");
    return { training: completeConfig(written), written, engine, ...(origin !== undefined && { origin }) };
  } catch (cause) {
    if (!(cause instanceof LonghandError)) throw cause;
    throw new LonghandError("format", `${folder}/config.json can't be used: ${cause.message}`, { cause });
  }
}
