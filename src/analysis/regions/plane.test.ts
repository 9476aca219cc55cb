/** Signs are exact, whatever float64 makes of the numbers; what a plane cuts out of others is what it meets. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { activation, crossingsOf, insideOf, nameOf, primitive, signsAt } from "./plane.ts";

const long = fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n });

test("a point one unit in the last place beside a plane of long numbers is on its side", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(long, long), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(-1n, 0n, 1n),
      (pairs, beside) => {
        const weights = pairs.map(([weight]) => weight);
        const x = pairs.map(([, part]) => part);
        const sum = pairs.reduce((total, [weight, part]) => total + weight * part, 0n);
        // Primitive already where the threshold and a weight have no common divisor: 1 among the weights sees to that.
        const plane = primitive([...weights, 1n], sum - beside);
        expect(signsAt([plane], { x: [...x, 0n], scale: 1n })).toBe(["-", "0", "+"][Number(beside) + 1]);
      },
    ),
  );
});

test("numbers too long for float64 have signs too", () => {
  const huge = 10n ** 400n;
  const plane = primitive([huge, 1n], huge);
  expect(signsAt([plane], { x: [1n, -1n], scale: 1n })).toBe("-");
  expect(signsAt([plane], { x: [huge, 1n], scale: huge })).toBe("+");
});

const small = fc.integer({ min: -5, max: 5 }).map(BigInt);
const row = fc
  .array(small, { minLength: 4, maxLength: 4 })
  .filter((numbers) => numbers.slice(0, 3).some((n) => n !== 0n));
const planeOf = (numbers: readonly bigint[]) => primitive(numbers.slice(0, 3), numbers[3]!);

test("the inside of a plane: points lie on it, and on the other plane's side that they lie on inside", () => {
  fc.assert(
    fc.property(row, row, fc.tuple(small, small), fc.integer({ min: 1, max: 9 }), (one, other, x, scale) => {
      const [plane, second] = [planeOf(one), planeOf(other)];
      const inside = insideOf(plane);
      const place = { x, scale: BigInt(scale) };
      const lifted = inside.lift(place);
      expect(lifted.scale > 0n).toBe(true);
      expect(activation(plane, lifted)).toBe(0n);
      const met = inside.restrict(second);
      const sides = signsAt([second], lifted);
      if (met === "everywhere") expect(sides).toBe("0");
      else if (met === "nowhere") expect(sides).not.toBe("0");
      else expect(signsAt([met], place)).toBe(sides);
      const direction = inside.liftDirection([1n, -2n]);
      expect(activation({ ...plane, threshold: 0n }, { x: direction, scale: 1n })).toBe(0n);
    }),
  );
});

test("coincident planes have one name", () => {
  expect(nameOf(primitive([0n, -2n], 4n))).toBe(nameOf(primitive([0n, 3n], -6n)));
  expect(nameOf(primitive([0n, -2n], 4n))).not.toBe(nameOf(primitive([0n, -2n], -4n)));
});

test("where lines cross", () => {
  const [x, y, diagonal] = [primitive([1n, 0n], 2n), primitive([0n, 3n], 1n), primitive([2n, 0n], 5n)];
  expect(crossingsOf([x, y, diagonal])).toEqual([
    { x: [6n, 1n], scale: 3n },
    { x: [15n, 2n], scale: 6n },
  ]);
});
