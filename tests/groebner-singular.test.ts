/** Reduced Gröbner bases against Singular's. */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { cyclic, drawnPolynomial, katsura } from "../src/algebra/systems.test-helper.ts";
import {
  coveringProblems,
  findModel,
  findTask,
  formatPolynomial,
  groebnerBasis,
  type MonomialOrder,
  monomialOrders,
  namedExamples,
  numberSystem,
  type Polynomial,
  readExamples,
  taskSystem,
} from "../src/index.ts";
import { reasonToSkipSingular, singularBases } from "./singular.ts";

const skipped = reasonToSkipSingular();

interface Case {
  readonly system: readonly Polynomial[];
  readonly order: MonomialOrder;
}

/** The elements as text, in the order of text: Singular's comes the other way round. */
const sorted = (basis: readonly Polynomial[], order: MonomialOrder) =>
  basis.map((p) => formatPolynomial(p, { order })).sort();

function compare(cases: readonly Case[]): void {
  const expected = singularBases(cases);
  cases.forEach(({ system, order }, k) => {
    const result = groebnerBasis(system, { order });
    if (!result.isDecided)
      throw new Error(`limit on ${result.reached.limit}: ${system.map((p) => formatPolynomial(p))}`);
    expect(sorted(result.basis.polynomials, order)).toEqual(sorted(expected[k]!, order));
  });
}

const inAllOrders = (system: readonly Polynomial[]): Case[] => monomialOrders.map((order) => ({ system, order }));

describe.skipIf(skipped !== undefined)(`bases as Singular computes them ${skipped ? `(${skipped})` : ""}`, () => {
  it("of known systems", () => {
    compare([cyclic(3), cyclic(4), cyclic(5), katsura(2), katsura(3), katsura(4)].flatMap(inAllOrders));
  });

  it("of drawn systems", () => {
    const system = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
      .chain(([count, equations]) =>
        fc.array(drawnPolynomial(["x", "y", "z", "w"].slice(0, count), count < 3 ? 3 : 2), {
          minLength: equations,
          maxLength: equations,
        }),
      );
    const order = fc.constantFrom<MonomialOrder>("grevlex", "grlex", "lex");
    const drawn = fc.sample(fc.record({ system, order }), { numRuns: 400, seed: 3 });
    // Singular has no limits: systems on which we don't come to an end aren't given to it.
    const cases = drawn.filter(
      ({ system, order }) => groebnerBasis(system, { order, limits: { work: 50_000 } }).isDecided,
    );
    expect(cases.length).toBeGreaterThan(360);
    compare(cases);
  });

  it("of networks", () => {
    const sums = findTask("binary-addition");
    const network = findModel("ilrnn").build({ activation: "identity", layers: [1] }, { channels: [2, 2], answers: 2 });
    const systems = [
      numberSystem([2], readExamples(namedExamples.xor!)),
      numberSystem([1], readExamples(namedExamples["full-adder"]!)),
      numberSystem([1], readExamples(namedExamples.fibonacci!)),
      numberSystem([1], readExamples("1, 0, 0, 0 = 1, 1/2, 1/4, 1/8"), { known: { "b*": 0 } }),
      taskSystem(sums, network, coveringProblems(sums)),
    ];
    compare(systems.flatMap(({ equations }) => inAllOrders(equations.map(({ polynomial }) => polynomial))));
  });
});

it("are skipped with a reason when Singular is missing, unless everything is required", () => {
  vi.stubEnv("LONGHAND_REQUIRE_ALL", "");
  expect(reasonToSkipSingular("no-such-program")).toContain("no program no-such-program");
  vi.stubEnv("LONGHAND_REQUIRE_ALL", "1");
  expect(reasonToSkipSingular("no-such-program")).toBeUndefined();
  expect(() => singularBases([{ system: cyclic(3), order: "lex" }], "no-such-program")).toThrow("ENOENT");
  vi.unstubAllEnvs();
});
