import { describe, expect, it } from "vitest";
import { runMachine } from "./machine.ts";
import { modular, modularArithmetic } from "./modular-arithmetic.ts";
import { answer, expectRefused, taskProperties } from "./properties.test-helper.ts";

/** The exact value of the whole expression, reduced only at the end. */
function evaluate(expression: string, modulus: bigint): string {
  const terms = expression.match(/[+-]?[^+-]+/g)!;
  const value = terms.reduce((sum, term) => {
    const product = term
      .replace(/^[+-]/, "")
      .split("*")
      .reduce((factors, factor) => factors * BigInt(factor), 1n);
    return sum + (term.startsWith("-") ? -product : product);
  }, 0n);
  return `${((value % modulus) + modulus) % modulus}`;
}

for (const m of [2, 5, 12])
  taskProperties(modular(m), {
    oracle: (expression) => evaluate(expression, BigInt(m)),
    share(step, symbol) {
      if (step % 2 === 0) return symbol < m ? 1 / m : 0;
      return symbol >= m ? 1 / 3 : 0;
    },
  });

describe("modular arithmetic", () => {
  it.each([
    // By hand: 2 + 3 · 4 − 1 = 13; 1 − 2 · 3 · 4 + 1 = −22; 4 · 4 · 4 = 64; 0 − 1 = −1.
    ["2+3*4-1", "3"],
    ["1-2*3*4+1", "3"],
    ["4*4*4", "4"],
    ["0-1", "4"],
    ["3", "3"],
    [" 2 × 3 − 4 ", "2"],
  ])("%s → %s modulo 5", (text, expected) => {
    expect(answer(modularArithmetic, text)).toBe(expected);
  });

  it("answers every prefix that ends in a number", () => {
    // 1; 1 − 2 = −1; 1 − 2 · 3 = −5; 1 − 2 · 3 · 4 = −23; 1 − 24 + 1 = −22.
    const input = modularArithmetic.parse("1-2*3*4+1");
    const values = [1, -1, 4, -1, 0, -1, 2, -1, 3];
    expect(Array.from(modularArithmetic.solve(input))).toEqual(values);
    expect(Array.from(runMachine(modularArithmetic, input))).toEqual(values);
  });

  it("has the machine its docstring tells of", () => {
    expect(modularArithmetic.machine!.states.length).toBe(60);
    expect(modularArithmetic.machine!.states[0]).toBe("0 + term");
  });

  it("has odd lengths", () => {
    expect([1, 2, 3, 4].map((length) => modularArithmetic.validLength(length))).toEqual([true, false, true, false]);
    expect(() => modularArithmetic.steps(4)).toThrow(/modular-arithmetic: length is 4; expected an odd whole number/);
  });

  it("refuses what is no expression", () => {
    expectRefused(modularArithmetic, "2+5", "number 5 at position 3", "0 to 4");
    expectRefused(modularArithmetic, "2+", "the text ends after an operator");
    expectRefused(modularArithmetic, "-2", 'character "-" at position 1', "0 to 4", "without a sign");
    expectRefused(modularArithmetic, "2+*3", 'character "*" at position 3');
    expectRefused(modularArithmetic, "(2+3)*4", 'character "(" at position 1');
    expectRefused(modularArithmetic, "2 3", 'character "3" at position 3', '"+", "-" or "*"');
    expectRefused(modularArithmetic, "2/3", 'character "/" at position 2');
    expectRefused(modularArithmetic, "", "empty text");
    expectRefused(modularArithmetic, "1+99999999999999999999999999", "number 99999999999999999999 at position 3");
  });

  it("reads numbers of several digits where the modulus has them", () => {
    expect(Array.from(modular(12).parse("11*10"))).toEqual([11, 14, 10]);
    expect(answer(modular(12), "11*10+7")).toBe("9"); // 117 = 9 · 12 + 9
  });

  it("refuses tokens out of turn, and other moduli", () => {
    expect(() => modularArithmetic.solve(Int32Array.of(1, 2, 3))).toThrow(/token "2" at step 1; expected an operator/);
    expect(() => modularArithmetic.solve(Int32Array.of(1, 5))).toThrow(/length is 2/);
    expect(() => runMachine(modularArithmetic, Int32Array.of(1, 2, 3))).toThrow(
      /symbols 2 at step 1 can't come in state "0 \+ 1"/,
    );
    const input = modularArithmetic.parse("1+2");
    expect(() => modularArithmetic.formatAnswer(Int32Array.of(1, -1, -1), input)).toThrow(/last step has no answer/);
    for (const m of [1, 65, 2.5]) expect(() => modular(m)).toThrow(/modulus is .* from 2 to 64/);
  });
});
