import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  adderCertificate,
  type Draft,
  type DraftEquation,
  equation,
  hashWeights,
  leakyCertificate,
  stepCertificate,
} from "./certificates.test-helper.ts";
import { checkCertificate } from "./check.ts";

async function reasonOf(certificate: unknown): Promise<string> {
  const checked = await checkCertificate(certificate);
  if (checked.accepted) throw new Error("it was accepted");
  return checked.reason;
}

describe("certificates that hold", () => {
  test("of the adder of three step units", async () => {
    expect(await checkCertificate(adderCertificate())).toEqual({
      accepted: true,
      states: 2,
      sets: 4,
      moves: 20,
      margin: 0.5,
    });
  });

  test("of a leaky unit, by hand: h' = h/4 + 3x/4 maps [0, 1] to [0, ¼] and [¾, 1], a quarter from ½", async () => {
    const checked = await checkCertificate(leakyCertificate(0, 1));
    expect(checked).toMatchObject({ accepted: true, sets: 1, moves: 4 });
    if (!checked.accepted) return;
    expect(checked.margin).toBeLessThan(0.25);
    expect(checked.margin).toBeGreaterThan(0.25 - 16 * 2 ** -24);
  });

  test("of the leaky unit without limits where the set has room for rounding", async () => {
    // The set's ends shrink to a quarter of their distance: 3/4 · 2^-20 = 12 · 2^-24 of room, of which rounding takes 5.
    expect(await reasonOf(leakyCertificate(0, 1, false))).toMatch(/^set -1, letter 1: .*|set 0.*leaves/);
    expect(await checkCertificate(leakyCertificate(-(2 ** -20), 1 + 2 ** -20, false))).toMatchObject({
      accepted: true,
    });
  });

  test("with a logit that is 0 where the answer is 0", async () => {
    const certificate = adderCertificate();
    certificate.network.weights.c!.values[0] = 0;
    certificate.network.sha256 = hashWeights(certificate.network.weights);
    expect(await reasonOf(certificate)).toContain("the margin is 0, not 0.5");
    expect(await checkCertificate({ ...certificate, margin: 0 })).toMatchObject({ accepted: true, margin: 0 });
  });
});

describe("certificates that just fail", () => {
  test.each([
    [0.01, 1, "set 0, letter 0: next h[0]"],
    [0, 0.99, "letter 1: next h[0]"],
  ])("the leaky unit leaves [%d, %d]", async (low, high, reason) => {
    // The first step from h = 0 comes to ¾ and 0: the lower end 0.01 fails there already.
    const [lower, upper] = [Math.fround(low), Math.fround(high)];
    const text = await reasonOf(leakyCertificate(lower, upper));
    expect(text).toContain(low > 0 ? "set -1, letter 0: next h[0]" : reason);
  });

  test("by a wider set the answer is lost: from h = 2.01, x = 0 comes over ½", async () => {
    expect(await checkCertificate({ ...leakyCertificate(0, 1.5), margin: 0.1 })).toMatchObject({ accepted: true });
    expect(await reasonOf(leakyCertificate(0, Math.fround(2.01)))).toContain(
      "set 0, letter 0: the answer may not be 0",
    );
  });
});

