/** A network stepping through a problem, as a picture: time runs to the right, a row for each symbol and unit. */
import { LonghandError } from "../errors.ts";
import { escaped, round, signColours, svgDocument } from "./svg.ts";

/** One row of cells. At a step there may be a text, a value, both, or nothing. */
export interface TraceRow {
  readonly label: string;
  /** Shown as how strongly a cell is coloured: |value| from 0 (the background) to 1 (and more); negative values have a colour of their own. */
  readonly values?: ArrayLike<number>;
  /** Shown in the cells. */
  readonly texts?: readonly string[];
}

export interface Trace {
  readonly title: string;
  /** A line under the title. Default: none. */
  readonly subtitle?: string;
  /** Names of the time steps, from the first. */
  readonly steps: readonly string[];
  /** What the names of the steps count. Default "step". */
  readonly unit?: string;
  /** The number of a step, from 0, that is framed; every step's column then bears its own as `data-step`. Default: none. */
  readonly marked?: number;
  /** Rows that belong together stand together. */
  readonly groups: readonly (readonly TraceRow[])[];
}

const cell = { width: 40, height: 26 };
const margin = 20;
const letter = 7.9;

const style = `
  .trace text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--ink); }
  .trace .title { font: 600 16px system-ui, sans-serif; }
  .trace .note { font: 13px system-ui, sans-serif; fill: var(--faint); }
  .trace .ground, .trace .strong { fill: var(--ground); }
  .trace .cell { fill: none; stroke: var(--line); }
  .trace .column { fill: none; pointer-events: all; }
  .trace .marked { stroke: var(--ink); stroke-width: 2; }
  .trace .more { fill: var(--more); }
  .trace .less { fill: var(--less); }`;

/**
 * Draws a trace.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 * @throws LonghandError `argument` for a row whose values or texts aren't as many as the steps, or a value that isn't finite.
 */
export function tracePicture(trace: Trace): string {
  const { title, subtitle, steps, unit = "step", marked, groups } = trace;
  const rows = groups.flat();
  for (const row of rows) checkRow(row, steps.length);
  const labels = Math.max(unit.length, ...rows.map(({ label }) => label.length)) * letter;
  const left = margin + Math.ceil(labels) + 12;
  const width = Math.max(
    left + steps.length * cell.width + margin,
    2 * margin + 9 * title.length,
    2 * margin + 7 * (subtitle?.length ?? 0),
  );
  const parts: string[] = [];
  const text = (x: number, y: number, content: string, more = "") =>
    parts.push(`<text x="${round(x)}" y="${round(y)}"${more}>${escaped(content)}</text>`);
  const label = (y: number, content: string, kind = "") =>
    text(left - 10, y + cell.height / 2 + 4.5, content, `${kind} text-anchor="end"`);
  const centred = (step: number, y: number, content: string, kind = "") =>
    text(left + (step + 0.5) * cell.width, y + cell.height / 2 + 4.5, content, `${kind} text-anchor="middle"`);

  let y = margin + 14;
  text(margin, y, title, ' class="title"');
  if (subtitle) {
    y += 22;
    text(margin, y, subtitle, ' class="note"');
  }
  y += 12;
  const top = y;
  label(y, unit, ' class="note"');
  steps.forEach((name, step) => {
    centred(step, y, name, ' class="note"');
  });
  y += cell.height;
  for (const group of groups) {
    for (const row of group) {
      label(y, row.label);
      drawCells(row, steps.length, left, y, parts);
      row.texts?.forEach((content, step) => {
        const isStrong = Math.abs(row.values?.[step] ?? 0) > 0.55;
        if (content !== "") centred(step, y, content, isStrong ? ' class="strong"' : "");
      });
      y += cell.height;
    }
    y += 12;
  }
  if (marked !== undefined) {
    steps.forEach((name, step) => {
      const place = `x="${left + step * cell.width}" y="${top}" width="${cell.width}" height="${y - 12 - top}"`;
      const kind = `column${step === marked ? " marked" : ""}`;
      parts.push(
        `<rect class="${kind}" data-step="${step}" ${place}><title>${escaped(`${unit} ${name}`)}</title></rect>`,
      );
    });
  }
  const hasValues = rows.some(({ values }) => values);
  if (hasValues) {
    drawScale(rows, left, y, parts);
    y += cell.height;
  }
  const height = y + margin - 12;
  return svgDocument({ kind: "trace", width, height, title, style, colours: signColours, parts });
}

function drawCells({ values }: TraceRow, steps: number, left: number, y: number, parts: string[]): void {
  if (!values) return;
  for (let step = 0; step < steps; step++) drawCell(values[step]!, left + step * cell.width, y, parts);
}

function drawCell(value: number, x: number, y: number, parts: string[]): void {
  const place = `x="${round(x)}" y="${round(y)}" width="${cell.width}" height="${cell.height}"`;
  const strength = round(Math.min(1, Math.abs(value)), 3);
  if (strength > 0) {
    parts.push(`<rect class="${value < 0 ? "less" : "more"}" ${place} fill-opacity="${strength}"/>`);
  }
  parts.push(`<rect class="cell" ${place}><title>${round(value, 4)}</title></rect>`);
}

/** What the colours mean. */
function drawScale(rows: readonly TraceRow[], left: number, y: number, parts: string[]): void {
  const hasNegative = rows.some(({ values }) => values && Array.from(values).some((value) => value < 0));
  const scale = hasNegative ? [-1, -0.5, 0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  parts.push(
    `<text class="note" x="${left - 10}" y="${y + cell.height / 2 + 4.5}" text-anchor="end">${scale[0]} … 1</text>`,
  );
  scale.forEach((value, k) => {
    drawCell(value, left + k * cell.width, y, parts);
  });
}

function checkRow({ label, values, texts }: TraceRow, steps: number): void {
  for (const [what, list] of [["values", values] as const, ["texts", texts] as const]) {
    if (list && list.length !== steps) {
      throw new LonghandError("argument", `trace: row "${label}" has ${list.length} ${what} for ${steps} steps`);
    }
  }
  const bad = values && Array.from(values).find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw new LonghandError("argument", `trace: row "${label}" has the value ${bad}`);
}
