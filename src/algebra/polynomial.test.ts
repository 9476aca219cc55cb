import fc from "fast-check";
import { expect, test } from "vitest";
import { monomialOrders } from "./monomial.ts";
import { parsePolynomial, parseSystem } from "./parse.ts";
import * as polynomials from "./polynomial.ts";
import { formatPolynomial } from "./print.ts";
import { rational } from "./rational.ts";
import { drawnPolynomial, read } from "./systems.test-helper.ts";

fc.configureGlobal({ seed: 1 });

const variables = ["x", "y", "z"];
const drawn = drawnPolynomial(variables, 3, 5);

test("by hand", () => {
  const [p, q] = read("xyz", "x + y/2", "x - y") as [polynomials.Polynomial, polynomials.Polynomial];
  expect(formatPolynomial(polynomials.multiply(p, q))).toBe("x^2 - 1/2*x*y - 1/2*y^2");
  expect(formatPolynomial(polynomials.add(p, q))).toBe("2*x - 1/2*y");
  expect(formatPolynomial(polynomials.power(q, 3))).toBe("x^3 - 3*x^2*y + 3*x*y^2 - y^3");
  expect(formatPolynomial(polynomials.substitute(polynomials.multiply(p, q), { y: rational(2) }))).toBe("x^2 - x - 2");
  expect(polynomials.subtract(p, p).terms).toEqual([]);
  expect(polynomials.degree(polynomials.multiply(p, q))).toBe(2);
  expect(polynomials.usedVariables(p)).toEqual(["x", "y"]);
  expect(formatPolynomial(polynomials.inVariables(p, ["y", "x"]), { order: "lex" })).toBe("1/2*y + x");
  expect(() => polynomials.inVariables(p, ["x"])).toThrow('received variable "y", expected one of x');
  expect(() => polynomials.add(p, read("xy", "x")[0]!)).toThrow("operands in the variables x, y, z and x, y");
});

test("a commutative ring", () => {
  fc.assert(
    fc.property(drawn, drawn, drawn, (p, q, r) => {
      const { add, multiply, subtract } = polynomials;
      expect(multiply(p, add(q, r))).toEqual(add(multiply(p, q), multiply(p, r)));
      expect(multiply(p, q)).toEqual(multiply(q, p));
      expect(subtract(add(p, q), q)).toEqual(p);
    }),
  );
});

test("text is read as the same polynomial, by whatever order it is written", () => {
  fc.assert(
    fc.property(drawn, fc.constantFrom(...monomialOrders), (p, order) => {
      expect(parsePolynomial(formatPolynomial(p, { order }), variables)).toEqual(p);
    }),
  );
});

test("what is read", () => {
  const shown = (text: string) => formatPolynomial(parsePolynomial(text, variables));
  expect(shown("-(x − 1)*(x+1)**2 / 4")).toBe("-1/4*x^3 - 1/4*x^2 + 1/4*x + 1/4");
  expect(shown("0.5·x·y^0 + 3/6")).toBe("1/2*x + 1/2");
  expect(shown("x - x")).toBe("0");
  expect(parsePolynomial("W1[2,3]*b + a_1").variables).toEqual(["W1[2,3]", "b", "a_1"]);
});

test("LaTeX", () => {
  const latex = (text: string) => formatPolynomial(parsePolynomial(text), { style: "latex" });
  expect(latex("3*x^2*y - 1/2")).toBe("3 x^{2} y - \\frac{1}{2}");
  expect(latex("W1[2,3]*x12 + W2")).toBe("{\\mathit{W1}}_{2,3} x_{12} + W_{2}");
});

test("what can't be read is named with its place", () => {
  const fails = (text: string) => expect(() => parsePolynomial(text, variables));
  fails("x + ?").toThrow(
    'polynomial "x + ?": received "?" at position 5, expected a number, a variable or one of + - * / ^ ( )',
  );
  fails("x y").toThrow('received "y" at position 3, expected an operator between two factors');
  fails("x +").toThrow("received the end of the text at position 4, expected a number, a variable or a parenthesis");
  fails("x^y").toThrow('received "y" at position 3, expected a whole exponent of at most 100');
  fails("x^101").toThrow("expected a whole exponent of at most 100");
  fails("x/y").toThrow('received "y" at position 3, expected a number other than 0 after /');
  fails("x/0").toThrow("expected a number other than 0 after /");
  fails("(x").toThrow('expected ")" or an operator');
  fails("w").toThrow('received "w" at position 1, expected one of the variables x, y, z');
  expect(() => parseSystem("x\n\ny+ # b\nz")).toThrow("line 3: polynomial");
  expect(() => parseSystem("x = 1 = y")).toThrow("line 1: polynomial: 2 equals signs, expected one at most");
  expect(() => parseSystem("# nothing\n")).toThrow("system: no equation in the text");
});

test("systems: equations, comments, the variables of all lines", () => {
  const system = parseSystem("x^2 = y # a parabola\r\n\nz*y - 1\n");
  expect(system.map((p) => formatPolynomial(p))).toEqual(["x^2 - y", "y*z - 1"]);
  expect(system[1]!.variables).toEqual(["x", "y", "z"]);
});
