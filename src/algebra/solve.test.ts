import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideSystem } from "./decide.ts";
import * as polynomials from "./polynomial.ts";
import * as rationals from "./rational.ts";
import { linearRefutation } from "./refutation.ts";
import { rationalSolutions, type SolveOptions } from "./solve.ts";
import { drawnPolynomial, katsura, read } from "./systems.test-helper.ts";
import { rationalRoots } from "./univariate.ts";

fc.configureGlobal({ seed: 1 });

const roots = (...coefficients: number[]) => rationalRoots(coefficients.map(BigInt)).map(rationals.format);

describe("rational roots", () => {
  test("by hand", () => {
    expect(roots(-6, 11, -6, 1)).toEqual(["1", "2", "3"]);
    expect(roots(-3, -5, 12, 20)).toEqual(["-3/5", "-1/2", "1/2"]);
    expect(roots(0, 0, 2, -4, 2)).toEqual(["0", "1"]);
    expect(roots(-2, 0, 1)).toEqual([]);
    expect(roots(5)).toEqual([]);
  });
  test("of products of linear factors, however large, with an irreducible one", () => {
    const root = fc.tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 6n }));
    fc.assert(
      fc.property(fc.array(root, { minLength: 1, maxLength: 4 }), (planted) => {
        const times = (f: bigint[], g: bigint[]) => {
          const made = new Array<bigint>(f.length + g.length - 1).fill(0n);
          f.forEach((a, i) => {
            g.forEach((b, j) => {
              made[i + j]! += a * b;
            });
          });
          return made;
        };
        const f = planted.reduce((product, [n, d]) => times(product, [-n, d]), [2n, 0n, 0n, 1n]);
        const expected = planted.map(([n, d]) => rationals.rational(n, d)).sort(rationals.compare);
        expect(rationalRoots(f).map(rationals.format)).toEqual([...new Set(expected.map(rationals.format))]);
      }),
    );
  });
});

const solve = (system: polynomials.Polynomial[], options?: SolveOptions) => {
  const { solutions, isComplete } = rationalSolutions(system, options);
  const shown = solutions.map((each) =>
    Object.entries(each).map(([name, value]) => `${name}=${rationals.format(value)}`),
  );
  return { shown: shown.map((each) => each.join(" ")).sort(), isComplete };
};

describe("rational solutions", () => {
  test("all of finitely many", () => {
    const system = read("xy", "x^2 + y^2 - 25", "x*y - 12");
    expect(solve(system, { most: 10 })).toEqual({
      shown: ["x=-3 y=-4", "x=-4 y=-3", "x=3 y=4", "x=4 y=3"],
      isComplete: true,
    });
    expect(solve(system, { most: 2 })).toMatchObject({ isComplete: false });
    expect(solve(read("xy", "x^2 - 2", "y - x"), { most: 9 })).toEqual({ shown: [], isComplete: true });
    expect(solve(read("xy", "x - 1/2", "y^3"), { most: 9 })).toEqual({ shown: ["x=1/2 y=0"], isComplete: true });
    expect(solve(katsura(3), { most: 9 }).shown).toContain("x0=1 x1=0 x2=0 x3=0");
  });
  test("one of infinitely many", () => {
    expect(solve(read("xyz", "x*y - 1", "z - x - y"))).toEqual({ shown: ["x=1 y=1 z=2"], isComplete: false });
    expect(solve(read("xy", "0"))).toEqual({ shown: ["x=1 y=1"], isComplete: false });
    expect(solve(read("xy", "x^2 - y^3 - 1"))).toMatchObject({ shown: [expect.any(String)], isComplete: false });
  });
  test("within limits", () => {
    expect(solve(katsura(4), { limits: { work: 500 } })).toEqual({ shown: [], isComplete: false });
    expect(solve(read("xyz", "x*y - 1", "z - x - y"), { tries: 1 })).toEqual({ shown: [], isComplete: false });
  });
  test("each makes the equations true", () => {
    const names = ["x", "y"];
    fc.assert(
      fc.property(fc.array(drawnPolynomial(names), { minLength: 1, maxLength: 2 }), (system) => {
        const { solutions } = rationalSolutions(system, { most: 3, tries: 20, limits: { work: 20_000 } });
        for (const solution of solutions) {
          for (const p of system) expect(polynomials.isZero(polynomials.substitute(p, solution))).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("linear refutations", () => {
  const sum = (system: polynomials.Polynomial[], factors: readonly rationals.Rational[]) =>
    polynomials.add(...(system.map((p, k) => polynomials.scale(p, factors[k]!)) as [polynomials.Polynomial]));

  test("add up to 1", () => {
    const system = read("ab", "a*b/3 + 1/2", "a^2 - b", "a*b - a^2/2", "b - 7");
    const factors = linearRefutation(system)!;
    expect(polynomials.equals(sum(system, factors), polynomials.constant(["a", "b"], rationals.one))).toBe(true);
  });
  test("aren't found where there are none, though the ideal may be everything", () => {
    expect(linearRefutation(read("xy", "x*y - 1", "x"))).toBeUndefined();
    expect(linearRefutation(read("xy", "x - 1", "0", "2*x - 2"))).toBeUndefined();
  });
  test("exist exactly where a combination is 1", () => {
    const names = ["x", "y"];
    fc.assert(
      fc.property(fc.array(drawnPolynomial(names), { minLength: 1, maxLength: 4 }), (system) => {
        const factors = linearRefutation(system);
        const one = polynomials.constant(names, rationals.one);
        if (factors) expect(polynomials.equals(sum(system, factors), one)).toBe(true);
        const [p] = system as [polynomials.Polynomial];
        expect(linearRefutation([...system, polynomials.subtract(p, one)])).toBeDefined();
      }),
    );
  });
});

describe("decisions", () => {
  test("of all kinds", () => {
    expect(decideSystem(read("xy", "x*y - 1", "x"))).toMatchObject({ verdict: "no solution", refutation: undefined });
    const finite = decideSystem(read("xy", "x^2 - 1", "y - x"), { order: "lex" });
    expect(finite).toMatchObject({ verdict: "solvable", dimension: 0, count: 2, basis: { order: "lex" } });
    expect(finite.verdict === "solvable" && finite.rational).toMatchObject({
      isComplete: true,
      solutions: { length: 2 },
    });
    expect(decideSystem(read("xy", "0"), { order: "lex" })).toMatchObject({ verdict: "solvable", dimension: 2 });
    expect(decideSystem(read("xy", "x*y - 1"))).toMatchObject({ verdict: "solvable", dimension: 1, count: Infinity });
    const undecided = decideSystem(katsura(4), { limits: { pairs: 5 } });
    expect(undecided).toMatchObject({ verdict: "undecided", reached: { limit: "pairs", value: 5 } });
    // Decided by grevlex; the basis by lex has longer coefficients.
    const half = decideSystem(katsura(4), { order: "lex", limits: { bits: 100 } });
    expect(half).toMatchObject({ verdict: "solvable", basis: undefined, reached: { limit: "bits" }, count: 16 });
  });
});