describe("tampering", () => {
  const cases: readonly (readonly [string, (certificate: Draft) => void, string])[] = [
    ["another format", (c) => Object.assign(c, { format: "other" }), "format"],
    ["another version", (c) => Object.assign(c, { formatVersion: 2 }), "format"],
    [
      "a set shrunk",
      (c) => Object.assign(c.sets[3]!.bounds, { h: { lower: [0, 0, 0], upper: [1, 1, 0.75] } }),
      "leaves",
    ],
    [
      "a set of another state",
      (c) => {
        c.sets[1]!.state = 1;
      },
      "machine state",
    ],
    [
      "a set of no state",
      (c) => {
        c.sets[1]!.state = 2;
      },
      "integer",
    ],
    ["a set removed", (c) => void c.sets.pop(), "integer"],
    ["bounds of another size", (c) => void c.sets[0]!.bounds.h!.lower.pop(), "2 elements"],
    [
      "bounds too wide",
      (c) => {
        for (const { bounds } of c.sets) {
          bounds.h!.lower.push(0);
          bounds.h!.upper.push(0);
        }
      },
      "its bounds",
    ],
    ["bounds of another tensor", (c) => Object.assign(c.sets[0]!, { bounds: { g: c.sets[0]!.bounds.h } }), "next g"],
    ["one tensor too many", (c) => Object.assign(c.sets[0]!.bounds, { g: c.sets[0]!.bounds.h }), "bound all"],
    [
      "lower > upper",
      (c) => {
        c.sets[0]!.bounds.h!.lower[0] = 1;
      },
      "too large or in disorder",
    ],
    [
      "NaN",
      (c) => {
        c.sets[0]!.bounds.h!.lower[0] = Number.NaN;
      },
      "no float32",
    ],
    [
      "no float32 bound",
      (c) => {
        c.sets[0]!.bounds.h!.upper[0] = 0.1;
      },
      "no float32",
    ],
    [
      "a weight changed",
      (c) => {
        c.network.weights.b!.values[0] = -0.25;
      },
      "sha256",
    ],
    [
      "a weight that is no float32",
      (c) => {
        c.network.weights.b!.values[0] = -0.1;
      },
      "no float32",
    ],
    [
      "an infinite weight",
      (c) => {
        c.network.weights.b!.values[0] = Infinity;
      },
      "no float32",
    ],
    ["a weight too many", (c) => void c.network.weights.b!.values.push(1), "4 elements"],
    [
      "a weight's shape",
      (c) => {
        c.network.weights.W!.shape = [3, 2];
      },
      "sha256",
    ],
    [
      "the hash",
      (c) => {
        c.network.sha256 = c.network.sha256.replace(/^./, (x) => (x === "0" ? "1" : "0"));
      },
      "sha256",
    ],
    ["a transition dropped", (c) => void c.machine.transitions.splice(5, 1), "can't come"],
    ["a transition doubled", (c) => void c.machine.transitions.push([0, 0, 1, 1]), "twice"],
    ["a state without letters", (c) => void c.machine.states.push("stuck"), "no letter comes"],
    [
      "no initial state",
      (c) => {
        c.machine.initial = 2;
      },
      "integer",
    ],
    [
      "a letter doubled",
      (c) => {
        c.machine.letters[1] = [0, 0];
      },
      "twice",
    ],
    ["a longer letter", (c) => void c.machine.letters[3]!.push(0), "shape"],
    [
      "an answer flipped",
      (c) => {
        c.machine.transitions[0]![3] = 1;
      },
      "may not be 1",
    ],
    [
      "an answer that no logit has",
      (c) => {
        c.machine.transitions[0]![3] = 2;
      },
      "answer 2",
    ],
    [
      "a next state flipped",
      (c) => {
        c.machine.transitions[0]![2] = 1;
      },
      "machine state",
    ],
    ["a move dropped", (c) => void c.moves.pop(), "no move"],
    ["a move doubled", (c) => void c.moves.push([0, 0, 0]), "twice"],
    ["a move by no letter", (c) => void c.moves.push([0, 4, 0]), "can't come"],
    [
      "a move to the wrong set",
      (c) => {
        c.moves[0]![2] = 1;
      },
      "leaves",
    ],
    [
      "a move to no set",
      (c) => {
        c.moves[0]![2] = 4;
      },
      "integer",
    ],
    [
      "a margin raised",
      (c) => {
        c.margin = 0.51;
      },
      "the margin is 0.5",
    ],
    [
      "a margin below 0",
      (c) => {
        c.margin = -1;
      },
      "the margin is 0.5",
    ],
    [
      "an unknown operator",
      (c) => {
        c.network.step.equations[5]!.operator = "Softsign";
      },
      "Softsign",
    ],
    [
      "an inherited name as operator",
      (c) => {
        c.network.step.equations[5]!.operator = "constructor";
      },
      "constructor",
    ],
    ["an input before its equation", (c) => void c.network.step.equations.reverse(), "no value"],
    [
      "a name taken",
      (c) => {
        c.network.step.equations[1]!.name = "x";
      },
      "taken",
    ],
    [
      "a weight in the place of a state",
      (c) => {
        c.network.weights["state h"] = { shape: [1, 3], values: [0, 0, 0] };
        c.network.sha256 = hashWeights(c.network.weights);
      },
      "twice",
    ],
    [
      "a shape",
      (c) => {
        c.network.step.equations[1]!.shape = [3, 1];
      },
      "shape",
    ],
    [
      "an output",
      (c) => {
        c.network.step.outputs.logits = "z";
      },
      "logits",
    ],
    ["no logits", (c) => void delete c.network.first.outputs.logits, "bound all"],
  ];

  test.each(cases)("%s is rejected", async (_, tamper, reason) => {
    const certificate = adderCertificate();
    tamper(certificate);
    expect(await reasonOf(certificate)).toContain(reason);
  });

  test("a weight changed with its hash is judged by what it does", async () => {
    const withBias = (bias: number) => {
      const certificate = adderCertificate();
      certificate.network.weights.b!.values[1] = bias;
      certificate.network.sha256 = hashWeights(certificate.network.weights);
      return certificate;
    };
    expect(await checkCertificate(withBias(-1.25))).toMatchObject({ accepted: true });
    // The threshold of the second unit is below 1: one digit alone carries.
    expect(await reasonOf(withBias(-0.75))).toContain("leaves");
    // On the threshold itself: 2 − 2 is 0 in every order, which is not above 0.
    expect(await reasonOf(withBias(-2))).toContain("leaves");
    expect(await checkCertificate(withBias(-1))).toMatchObject({ accepted: true });
  });

  test.each([null, undefined, 1, "{}", [], {}, { format: "longhand-certificate", formatVersion: 1 }])(
    "%j is rejected",
    async (value) => {
      expect(await reasonOf(value)).not.toBe("");
    },
  );
});

