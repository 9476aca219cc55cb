import fc from "fast-check";
import { expect, test } from "vitest";
import { bits, gcd } from "./integer.ts";
import * as rationals from "./rational.ts";

fc.configureGlobal({ seed: 1 });

const { rational } = rationals;
const drawn = fc
  .tuple(fc.bigInt({ min: -1000n, max: 1000n }), fc.bigInt({ min: 1n, max: 1000n }))
  .map(([n, d]) => rational(n, d));

test("lowest terms with a positive denominator", () => {
  expect(rational(6, -4)).toEqual({ numerator: -3n, denominator: 2n });
  expect(rational(0, -7)).toEqual({ numerator: 0n, denominator: 1n });
  expect(() => rational(1, 0)).toThrow("rational 1/0: expected a denominator other than 0");
});

test("arithmetic by hand", () => {
  const [a, b] = [rational(1, 6), rational(-3, 4)];
  const shown = [rationals.add(a, b), rationals.subtract(a, b), rationals.multiply(a, b), rationals.divide(a, b)];
  expect(shown.map(rationals.format)).toEqual(["-7/12", "11/12", "-1/8", "-2/9"]);
  expect([rationals.compare(a, b), rationals.compare(b, a), rationals.compare(a, a)]).toEqual([1, -1, 0]);
  expect(() => rationals.divide(a, rationals.zero)).toThrow("/0");
});

test("a field", () => {
  fc.assert(
    fc.property(drawn, drawn, drawn, (a, b, c) => {
      const left = rationals.multiply(a, rationals.add(b, c));
      expect(left).toEqual(rationals.add(rationals.multiply(a, b), rationals.multiply(a, c)));
      expect(rationals.add(rationals.subtract(a, b), b)).toEqual(a);
      if (!rationals.isZero(b)) expect(rationals.multiply(rationals.divide(a, b), b)).toEqual(a);
      expect(gcd(left.numerator, left.denominator)).toBe(1n);
      expect(rationals.parse(rationals.format(a))).toEqual(a);
    }),
  );
});

test("float64 numbers exactly, and back", () => {
  expect(rationals.format(rationals.fromNumber(0.1))).toBe(`3602879701896397/${2n ** 55n}`);
  expect(rationals.format(rationals.fromNumber(-2.5))).toBe("-5/2");
  expect(() => rationals.fromNumber(Number.NaN)).toThrow("received NaN");
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(rationals.toNumber(rationals.fromNumber(value))).toBeCloseTo(value, 12);
    }),
  );
  expect(rationals.toNumber(rational(10n ** 400n, 3n * 10n ** 400n))).toBeCloseTo(1 / 3, 12);
});

test("text", () => {
  expect(["7", "-3/4", "0.125", "−1", "+2/6"].map((text) => rationals.format(rationals.parse(text)))).toEqual([
    ..."7 -3/4 1/8 -1 1/3".split(" "),
  ]);
  for (const text of ["", "1/0", "x", "1e3", "1.5/2"]) {
    expect(() => rationals.parse(text)).toThrow(
      `rational: received "${text}", expected a number such as 2, -3/4 or 0.25`,
    );
  }
});

test("binary digits, to the next multiple of four", () => {
  expect([0n, 15n, -16n, 2n ** 100n].map(bits)).toEqual([4, 4, 8, 104]);
});
