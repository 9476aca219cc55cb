import fc from "fast-check";
import { expect, test } from "vitest";
import { compare, type Exponents, monomialOrders, product } from "./monomial.ts";
import { packing } from "./packing.ts";

fc.configureGlobal({ seed: 1 });

const exponents = fc.array(fc.nat(40), { minLength: 4, maxLength: 4 });
/** Exponents of x, y, z sorted, the largest first. */
const sorted = (order: (typeof monomialOrders)[number], ...all: Exponents[]) =>
  all.sort((a, b) => compare(order, b, a)).map((each) => each.join(""));

test("Cox, Little, O'Shea, section 2.2, example: 4xy²z + 4z² − 5x³ + 7x²z²", () => {
  const terms: Exponents[] = [
    [1, 2, 1],
    [0, 0, 2],
    [3, 0, 0],
    [2, 0, 2],
  ];
  expect(sorted("lex", ...terms)).toEqual(["300", "202", "121", "002"]);
  expect(sorted("grlex", ...terms)).toEqual(["202", "121", "300", "002"]);
  expect(sorted("grevlex", ...terms)).toEqual(["121", "202", "300", "002"]);
});

test.each(monomialOrders)("%s: packed monomials compare, multiply and unpack as vectors do", (order) => {
  const { pack, unpack } = packing(order, 4);
  fc.assert(
    fc.property(exponents, exponents, exponents, (a, b, c) => {
      const sign = compare(order, a, b);
      expect(Math.sign(sign)).toBe(pack(a) > pack(b) ? 1 : pack(a) < pack(b) ? -1 : 0);
      expect(unpack(pack(a) + pack(b))).toEqual(product(a, b));
      // An order of monomials: products keep it, and 1 is the smallest.
      expect(Math.sign(compare(order, product(a, c), product(b, c)))).toBe(Math.sign(sign));
      expect(compare(order, a, [0, 0, 0, 0])).toBeGreaterThanOrEqual(0);
    }),
  );
  expect(packing(order, 0).pack([])).toBe(0n);
  expect(packing(order, 1).unpack(7n)).toEqual([7]);
});
