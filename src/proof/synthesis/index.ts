/** Weights by constraint solving. */
export { encode, type Move, movesOfMachine, movesOfWords, type WeightBounds, type Word } from "./encode.ts";
export {
  connectionsOf,
  type Synthesis,
  type SynthesisEvent,
  type SynthesisOptions,
  type SynthesisStage,
  synthesize,
} from "./synthesize.ts";
