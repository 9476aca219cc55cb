/** Lines in general position, spread over the sheet so that no region is small. */
import { drawnLines } from "longhand";
import { drawnOn, type Line } from "./lines.ts";

export interface SpreadInput {
  readonly count: number;
  readonly seed: number;
  readonly half: number;
}

export function job({ count, seed, half }: SpreadInput): Line[] {
  return drawnOn(drawnLines(count, seed), half);
}
