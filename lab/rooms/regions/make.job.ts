/** Lines made up: in general position, spread over the sheet so that no region is small, or random ones. */
import { drawnLines, randomHyperplanes } from "longhand";
import { drawnOn, type Line } from "./lines.ts";

export interface MakeInput {
  readonly kind: "spread" | "random";
  readonly count: number;
  readonly seed: number;
  /** Of the sheet's side. */
  readonly half: number;
}

export function job({ kind, count, seed, half }: MakeInput): Line[] {
  return drawnOn(kind === "spread" ? drawnLines(count, seed) : randomHyperplanes(count, 2, seed), half);
}
