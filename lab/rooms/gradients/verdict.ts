/** What becomes of a derivative on its way back through time, in numbers and in words. */
export interface Verdict {
  readonly kind: "vanishes" | "stays" | "explodes" | "is cut" | "overflows";
  /** By how much a step back multiplies it, the geometric mean; 0 where it is cut. */
  readonly factor: number;
  /** Least and greatest factor of a step. */
  readonly least: number;
  readonly greatest: number;
  /** Steps in which it halves or doubles; null where it stays. */
  readonly steps: number | null;
  /** How many steps back it reaches before it is exactly 0. */
  readonly reach: number;
  /** What is left of 1 there. */
  readonly left: number;
}

/** Nearer to 1 than this is 1: rounding of some hundred steps. */
const EXACT = 1e-9;

/** @param derivatives ∂s_T/∂s_t, t = 1 … T: the last is 1. */
export function verdictOf(derivatives: readonly number[]): Verdict {
  const sizes = derivatives.map(Math.abs);
  const last = sizes.length - 1;
  let first = last;
  while (first > 0 && sizes[first - 1]! > 0) first--;
  const reach = last - first;
  const left = sizes[first]!;
  const factors = Array.from({ length: reach }, (_, k) => sizes[first + k]! / sizes[first + k + 1]!);
  const factor = reach === 0 ? 0 : left ** (1 / reach);
  const about = { factor, reach, left, least: Math.min(...factors), greatest: Math.max(...factors) };
  if (reach === 0) return { ...about, least: 0, greatest: 0, kind: "is cut", steps: null };
  if (!Number.isFinite(left)) return { ...about, kind: "overflows", steps: null };
  if (Math.abs(factor - 1) < EXACT) return { ...about, kind: "stays", steps: null };
  return {
    ...about,
    kind: factor < 1 ? "vanishes" : "explodes",
    steps: Math.LN2 / Math.abs(Math.log(factor)),
  };
}

/** A number for people: at most three digits; very large and small ones by a power of ten. */
export function short(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value).replace("-", "−");
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) return String(Number(value.toPrecision(3))).replace("-", "−");
  const exponent = Math.floor(Math.log10(size));
  const digits = Number((value / 10 ** exponent).toPrecision(2));
  return `${digits === 1 ? "" : `${digits}·`}10${superscript(exponent)}`.replace("-", "−");
}

function superscript(exponent: number): string {
  return String(exponent).replaceAll(/[-\d]/g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]!));
}

/** "vanishes: a step back multiplies it by 0.5, it halves in 1 step; 18 steps back 3.8·10⁻⁶ is left." */
export function inWords(verdict: Verdict): string {
  const { kind, factor, least, greatest, steps, reach, left } = verdict;
  const back = reach === 1 ? "1 step back" : `${reach} steps back`;
  const isEven = Math.abs(greatest / least - 1) < 1e-6;
  const by = isEven ? short(factor) : `${short(least)} to ${short(greatest)}, ${short(factor)} on average`;
  switch (kind) {
    case "is cut":
      return "is cut: nothing passes from one step to the next";
    case "overflows":
      return `explodes beyond the largest number that there is, ${back}`;
    case "stays":
      return isEven
        ? `stays what it is: every step multiplies it by 1; ${back} 1 is left`
        : `stays on the whole: a step back multiplies it by ${by}`;
    default: {
      const time = `${kind === "vanishes" ? "halves" : "doubles"} in ${short(steps!)} ${short(steps!) === "1" ? "step" : "steps"}`;
      return `${kind}: a step back multiplies it by ${by}; it ${time}; ${back} ${kind === "vanishes" ? `${short(left)} is left` : `it is ${short(left)}`}`;
    }
  }
}
