/** Whether the numbers are distributed as documented: moments, Kolmogorov–Smirnov and χ² with fixed seeds. */
import { describe, expect, test } from "vitest";
import { randomSource } from "./stream.ts";

const source = randomSource("statistics");
const N = 100_000;

/** Φ(z) = ½ + φ(z)(z + z³/3 + z⁵/(3·5) + …), to about 1e−15 for |z| < 6. */
function normalDistribution(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/** √n·sup|Fₙ − F|; above 1.95 with probability 0.001. */
function kolmogorovSmirnov(sample: Float32Array | Float64Array, distribution: (x: number) => number): number {
  const n = sample.length;
  let distance = 0;
  sample
    .slice()
    .sort()
    .forEach((x, i) => {
      const f = distribution(x);
      distance = Math.max(distance, f - i / n, (i + 1) / n - f);
    });
  return Math.sqrt(n) * distance;
}

/** χ² of counts against equal shares, as a standard normal number (Wilson and Hilferty). */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const variance = 2 / (9 * (counts.length - 1));
  return (Math.cbrt(statistic / (counts.length - 1)) - (1 - variance)) / Math.sqrt(variance);
}

function moments(sample: Float32Array | Float64Array): {
  mean: number;
  variance: number;
  skew: number;
  kurtosis: number;
} {
  const n = sample.length;
  let mean = 0;
  for (const x of sample) mean += x / n;
  const central = [0, 0, 0, 0, 0];
  for (const x of sample) for (let k = 2; k <= 4; k++) central[k]! += (x - mean) ** k / n;
  const [, , variance, third, fourth] = central as [number, number, number, number, number];
  return { mean, variance, skew: third / variance ** 1.5, kurtosis: fourth / variance ** 2 };
}

const precisions = [
  ["float32", () => new Float32Array(N)],
  ["float64", () => new Float64Array(N)],
] as const;

describe.each(precisions)("%s", (name, make) => {
  // Tolerances are four standard errors of each moment for N numbers.
  const root = Math.sqrt(N);

  test("uniform on [−1, 3)", () => {
    const sample = source.stream("uniform", name).uniform(make(), -1, 3);
    const { mean, variance, skew, kurtosis } = moments(sample);
    expect(Math.abs(mean - 1)).toBeLessThan((4 * Math.sqrt(4 / 3)) / root);
    expect(Math.abs(variance / (4 / 3) - 1)).toBeLessThan((4 * Math.sqrt(1.8 - 1)) / root);
    expect(Math.abs(skew)).toBeLessThan(4 / root);
    expect(Math.abs(kurtosis - 1.8)).toBeLessThan(4 / root);
    expect(kolmogorovSmirnov(sample, (x) => (x + 1) / 4)).toBeLessThan(1.95);
  });

  test("normal with mean 2 and deviation 3", () => {
    const sample = source.stream("normal", name).normal(make(), 2, 3);
    const { mean, variance, skew, kurtosis } = moments(sample);
    expect(Math.abs(mean - 2)).toBeLessThan((4 * 3) / root);
    expect(Math.abs(variance / 9 - 1)).toBeLessThan((4 * Math.SQRT2) / root);
    expect(Math.abs(skew)).toBeLessThan((4 * Math.sqrt(6)) / root);
    expect(Math.abs(kurtosis - 3)).toBeLessThan((4 * Math.sqrt(24)) / root);
    expect(kolmogorovSmirnov(sample, (x) => normalDistribution((x - 2) / 3))).toBeLessThan(1.95);
    const beyond = sample.filter((x) => Math.abs(x - 2) > 9).length;
    expect(Math.abs(beyond - 0.0026998 * N)).toBeLessThan(4 * Math.sqrt(0.0026998 * N));
  });

  test("truncated normal with mean 1 and deviation ½", () => {
    const sample = source.stream("truncated", name).truncatedNormal(make(), 1, 0.5);
    const { mean, variance, skew, kurtosis } = moments(sample);
    // Variance 1 − 4φ(2)/(1 − 2Φ(−2)) and kurtosis by quadrature of the cut density.
    const deviation = 0.8796256610342398 / 2;
    expect(Math.abs(mean - 1)).toBeLessThan((4 * deviation) / root);
    expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan((4 * Math.sqrt(1.3656)) / root);
    expect(Math.abs(skew)).toBeLessThan((4 * Math.sqrt(3)) / root);
    expect(Math.abs(kurtosis - 2.36553671712965)).toBeLessThan((4 * Math.sqrt(6)) / root);
    const below = normalDistribution(-2);
    const cut = (x: number) => (normalDistribution((x - 1) / 0.5) - below) / (1 - 2 * below);
    expect(kolmogorovSmirnov(sample, cut)).toBeLessThan(1.95);
  });

  test("mask keeps the fraction it should", () => {
    const kept = source
      .stream("mask", name)
      .mask(make(), 0.9)
      .filter((x) => x > 0).length;
    expect(Math.abs(kept / N - 0.9)).toBeLessThan((4 * 0.3) / root);
  });
});

