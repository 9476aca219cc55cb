/** Refuting networks: what the files above may use. */
export type { RefuteProgress } from "./meter.ts";
export { type ErrorSearch, type RefuteOptions, refute, searchErrors } from "./refute.ts";
