/** Many small images with what was made of each, as a picture. */
import { LonghandError } from "../errors.ts";
import { escaped, round, svgDocument } from "./svg.ts";

export interface SheetImage {
  readonly name: string;
  /** From 0, the page, to 1, the ink; row by row. */
  readonly pixels: ArrayLike<number>;
  /** What was said of it, and what is right. */
  readonly answer: string;
  readonly exact: string;
}

export interface ImageSheet {
  readonly title: string;
  /** A line under the title. Default: none. */
  readonly subtitle?: string;
  /** Pixels of a row of every image. */
  readonly width: number;
  readonly images: readonly SheetImage[];
  /** Images of a row of the sheet. Default: as many as fit in 1,000 pixels. */
  readonly columns?: number;
}

/** Of a sheet, where nothing else is said. */
const WIDEST = 1000;
const dot = 4;
const margin = 20;
/** Shades between the page and the ink: enough for the eye. */
const SHADES = 16;

const colours = [["wrong", "#bc4c00", "#ffa657"]] as const;

const style = `
  .sheet text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--faint); text-anchor: middle; }
  .sheet .title { font: 600 16px system-ui, sans-serif; fill: var(--ink); text-anchor: start; }
  .sheet .note { font: 13px system-ui, sans-serif; text-anchor: start; }
  .sheet .ground { fill: var(--ground); }
  .sheet path { fill: var(--ink); }
  .sheet .wrong { font-weight: 700; fill: var(--wrong); }
  .sheet rect.wrong { fill: none; stroke: var(--wrong); stroke-width: 2; }`;

/**
 * Draws images in rows, the answer under each. Wrong answers stand out: a frame, and the exact answer after the one given.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 * @throws LonghandError `argument` for images that aren't whole rows of `width` pixels.
 */
export function imageSheet({ title, subtitle, width, images, columns: asked }: ImageSheet): string {
  const longest = Math.max(...images.map((image) => labelOf(image).length), 1);
  const height = Math.max(...images.map(({ pixels }) => pixels.length / width), 1);
  const cell = { width: Math.max(width * dot, 7.4 * longest) + 12, height: height * dot + 26 };
  const columns = asked ?? Math.max(1, Math.floor((WIDEST - 2 * margin) / cell.width));
  const top = margin + (subtitle ? 44 : 22) + 10;
  const shades = Array.from({ length: SHADES }, () => "");
  const parts: string[] = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  if (subtitle) parts.push(`<text class="note" x="${margin}" y="${margin + 36}">${escaped(subtitle)}</text>`);
  const marks: string[] = [];
  for (const [k, image] of images.entries()) {
    const { name, pixels, answer, exact } = image;
    if (pixels.length === 0 || pixels.length % width !== 0) {
      throw new LonghandError("argument", `imageSheet: ${name} has ${pixels.length} pixels, expected rows of ${width}`);
    }
    const middle = margin + ((k % columns) + 0.5) * cell.width;
    const left = Math.round(middle - (width * dot) / 2);
    const y = top + Math.floor(k / columns) * cell.height;
    for (let p = 0; p < pixels.length; p++) {
      const shade = Math.round(Math.min(1, Math.max(0, pixels[p]!)) * SHADES);
      if (shade === 0) continue;
      shades[shade - 1] += `M${left + (p % width) * dot} ${y + Math.floor(p / width) * dot}h${dot}v${dot}h-${dot}z`;
    }
    const isWrong = answer !== exact;
    const frame = `x="${left - 3}" y="${y - 3}" width="${width * dot + 6}" height="${height * dot + 6}"`;
    if (isWrong) marks.push(`<rect class="wrong" ${frame}><title>${escaped(name)}</title></rect>`);
    const kind = isWrong ? ' class="wrong"' : "";
    marks.push(
      `<text${kind} x="${round(middle)}" y="${y + height * dot + 16}">${escaped(labelOf(image))}<title>${escaped(name)}</title></text>`,
    );
  }
  for (const [k, path] of shades.entries()) {
    if (path !== "") parts.push(`<path fill-opacity="${round((k + 1) / SHADES, 3)}" d="${path}"/>`);
  }
  const wrong = images.filter(({ answer, exact }) => answer !== exact);
  return svgDocument({
    kind: "sheet",
    width: Math.max(2 * margin + Math.min(columns, images.length) * cell.width, 2 * margin + 9 * title.length),
    height: top + Math.ceil(images.length / columns) * cell.height + margin,
    title,
    description: `${images.length} images, ${wrong.length} of them answered wrong${wrong.length > 0 ? `: ${wrong.map(({ name, answer, exact }) => `${name} (${answer}, exact ${exact})`).join(", ")}` : ""}`,
    style,
    colours,
    parts: [...parts, ...marks],
  });
}

/** "3", or "3 (8)" where 8 would be right. */
function labelOf({ answer, exact }: SheetImage): string {
  return answer === exact ? answer : `${answer} (${exact})`;
}
