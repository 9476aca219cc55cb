import { LonghandError } from "../errors.ts";
import { checkAnswer, inputSteps, wholeNumber } from "./check.ts";
import type { FiniteMachine, Letter, Task } from "./contract.ts";
import { characterError, inputError, type Reader, requireText } from "./text.ts";

/** Operators in the order of their symbols m, m + 1, m + 2. */
const OPERATORS = ["+", "-", "*"] as const;
const [PLUS, MINUS] = [0, 1];
const OPERATOR_TEXT = new Map([...OPERATORS.entries()].map(([index, text]) => [text as string, index]));
OPERATOR_TEXT.set("−", 1).set("×", 2);

/**
 * Modular arithmetic without brackets: the value modulo m of an expression of numbers 0 … m − 1, "+", "-" and "*", read a
 * token a step. "*" binds tighter. At each number the answer is the value of the expression up to there; at an operator no
 * answer is asked. Lengths are odd. Numbers and operators are drawn uniformly.
 *
 * Text: "2+3*4-1" → "3" modulo 5; "×" and "−" are read too.
 *
 * @param modulus m, 2 … 64; the benchmark has 5.
 * @throws LonghandError "argument" for another m.
 */
export function modular(modulus: number): Task {
  const m = wholeNumber("modular-arithmetic", "modulus", modulus, 2, 64);
  const name = m === 5 ? "modular-arithmetic" : `modular-arithmetic-${m}`;
  const reader = { name, example: m > 4 ? "2+3*4-1" : "1+1*0-1" };
  const tokens = Object.freeze([...Array.from({ length: m }, (_, number) => `${number}`), ...OPERATORS]);
  const output = Object.freeze(tokens.slice(0, m));
  const channels = Object.freeze([tokens]);
  const shape = { name, channels, output };
  const validLength = (length: number) => Number.isInteger(length) && length >= 1 && length % 2 === 1;
  const steps = (length: number) => {
    if (validLength(length)) return length;
    throw new LonghandError("argument", `${name}: length is ${length}; expected an odd whole number ≥ 1`);
  };

  /** Throws unless numbers and operators take turns, a number first and last. */
  const checkExpression = (input: Int32Array) => {
    steps(inputSteps(shape, input));
    const wrong = input.findIndex((token, i) => token < m !== (i % 2 === 0));
    if (wrong >= 0)
      throw new LonghandError(
        "argument",
        `${name}: token "${tokens[input[wrong]!]}" at step ${wrong}; expected ${wrong % 2 ? "an operator" : "a number"}`,
      );
  };

  return Object.freeze<Task>({
    ...shape,
    summary: `evaluate a sum of products modulo ${m}, one token a step`,
    source: "Chomsky benchmark (Delétang et al., 2023), regular tasks; there asked after the last symbol only",
    example: reader.example,
    order: "as written, one number or operator a time step; no answer is asked at operators",
    defaultTrainLengths: Object.freeze([1, 39] as const),
    validLength,
    steps,
    sample(stream, length, count = 1) {
      const numbersEach = (steps(length) + 1) / 2;
      const numbers = new Int32Array(numbersEach * wholeNumber(name, "count", count, 1));
      stream.integers(numbers, 0, m);
      const operators = new Int32Array((numbersEach - 1) * count);
      stream.integers(operators, m, m + 3);
      const input = new Int32Array(length * count);
      for (let problem = 0, number = 0, operator = 0; problem < count; problem++)
        for (let step = 0; step < length; step++)
          input[problem * length + step] = step % 2 === 0 ? numbers[number++]! : operators[operator++]!;
      return input;
    },
    solve(input) {
      checkExpression(input);
      return valuesOfPrefixes(input, m);
    },
    parse: (text) => readExpression(reader, text, m),
    format(input) {
      checkExpression(input);
      return Array.from(input, (token) => tokens[token]).join("");
    },
    formatAnswer(answer, input) {
      const last = answer[checkAnswer(shape, answer, input) - 1]!;
      if (last >= 0) return output[last]!;
      throw new LonghandError("argument", `${name}: the last step has no answer (−1); expected a number 0 … ${m - 1}`);
    },
    machine: modularMachine(m),
  });
}