// ── Arithmetic, seen from outside: the bounds on the state after a step ──

/** Bounds on what equations make as "out", from the reason why it isn't 2^60. */
async function boundsOf(
  weights: Record<string, { shape: number[]; values: number[] }>,
  equations: readonly DraftEquation[],
): Promise<[number, number]> {
  const reason = await reasonOf(stepCertificate(weights, equations, { lower: [2 ** 60], upper: [2 ** 60] }));
  const found = /next h\[0\] in \[(.+), (.+)\] leaves/.exec(reason);
  if (!found) throw new Error(reason);
  return [Number(found[1]), Number(found[2])];
}

/** x · 2^300, exactly. */
function scaled(x: number): bigint {
  let [number, halvings] = [x, 0];
  while (!Number.isInteger(number)) [number, halvings] = [number * 2, halvings + 1];
  return BigInt(number) << BigInt(300 - halvings);
}

/** A sum of products a_k b_k and single numbers c_k, as a MatMul and Adds. */
const sumOf = (a: number[], b: number[], c: number[]) =>
  boundsOf(
    {
      a: { shape: [1, a.length], values: a },
      b: { shape: [b.length, 1], values: b },
      ...Object.fromEntries(c.map((value, k) => [`c${k}`, { shape: [1], values: [value] }])),
    },
    [
      equation("s0", "MatMul", ["a", "b"], [1, 1]),
      ...c.map((_, k) => equation(`s${k + 1}`, k % 2 ? "Sub" : "Add", [`s${k}`, `c${k}`], [1, 1])),
      equation("out", "Identity", [`s${c.length}`], [1, 1]),
    ],
  );

