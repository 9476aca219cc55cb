/** Whether numbers are distributed as they should be. */

/** Φ(z) = ½ + φ(z)(z + z³/3 + z⁵/(3·5) + …), to about 1e−15 for |z| < 6. */
export function normalDistribution(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/** √n·sup|Fₙ − F|; above 1.95 with probability 0.001. */
export function kolmogorovSmirnov(sample: Float64Array, distribution: (x: number) => number): number {
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

/** Mean and standard deviation. */
export function meanAndDeviation(sample: Float64Array): [number, number] {
  const mean = sample.reduce((sum, x) => sum + x, 0) / sample.length;
  return [mean, Math.sqrt(sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sample.length)];
}
