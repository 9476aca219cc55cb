/** How often a run's networks are right, by length: its newest checkpoint, measured. */
import { decodeCheckpoint, evaluateOn, type LengthResult, lengthsFor, readRunConfigText, trainedFrom } from "longhand";
import type { JobContext } from "../../work/contract.ts";

export interface EvaluateInput {
  /** For messages. */
  readonly name: string;
  /** config.json */
  readonly config: string;
  readonly checkpoint: Uint8Array;
  /** Default: those that suit the run, see `lengthsFor`. */
  readonly lengths: readonly number[] | null;
  /** Problems of each length. */
  readonly samples: number;
}

/** Of one run. */
export interface Evaluated {
  /** Of the checkpoint. */
  readonly step: number;
  /** Of all networks, the shortest length first. */
  readonly results: readonly LengthResult[];
}

export interface EvaluateProgress {
  /** From 0 to 1. */
  readonly done: number;
  readonly length: number;
}

export async function job(input: EvaluateInput, context: JobContext<EvaluateProgress>): Promise<Evaluated> {
  const { run, config } = readRunConfigText(input.config, `${input.name}/config.json`);
  const checkpoint = await decodeCheckpoint(new Uint8Array(input.checkpoint), { run });
  const trained = trainedFrom({ folder: input.name, run, config, checkpoint });
  const lengths = [...new Set(input.lengths ?? lengthsFor(trained))].sort((a, b) => a - b);
  const results: LengthResult[] = [];
  const found = evaluateOn(trained, {
    lengths,
    samples: input.samples,
    open: context.open,
    onProgress: (done, { length }) => context.progress({ done, length }),
  });
  for await (const ofLength of found) results.push(...ofLength);
  return { step: trained.step, results };
}
