/** Rates as bars: how many of some networks have a property, and how many of these have another one besides. */
import { LonghandError } from "../errors.ts";
import type { Rate } from "../evaluation/index.ts";
import { escaped, round, svgDocument } from "./svg.ts";

export interface RateBar {
  readonly label: string;
  /** The bar, with its 95% interval; null: not known. */
  readonly rate: Rate | null;
  /** How many of the same number are marked within it. Default: none. */
  readonly within?: number;
}

export interface RateBars {
  readonly title: string;
  /** What the bars count: "solved". */
  readonly name: string;
  /** What is marked within them: "proved for every length". */
  readonly within?: string;
  readonly bars: readonly RateBar[];
}

const letter = 7.2;
const margin = 20;
const plot = { top: 78, width: 400, row: 28, bar: 16 };

const style = `
  .rates text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .rates .title { font-weight: 600; font-size: 16px; }
  .rates .value, .rates .tick { fill: var(--faint); font-size: 12px; font-variant-numeric: tabular-nums; }
  .rates .ground { fill: var(--ground); }
  .rates .grid { stroke: var(--line); }
  .rates .rate { fill: var(--rate); }
  .rates .within { fill: var(--within); }
  .rates .interval { stroke: var(--ink); stroke-width: 1.5; fill: none; }`;

/**
 * Draws a bar a rate, from 0 to 100%, with its 95% interval as a line, and what is marked within it as a darker bar.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 * @throws LonghandError `argument` where there is no bar, or more is marked within one than it counts.
 */
export function ratesPicture({ title, name, within, bars }: RateBars): string {
  if (bars.length === 0) throw new LonghandError("argument", "rates: received no bar, expected at least one");
  const left = margin + Math.ceil(Math.max(...bars.map(({ label }) => label.length)) * letter) + 12;
  const x = (share: number) => round(left + plot.width * share);
  const bottom = plot.top + bars.length * plot.row;
  const parts = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  const key = [["rate", name], ...(within === undefined ? [] : [["within", within]])] as [string, string][];
  let keyX = left;
  for (const [kind, text] of key) {
    parts.push(`<rect class="${kind}" x="${keyX}" y="46" width="12" height="12"/>`);
    parts.push(`<text x="${keyX + 18}" y="57">${escaped(text)}</text>`);
    keyX += 18 + Math.ceil(text.length * letter) + 24;
  }
  for (const percent of [0, 25, 50, 75, 100]) {
    const at = x(percent / 100);
    parts.push(`<path class="grid" d="M${at} ${plot.top}V${bottom}"/>`);
    parts.push(`<text class="tick" x="${at}" y="${bottom + 18}" text-anchor="middle">${percent}%</text>`);
  }
  const told = bars.map(({ label, rate, within: marked = 0 }, k) => {
    const top = plot.top + k * plot.row + (plot.row - plot.bar) / 2;
    const middle = top + plot.bar / 2;
    parts.push(`<text x="${left - 10}" y="${middle + 4.5}" text-anchor="end">${escaped(label)}</text>`);
    if (!rate || rate.trials === 0) return `${label}: not known`;
    const { value, successes, trials, low, high } = rate;
    if (marked > successes) {
      throw new LonghandError("argument", `rates, ${label}: received ${marked} within ${successes}, expected no more`);
    }
    const bar = (kind: string, share: number) =>
      `<rect class="${kind}" x="${left}" y="${top}" width="${round(plot.width * share)}" height="${plot.bar}"/>`;
    if (successes > 0) parts.push(bar("rate", value));
    if (marked > 0) parts.push(bar("within", marked / trials));
    parts.push(
      `<path class="interval" d="M${x(low)} ${middle}H${x(high)}M${x(low)} ${middle - 4}v8M${x(high)} ${middle - 4}v8"/>`,
    );
    const counts = `${successes} of ${trials}${within === undefined ? "" : `, ${marked} ${within}`}`;
    parts.push(`<text class="value" x="${left + plot.width + 14}" y="${middle + 4}">${escaped(counts)}</text>`);
    return `${label}: ${counts}`;
  });
  const right = left + plot.width + 14 + Math.ceil((14 + (within?.length ?? 0) + 6) * 6.5);
  return svgDocument({
    kind: "rates",
    width: Math.max(right + margin, 2 * margin + 9 * title.length),
    height: bottom + 18 + margin,
    title,
    description: `${name}. ${told.join(". ")}.`,
    style,
    colours: [
      ["rate", "#9ecae8", "#2f5f80"],
      ["within", "#0072b2", "#56b4e9"],
    ],
    parts,
  });
}
