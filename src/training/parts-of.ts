/** The parts of any training that has some. */
import { batchParts } from "./batch-parts.ts";
import { binParts } from "./bins/parts.ts";
import type { Own, TrainingConfig } from "./config.ts";
import type { PartSource } from "./parts/part.ts";

/** What the parts of a training's steps are: of its bins, or of a batch. */
export function partsOf(config: TrainingConfig, own: Own = {}): PartSource {
  return config.bins ? binParts(config, own) : batchParts(config, own);
}
