import { LonghandError } from "../errors.ts";

/** A piece of a text and where its first character stands, counted from 1. */
export interface Piece {
  readonly text: string;
  readonly position: number;
}

/** What a text reader needs to know about its task to explain what it expected. */
export interface Reader {
  readonly name: string;
  readonly example: string;
}

/** The error for text that can't be read: task, what came, what was expected. */
export function inputError(reader: Reader, received: string, expected: string): LonghandError {
  return new LonghandError("input", `${reader.name}: ${received}; expected ${expected}, as in "${reader.example}"`);
}

/** The error for one character at a 0-based index of a text. */
export function characterError(reader: Reader, text: string, index: number, expected: string): LonghandError {
  const character = String.fromCodePoint(text.codePointAt(index)!);
  return inputError(reader, `character ${JSON.stringify(character)} at position ${index + 1}`, expected);
}

/** Throws LonghandError "input" unless `text` is a string with more than white space. */
export function requireText(reader: Reader, text: string, expected: string): void {
  if (typeof text !== "string") throw inputError(reader, `received a ${typeof text}`, `text with ${expected}`);
  if (text.trim() === "") throw inputError(reader, "empty text", expected);
}

const LETTERS_AND_DIGITS = /[0-9A-Za-z]+/y;

/**
 * Splits "a + b" into its operands: runs of letters and digits (or what `run` matches), one operator between two of them, white space anywhere
 * around them. The operands' own characters are not judged here.
 *
 * @param operators what the operator may be written as; empty for a single operand.
 * @param digits words for the characters an operand is made of, for messages.
 * @param run a sticky pattern of an operand.
 * @throws LonghandError "input" for an empty text, a sign, a dot, a missing operator or operand, or one too many.
 */
export function readOperands(
  reader: Reader,
  text: string,
  operators: readonly string[],
  digits: string,
  run: RegExp = LETTERS_AND_DIGITS,
): Piece[] {
  const count = operators.length > 0 ? 2 : 1;
  const operator = `"${operators[0]}"`;
  requireText(reader, text, count === 2 ? `two numbers with ${operator} between them` : "a number");
  const pieces: Piece[] = [];
  let wanted = true;
  for (let index = 0; index < text.length; ) {
    const character = text[index]!;
    run.lastIndex = index;
    const word = run.exec(text)?.[0];
    if (/\s/.test(character)) index++;
    else if (wanted && word) {
      pieces.push({ text: word, position: index + 1 });
      index += word.length;
      wanted = false;
    } else if (!wanted && pieces.length < count && operators.includes(character)) {
      index++;
      wanted = true;
    } else throw characterError(reader, text, index, wantedHere());
  }
  if (wanted) throw inputError(reader, `the text ends after ${operator}`, "a second number there");
  if (pieces.length < count)
    throw inputError(reader, `no ${operator} in the text`, `two numbers with ${operator} between them`);
  return pieces;

  function wantedHere(): string {
    if (wanted) return `${digits} (numbers are whole and have no sign)`;
    const end = count === 2 ? `the end of the text after two numbers` : `the end of the text after one number`;
    return `${digits} or ${pieces.length < count ? operator : end}`;
  }
}

/**
 * Reads a text of single-character symbols; white space between them is skipped.
 *
 * @param symbols the symbol of each character that may come.
 * @param expected words for those characters.
 */
export function readSymbols(
  reader: Reader,
  text: string,
  symbols: ReadonlyMap<string, number>,
  expected: string,
): Int32Array {
  requireText(reader, text, expected);
  const read: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const symbol = symbols.get(text[index]!);
    if (symbol !== undefined) read.push(symbol);
    else if (!/\s/.test(text[index]!)) throw characterError(reader, text, index, expected);
  }
  return Int32Array.from(read);
}
