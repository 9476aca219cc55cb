/** Where the command line writes: results to standard output, progress and messages to standard error. */
import type { WriteStream } from "node:tty";

type Style = "bold" | "dim" | "green" | "red";

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  red: [31, 39],
};

export interface Output {
  /** Whether the result is one JSON object. */
  readonly json: boolean;
  /** Columns that text on standard output is wrapped to. */
  readonly width: number;
  /** A line of the result for people; nothing with --json. */
  print(line?: string): void;
  /** The result for programs; nothing without --json. */
  result(value: unknown): void;
  /** A message beside the result. */
  note(line: string): void;
  /**
   * Draws a line on standard error that the next one replaces, in a terminal; undefined elsewhere. Of a list of parts,
   * the last ones that don't fit are left out.
   */
  readonly redraw: ((line: string | readonly string[]) => void) | undefined;
  /** Text in a style, where standard output is a terminal that wants colours. */
  style(style: Style, text: string): string;
}

export function makeOutput(json: boolean): Output {
  const { stdout, stderr } = process;
  const isColoured = stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  let isDrawn = false;
  const clear = () => {
    if (isDrawn) stderr.write("\r\x1b[2K");
    isDrawn = false;
  };
  return {
    json,
    width: Math.min(100, stdout.columns || 80),
    print(line = "") {
      clear();
      if (!json) stdout.write(`${line}\n`);
    },
    result(value) {
      clear();
      if (json) stdout.write(`${JSON.stringify(value)}\n`);
    },
    note(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    redraw: stderr.isTTY && process.env.TERM !== "dumb" ? redraw : undefined,
    style(style, text) {
      const [on, off] = codes[style];
      return isColoured ? `\x1b[${on}m${text}\x1b[${off}m` : text;
    },
  };

  function redraw(line: string | readonly string[]): void {
    const columns = (stderr as WriteStream).columns || 80;
    const parts = typeof line === "string" ? [line] : [...line];
    while (parts.length > 1 && parts.join(" · ").length >= columns) parts.pop();
    const text = parts.join(" · ").slice(0, columns - 1);
    stderr.write(`\r\x1b[2K${text}`);
    isDrawn = text !== "";
  }
}
