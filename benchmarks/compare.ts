/** Medians of what peers measured, and whether their numbers agree. */
import { type CaseFile, decodeFloats, type PeerResult } from "./contract.ts";
import type { Measured } from "./peers.ts";

/** Largest relative difference at which two peers still agree. */
export const tolerance = 1e-3;

/** One peer's figure on one case. */
export interface Row {
  readonly peer: string;
  readonly version: string;
  readonly threads: number;
  /** Milliseconds a training step: median over rounds of each round's median, and the extremes of those medians. */
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Processor time of a step in milliseconds, all threads together: median over rounds of each round's median. */
  readonly processor: number;
  readonly steps: number;
  readonly compileSeconds: number;
  readonly note?: string;
}

/** A peer without a figure. */
export interface MissingRow {
  readonly peer: string;
  readonly skipped: string;
}

/** The median: the middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The figure of one variant: medians over rounds. */
export function summarize({ variant, results }: Measured): Row {
  const medians = results.map(({ times_ms }) => median(times_ms));
  const last = results.at(-1)!;
  return {
    peer: variant.peer,
    version: last.version,
    threads: last.threads,
    median: median(medians),
    low: Math.min(...medians),
    high: Math.max(...medians),
    processor: median(results.map(({ cpu_ms }) => median(cpu_ms))),
    steps: results.reduce((sum, { times_ms }) => sum + times_ms.length, 0),
    compileSeconds: median(results.map(({ compile_s }) => compile_s)),
    ...(last.note === undefined ? {} : { note: last.note }),
  };
}

/** Each peer's better variant, with the least processor time of all its variants, in the order of `measured`; peers without any result say why. */
export function bestRows(measured: readonly Measured[]): readonly (Row | MissingRow)[] {
  const peers = [...new Set(measured.map(({ variant }) => variant.peer))];
  return peers.map((peer) => {
    const variants = measured.filter(({ variant }) => variant.peer === peer);
    const rows = variants.filter(({ results }) => results.length > 0).map(summarize);
    rows.sort((a, b) => a.median - b.median);
    const [best] = rows;
    if (best) return { ...best, processor: Math.min(...rows.map(({ processor }) => processor)) };
    return { peer, skipped: variants[0]?.skipped ?? "not run" };
  });
}

/** How far one peer's checked numbers are from the reference peer's. */
export interface Agreement {
  readonly peer: string;
  readonly threads: number;
  readonly reference: string;
  /** Largest |a − b| / |b| over the checked losses. */
  readonly loss: number;
  /** Largest ‖a − b‖₂ / ‖b‖₂ over the parameters after the checked steps, and the parameter's name. */
  readonly parameters: number;
  readonly worst: string;
  /** The same for the change from the initial parameters, which says more about the gradient; reported, not judged. */
  readonly change: number;
  readonly agrees: boolean;
}

/** Compares the last result of every variant with the first variant's that has one. */
export function compareAll(file: CaseFile, measured: readonly Measured[]): readonly Agreement[] {
  const finished = measured.filter(({ results }) => results.length > 0);
  const reference = finished[0];
  if (!reference) return [];
  return finished.slice(1).map(({ results }) => compareResults(file, results.at(-1)!, reference.results.at(-1)!));
}

/** Compares a result with a reference result. A missing loss or parameter is an infinite difference. */
export function compareResults(file: CaseFile, result: PeerResult, reference: PeerResult): Agreement {
  let loss = 0;
  for (let i = 0; i < file.checkedSteps; i++) {
    const expected = reference.checks.loss[i] ?? Number.NaN;
    loss = worse(loss, Math.abs((result.checks.loss[i] ?? Number.NaN) - expected) / Math.abs(expected));
  }
  let parameters = 0;
  let change = 0;
  let worst = "";
  for (const [name, encoded] of Object.entries(file.parameters)) {
    const initial = decodeFloats(encoded.data);
    const expected = decodeFloats(reference.checks.parameters[name] ?? "");
    const received = decodeFloats(result.checks.parameters[name] ?? "");
    const complete = expected.length === initial.length && received.length === initial.length;
    const distance = complete ? norm(received, expected) : Number.POSITIVE_INFINITY;
    const relative = distance / norm(expected);
    if (worse(parameters, relative) > parameters) worst = name;
    parameters = worse(parameters, relative);
    change = worse(change, distance / norm(expected, initial));
  }
  const agrees = loss <= tolerance && parameters <= tolerance;
  const [peer, threads] = [result.peer, result.threads];
  return { peer, threads, reference: reference.peer, loss, parameters, worst, change, agrees };
}

/** The larger difference, where not-a-number (from numbers that aren't finite) counts as infinite. */
function worse(a: number, b: number): number {
  return Number.isNaN(b) ? Number.POSITIVE_INFINITY : Math.max(a, b);
}

/** ‖a − b‖₂, or ‖a‖₂. */
function norm(a: Float32Array, b?: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - (b?.[i] ?? 0)) ** 2;
  return Math.sqrt(sum);
}