describe("equal shares", () => {
  test.each([2, 3, 7, 10, 100])("of %i integers", (size) => {
    const counts = Array<number>(size).fill(0);
    for (const x of source.stream("integers", size).integers(new Int32Array(N), -1, size - 1)) counts[x + 1]!++;
    expect(Math.abs(chiSquare(counts))).toBeLessThan(3.3);
  });

  test("of the thirds of a range where a biased method would fail", () => {
    // 2³²/(3·2³⁰) isn't whole: ⌊w·n/2³²⌋ and w mod n would give shares 2 : 1 of some values.
    const counts = [0, 0, 0];
    const out = source.stream("wide").integers(new Int32Array(N), -(2 ** 31), 2 ** 30);
    for (const x of out) counts[Math.floor((x + 2 ** 31) / 2 ** 30)]!++;
    expect(Math.abs(chiSquare(counts))).toBeLessThan(3.3);
    const residues = [0, 0, 0];
    for (const x of out) residues[(x + 2 ** 31) % 3]!++;
    expect(Math.abs(chiSquare(residues))).toBeLessThan(3.3);
  });

  test("of bytes made of bits, and of pairs of neighbouring bits", () => {
    const bits = source.stream("bits").bits(new Uint8Array(8 * N));
    const bytes = Array<number>(256).fill(0);
    const pairs = [0, 0, 0, 0];
    for (let i = 0; i < bits.length; i += 8) bytes[bits.subarray(i, i + 8).reduce((sum, bit) => 2 * sum + bit, 0)]!++;
    for (let i = 1; i < bits.length; i += 2) pairs[2 * bits[i]! + bits[i - 1]!]!++;
    expect(Math.abs(chiSquare(bytes))).toBeLessThan(3.3);
    expect(Math.abs(chiSquare(pairs))).toBeLessThan(3.3);
  });

  test("of the 24 permutations of 4", () => {
    const stream = source.stream("permutations");
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const name = stream.permutation(4).join("");
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(Math.abs(chiSquare([...counts.values()]))).toBeLessThan(3.3);
  });
});

test("neighbouring streams and neighbouring numbers are uncorrelated", () => {
  const correlation = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0) / Math.sqrt(a.length);
  const sample = (...path: (string | number)[]) => source.stream(...path).normal(new Float64Array(20_000));
  const first = sample("noise", 0);
  const others = [
    first.subarray(1),
    first.subarray(2),
    sample("noise", 1),
    sample("noise", 2),
    sample("noise", 2 ** 32),
    sample("noise"),
    sample("noisf", 0),
    randomSource("statistict").stream("noise", 0).normal(new Float64Array(20_000)),
  ];
  for (const other of others) expect(Math.abs(correlation(first, other))).toBeLessThan(4);
});

test("the first numbers of consecutive streams are as good as those of one stream", () => {
  const firsts = Float64Array.from({ length: 10_000 }, (_, step) => {
    return source.stream("step", step).uniform(new Float64Array(1))[0]!;
  });
  expect(kolmogorovSmirnov(firsts, (x) => x)).toBeLessThan(1.95);
  const serial = firsts.reduce((sum, x, i) => sum + 12 * (x - 0.5) * ((firsts[i + 1] ?? 0.5) - 0.5), 0);
  expect(Math.abs(serial / 100)).toBeLessThan(4);
});