/** The sum in float32, taking two random parts together until one is left; products rounded, or fused into their first sum. */
function addUp(terms: readonly { value: number; isProduct: boolean }[], random: () => number): number {
  const parts = terms.map(({ value, isProduct }) => (isProduct && random() < 0.5 ? value : Math.fround(value)));
  while (parts.length > 1) {
    const [x] = parts.splice(Math.floor(random() * parts.length), 1);
    const [y] = parts.splice(Math.floor(random() * parts.length), 1);
    // One fused product a sum: the other one is rounded.
    parts.push(Math.fround(random() < 0.5 ? x! + Math.fround(y!) : Math.fround(x!) + y!));
  }
  return Math.fround(parts[0]!);
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const float32 = fc
  .tuple(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), fc.integer({ min: -60, max: 0 }))
  .map(([m, e]) => m * 2 ** e);

test("sums hold the exact value and every float32 value, whatever the order, and are not much wider", async () => {
  const sizes = { minLength: 1, maxLength: 12 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(float32, float32), sizes),
      fc.array(float32, { maxLength: 4 }),
      fc.integer(),
      async (products, singles, seed) => {
        const [low, high] = await sumOf(
          products.map(([a]) => a),
          products.map(([, b]) => b),
          singles,
        );
        const terms = [
          ...products.map(([a, b]) => ({ value: a * b, isProduct: true })),
          ...singles.map((c, k) => ({ value: k % 2 ? -c : c, isProduct: false })),
        ];
        const exact = terms.reduce((sum, { value }) => sum + scaled(value), 0n);
        expect(scaled(low) <= exact && exact <= scaled(high)).toBe(true);
        const random = seeded(seed);
        for (let order = 0; order < 20; order++) {
          const computed = addUp(terms, random);
          expect(low <= computed && computed <= high, `${low} ≤ ${computed} ≤ ${high}`).toBe(true);
        }
        const size = terms.reduce((sum, { value }) => sum + Math.abs(value), 0);
        expect(high - low).toBeLessThanOrEqual(2 * (terms.length + 6) * 2 ** -24 * size + 2 ** -130);
      },
    ),
    { seed: 7, numRuns: 150 },
  );
});

test("a sum of multiples of q whose sizes come to no more than 2^24 q is exact; beyond it is not", async () => {
  const whole = fc.integer({ min: -(2 ** 10), max: 2 ** 10 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(whole, whole), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: -60, max: 0 }),
      async (pairs, e) => {
        const unit = 2 ** e;
        const [low, high] = await sumOf(
          pairs.map(([a]) => a),
          pairs.map(([, b]) => b * unit),
          [unit],
        );
        const exact = pairs.reduce((sum, [a, b]) => sum + a * b * unit, unit);
        expect([low, high]).toEqual([exact, exact]);
      },
    ),
    { seed: 3, numRuns: 50 },
  );
  expect(await sumOf([1], [2 ** 24 - 1], [1])).toEqual([2 ** 24, 2 ** 24]);
  const [low, high] = await sumOf([1], [2 ** 24 - 1], [2, 1]);
  expect([low < 2 ** 24, high > 2 ** 24]).toEqual([true, true]);
  // (2^24 + 1) − 2^24 is 1, or 0 where 2^24 + 1 is rounded first.
  const [least, most] = await sumOf([1], [2 ** 24], [1, 2 ** 24]);
  expect([least <= 0, most >= 1]).toEqual([true, true]);
});

