/** What the pictures have in common as SVG documents. */

export interface SvgDocument {
  /** Class of the root element, which every rule of the style starts with. */
  readonly kind: string;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** What the picture shows, for those who can't see it. Default: none. */
  readonly description?: string;
  /** Of the whole: a group where its parts can be reached. Default: an image. */
  readonly role?: "img" | "group";
  /** Rules beyond the page's own. */
  readonly style: string;
  /** Colours beyond the page's own, on a light and on a dark page: custom properties and their values. */
  readonly colours: readonly (readonly [name: string, light: string, dark: string])[];
  /** Elements, in the order of drawing. */
  readonly parts: readonly string[];
}

/** The page's own colours. */
export const pageColours = [
  ["ground", "#ffffff", "#0d1117"],
  ["ink", "#1f2328", "#f0f6fc"],
  ["faint", "#59636e", "#9198a1"],
  ["line", "#d1d9e0", "#3d444d"],
] as const;

/** Of what adds and what subtracts. Blue and orange: told apart without red and green, and on white as well as on black. */
export const signColours = [
  ["more", "#0550ae", "#79c0ff"],
  ["less", "#bc4c00", "#ffa657"],
] as const;

/** An SVG document that needs nothing else; it follows the reader's choice of a light or a dark page. */
export function svgDocument(document: SvgDocument): string {
  const { kind, width, height, title, description, role = "img", style, colours, parts } = document;
  const properties = (theme: 1 | 2) =>
    [...pageColours, ...colours].map((colour) => `--${colour[0]}: ${colour[theme]};`).join(" ");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="${kind}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="${role}">`,
    `<title>${escaped(title)}</title>`,
    ...(description === undefined ? [] : [`<desc>${escaped(description)}</desc>`]),
    "<style>",
    `  .${kind} { ${properties(1)} }`,
    "  @media (prefers-color-scheme: dark) {",
    `    .${kind} { ${properties(2)} }`,
    `  }${style}`,
    "</style>",
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** Coordinates as short as they can be without being seen to differ. */
export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

/** Text as the content of an element or of an attribute; characters that XML has no form for become U+FFFD. */
export function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
