import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomSource, type Stream } from "./stream.ts";

const source = randomSource(7);
const golden = () => source.stream("golden");

describe("golden values", () => {
  // All but the last bits of float64 normals come from an independent implementation (integers exact, quantiles to 50
  // digits) of the documented definitions.
  test("words", () => {
    const words = golden().words(new Uint32Array(5));
    expect([...words]).toEqual([0x577f754d, 0x837c2e8c, 0xe1c9417d, 0x56a621cf, 0x9f13f24d]);
  });

  test("uniform", () => {
    expect([...golden().uniform(new Float32Array(4))]).toEqual([
      0.3417885899543762, 0.5136135816574097, 0.8819771409034729, 0.3384724259376526,
    ]);
    expect([...golden().uniform(new Float32Array(4), -0.3, 0.7)]).toEqual([
      0.041788578033447266, 0.2136135697364807, 0.581977128982544, 0.03847241401672363,
    ]);
    const wide = [0.341788608682257, 0.8819771657770311, 0.6213981076296811, 0.6954214605198713];
    expect([...golden().uniform(new Float64Array(4))]).toEqual(wide);
    expect([...golden().uniform(new Float64Array(4), -2, 6)]).toEqual(wide.map((u) => -2 + 8 * u));
  });

  test("normal", () => {
    expect([...golden().normal(new Float32Array(6))]).toEqual([
      -0.40758657455444336, 0.034130897372961044, 1.1849286556243896, -0.4166356325149536, 0.30915477871894836,
      -0.8795363903045654,
    ]);
    expect([...golden().normal(new Float32Array(3), 1, 0.5)]).toEqual([
      0.7962067127227783, 1.017065405845642, 1.5924643278121948,
    ]);
    const wide = golden().normal(new Float64Array(6));
    const exact = [
      -0.4075865814357812, 1.184928625046006, 0.3091547873507199, 0.5112770412561376, 0.18052232601814858,
      -0.8828360294847255,
    ];
    exact.forEach((z, i) => {
      expect(Math.abs(wide[i]! / z - 1)).toBeLessThan(1e-15);
    });
    expect([...wide]).toEqual([
      -0.40758658143578114, 1.184928625046006, 0.3091547873507199, 0.5112770412561376, 0.18052232601814858,
      -0.8828360294847257,
    ]);
  });

  test("truncated normal", () => {
    expect([...golden().truncatedNormal(new Float32Array(6))]).toEqual([
      -0.38805606961250305, 0.03257736936211586, 1.1012088060379028, -0.39662495255470276, 0.29466333985328674,
      -0.8285463452339172,
    ]);
    const exact = [-0.3880560741152574, 1.1012088010656567, 0.2946633323790763, 0.48603756121065994];
    const wide = golden().truncatedNormal(new Float64Array(4));
    exact.forEach((z, i) => {
      expect(Math.abs(wide[i]! / z - 1)).toBeLessThan(1e-15);
    });
    expect([...wide]).toEqual([-0.3880560741152574, 1.1012088010656562, 0.2946633323790763, 0.48603756121066005]);
  });

  test("integers, bits, permutation, mask", () => {
    expect([...golden().integers(new Int32Array(10), -5, 5)]).toEqual([-2, 0, 3, -2, 1, -4, 1, -1, 0, -4]);
    // 3·2³⁰ values: one word in four is skipped.
    expect([...golden().integers(new Int32Array(5), -(2 ** 31), 2 ** 30)]).toEqual([
      -679512755, 58470028, -693755441, 521400909, -1333350004,
    ]);
    expect([...golden().integers(new Int32Array(3), -(2 ** 31), 2 ** 31)]).toEqual([-679512755, 58470028, 1640579453]);
    expect(golden().bits(new Uint8Array(40)).join("")).toBe("1011001010101110111111101110101000110001");
    expect([...golden().permutation(12)]).toEqual([6, 9, 0, 10, 2, 7, 1, 11, 3, 8, 5, 4]);
    expect([...golden().mask(new Float32Array(12), 0.5)]).toEqual([2, 0, 0, 2, 0, 2, 0, 2, 0, 2, 2, 2]);
    expect([...golden().mask(new Float64Array(4), 0.3)]).toEqual([0, 0, 0, 0]);
    expect([...golden().mask(new Float64Array(4), 0.35)]).toEqual([1 / 0.35, 0, 0, 1 / 0.35]);
  });

  test("a long run of normals, bit for bit", () => {
    const words = new Uint32Array(golden().normal(new Float32Array(50_000)).buffer);
    const halves = new Uint32Array(golden().normal(new Float64Array(50_000)).buffer);
    const digest = (all: Uint32Array) => all.reduce((sum, word) => (Math.imul(sum, 31) + word) | 0, 0);
    expect([digest(words), digest(halves)]).toEqual([-130742560, -508055433]);
  });
});

