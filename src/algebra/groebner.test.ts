import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GroebnerBasis, type GroebnerOptions, groebnerBasis, isEverything } from "./groebner.ts";
import { contains, dimension, independentVariables, normalForm, solutionCount } from "./ideal.ts";
import { divides, lcm, type MonomialOrder, monomialOrders, quotient } from "./monomial.ts";
import * as polynomials from "./polynomial.ts";
import { formatPolynomial } from "./print.ts";
import * as rationals from "./rational.ts";
import { cyclic, drawnPolynomial, katsura, read } from "./systems.test-helper.ts";

fc.configureGlobal({ seed: 1 });

const { add, multiply, scale, substitute, subtract } = polynomials;

function basisOf(system: readonly polynomials.Polynomial[], options?: GroebnerOptions): GroebnerBasis {
  const result = groebnerBasis(system, options);
  if (!result.isDecided) throw new Error(`limit on ${result.reached.limit}`);
  return result.basis;
}

const shown = (basis: GroebnerBasis) => basis.polynomials.map((p) => formatPolynomial(p, { order: basis.order }));

describe("textbook: Cox, Little, O'Shea", () => {
  test("2.7, example 1 and what follows: reduced by grlex", () => {
    const basis = basisOf(read("xy", "x^3 - 2*x*y", "x^2*y - 2*y^2 + x"), { order: "grlex" });
    expect(shown(basis)).toEqual(["x^2", "x*y", "y^2 - 1/2*x"]);
  });
  test("2.8, example 2: a sphere and two other surfaces, by lex", () => {
    const basis = basisOf(read("xyz", "x^2 + y^2 + z^2 - 1", "x^2 + z^2 - y", "x - z"), { order: "lex" });
    expect(shown(basis)).toEqual(["x - z", "y - 2*z^2", "z^4 + 1/2*z^2 - 1/4"]);
  });
  test("3.1: elimination by lex", () => {
    const basis = basisOf(read("xyz", "x^2 + y + z - 1", "x + y^2 + z - 1", "x + y + z^2 - 1"), { order: "lex" });
    expect(shown(basis)).toEqual([
      "x + y + z^2 - 1",
      "y^2 - y - z^2 + z",
      "y*z^2 + 1/2*z^4 - 1/2*z^2",
      "z^6 - 4*z^4 + 4*z^3 - z^2",
    ]);
  });
  test("the twisted cubic: infinitely many zeros, by lex", () => {
    const basis = basisOf(read("xyz", "x^2 - y", "x^3 - z"), { order: "lex" });
    expect(shown(basis)).toEqual(["x^2 - y", "x*y - z", "x*z - y^2", "y^3 - z^2"]);
    expect([dimension(basis), independentVariables(basis), solutionCount(basis)]).toEqual([1, ["z"], Infinity]);
  });
  test("linear equations: Gauss and Jordan", () => {
    const basis = basisOf(read("xyz", "x + y + z - 6", "x - y", "z - 1/2*y - 1"), { order: "lex" });
    expect(shown(basis)).toEqual(["x - 2", "y - 2", "z - 2"]);
  });
});

describe("benchmark systems", () => {
  test("cyclic-4 by grevlex, as Singular prints it", () => {
    const singular =
      "x2^2*x3^4+x1*x2-x1*x3+x2*x3-2*x3^2,x2^3*x3^2+x2^2*x3^3-x2-x3,x1*x3^4+x3^5-x1-x3," +
      "x1*x2*x3^2+x2^2*x3^2-x1*x3^3+x2*x3^3-x3^4-1,x1*x2^2+x2^2*x3-x1*x3^2-x3^3,x1^2+2*x1*x3+x3^2,x0+x1+x2+x3";
    const basis = basisOf(cyclic(4));
    expect(
      shown(basis)
        .map((text) => text.replaceAll(" ", ""))
        .join(),
    ).toBe(singular);
    expect(dimension(basis)).toBe(1);
  });
  test("katsura-3 by lex: the last element, as Singular prints it", () => {
    const basis = basisOf(katsura(3), { order: "lex" });
    expect(basis.polynomials).toHaveLength(4);
    expect(shown(basis).at(-1)!.replaceAll(" ", "")).toBe(
      "x3^8-8/11*x3^7+4/33*x3^6+131/5346*x3^5-70/8019*x3^4+1/3564*x3^3+5/42768*x3^2-1/128304*x3",
    );
  });
  test.each([2, 3, 4, 5])("katsura-%i has 2ⁿ solutions, cyclic-5 70", (n) => {
    expect(solutionCount(basisOf(katsura(n)))).toBe(2 ** n);
    if (n === 5) expect(solutionCount(basisOf(cyclic(n)))).toBe(70);
  });
  test("the criteria spare most pairs", () => {
    const { spent } = groebnerBasis(cyclic(5));
    expect(spent.pairs).toBeLessThan(150);
    expect(spent.spared).toBeGreaterThan(3 * spent.pairs);
  });
});

const variables = ["x", "y", "z"];
const systems = fc.array(drawnPolynomial(variables), { minLength: 1, maxLength: 3 });
const orders = fc.constantFrom<MonomialOrder>("grevlex", "grlex", "lex");
/** Few drawn systems get long; none of those below a limit on work that is quick may be wrong. */
const limits = { work: 20_000 };

