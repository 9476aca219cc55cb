/** Weights by constraint solving. */
export { type Encoding, encode, type WeightBounds, type Word } from "./encode.ts";
export {
  connectionsOf,
  type Synthesis,
  type SynthesisEvent,
  type SynthesisOptions,
  type SynthesisStage,
  synthesize,
} from "./synthesize.ts";