describe("a stream", () => {
  test("makes the same numbers in any order and whatever other streams do", () => {
    const forward = [0, 1, 2].map((step) => source.stream("dropout", step).words(new Uint32Array(9)));
    const streams = [2, 1, 0].map((step) => randomSource(7).stream("dropout", step));
    const parts = streams.map((stream) => [...stream.words(new Uint32Array(4))]);
    const rest = streams.map((stream) => [...stream.words(new Uint32Array(5))]);
    expect([2, 1, 0].map((i) => [...parts[i]!, ...rest[i]!])).toEqual(forward.map((words) => [...words]));
  });

  const fills: Record<string, (stream: Stream, n: number) => ArrayLike<number>> = {
    words: (s, n) => s.words(new Uint32Array(n)),
    "uniform float32": (s, n) => s.uniform(new Float32Array(n), -1, 3),
    "uniform float64": (s, n) => s.uniform(new Float64Array(n), -1, 3),
    "normal float32": (s, n) => s.normal(new Float32Array(n), 1, 2),
    "normal float64": (s, n) => s.normal(new Float64Array(n), 1, 2),
    "truncated normal float32": (s, n) => s.truncatedNormal(new Float32Array(n)),
    "truncated normal float64": (s, n) => s.truncatedNormal(new Float64Array(n)),
    integers: (s, n) => s.integers(new Int32Array(n), 0, 3 * 2 ** 29),
    bits: (s, n) => s.bits(new Uint8Array(n)),
    mask: (s, n) => s.mask(new Float32Array(n), 0.7),
  };
  test.each(Object.entries(fills))("%s: at once, in pieces and one by one are the same", (_, fill) => {
    const total = 2600;
    const whole = Array.from(fill(golden(), total));
    const single = golden();
    expect(Array.from({ length: total }, () => fill(single, 1)[0])).toEqual(whole);
    const pieces = golden();
    const sizes = [0, 1, 2, 1023, 31, 1025, 33, 0, 64, 421];
    expect(sizes.flatMap((n) => Array.from(fill(pieces, n)))).toEqual(whole);
  });

  test("words drawn between two calls of bits don't cost bits", () => {
    const plain = golden().bits(new Uint8Array(64));
    const mixed = golden();
    const first = [...mixed.bits(new Float32Array(5))];
    expect(mixed.words(new Uint32Array(1))[0]).toBe(0x837c2e8c);
    expect([...first, ...mixed.bits(new Int32Array(27))]).toEqual([...plain.subarray(0, 32)]);
  });

  test("returns the array it was given, also an empty one", () => {
    const out = new Float32Array(0);
    expect(golden().normal(out)).toBe(out);
    expect(golden().permutation(0)).toHaveLength(0);
    expect([...golden().permutation(1)]).toEqual([0]);
  });
});

