/**
 * The one error class of the project. Everything a user can cause ends in one of these: it names the object, the field,
 * what was received and what was expected, and carries a stable `code` that programs may switch on.
 */

/** Stable names of what went wrong. */
export type ErrorCode =
  | "shape" // an operator's operands don't fit
  | "argument" // a function was called with a value outside its range
  | "input" // text or numbers from a user that can't be read
  | "unknown-name" // no such task, model, cell, activation, optimizer, runtime, option
  | "config" // a configuration of the wrong type or with contradictory values
  | "runtime" // a runtime is missing or can't run this graph
  | "file" // a file or folder is missing, unreadable or can't be written
  | "format" // a file is truncated, corrupt, foreign or of a newer format
  | "not-finite" // training met NaN or infinity
  | "unsupported"; // a valid request that this version can't serve

/** An error with a stable code and a message that says what came and what was expected. */
export class LonghandError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LonghandError";
    this.code = code;
  }
}

/** Words for "received X, expected one of …", with the nearest name first when one is close. */
export function unknownName(kind: string, received: string, known: readonly string[]): LonghandError {
  const near = known
    .map((name) => ({ name, distance: editDistance(name, received) }))
    .filter(({ distance }) => distance <= Math.max(2, Math.floor(received.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0];
  const hint = near ? ` Did you mean "${near.name}"?` : "";
  return new LonghandError("unknown-name", `unknown ${kind} "${received}".${hint} Known: ${known.join(", ")}.`);
}

/** Levenshtein distance between two short names. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, change));
    }
    row = next;
  }
  return row[b.length]!;
}
