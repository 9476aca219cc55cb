/** What a proof attempt ends in. */
import type { Certificate } from "./certificate.ts";

/** An input on which the network errs, checked by running it. */
export interface Refutation {
  /** The problem [steps][channels]; after the first wrong step it may go on, where a problem has to end otherwise. */
  readonly input: Int32Array;
  /** The network's answer [steps]. */
  readonly answer: Int32Array;
  /** The exact answer [steps]; −1 where none is asked. */
  readonly exact: Int32Array;
  /** The first step at which the answer is wrong, from 0. */
  readonly step: number;
  /** By what it was found: "all inputs up to length 5", "random inputs", "search on the margin", … */
  readonly found: string;
  /**
   * All shorter inputs were tried and have no error: up to `step`, or, of networks that read the whole problem first, of fewer
   * symbols.
   */
  readonly isShortest: boolean;
}

export type Verdict =
  | {
      readonly verdict: "proved";
      readonly certificate: Certificate;
    }
  | { readonly verdict: "refuted"; readonly refutation: Refutation }
  | {
      readonly verdict: "unknown";
      /** What stood in the way, in a sentence. */
      readonly blocked: string;
      /** How far it got: what was tried, in words. */
      readonly tried: readonly string[];
    };