describe("bounds", () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 });
  const small = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e38), max: Math.fround(1e38) });

  test("uniform stays in [low, high)", () => {
    fc.assert(
      fc.property(finite, finite, fc.integer(), (a, b, step) => {
        fc.pre(a !== b);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const out = source.stream("bounds", step).uniform(new Float64Array(40), low, high);
        expect(out.every((x) => x >= low && x < high)).toBe(true);
      }),
      { seed: 3 },
    );
    fc.assert(
      fc.property(small, small, fc.integer(), (a, b, step) => {
        fc.pre(a !== b);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const out = source.stream("bounds", step).uniform(new Float32Array(40), low, high);
        expect(out.every((x) => x >= low && x < high)).toBe(true);
      }),
      { seed: 4 },
    );
  });

  test("a result that would round up to high becomes the number below", () => {
    // Only one number is in each range, though half of the results would round to `high`.
    const n = 64;
    const one = 1 - 2 ** -24;
    expect([...golden().uniform(new Float32Array(n), one, 1)]).toEqual(Array(n).fill(one));
    expect([...golden().uniform(new Float32Array(n), -(2 ** -149), 0)]).toEqual(Array(n).fill(-(2 ** -149)));
    expect([...golden().uniform(new Float32Array(n), -1, -one)]).toEqual(Array(n).fill(-1));
    expect([...golden().uniform(new Float64Array(n), 1 - 2 ** -53, 1)]).toEqual(Array(n).fill(1 - 2 ** -53));
    expect([...golden().uniform(new Float64Array(n), -1, -1 + 2 ** -53)]).toEqual(Array(n).fill(-1));
    const least = Number.MIN_VALUE;
    expect([...golden().uniform(new Float64Array(n), -least, 0)]).toEqual(Array(n).fill(-least));
  });

  test("truncated normals stay within two deviations", () => {
    const out = source.stream("cut").truncatedNormal(new Float32Array(200_000), 0, 1);
    const furthest = out.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(furthest).toBeLessThanOrEqual(2);
    expect(furthest).toBeGreaterThan(1.999);
  });

  test("integers stay in low … high − 1 and permutations hold every number once", () => {
    const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });
    fc.assert(
      fc.property(int, int, fc.integer(), (a, b, step) => {
        fc.pre(a !== b);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const out = source.stream("integers", step).integers(new Int32Array(40), low, high);
        expect(out.every((x) => x >= low && x < high)).toBe(true);
      }),
      { seed: 5 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.integer(), (n, step) => {
        const sorted = source.stream("permutation", step).permutation(n).sort();
        expect(sorted.every((x, i) => x === i) && sorted.length === n).toBe(true);
      }),
      { seed: 6, numRuns: 40 },
    );
  });

  test("the words beyond equal shares are skipped, by integers and by permutations", () => {
    // 2³² mod 65175 is 65146: about fifteen of a million words are skipped.
    const out = source.stream("skipped").integers(new Int32Array(1_000_000), 0, 65175);
    expect(out.reduce((most, x) => Math.max(most, x), 0)).toBe(65174);
    // In this stream five words are skipped by the permutation.
    const n = 200_000;
    const oneByOne = source.stream("cards");
    const shuffled = Int32Array.from({ length: n }, (_, i) => i);
    const chosen = new Int32Array(1);
    for (let i = n - 1; i > 0; i--) {
      const j = oneByOne.integers(chosen, 0, i + 1)[0]!;
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    const stream = source.stream("cards");
    expect(stream.permutation(n)).toEqual(shuffled);
    expect(stream.words(new Uint32Array(1))).toEqual(oneByOne.words(new Uint32Array(1)));
  });

  test("a mask keeps exactly the words below keep", () => {
    const first = 0x577f754d;
    expect(golden().mask(new Float64Array(1), first / 2 ** 32)[0]).toBe(0);
    expect(golden().mask(new Float64Array(1), (first + 1) / 2 ** 32)[0]).toBe(2 ** 32 / (first + 1));
  });

  test("deviation 0 gives the mean, keep 1 keeps all", () => {
    expect([...golden().normal(new Float32Array(3), 0.25, 0)]).toEqual([0.25, 0.25, 0.25]);
    expect([...golden().mask(new Float32Array(3), 1)]).toEqual([1, 1, 1]);
  });
});

test("refuses arguments outside their range, by name", () => {
  const [f, d, i] = [new Float32Array(1), new Float64Array(1), new Int32Array(1)];
  const s = golden();
  const bad: [() => unknown, RegExp][] = [
    [() => s.uniform(f, 1, 1), /^Stream\.uniform: low is 1, high is 1; expected finite numbers with low < high/],
    [() => s.uniform(f, 2, 1), /uniform/],
    [() => s.uniform(f, 1, 1 + 1e-9), /uniform/],
    [() => s.uniform(f, 0, 1e39), /uniform/],
    [() => s.uniform(d, Number.NaN, 1), /uniform/],
    [() => s.uniform(d, 0, Infinity), /uniform/],
    [() => s.uniform(d, -1.7e308, 1.7e308), /uniform/],
    [() => s.normal(f, 0, -1), /^Stream\.normal: deviation is -1, mean is 0; expected deviation ≥ 0/],
    [() => s.normal(f, 0, Number.NaN), /deviation is NaN/],
    [() => s.normal(f, 0, Infinity), /deviation is Infinity/],
    [() => s.normal(f, 0, 1e38), /deviation is 1e\+38/],
    [() => s.normal(f, Infinity), /mean is Infinity/],
    [() => s.truncatedNormal(d, Number.NaN), /^Stream\.truncatedNormal: mean is NaN/],
    [() => s.truncatedNormal(d, 0, -1), /deviation is -1/],
    [() => s.integers(i, 0, 0), /^Stream\.integers: low is 0, high is 0; expected integers/],
    [() => s.integers(i, 0.5, 2), /low is 0.5/],
    [() => s.integers(i, 0, 2.5), /high is 2.5/],
    [() => s.integers(i, 0, 2 ** 31 + 1), /integers/],
    [() => s.integers(i, -(2 ** 31) - 1, 0), /integers/],
    [() => s.integers(i, 0, Number.NaN), /integers/],
    [() => s.permutation(-1), /^Stream\.permutation: n is -1; expected an integer from 0/],
    [() => s.permutation(1.5), /n is 1.5/],
    [() => s.permutation(2 ** 31), /n is 2147483648/],
    [() => s.mask(f, 0), /^Stream\.mask: keep is 0; expected 0 < keep ≤ 1/],
    [() => s.mask(f, 1.1), /keep is 1.1/],
    [() => s.mask(f, 1e-39), /keep is 1e-39/],
    [() => s.mask(d, Number.NaN), /keep is NaN/],
  ];
  for (const [call, message] of bad) {
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ name: "LonghandError", code: "argument" }));
  }
  // Nothing was drawn by the refused calls.
  expect(s.words(new Uint32Array(1))[0]).toBe(0x577f754d);
});
