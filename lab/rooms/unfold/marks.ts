/** Symbols in a formula: the data attributes that tell what they are, and what is lit where one is pointed at. */
import type { FormulaSymbol } from "longhand";

/** What is lit: symbols of a kind, at some times. */
export interface Lit {
  readonly kind: FormulaSymbol["kind"];
  /** A connection of a picture lights several at once. */
  readonly names: readonly string[];
  /** In an unfolded formula or a picture: the step of a value. */
  readonly time?: number;
  /** In equations at any time: 0 at t, −1 at t−1. */
  readonly offset?: number;
  /** Of a sum: how many terms it has. */
  readonly terms?: number;
}

/** LaTeX whose symbols have data attributes. In equations at any time steps count from t, so they aren't positive. */
export function markedLatex({ kind, name, time, step, terms }: FormulaSymbol, latex: string): string {
  const isAnyTime = step <= 0;
  const data = {
    kind,
    name: name.replaceAll(",", "{,}"),
    ...(time !== undefined && { [isAnyTime ? "offset" : "time"]: time }),
    ...(!isAnyTime && { step }),
    ...(terms !== undefined && { terms }),
  };
  return `\\htmlData{${Object.entries(data)
    .map((entry) => entry.join("="))
    .join(",")}}{${latex}}`;
}

/** What an element of a formula or of a picture stands for. */
export function litOf(data: Readonly<Record<string, string | undefined>>): Lit | undefined {
  const number = (name: string) => (data[name] === undefined ? {} : { [name]: Number(data[name]) });
  if (data.name !== undefined) {
    return {
      kind: data.kind as Lit["kind"],
      names: [data.name],
      ...number("time"),
      ...number("offset"),
      ...number("terms"),
    };
  }
  const list = (names: string | undefined) => (names ?? "").split(" ").filter((name) => name !== "");
  // A connection is of its weights; a layer, and what goes on from unit to unit, of its values.
  const isLayer = data.from === undefined && data.values !== undefined;
  const parameters = list(data.parameters);
  if (parameters.length > 0 && !isLayer) return { kind: "parameter", names: parameters };
  const values = list(data.values);
  return values.length > 0 ? { kind: "value", names: values, time: Number(data.from ?? data.time) } : undefined;
}

/** A style sheet that lights what `lit` stands for within `root`, and dims what a step of the player hasn't come to. */
export function styleOf(root: string, lit: Lit | undefined, step: number, last: number): string {
  const rules: string[] = [];
  const all = (selectors: readonly string[], rule: string) => {
    if (selectors.length > 0)
      rules.push(`${selectors.map((selector) => `${root} ${selector}`).join(",\n")} { ${rule} }`);
  };
  if (step > 0) {
    const later = Array.from({ length: last - step }, (_, k) => step + k + 1);
    all(
      later.map((time) => `.unfolded [data-time="${time}"]`),
      "opacity: 0.12",
    );
    all(
      later.map((time) => `.katex [data-step="${time}"]`),
      "opacity: 0.35",
    );
    all([`.unfolded .line[data-time="${step}"]`], "opacity: 1; stroke-width: 1.8");
    all([`.katex [data-step="${step}"]`], "color: var(--less)");
  }
  if (!lit) return rules.join("\n");
  const pictured = picturedBy(lit);
  if (pictured.length > 0) {
    const rest = pictured.map((selector) => `:not(${selector})`).join("");
    all([`.unfolded :is(.line, .same, .weight, .layer, .key):not(.key *)${rest}`], "opacity: 0.15");
    all(pictured, "opacity: 1");
    all(
      pictured.map((selector) => `.unfolded .line${selector}`),
      "stroke-width: 2.4",
    );
    all(
      pictured.map((selector) => `.unfolded .layer${selector} .unit`),
      "stroke-width: 3.5",
    );
  }
  all(
    writtenAs(lit),
    "background: color-mix(in srgb, var(--accent) 24%, transparent); border-radius: 3px; box-shadow: 0 0 0 2px color-mix(in srgb, var(--accent) 24%, transparent)",
  );
  return rules.join("\n");
}

const quoted = (text: string) => `"${CSS.escape(text)}"`;

/** Parts of the picture: of a parameter its connections and the units that it belongs to; of a value its layer, and what reads it. */
function picturedBy({ kind, names, time }: Lit): string[] {
  if (kind === "parameter") return names.map((name) => `[data-parameters~=${quoted(name)}]`);
  if (kind !== "value") return [];
  return names.flatMap((name) => {
    const value = `[data-values~=${quoted(name)}]`;
    if (time === undefined) return [`.layer${value}`, `[data-from]${value}`];
    return [`.layer${value}[data-time="${time}"]`, `${value}[data-from="${time}"]`];
  });
}

/** Symbols of formulas: a value of a known time lights those of that time, and its name in equations at any time. */
function writtenAs({ kind, names, time, offset }: Lit): string[] {
  return names.flatMap((name) => {
    const symbol = `.katex [data-kind="${kind}"][data-name=${quoted(name)}]`;
    if (kind !== "value") return [symbol];
    if (time !== undefined) return [`${symbol}[data-time="${time}"]`, `${symbol}[data-offset]`];
    return offset === undefined ? [symbol] : [`${symbol}[data-offset="${offset}"]`, `${symbol}[data-time]`];
  });
}
