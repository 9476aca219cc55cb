/** Reading polynomials and systems of equations from text. */
import { LonghandError } from "../errors.ts";
import {
  add,
  constant,
  divideByConstant,
  multiply,
  negate,
  type Polynomial,
  power,
  subtract,
  variable,
} from "./polynomial.ts";
import * as rationals from "./rational.ts";

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*(?:\[\d+(?:,\d+)*\])?)|(\*\*|[-+−*·/^()]))/y;

interface Token {
  readonly kind: "number" | "name" | "sign";
  readonly text: string;
  /** Where it stands, from 1. */
  readonly position: number;
}

/** The largest exponent that is read. */
const LARGEST_EXPONENT = 100;

/**
 * Reads a polynomial: sums, products (* or ·), powers (^ or **), parentheses, and rational numbers such as 1/2 or 0.25.
 * Variables are names such as x, x1 or W1[2,3].
 * @param variables in order; default: those of the text, in the order in which they come.
 * @throws LonghandError `input` naming the position, what came and what was expected.
 */
export function parsePolynomial(text: string, variables?: readonly string[]): Polynomial {
  const tokens = tokensOf(text);
  return parseTokens(text, tokens, variables ?? namesOf(tokens));
}

/**
 * Reads a system: an equation a line, as a polynomial that is to be 0, or "left = right". Empty lines and what follows
 * "#" are left out.
 * @param variables in order; default: those of the text, in the order in which they come.
 * @throws LonghandError `input` naming the line and the position.
 */
export function parseSystem(text: string, variables?: readonly string[]): Polynomial[] {
  const lines = text
    .split(/\r?\n/)
    .map((line, k) => ({ number: k + 1, sides: line.replace(/#.*$/, "").split("=") }))
    .filter(({ sides }) => sides.some((side) => side.trim() !== ""));
  if (lines.length === 0) {
    throw new LonghandError(
      "input",
      'system: no equation in the text, expected polynomials, one a line, as in "x*y - 1"',
    );
  }
  const read = <T>(number: number, reading: () => T): T => {
    try {
      return reading();
    } catch (error) {
      if (!(error instanceof LonghandError)) throw error;
      throw new LonghandError(error.code, `line ${number}: ${error.message}`, { cause: error });
    }
  };
  const known = variables ?? [
    ...new Set(
      lines.flatMap(({ number, sides }) => sides.flatMap((side) => read(number, () => namesOf(tokensOf(side))))),
    ),
  ];
  return lines.map(({ number, sides }) =>
    read(number, () => {
      if (sides.length > 2)
        throw new LonghandError("input", `polynomial: ${sides.length - 1} equals signs, expected one at most`);
      const [left, right] = sides.map((side) => parsePolynomial(side, known));
      return right ? subtract(left!, right) : left!;
    }),
  );
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let index = 0; text.slice(index).trim() !== ""; index = TOKEN.lastIndex) {
    TOKEN.lastIndex = index;
    const [all, number, name, sign] = TOKEN.exec(text) ?? [];
    if (all === undefined) {
      const at = index + text.slice(index).search(/\S/);
      throw unexpected(
        text,
        at + 1,
        JSON.stringify(String.fromCodePoint(text.codePointAt(at)!)),
        "a number, a variable or one of + - * / ^ ( )",
      );
    }
    const kind = number !== undefined ? "number" : name !== undefined ? "name" : "sign";
    const found = number ?? name ?? sign!;
    tokens.push({ kind, text: found, position: TOKEN.lastIndex - found.length + 1 });
  }
  return tokens;
}

function namesOf(tokens: readonly Token[]): string[] {
  return [...new Set(tokens.filter(({ kind }) => kind === "name").map(({ text }) => text))];
}

function parseTokens(text: string, tokens: readonly Token[], variables: readonly string[]): Polynomial {
  let at = 0;
  const fail = (expected: string) => {
    const token = tokens[at];
    return unexpected(
      text,
      token?.position ?? text.length + 1,
      token ? `"${token.text}"` : "the end of the text",
      expected,
    );
  };
  const take = (...signs: readonly string[]): string | undefined => {
    const token = tokens[at];
    if (token?.kind !== "sign" || !signs.includes(token.text)) return undefined;
    at++;
    return token.text;
  };
  const sum = (): Polynomial => {
    let total = product();
    for (;;) {
      const sign = take("+", "-", "−");
      if (sign === undefined) return total;
      total = sign === "+" ? add(total, product()) : subtract(total, product());
    }
  };
  const product = (): Polynomial => {
    let total = factor();
    for (;;) {
      const sign = take("*", "·", "/");
      if (sign === undefined) return total;
      const next = factor();
      if (sign !== "/") total = multiply(total, next);
      else {
        const made = divideByConstant(total, next);
        if (!made) {
          at--;
          throw fail("a number other than 0 after /");
        }
        total = made;
      }
    }
  };
  const factor = (): Polynomial => {
    if (take("-", "−")) return negate(factor());
    if (take("+")) return factor();
    const base = atom();
    if (!take("^", "**")) return base;
    const exponent = tokens[at];
    if (exponent?.kind !== "number" || !/^\d+$/.test(exponent.text) || Number(exponent.text) > LARGEST_EXPONENT) {
      throw fail(`a whole exponent of at most ${LARGEST_EXPONENT}`);
    }
    at++;
    return power(base, Number(exponent.text));
  };
  const atom = (): Polynomial => {
    const token = tokens[at];
    if (take("(")) {
      const inner = sum();
      if (!take(")")) throw fail('")" or an operator');
      return inner;
    }
    if (token?.kind === "number") {
      at++;
      return constant(variables, rationals.parse(token.text));
    }
    if (token?.kind === "name") {
      if (!variables.includes(token.text)) throw fail(`one of the variables ${variables.join(", ")}`);
      at++;
      return variable(variables, token.text);
    }
    throw fail("a number, a variable or a parenthesis");
  };
  const result = sum();
  if (at < tokens.length) throw fail("an operator between two factors, such as *, or the end of the text");
  return result;
}

function unexpected(text: string, position: number, received: string, expected: string): LonghandError {
  return new LonghandError(
    "input",
    `polynomial "${text.trim()}": received ${received} at position ${position}, expected ${expected}, as in "x^2*y - 1/2"`,
  );
}