/** Modular arithmetic modulo 5, as in the Chomsky benchmark. */
export const modularArithmetic = modular(5);

/**
 * The values of the expression's prefixes, by precedence: first the products within each term, then the sums over terms;
 * −1 at operators.
 */
function valuesOfPrefixes(input: Int32Array, m: number): Int32Array {
  const products = Int32Array.from(input);
  for (let i = 2; i < input.length; i += 2)
    if (input[i - 1]! - m > MINUS) products[i] = (products[i - 2]! * input[i]!) % m;
  const values = new Int32Array(input.length).fill(-1);
  let earlierTerms = 0;
  let sign = 1;
  for (let i = 0; i < input.length; i += 2) {
    const operator = i === 0 ? undefined : input[i - 1]! - m;
    if (operator === PLUS || operator === MINUS) {
      earlierTerms = values[i - 2]!;
      sign = operator === PLUS ? 1 : -1;
    }
    values[i] = (((earlierTerms + sign * products[i]!) % m) + m) % m;
  }
  return values;
}

/**
 * The machine's states: what the earlier terms sum to (s), what the current term has come to with its sign (p), and what
 * is read next. With m = 5 there are 60: an operator after (s, p) for each s and p, a factor of p for each s and p, and
 * a term that starts with + or − after s.
 */
function modularMachine(m: number): FiniteMachine {
  const operatorState = (s: number, p: number) => 2 * m + s * m + p;
  const factorState = (s: number, p: number) => 2 * m + m * m + s * m + p;
  const pairs = Array.from({ length: m * m }, (_, i) => [Math.floor(i / m), i % m] as const);
  const numbers: readonly Letter[] = Array.from({ length: m }, (_, number) => [number]);
  const operators: readonly Letter[] = OPERATORS.map((_, index) => [m + index]);
  const states = [
    ...Array.from({ length: m }, (_, s) => `${s} + term`),
    ...Array.from({ length: m }, (_, s) => `${s} - term`),
    ...pairs.map(([s, p]) => `${s} + ${p}`),
    ...pairs.map(([s, p]) => `${s} + ${p} * factor`),
  ];
  const readsOperator = (state: number) => state >= 2 * m && state < 2 * m + m * m;

  return Object.freeze<FiniteMachine>({
    states: Object.freeze(states),
    initial: 0, // "0 + term"
    letters: (state) => (readsOperator(state) ? operators : numbers),
    next(state, [token]) {
      if (state < 2 * m) {
        const s = state % m;
        const p = state < m ? token! : (m - token!) % m;
        return { state: operatorState(s, p), output: (s + p) % m };
      }
      const [s, p] = pairs[(state - 2 * m) % (m * m)]!;
      if (readsOperator(state)) {
        const total = (s + p) % m;
        const after = [total, m + total, factorState(s, p)][token! - m]!;
        return { state: after, output: -1 };
      }
      const product = (p * token!) % m;
      return { state: operatorState(s, product), output: (s + product) % m };
    },
  });
}

/** Reads an expression's tokens; white space around them is skipped. */
function readExpression(reader: Reader, text: string, m: number): Int32Array {
  const number = `a number from 0 to ${m - 1}`;
  requireText(reader, text, `numbers from 0 to ${m - 1} with "+", "-" or "*" between them`);
  const read: number[] = [];
  const digits = /[0-9]+/y;
  for (let index = 0; index < text.length; ) {
    digits.lastIndex = index;
    const wantsNumber = read.length % 2 === 0;
    const run = digits.exec(text)?.[0];
    const operator = OPERATOR_TEXT.get(text[index]!);
    if (/\s/.test(text[index]!)) index++;
    else if (wantsNumber && run) {
      if (!(Number(run) < m)) throw inputError(reader, `number ${run.slice(0, 20)} at position ${index + 1}`, number);
      read.push(Number(run));
      index += run.length;
    } else if (!wantsNumber && operator !== undefined) {
      read.push(m + operator);
      index++;
    } else throw characterError(reader, text, index, wantsNumber ? `${number} (without a sign)` : '"+", "-" or "*"');
  }
  if (read.length % 2 === 0) throw inputError(reader, "the text ends after an operator", `${number} there`);
  return Int32Array.from(read);
}