describe("operators", () => {
  const one = (value: number) => ({ x: { shape: [1, 1], values: [value] } });
  const applied = (operator: string, value: number, attributes?: Record<string, unknown>) =>
    boundsOf(one(value), [equation("out", operator, ["x"], [1, 1], attributes)]);

  test.each([
    ["Tanh", Math.tanh],
    ["Exp", Math.exp],
    ["Sigmoid", (x: number) => 1 / (1 + Math.exp(-x))],
  ] as const)("%s is within 2^-20 (1 + |y|), and the bounds say no more", async (operator, f) => {
    for (const x of [-20, -1.5, -0.125, 0, 0.5, 3, 17]) {
      const [low, high] = await applied(operator, x);
      const error = 2 ** -20 * (1 + Math.abs(f(x)));
      expect(low).toBeLessThanOrEqual(f(x) - error);
      expect(high).toBeGreaterThanOrEqual(f(x) + error);
      expect(high - low).toBeLessThan(2.5 * error);
    }
  });

  test.each([
    ["Abs", -2, {}, 2],
    ["Neg", -2, {}, 2],
    ["Relu", -2, {}, 0],
    ["Relu", 2, {}, 2],
    ["Clip", -2, { low: -1, high: 1 }, -1],
    ["Clip", 2, { low: -1, high: null }, 2],
    ["HardSigmoid", 0.5, { alpha: 0.5, beta: 0.5 }, 0.75],
    ["HardSigmoid", 5, { alpha: 0.5, beta: 0.5 }, 1],
    ["HardSigmoid", -5, { alpha: 0.5, beta: 0.5 }, 0],
    ["Cast", -2.5, { to: "float" }, -2.5],
  ])("%s of %d with %j is %d", async (operator, x, attributes, y) => {
    expect(await applied(operator, x, attributes)).toEqual([y + 0, y + 0]);
  });

  test("constants that are no float32 numbers are both what is written and what it rounds to", async () => {
    const [low, high] = await boundsOf({}, [
      equation("out", "Constant", [], [1, 1], { dtype: "float", values: [0.1] }),
    ]);
    expect(low).toBeLessThan(0.1);
    expect(high).toBe(Math.fround(0.1));
  });

  test.each([
    ["Greater", [0, 0, 1]],
    ["GreaterOrEqual", [0, 1, 1]],
    ["Less", [1, 0, 0]],
    ["LessOrEqual", [1, 1, 0]],
    ["Equal", [0, 1, 0]],
    ["Max", [2, 2, 3]],
    ["Min", [1, 2, 2]],
    ["Add", [3, 4, 5]],
    ["Sub", [-1, 0, 1]],
    ["Mul", [2, 4, 6]],
  ])("%s of 1, 2, 3 and 2, broadcast", async (operator, expected) => {
    for (const [k, y] of expected.entries()) {
      const made = await boundsOf({ x: { shape: [3], values: [1, 2, 3] }, y: { shape: [1, 1], values: [2] } }, [
        equation("all", operator, ["x", "y"], [1, 3]),
        equation("out", "Slice", ["all"], [1, 1], { axis: -1, start: k, stride: 1 }),
      ]);
      expect(made).toEqual([y, y]);
    }
  });

  test("logic", async () => {
    const bit = (value: number) => ({ shape: [1, 1], values: [value] });
    for (const [a, b] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      const made = (operator: string, inputs: string[]) =>
        boundsOf({ a: bit(a), b: bit(b) }, [equation("out", operator, inputs, [1, 1])]);
      expect(await made("And", ["a", "b"])).toEqual([a & b, a & b]);
      expect(await made("Or", ["a", "b"])).toEqual([a | b, a | b]);
      expect(await made("Not", ["a"])).toEqual([1 - a, 1 - a]);
      expect(await made("Where", ["a", "b", "a"])).toEqual([a ? b : a, a ? b : a]);
    }
  });

  test("what can't be told is both", async () => {
    const tenth = equation("tenth", "Constant", [], [1, 1], { dtype: "float", values: [0.1] });
    const test = (operator: string, other: string) => [tenth, equation("out", operator, ["tenth", other], [1, 1])];
    expect(await boundsOf({}, test("Greater", "tenth"))).toEqual([0, 1]);
    expect(await boundsOf({}, test("Equal", "tenth"))).toEqual([0, 1]);
    const where = [...test("Greater", "tenth").slice(0, 1), equation("is", "Greater", ["tenth", "tenth"], [1, 1])];
    const choice = equation("out", "Where", ["is", "x", "y"], [1, 1]);
    expect(await boundsOf({ ...one(3), y: { shape: [1], values: [-1] } }, [...where, choice])).toEqual([-1, 3]);
  });

  test("elements that move: Transpose, Reshape, Slice, Concat, Expand, by ONNX's meaning", async () => {
    const matrix = { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] };
    const elements = async (equations: readonly DraftEquation[], count: number) => {
      const found: number[] = [];
      for (let k = 0; k < count; k++) {
        const flat = equation("flat", "Reshape", ["made"], [1, count]);
        const out = equation("out", "Slice", ["flat"], [1, 1], { axis: -1, start: k, stride: 1 });
        found.push((await boundsOf({ m: matrix }, [...equations, flat, out]))[0]);
      }
      return found;
    };
    const transposed = equation("made", "Transpose", ["m"], [3, 2], { permutation: [1, 0] });
    expect(await elements([transposed], 6)).toEqual([1, 4, 2, 5, 3, 6]);
    const cube = equation("cube", "Reshape", ["m"], [1, 2, 3]);
    const turned = equation("made", "Transpose", ["cube"], [3, 1, 2], { permutation: [2, 0, 1] });
    expect(await elements([cube, turned], 6)).toEqual([1, 4, 2, 5, 3, 6]);
    const every = equation("made", "Slice", ["m"], [2, 2], { axis: -1, start: 0, stride: 2 });
    expect(await elements([every], 4)).toEqual([1, 3, 4, 6]);
    expect(await elements([equation("made", "Concat", ["m", "m"], [4, 3], { axis: -2 })], 12)).toEqual([
      ...[1, 2, 3, 4, 5, 6],
      ...[1, 2, 3, 4, 5, 6],
    ]);
    const wide = equation("made", "Concat", ["m", "m"], [2, 6], { axis: -1 });
    expect(await elements([wide], 12)).toEqual([1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
    const row = equation("row", "Slice", ["m"], [1, 3], { axis: -2, start: 1, stride: 1 });
    expect(await elements([row, equation("made", "Expand", ["row"], [2, 3])], 6)).toEqual([4, 5, 6, 4, 5, 6]);
  });

  test.each([
    [equation("out", "Slice", ["x"], [1, 1], { axis: -1, start: 1, stride: 1 }), "integer"],
    [equation("out", "Slice", ["x"], [1, 2], { axis: -1, start: 0, stride: 1 }), "integer"],
    [equation("out", "Slice", ["x"], [1, 1], { axis: 0, start: 0, stride: 1 }), "integer"],
    [equation("out", "Transpose", ["x"], [1, 1], { permutation: [0, 0] }), "permutation"],
    [equation("out", "MatMul", ["x", "y"], [1, 1]), "don't fit"],
    [equation("out", "Add", ["x"], [1, 1]), "operator"],
    [equation("out", "Reshape", ["y"], [1, 1]), "elements"],
    [equation("out", "Cast", ["x"], [1, 1], { to: "double" }), "type"],
    [equation("out", "Constant", [], [1, 1], { dtype: "float", values: ["1"] }), "no number"],
  ])("%j is rejected", async (written, reason) => {
    const weights = { ...one(1), y: { shape: [2, 1], values: [1, 2] } };
    expect(await reasonOf(stepCertificate(weights, [written], { lower: [0], upper: [0] }))).toContain(reason);
  });

  test("numbers that overflow are rejected", async () => {
    const square = equation("out", "Mul", ["x", "x"], [1, 1]);
    expect(await reasonOf(stepCertificate(one(2 ** 40), [square], { lower: [0], upper: [0] }))).toContain("too large");
  });
});