describe("of drawn systems", () => {
  const check = (property: (system: polynomials.Polynomial[], basis: GroebnerBasis) => void, runs = 100) => {
    let decided = 0;
    fc.assert(
      fc.property(systems, orders, (system, order) => {
        const result = groebnerBasis(system, { order, limits });
        if (!result.isDecided) return;
        decided++;
        property(system, result.basis);
      }),
      { numRuns: runs, seed: 7 },
    );
    expect(decided).toBeGreaterThan(0.8 * runs);
  };

  test("all equations and all S-polynomials reduce to 0", () => {
    check((system, basis) => {
      for (const p of system) expect(contains(basis, p)).toBe(true);
      for (const p of basis.polynomials) {
        for (const q of basis.polynomials) {
          const [f, g] = [p, q].map((r) => polynomials.leadingTerm(r, basis.order)!.exponents) as [number[], number[]];
          const common = lcm(f, g);
          const times = (r: polynomials.Polynomial, by: readonly number[]) =>
            multiply(r, polynomials.polynomial(variables, [{ coefficient: rationals.one, exponents: by }]));
          expect(contains(basis, subtract(times(p, quotient(common, f)), times(q, quotient(common, g))))).toBe(true);
        }
      }
    });
  });

  test("reduced: monic, and no monomial of one is a multiple of another one's leading monomial", () => {
    check((_, { polynomials: basis, order }) => {
      const leading = basis.map((p) => polynomials.leadingTerm(p, order)!);
      for (const { coefficient } of leading) expect(coefficient).toEqual(rationals.one);
      basis.forEach((p, k) => {
        leading.forEach(({ exponents }, i) => {
          if (i !== k) expect(p.terms.some((term) => divides(exponents, term.exponents))).toBe(false);
        });
      });
    });
  });

  test("the same for equations in another order, multiplied and mixed", () => {
    check((system, basis) => {
      const mixed = system.map((p, k) => add(scale(p, rationals.rational(-3, 2)), ...system.slice(0, k)));
      const again = groebnerBasis(mixed.reverse(), { order: basis.order, limits: { work: 20 * limits.work } });
      expect(again.isDecided && again.basis.polynomials).toEqual(basis.polynomials);
    });
  });

  test("what is made of the equations is in the ideal; normal forms differ by its members only", () => {
    check((system, basis) => {
      const [f] = system as [polynomials.Polynomial];
      const other = read("xyz", "x^2*y - 3/7*z + 5")[0]!;
      const member = system.reduce((sum, p, k) => add(sum, multiply(p, polynomials.power(other, k))), f);
      expect(contains(basis, member)).toBe(true);
      const left = normalForm(other, basis);
      expect(normalForm(add(other, member), basis)).toEqual(left);
      expect(contains(basis, subtract(other, left))).toBe(true);
    }, 50);
  });

  test("a planted common zero is one of the basis", () => {
    const point = { x: rationals.rational(2), y: rationals.rational(-1, 3), z: rationals.rational(5) };
    check((system, { order }) => {
      const planted = system.map((p) => subtract(p, substitute(p, point)));
      const result = groebnerBasis(planted, { order, limits });
      if (!result.isDecided) return;
      expect(isEverything(result.basis)).toBe(false);
      for (const p of result.basis.polynomials) expect(polynomials.isZero(substitute(p, point))).toBe(true);
    });
  });
});

describe("edges", () => {
  test("no solution: {1}", () => {
    for (const order of monomialOrders) {
      const basis = basisOf(read("xy", "x*y - 1", "x^2", "y - 3"), { order });
      expect(shown(basis)).toEqual(["1"]);
      expect([isEverything(basis), dimension(basis), solutionCount(basis)]).toEqual([true, -1, 0]);
    }
  });
  test("no equation but 0: the empty basis", () => {
    const basis = basisOf(read("xy", "0", "x - x"));
    expect(basis.polynomials).toEqual([]);
    expect([dimension(basis), isEverything(basis)]).toEqual([2, false]);
  });
  test("the dimension is that of the largest component", () => {
    expect(dimension(basisOf(read("xyz", "x*y", "x*z")))).toBe(2);
    expect(independentVariables(basisOf(read("xyz", "x*y", "x*z")))).toEqual(["y", "z"]);
    for (const order of monomialOrders) expect(dimension(basisOf(read("xyz", "x*y - z^2"), { order }))).toBe(2);
  });
  test("limits are kept and named", () => {
    const reached = (limits: GroebnerOptions["limits"], order: MonomialOrder = "grevlex") => {
      const result = groebnerBasis(katsura(4), { order, limits: limits! });
      return result.isDecided ? undefined : result.reached;
    };
    expect(reached({ pairs: 10 })).toEqual({ limit: "pairs", value: 10 });
    expect(reached({ degree: 3 })).toEqual({ limit: "degree", value: 3 });
    expect(reached({ terms: 20 })).toEqual({ limit: "terms", value: 20 });
    expect(reached({ bits: 16 })).toEqual({ limit: "bits", value: 16 });
    expect(reached({ work: 1000 })).toEqual({ limit: "work", value: 1000 });
    expect(reached({ bits: 100 }, "lex")).toEqual({ limit: "bits", value: 100 });
    expect(reached({ pairs: 100 })).toBeUndefined();
  });
  test("bad input", () => {
    expect(() => groebnerBasis([])).toThrow("received no polynomial");
    expect(() => groebnerBasis([...read("xy", "x"), ...read("xz", "x")])).toThrow(
      "received polynomials in x, y and in x, z",
    );
    expect(() => groebnerBasis(read("x", "x"), { limits: { work: 0 } })).toThrow(
      "limit work: received 0, expected a whole",
    );
    expect(() => groebnerBasis(read("x", "x"), { limits: { degree: 40_000 } })).toThrow("from 1 to 32767");
    expect(() => groebnerBasis(read("x", "x"), { limits: { time: 1 } as object })).toThrow('unknown limit "time"');
  });
});
