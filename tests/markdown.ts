/** Reading the documentation: its code blocks, links and headings. */

export interface Block {
  readonly language: string;
  readonly text: string;
  /** Line of its first line of text, from 1. */
  readonly line: number;
  /** What HTML comments right before the block say: {name: value}, "" for a name alone. */
  readonly marks: Readonly<Record<string, string>>;
}

/**
 * The fenced code blocks of a page. Comments before a block tell the test what to do with it:
 * `<!-- continues -->` (a ts block goes on with the program before it), `<!-- with: --steps 20 -->` (options added to
 * `longhand train`, so that a long training is short), `<!-- exit: 1 -->` (the expected exit status), `<!-- prints -->` (a
 * text block holds what the block before it prints; "…" stands for anything).
 */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const lines = page.split("\n");
  let marks: Record<string, string> = {};
  for (let k = 0; k < lines.length; k++) {
    const comment = /^<!-- ([\w-]+)(?:: (.*?))? -->$/.exec(lines[k]!);
    const fence = /^( *)(```+)([\w-]*)\s*$/.exec(lines[k]!);
    if (comment) marks[comment[1]!] = comment[2] ?? "";
    else if (fence) {
      const [, indent, ticks, language] = fence as unknown as [string, string, string, string];
      const end = lines.findIndex((line, j) => j > k && line === indent + ticks);
      if (end < 0) throw new Error(`line ${k + 1}: a code block that doesn't end`);
      const text = lines
        .slice(k + 1, end)
        .map((line) => line.slice(indent.length))
        .join("\n");
      blocks.push({ language, text: `${text}\n`, line: k + 2, marks });
      marks = {};
      k = end;
    } else if (lines[k]!.trim() !== "") marks = {};
  }
  return blocks;
}

/** A page without its code blocks and code spans. */
function prose(page: string): string {
  return page.replaceAll(/^( *)(```+)[\s\S]*?^\1\2$/gm, "").replaceAll(/`[^`\n]*`/g, "");
}

/** Targets of links and pictures, as written. */
export function linksOf(page: string): string[] {
  const text = prose(page);
  return [
    ...[...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!),
    ...[...text.matchAll(/\b(?:src|href|srcset)="([^"]+)"/g)].map(([, target]) => target!),
  ];
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}

/** The rows of the tables under a heading, cells without their backquotes; the header first. */
export function tableUnder(page: string, heading: string): string[][] {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, "") === heading);
  if (start < 0) throw new Error(`there is no heading "${heading}"`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#+ /.test(line));
  return (end < 0 ? rest : rest.slice(0, end))
    .filter((line) => line.startsWith("|") && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) =>
          cell
            .trim()
            .replaceAll("\\|", "|")
            .replace(/^`([^`]*)`$/, "$1"),
        ),
    );
}

/** Whether a text holds the lines of a pattern, one after the other; spaces count as one and "…" stands for anything. */
export function holdsLines(text: string, pattern: string): boolean {
  const squeezed = (line: string) => line.trim().replaceAll(/\s+/g, " ");
  const rest = text.split("\n").map(squeezed);
  return pattern
    .split("\n")
    .map(squeezed)
    .filter((line) => line !== "" && line !== "…")
    .every((line) => {
      const parts = line.split(/ ?… ?/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      const at = rest.findIndex((candidate) => new RegExp(`^${parts.join(".*")}$`).test(candidate));
      rest.splice(0, at + 1);
      return at >= 0;
    });
}
