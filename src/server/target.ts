/** What a request asks for: names from the outermost to the innermost, and a query. Node only. */

export interface Target {
  /** Decoded; none for "/". */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
}

/**
 * Reads the target of a request, "/api/runs/adder/metrics?from=120".
 *
 * Only what names a place below a folder is read: no empty name, "." or "..", no slash, backslash or control
 * character, written plainly or encoded; on Windows no colon.
 * @returns undefined for anything else.
 */
export function readTarget(text: string): Target | undefined {
  const [, path, query = ""] = /^\/([^?#]*)(?:\?([^#]*))?$/.exec(text) ?? [];
  if (path === undefined) return undefined;
  const names = path === "" ? [] : path.split("/").map(decoded);
  if (!names.every(isName)) return undefined;
  return { names, query: new URLSearchParams(query) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Whether a text is the name of one file or folder, and of no special one. */
export function isName(text: string): boolean {
  if (process.platform === "win32" && text.includes(":")) return false; // drives, and streams within files
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return text !== "" && text !== "." && text !== ".." && !/[/\\\u0000-\u001f\u007f]/.test(text);
}
