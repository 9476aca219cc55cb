/** A trained network out of its run folder. Node only. */
import { readRun } from "../files/run-folder.ts";
import { type Trained, trainedFrom } from "../trained/index.ts";

export interface OpenTrainedOptions {
  /** The step of a checkpoint. Default: the newest. */
  readonly checkpoint?: number;
  /** Where that one is damaged, take the newest before it that isn't. Default: false, an error. */
  readonly previous?: boolean;
}

/**
 * Reads a run's newest checkpoint (or the one chosen), whether or not its training is going on.
 * @throws LonghandError `file` when the folder is no run or has no checkpoint; `format` when its files are damaged, of
 *   another program or of a newer format.
 */
export async function openTrained(folder: string, options: OpenTrainedOptions = {}): Promise<Trained> {
  const { checkpoint: step, previous = false } = options;
  const { run, config, loadCheckpoint } = await readRun(folder);
  const { checkpoint } = await loadCheckpoint({ previous, ...(step !== undefined && { step }) });
  return trainedFrom({ folder, run, config, checkpoint });
}
