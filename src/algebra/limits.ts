/** How far a computation of a basis may go: these can take longer than anybody lives. */
import { LonghandError } from "../errors.ts";
import { bits } from "./integer.ts";
import { largestDegree } from "./packing.ts";

/** Limits; none of them depends on the machine or on time. */
export interface Limits {
  /** S-polynomials and equations that are reduced. Default 20,000. */
  readonly pairs: number;
  /** Degree of a least common multiple of leading monomials. Default 200; at most 32,767. */
  readonly degree: number;
  /** Terms of one polynomial. Default 50,000. */
  readonly terms: number;
  /** Binary digits of a whole coefficient. Default 20,000. */
  readonly bits: number;
  /** Products of a coefficient by a number of up to 64 binary digits, in all. Default 20 million: some ten seconds. */
  readonly work: number;
}

export const defaultLimits: Limits = Object.freeze({
  pairs: 20_000,
  degree: 200,
  terms: 50_000,
  bits: 20_000,
  work: 20_000_000,
});

/** A limit that was reached. */
export interface Reached {
  readonly limit: keyof Limits;
  readonly value: number;
}

/** What has been done so far. */
export interface Spent {
  /** S-polynomials and equations that were reduced, and how many of them to 0. */
  pairs: number;
  zeros: number;
  /** S-polynomials that the criteria spared. */
  spared: number;
  /** The largest degree of a leading monomial of the basis on the way. */
  degree: number;
  /** The most terms that a polynomial had on the way. */
  terms: number;
  /** Binary digits of the longest coefficient seen; sampled. */
  bits: number;
  work: number;
}

/** Thrown inside of the computation when a limit is reached. */
export class LimitReached extends Error {
  readonly reached: Reached;
  constructor(reached: Reached) {
    super(`limit on ${reached.limit}`);
    this.reached = reached;
  }
}

/** Counts what is done, and stops it at a limit by throwing `LimitReached`. */
export interface Meter {
  readonly spent: Spent;
  /** A sum of `terms` terms was made, the first with this coefficient. */
  spend(terms: number, coefficient: bigint | undefined): void;
  checkBits(coefficient: bigint): void;
  /** Stops when a quantity is beyond its limit. */
  check(limit: keyof Limits, value: number): void;
}

export function makeMeter(limits: Limits): Meter {
  const spent: Spent = { pairs: 0, zeros: 0, spared: 0, degree: 0, terms: 0, bits: 0, work: 0 };
  const check = (limit: keyof Limits, value: number) => {
    if (value > limits[limit]) throw new LimitReached({ limit, value: limits[limit] });
  };
  const checkBits = (coefficient: bigint) => {
    const size = bits(coefficient);
    spent.bits = Math.max(spent.bits, size);
    check("bits", size);
    return size;
  };
  return {
    spent,
    check,
    checkBits,
    spend(terms, coefficient) {
      spent.terms = Math.max(spent.terms, terms);
      spent.work += terms * (1 + Math.floor((coefficient === undefined ? 0 : checkBits(coefficient)) / 64));
      check("terms", terms);
      check("work", spent.work);
    },
  };
}

/**
 * Limits with defaults for what isn't given.
 * @throws LonghandError `argument` for one that isn't a positive whole number, or a degree beyond 32,767; `unknown-name`.
 */
export function completeLimits(given: Partial<Limits> = {}): Limits {
  for (const [name, value] of Object.entries(given)) {
    const most = name === "degree" ? Math.floor(largestDegree / 2) : Number.MAX_SAFE_INTEGER;
    if (!Object.hasOwn(defaultLimits, name)) {
      throw new LonghandError(
        "unknown-name",
        `unknown limit "${name}", expected ${Object.keys(defaultLimits).join(", ")}`,
      );
    }
    if (!Number.isSafeInteger(value) || value < 1 || value > most) {
      throw new LonghandError(
        "argument",
        `limit ${name}: received ${value}, expected a whole number from 1 to ${most}`,
      );
    }
  }
  return { ...defaultLimits, ...given };
}
