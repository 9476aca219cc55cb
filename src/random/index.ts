/** Random numbers: seeded, counter-based, named streams, the same bits on every engine. */
export type { PathPart, Seed } from "./seeds.ts";
export { type RandomSource, randomSource, type Stream } from "./stream.ts";
