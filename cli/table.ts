/** Plain, aligned tables. */

/**
 * Rows of text as aligned lines.
 * @param header titles of the columns. @param right indices of columns aligned at their right end.
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string[] {
  const widths = header.map((title, k) => Math.max(title.length, ...rows.map((row) => row[k]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, k) => (right.includes(k) ? cell.padStart(widths[k]!) : cell.padEnd(widths[k]!)))
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}

/** Text in lines of at most `width` characters, broken anywhere, with an indent. */
export function wrapped(text: string, width: number, first: string, indent = " ".repeat(first.length)): string[] {
  const size = Math.max(20, width - first.length);
  const pieces = text.match(new RegExp(`.{1,${size}}`, "gsu")) ?? [""];
  return pieces.map((piece, k) => `${k === 0 ? first : indent}${piece}`);
}

/** Rows of text as a table in Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
