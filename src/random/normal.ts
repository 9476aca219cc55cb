/**
 * The inverse of the normal distribution function, written so that every engine computes the same bits.
 *
 * JavaScript leaves the rounding of Math.log, Math.cos and the like to the engine. Here are only + − × ÷, which IEEE 754
 * rounds in one way, bit patterns, and Math.sqrt. The language standard would allow an approximate square root too, but
 * engines use the processor's instruction, which IEEE 754 also rounds in one way; only |q| > 0.425 needs it.
 *
 * Source: Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37 (1988),
 * 477–484, routine PPND16: relative error about 1e−16. Its coefficients
 * have 21 digits; here they are as float64 holds them.
 */

const bits = new DataView(new ArrayBuffer(8));

/**
 * The natural logarithm with + − × ÷ only.
 *
 * x = m·2ᵏ with √½ ≤ m < √2 (about), s = (m − 1)/(m + 1), |s| < 0.172; ln x = k·ln 2 + 2(s + s³/3 + s⁵/5 + … + s²¹/21). The
 * first term left out is below 2⁻⁵⁵ of the sum. Error below 2 units in the last place where k ≠ 0.
 *
 * @param x a positive normal number
 */
export function portableLog(x: number): number {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  // 0x95f62 makes the exponent carry over where the fraction reaches √2 (high word 0x3ff6a09e).
  const k = ((high + 0x95f62) >>> 20) - 1023;
  bits.setUint32(0, high - (k << 20));
  const m = bits.getFloat64(0);
  const s = (m - 1) / (m + 1);
  const t = s * s;
  let sum = t / 21 + 1 / 19;
  sum = sum * t + 1 / 17;
  sum = sum * t + 1 / 15;
  sum = sum * t + 1 / 13;
  sum = sum * t + 1 / 11;
  sum = sum * t + 1 / 9;
  sum = sum * t + 1 / 7;
  sum = sum * t + 1 / 5;
  sum = sum * t + 1 / 3;
  return k * Math.LN2 + 2 * (s + s * t * sum);
}

/**
 * The z ≥ 0 that a standard normal number exceeds with probability p, for p < 0.075: PPND16 away from the middle.
 *
 * r = √(−ln p), z a rational function of r, one for r ≤ 5 and one for r > 5.
 *
 * @param p probability from 2.3e−308 to 0.075
 */
export function normalTail(p: number): number {
  let r = Math.sqrt(-portableLog(p));
  if (r <= 5) {
    r -= 1.6;
    let top = 0.0007745450142783414 * r + 0.022723844989269184;
    top = top * r + 0.2417807251774506;
    top = top * r + 1.2704582524523684;
    top = top * r + 3.6478483247632045;
    top = top * r + 5.769497221460691;
    top = top * r + 4.630337846156546;
    top = top * r + 1.4234371107496835;
    let bottom = 1.0507500716444169e-9 * r + 0.0005475938084995345;
    bottom = bottom * r + 0.015198666563616457;
    bottom = bottom * r + 0.14810397642748008;
    bottom = bottom * r + 0.6897673349851;
    bottom = bottom * r + 1.6763848301838038;
    bottom = bottom * r + 2.053191626637759;
    bottom = bottom * r + 1;
    return top / bottom;
  }
  r -= 5;
  let top = 2.0103343992922881e-7 * r + 2.7115555687434876e-5;
  top = top * r + 0.0012426609473880784;
  top = top * r + 0.026532189526576124;
  top = top * r + 0.29656057182850487;
  top = top * r + 1.7848265399172913;
  top = top * r + 5.463784911164114;
  top = top * r + 6.657904643501103;
  let bottom = 2.0442631033899397e-15 * r + 1.421511758316446e-7;
  bottom = bottom * r + 1.8463183175100548e-5;
  bottom = bottom * r + 0.0007868691311456133;
  bottom = bottom * r + 0.014875361290850615;
  bottom = bottom * r + 0.1369298809227358;
  bottom = bottom * r + 0.599832206555888;
  bottom = bottom * r + 1;
  return top / bottom;
}

/**
 * The z with Φ(z) = ½ + q.
 *
 * For |q| ≤ 0.425, r = 0.180625 − q² and z = q times a rational function of r; otherwise ± the tail's z at p = ½ − |q|.
 *
 * @param q probability less one half, −½ < q < ½; centred, so that both tails keep their precision
 */
export function normalQuantile(q: number): number {
  if (q > 0.425) return normalTail(0.5 - q);
  if (q < -0.425) return -normalTail(0.5 + q);
  const r = 0.180625 - q * q;
  let top = 2509.0809287301227 * r + 33430.57558358813;
  top = top * r + 67265.7709270087;
  top = top * r + 45921.95393154987;
  top = top * r + 13731.69376550946;
  top = top * r + 1971.5909503065513;
  top = top * r + 133.14166789178438;
  top = top * r + 3.3871328727963665;
  let bottom = 5226.495278852854 * r + 28729.085735721943;
  bottom = bottom * r + 39307.89580009271;
  bottom = bottom * r + 21213.794301586597;
  bottom = bottom * r + 5394.196021424751;
  bottom = bottom * r + 687.1870074920579;
  bottom = bottom * r + 42.31333070160091;
  bottom = bottom * r + 1;
  return (q * top) / bottom;
}
