/** Weights by constraint solving: what the layers above may use. */
export type { WeightBounds, Word as MachineWord } from "./encode.ts";
export {
  connectionsOf,
  type Synthesis,
  type SynthesisEvent,
  type SynthesisOptions,
  type SynthesisStage,
  synthesize,
} from "./synthesize.ts";
