/** Reading printed formulas and evaluating them: what shows that they say what the network computes. */

/** A weight, value or number as it is written: base, indices, whatever stands at it, and its whole text without indices. */
interface Symbol {
  readonly kind: "symbol";
  readonly text: string;
  readonly indices: readonly string[];
}
type Expression =
  | Symbol
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "call"; readonly name: string; readonly operands: readonly Expression[] }
  | { readonly kind: "+" | "−" | "⊙" | "product"; readonly operands: readonly [Expression, Expression] }
  | { readonly kind: "sum"; readonly index: string; readonly body: Expression }
  | { readonly kind: "row"; readonly operands: readonly Expression[] };

const functions: Readonly<Record<string, (x: number, ...more: number[]) => number>> = {
  tanh: Math.tanh,
  σ: (x) => 1 / (1 + Math.exp(-x)),
  hardsigmoid: (x) => Math.max(0, Math.min(1, x / 2 + 0.5)),
  step: (x) => (x > 0 ? 1 : 0),
  relu: (x) => Math.max(0, x),
  clip: (x, low, high) => Math.min(high!, Math.max(low!, x)),
};

const token =
  /\s*(?:(Σ_\p{L}[₀-₉]*)|(\d+(?:\.\d+)?(?![₀-₉]))|(\p{L}[\p{L}]*(?=[[(])(?!\(t=))|(\p{L}(?:[₀-₉]|[⁰¹²³⁴-⁹]|\^\([^)]*\)|_\{[^}]*\}|_[\p{L}\d₀-₉]+(?:[,.+][\p{L}\d₀-₉]+)*|\(t=\d+\)|\[\d+\])*)|([-+−⊙()[\],]))/uy;

/** Reads a formula in plain text. @param isSums whether names have indices. */
function parse(text: string, isSums: boolean): Expression {
  const tokens: { kind: "sigma" | "number" | "function" | "symbol" | "sign"; text: string }[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (!found) throw new Error(`can't read ${text.slice(at, at + 30)}`);
    const kinds = ["sigma", "number", "function", "symbol", "sign"] as const;
    const which = kinds.findIndex((_, k) => found[k + 1] !== undefined);
    tokens.push({ kind: kinds[which]!, text: found[which + 1]! });
  }
  let at = 0;
  const next = () => tokens[at];
  const take = (sign: string) => {
    if (next()?.text !== sign) throw new Error(`expected ${sign}, found ${next()?.text} in ${text}`);
    at++;
  };
  const sum = (): Expression => {
    let left = hadamard();
    for (;;) {
      const sign = next()?.text;
      if (sign !== "+" && sign !== "−") return left;
      at++;
      left = { kind: sign, operands: [left, hadamard()] };
    }
  };
  const hadamard = (): Expression => {
    let left = product();
    while (next()?.text === "⊙") {
      at++;
      left = { kind: "⊙", operands: [left, product()] };
    }
    return left;
  };
  const isOperand = () => next() !== undefined && (next()!.kind !== "sign" || "([".includes(next()!.text));
  const product = (): Expression => {
    if (next()?.kind === "sigma") {
      const index = next()!.text.slice(2);
      at++;
      return { kind: "sum", index, body: product() };
    }
    let left = operand();
    while (isOperand()) left = { kind: "product", operands: [left, operand()] };
    return left;
  };
  const operand = (): Expression => {
    const { kind, text: own } = next()!;
    at++;
    if (own === "−") {
      const inner = operand();
      return { kind: "−", operands: [{ kind: "number", value: 0 }, inner] };
    }
    if (kind === "number") return { kind: "number", value: Number(own) };
    if (own === "[") {
      const operands = [sum()];
      while (next()?.text === ",") {
        at++;
        operands.push(sum());
      }
      take("]");
      return { kind: "row", operands };
    }
    if (own === "(") {
      const inner = sum();
      take(")");
      return inner;
    }
    if (kind === "function") {
      const closing = next()!.text === "[" ? "]" : ")";
      at++;
      const operands = [sum()];
      while (next()?.text === ",") {
        at++;
        operands.push(sum());
      }
      take(closing);
      return { kind: "call", name: own, operands };
    }
    if (kind !== "symbol") throw new Error(`can't read ${own} in ${text}`);
    return symbol(own, isSums);
  };
  const made = sum();
  if (at < tokens.length) throw new Error(`${tokens[at]!.text} is left over of ${text}`);
  return made;
}

/** w_ij^(rec): w^(rec), and its indices i and j; offsets as in 3+l belong to an index. */
function symbol(text: string, isSums: boolean): Symbol {
  const [, base, indices, rest] = isSums ? /^(\p{L})(?:_([^^(]+))?(.*)$/u.exec(text)! : [text, text, undefined, ""];
  const parts =
    indices === undefined ? [] : indices.includes(",") ? indices.split(",") : (indices.match(/\p{L}[₀-₉]*/gu) ?? []);
  return { kind: "symbol", text: `${base}${rest}`, indices: parts };
}

/** What a symbol stands for: numbers by row and column, or in a row. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface Meaning {
  /** By the text without indices: weights [from, to], vectors and values [units]. */
  readonly symbols: ReadonlyMap<string, Numbers>;
  /** Equations of values: "h_j(t=2)" and what it is. */
  readonly equations?: readonly { readonly left: string; readonly right: string }[];
  /** How many units values have, by their text without indices. */
  readonly widths?: ReadonlyMap<string, number>;
  /** What g stands for. */
  readonly activation?: string | undefined;
}

/** The value of one unit of a formula in sums. @param left the side with the free index: "ŷ_i(t=4)". */
export function evaluateSums({ left, right }: { left: string; right: string }, unit: number, meaning: Meaning): number {
  const equations = new Map(
    (meaning.equations ?? []).map((equation) => {
      const { text, indices } = symbol(equation.left, true);
      return [text, { index: indices[0]!, body: parse(equation.right, true) }] as const;
    }),
  );
  const known = new Map<string, number>();
  const value = (expression: Expression, at: Readonly<Record<string, number>>): number => {
    switch (expression.kind) {
      case "number":
        return expression.value;
      case "call":
        return applied(
          expression.name,
          expression.operands.map((operand) => value(operand, at)),
          meaning,
        );
      case "sum": {
        const { index, body } = expression;
        let total = 0;
        for (let k = 0; k < extent(index, body); k++) total += value(body, { ...at, [index]: k });
        return total;
      }
      case "symbol": {
        const numbers = expression.indices.map((index) =>
          index.split("+").reduce((sum, part) => sum + (/^\d+$/.test(part) ? Number(part) : at[part]!), 0),
        );
        const own = meaning.symbols.get(expression.text);
        if (own) return own.data[own.shape.length === 2 ? numbers[1]! * own.shape[1]! + numbers[0]! : numbers[0]!]!;
        const equation = equations.get(expression.text);
        if (!equation) throw new Error(`nothing says what ${expression.text} is`);
        const key = `${expression.text} ${numbers[0]}`;
        if (!known.has(key)) known.set(key, value(equation.body, { [equation.index]: numbers[0]! }));
        return known.get(key)!;
      }
      case "row":
        throw new Error("a row among sums");
      default:
        return combined(expression.kind, value(expression.operands[0], at), value(expression.operands[1], at));
    }
  };
  /** How far an index runs: as many units as what it indexes has. */
  const extent = (index: string, body: Expression): number => {
    for (const position of [0, 1]) {
      for (const { text, indices } of symbolsIn(body)) {
        if (indices[position] !== index) continue;
        const width = meaning.widths?.get(text);
        if (width !== undefined) return width;
        const own = meaning.symbols.get(text);
        if (own) return own.shape.length === 2 ? own.shape[1 - position]! : own.shape[0]!;
      }
    }
    throw new Error(`nothing says how far ${index} runs`);
  };
  return value(parse(right, true), { [symbol(left, true).indices[0]!]: unit });
}

/** The value of a formula of numbers. */
export function evaluateScalar(right: string, meaning: Meaning): number {
  const equations = new Map((meaning.equations ?? []).map((equation) => [equation.left, parse(equation.right, false)]));
  const known = new Map<string, number>();
  const value = (expression: Expression): number => {
    switch (expression.kind) {
      case "number":
        return expression.value;
      case "call":
        return applied(expression.name, expression.operands.map(value), meaning);
      case "sum":
      case "row":
        throw new Error(`a ${expression.kind} among numbers`);
      case "symbol": {
        const [, name, row] = /^(.*?)(?:\[(\d+)\])?$/.exec(expression.text)!;
        const own = meaning.symbols.get(name!);
        if (own) return own.data[row === undefined ? 0 : Number(row) - 1]!;
        if (!equations.has(name!)) throw new Error(`nothing says what ${name} is`);
        if (!known.has(name!)) known.set(name!, value(equations.get(name!)!));
        return known.get(name!)!;
      }
      default:
        return combined(expression.kind, value(expression.operands[0]), value(expression.operands[1]));
    }
  };
  return value(parse(right, false));
}

/** The value of a formula of matrices: rows of numbers, a row times a matrix. */
export function evaluateMatrix(right: string, meaning: Meaning): number[] {
  const equations = new Map((meaning.equations ?? []).map((equation) => [equation.left, parse(equation.right, false)]));
  const known = new Map<string, number[]>();
  /** A number stands for a row of it. */
  const each = (a: number[], b: number[], f: (x: number, y: number) => number) =>
    Array.from({ length: Math.max(a.length, b.length) }, (_, k) =>
      f(a[a.length === 1 ? 0 : k]!, b[b.length === 1 ? 0 : k]!),
    );
  const value = (expression: Expression): number[] => {
    switch (expression.kind) {
      case "number":
        return [expression.value];
      case "row":
        return expression.operands.flatMap(value);
      case "sum":
        throw new Error("a sum among matrices");
      case "call": {
        const [first, ...rest] = expression.operands.map(value);
        return first!.map((x) => applied(expression.name, [x, ...rest.map(([argument]) => argument!)], meaning));
      }
      case "symbol": {
        const own = meaning.symbols.get(expression.text);
        if (own) return Array.from(own.data);
        const equation = equations.get(expression.text);
        if (!equation) throw new Error(`nothing says what ${expression.text} is`);
        if (!known.has(expression.text)) known.set(expression.text, value(equation));
        return known.get(expression.text)!;
      }
      case "product": {
        const [left, matrix] = expression.operands;
        const own = matrix.kind === "symbol" ? meaning.symbols.get(matrix.text) : undefined;
        if (own?.shape.length !== 2) throw new Error("a product without a matrix at its right");
        const [rows, columns] = own.shape as [number, number];
        const row = value(left);
        // A part of zeros that is written as one number.
        while (row.length < rows) row.push(0);
        return Array.from({ length: columns }, (_, j) =>
          row.reduce((sum, x, k) => sum + x * own.data[k * columns + j]!, 0),
        );
      }
      default: {
        const { kind } = expression;
        return each(value(expression.operands[0]), value(expression.operands[1]), (x, y) => combined(kind, x, y));
      }
    }
  };
  return value(parse(right, false));
}

function applied(name: string, operands: readonly number[], { activation }: Meaning): number {
  const f = functions[name === "g" && activation !== undefined ? activation : name];
  if (!f) throw new Error(`nothing says what ${name} does`);
  return f(...(operands as [number, ...number[]]));
}

function combined(kind: "+" | "−" | "⊙" | "product", a: number, b: number): number {
  return kind === "+" ? a + b : kind === "−" ? a - b : a * b;
}

function symbolsIn(expression: Expression): Symbol[] {
  if (expression.kind === "symbol") return [expression];
  if (expression.kind === "number") return [];
  return (expression.kind === "sum" ? [expression.body] : expression.operands).flatMap(symbolsIn);
}
