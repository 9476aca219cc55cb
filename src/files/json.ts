/** What `JSON` doesn't check by itself: values that it would change in silence, and keys that occur twice. */
import { LonghandError } from "../errors.ts";

/**
 * Turns a value into JSON text that reads back as the same value.
 *
 * `JSON.stringify` writes NaN as null, a Map as {} and drops functions; here each of them is an error that names its
 * place. A property whose value is undefined counts as absent.
 * @param value null, booleans, finite numbers, strings, arrays and plain objects of these
 * @param name what the value is called in messages
 * @throws LonghandError `argument` naming the place of the first value that JSON can't hold
 */
export function exactJson(value: unknown, name: string, indent?: number): string {
  checkJson(value, name, new Set());
  return JSON.stringify(value, undefined, indent);
}

function checkJson(value: unknown, place: string, outer: Set<object>): void {
  if (value === null || typeof value === "boolean" || typeof value === "string") return;
  if (typeof value === "number") {
    if (Number.isFinite(value)) return;
    throw new LonghandError(
      "argument",
      `${place} is ${value}, which JSON can't hold; put it in a tensor or leave it out`,
    );
  }
  if (typeof value !== "object") {
    throw new LonghandError("argument", `${place} is of type ${typeof value}, which JSON can't hold`);
  }
  if (outer.has(value)) throw new LonghandError("argument", `${place} contains itself, which JSON can't hold`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
    const kind = value.constructor?.name ?? "object";
    throw new LonghandError("argument", `${place} is a ${kind}, expected a plain object or array for JSON`);
  }
  outer.add(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) checkJson(value[i], `${place}[${i}]`, outer);
  } else {
    for (const [key, inner] of Object.entries(value)) {
      if (inner !== undefined) checkJson(inner, `${place}.${key}`, outer);
    }
  }
  outer.delete(value);
}

/**
 * The first key that occurs twice in one object of a JSON text, or undefined. `JSON.parse` would keep the last in
 * silence, and two readers of one file could then disagree about what it holds.
 * @param text JSON that `JSON.parse` accepts
 */
export function duplicateKey(text: string): string | undefined {
  const open: Set<string>[] = []; // the keys seen in each object or array that encloses this place
  // By hand: a regular expression for whole strings runs out of stack on a string of some megabytes.
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "{" || character === "[") open.push(new Set());
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const begin = i;
      for (i++; text[i] !== '"'; i++) if (text[i] === "\\") i++;
      let next = i + 1;
      while (/\s/.test(text[next] ?? "")) next++;
      if (text[next] !== ":") continue;
      const key = JSON.parse(text.slice(begin, i + 1)) as string; // "\u0061" and "a" are the same key
      const keys = open.at(-1)!;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** Whether a parsed JSON value is an object (not null, not an array). */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
