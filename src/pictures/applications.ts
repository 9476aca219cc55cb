/** The ways to apply a recurrent network, unfolded in time, as a picture. */
import { escaped, round, svgDocument } from "./svg.ts";

/** A way to apply a recurrent network: what it is called, an example, and what happens at each step. */
export interface Application {
  readonly title: string;
  readonly example: string;
  /** Whether something is read at each step. */
  readonly reads: readonly boolean[];
  /** Whether an answer is asked at each step. */
  readonly asks: readonly boolean[];
}

/** The five ways of papers/004, figure 2, with the tasks that are examples of them. */
export const fiveApplications: readonly Application[] = [
  { title: "one to one", example: "digits", reads: [true], asks: [true] },
  { title: "one to many", example: "digit-names", reads: [true, false, false], asks: [true, true, true] },
  { title: "many to one", example: "digit-rows", reads: [true, true, true], asks: [false, false, true] },
  {
    title: "many to many, after reading",
    example: "number-words",
    reads: [true, true, true, false, false],
    asks: [false, false, false, true, true],
  },
  { title: "many to many, in step", example: "next-character", reads: [true, true, true], asks: [true, true, true] },
];

const box = { width: 26, height: 34 };
/** From one step to the next, from one row of boxes to the next, between two ways. */
const pitch = { step: 46, row: 62, way: 46 };
const margin = 24;
const letter = { title: 7.4, example: 7.9 };

const colours = [
  ["read", "#0550ae", "#79c0ff"],
  ["asked", "#bc4c00", "#ffa657"],
] as const;

const style = `
  .applications text { font: 14px system-ui, sans-serif; fill: var(--ink); }
  .applications .title { font-weight: 600; }
  .applications .example { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--faint); }
  .applications .ground { fill: var(--ground); }
  .applications .state { fill: var(--line); stroke: var(--faint); }
  .applications .read { fill: var(--read); }
  .applications .asked { fill: var(--asked); }
  .applications path { fill: none; stroke: var(--ink); stroke-width: 1.3; }
  .applications marker path { fill: var(--ink); stroke: none; }`;

/**
 * Draws ways to apply a recurrent network beside each other: a column of boxes for each step, what is read at the bottom, the
 * network's state in the middle, what is asked at the top; what isn't there isn't drawn.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 */
export function applicationsPicture(ways: readonly Application[] = fiveApplications): string {
  const names = ["asked", "state", "read"] as const;
  const labels = 54;
  const top = margin + 52;
  const parts: string[] = [
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>',
  ];
  const text = (x: number, y: number, content: string, kind: string, anchor = "middle") =>
    parts.push(
      `<text class="${kind}" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(content)}</text>`,
    );
  const arrow = (x1: number, y1: number, x2: number, y2: number) =>
    parts.push(`<path d="M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}" marker-end="url(#tip)"/>`);
  const yOf = (row: number) => top + row * pitch.row;
  for (const [row, name] of names.entries())
    text(margin + labels - 10, yOf(row) + box.height / 2 + 5, name, "example", "end");
  let x = margin + labels;
  for (const { title, example, reads, asks } of ways) {
    const boxes = (reads.length - 1) * pitch.step + box.width;
    const width = Math.max(boxes, letter.title * title.length, letter.example * example.length);
    text(x + width / 2, margin + 14, title, "title");
    text(x + width / 2, margin + 34, example, "example");
    const first = x + (width - boxes) / 2;
    for (let step = 0; step < reads.length; step++) {
      const left = first + step * pitch.step;
      const middle = left + box.width / 2;
      const shown = [asks[step] === true, true, reads[step] === true];
      for (const [row, kind] of names.entries()) {
        if (!shown[row]) continue;
        parts.push(
          `<rect class="${kind}" x="${round(left)}" y="${yOf(row)}" width="${box.width}" height="${box.height}" rx="4"/>`,
        );
        if (kind !== "state") {
          const lower = Math.max(row, 1);
          arrow(middle, yOf(lower) - 1, middle, yOf(lower - 1) + box.height + 2);
        }
      }
      if (step > 0)
        arrow(left - pitch.step + box.width + 1, yOf(1) + box.height / 2, left - 2, yOf(1) + box.height / 2);
    }
    x += width + pitch.way;
  }
  return svgDocument({
    kind: "applications",
    width: Math.ceil(x - pitch.way + margin),
    height: yOf(2) + box.height + margin,
    title: "Ways to apply a recurrent network",
    description: ways
      .map(({ title, reads, asks }) => `${title}: reads at steps ${stepsOf(reads)}, answers at steps ${stepsOf(asks)}`)
      .join("; "),
    style,
    colours,
    parts,
  });
}

function stepsOf(marks: readonly boolean[]): string {
  return marks.flatMap((mark, step) => (mark ? [step + 1] : [])).join(", ");
}
