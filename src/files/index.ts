/** Files that a page can read and write too. Run folders need Node and are reached from `src/node.ts`. */
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint, peekCheckpoint } from "./checkpoint.ts";
export { type RunConfig, readRunConfigText } from "./run-config-text.ts";
export { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from "./safetensors.ts";
