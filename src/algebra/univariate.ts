/** Rational roots of polynomials in one variable, without factoring whole numbers. */
import { absolute, gcd } from "./integer.ts";
import { compare, type Rational, rational, zero } from "./rational.ts";

/**
 * The rational roots of c₀ + c₁x + c₂x² + …, each once, the smallest first.
 *
 * Roots modulo a small prime at which they are simple are lifted by Newton's iteration to a modulus that tells the rational
 * candidates apart (a root u/v in lowest terms has u | c₀ and v | cₙ), which are then tried exactly.
 * @param coefficients whole numbers c₀, c₁, …, not all 0.
 */
export function rationalRoots(coefficients: readonly bigint[]): Rational[] {
  const first = coefficients.findIndex((c) => c !== 0n);
  const f = squareFree(trimmed(coefficients.slice(first)));
  const found = first > 0 ? [zero] : [];
  if (f.length > 1) found.push(...simpleRoots(f));
  return found.sort(compare);
}

/** Roots of a polynomial without multiple roots, c₀ ≠ 0. */
function simpleRoots(f: readonly bigint[]): Rational[] {
  const leading = f.at(-1)!;
  const slope = derivative(f);
  const { prime, roots } = goodPrime(f, slope);
  const bound = 2n * absolute(leading) * absolute(f[0]!);
  return roots.flatMap((start) => {
    let modulus = prime;
    let root = start;
    while (modulus <= bound) {
      modulus *= modulus;
      root = mod(root - evaluate(f, root, modulus) * inverse(evaluate(slope, root, modulus), modulus), modulus);
    }
    // leading · (a root) is a whole number.
    let whole = mod(leading * root, modulus);
    if (2n * whole > modulus) whole -= modulus;
    const candidate = rational(whole, leading);
    return isRoot(f, candidate) ? [candidate] : [];
  });
}

/** A prime that doesn't divide the leading coefficient and modulo which no root is a multiple one, and the roots. */
function goodPrime(f: readonly bigint[], slope: readonly bigint[]): { prime: bigint; roots: bigint[] } {
  for (let p = 101n; ; p += 2n) {
    if (!isPrime(p) || f.at(-1)! % p === 0n) continue;
    const roots: bigint[] = [];
    for (let x = 0n; x < p; x++) if (evaluate(f, x, p) === 0n) roots.push(x);
    if (roots.every((x) => evaluate(slope, x, p) !== 0n)) return { prime: p, roots };
  }
}

function isPrime(n: bigint): boolean {
  for (let d = 3n; d * d <= n; d += 2n) if (n % d === 0n) return false;
  return true;
}

function isRoot(f: readonly bigint[], { numerator, denominator }: Rational): boolean {
  let sum = 0n;
  let power = 1n;
  for (let k = f.length - 1; k >= 0; k--) {
    sum = sum * numerator + f[k]! * power;
    power *= denominator;
  }
  return sum === 0n;
}

/** f without its multiple factors: f / gcd(f, f′), with whole coefficients. */
function squareFree(f: readonly bigint[]): bigint[] {
  let [a, b] = [[...f], derivative(f)];
  while (b.length > 0) [a, b] = [b, remainder(a, b)];
  return a.length === 1 ? [...f] : quotient(f, a);
}

/** The remainder of a multiple of a by b, without content. */
function remainder(a: readonly bigint[], b: readonly bigint[]): bigint[] {
  let rest = [...a];
  while (rest.length >= b.length) rest = withoutContent(stepped(rest, b));
  return rest;
}

/** b.at(-1) · a − a.at(-1) · xⁿ · b: one degree less. */
function stepped(a: readonly bigint[], b: readonly bigint[]): bigint[] {
  const shift = a.length - b.length;
  return trimmed(a.map((value, k) => b.at(-1)! * value - a.at(-1)! * (b[k - shift] ?? 0n)));
}

/** A multiple of a/b without content, where b divides a. */
function quotient(a: readonly bigint[], b: readonly bigint[]): bigint[] {
  let rest = [...a];
  let made: bigint[] = [];
  for (let k = a.length - b.length; k >= 0; k--) {
    const top = rest[k + b.length - 1] ?? 0n;
    made = [top, ...made.map((value) => value * b.at(-1)!)];
    rest = rest.map((value, i) => b.at(-1)! * value - top * (b[i - k] ?? 0n));
  }
  return withoutContent(made);
}

function derivative(f: readonly bigint[]): bigint[] {
  return trimmed(f.slice(1).map((value, k) => value * BigInt(k + 1)));
}

function trimmed(f: readonly bigint[]): bigint[] {
  return f.slice(0, f.findLastIndex((value) => value !== 0n) + 1);
}

function withoutContent(f: readonly bigint[]): bigint[] {
  const content = f.reduce((common, value) => gcd(common, value), 0n);
  return content === 0n ? [] : f.map((value) => value / content);
}

/** f(x) modulo m, from 0 to m − 1. */
function evaluate(f: readonly bigint[], x: bigint, m: bigint): bigint {
  let sum = 0n;
  for (let k = f.length - 1; k >= 0; k--) sum = (sum * x + f[k]!) % m;
  return mod(sum, m);
}

function mod(a: bigint, m: bigint): bigint {
  const rest = a % m;
  return rest < 0n ? rest + m : rest;
}

/** The inverse of a modulo m, where they are coprime. */
function inverse(a: bigint, m: bigint): bigint {
  let [r, s] = [m, mod(a, m)];
  let [u, v] = [0n, 1n];
  while (s !== 0n) {
    const q = r / s;
    [r, s] = [s, r - q * s];
    [u, v] = [v, u - q * v];
  }
  return mod(u, m);
}
