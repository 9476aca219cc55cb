/** Kinds of settings: how each is read from text that a visitor or a link gives, and written again. */

export interface Field<T> {
  /** What it is when nothing is said. */
  readonly fallback: T;
  /** Reads text. @throws Error with a message for the visitor: what came, what was expected. */
  readonly read: (text: string) => T;
  readonly write: (value: T) => string;
}

/** Any text that `check` lets pass; it throws an Error with a message for the visitor. */
export function textField(fallback: string, check: (text: string) => unknown = () => {}): Field<string> {
  return {
    fallback,
    read: (text) => {
      check(text);
      return text;
    },
    write: (text) => text,
  };
}

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** A number, finite and within a range. */
export function numberField(fallback: number, range: Range = {}): Field<number> {
  return {
    fallback,
    read: (text) => {
      const value = text.trim() === "" ? Number.NaN : Number(text);
      if (!Number.isFinite(value) || !isWithin(value, range)) throw expected(text, `a number${inWords(range)}`);
      return value;
    },
    write: String,
  };
}

/** A whole number within a range. */
export function integerField(fallback: number, range: Range = {}): Field<number> {
  return {
    fallback,
    read: (text) => {
      const value = /^\s*[-+]?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
      if (!Number.isSafeInteger(value) || !isWithin(value, range))
        throw expected(text, `a whole number${inWords(range)}`);
      return value;
    },
    write: String,
  };
}

/** One of some names. */
export function choiceField<const Name extends string>(names: readonly Name[], fallback: Name): Field<Name> {
  return {
    fallback,
    read: (text) => {
      const found = names.find((name) => name === text);
      if (found === undefined) throw expected(text, `one of ${names.join(", ")}`);
      return found;
    },
    write: (name) => name,
  };
}

/** Yes or no. */
export function flagField(fallback: boolean): Field<boolean> {
  return {
    fallback,
    read: (text) => {
      if (text !== "yes" && text !== "no") throw expected(text, "yes or no");
      return text === "yes";
    },
    write: (value) => (value ? "yes" : "no"),
  };
}

/** A list of values, written with a sign between them that none of them contains. */
export function listField<T>(item: Field<T>, fallback: readonly T[], separator = ","): Field<readonly T[]> {
  return {
    fallback,
    read: (text) => (text.trim() === "" ? [] : text.split(separator).map((part) => item.read(part.trim()))),
    write: (values) => values.map(item.write).join(separator),
  };
}

function isWithin(value: number, { min = -Infinity, max = Infinity }: Range): boolean {
  return value >= min && value <= max;
}

function inWords({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? "" : ` of at most ${max}`;
}

function expected(text: string, what: string): Error {
  return new Error(`received "${text}", expected ${what}`);
}
