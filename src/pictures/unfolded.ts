/** A recurrent network unfolded in time, as the feedforward network that it is (papers/002, figure 1). */
import type { UnfoldedConnection, UnfoldedStructure } from "../analysis/index.ts";
import { LonghandError } from "../errors.ts";
import { escaped, round, svgDocument } from "./svg.ts";
import { layUnfoldedOut, nameOf, type PlacedLayer, type Point, type UnfoldedLayout } from "./unfolded-layout.ts";

export interface UnfoldedPictureOptions {
  readonly title: string;
  /** A line under the title. Default: none. */
  readonly subtitle?: string;
}

/** More layers than this are no longer looked at. */
const MOST_LAYERS = 200;

const margin = 20;
const letter = 7;

/** One colour for each kind of weights; told apart without red and green, on white as well as on black. */
const colours = [
  ["weights0", "#0550ae", "#79c0ff"],
  ["weights1", "#bc4c00", "#ffa657"],
  ["weights2", "#6639ba", "#d2a8ff"],
  ["weights3", "#0f766e", "#5eead4"],
  ["weights4", "#9a6700", "#e3b341"],
  ["weights5", "#57606a", "#8b949e"],
] as const;

const style = `
  .unfolded text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .unfolded .title { font-weight: 600; font-size: 16px; }
  .unfolded .note { fill: var(--faint); }
  .unfolded .above, .unfolded .below { font-size: 10px; }
  .unfolded .ground { fill: var(--ground); }
  .unfolded .unit { fill: var(--ground); stroke: var(--ink); stroke-width: 1.5; }
  .unfolded .input { stroke: var(--faint); }
  .unfolded .line { fill: none; stroke-width: 1.1; opacity: 0.55; }
  .unfolded .same { fill: none; stroke: var(--ink); stroke-width: 1.6; stroke-dasharray: 1 4; stroke-linecap: round; }
  .unfolded .name, .unfolded .weight { stroke: var(--ground); stroke-width: 5; stroke-linejoin: round; paint-order: stroke; }
  .unfolded .weight { text-anchor: middle; }
  .unfolded .end { text-anchor: end; }
  .unfolded .dots { text-anchor: middle; letter-spacing: 1px; }
${colours.map(([name]) => `  .unfolded .${name} { stroke: var(--${name}); }\n  .unfolded .of-${name} { fill: var(--${name}); }`).join("\n")}`;

/**
 * Draws an unfolded network: each layer at each time step as a row of units, inputs at the left, later steps higher up, the
 * output on top. Connections with the same weights have the same colour and the same name; those that go from a unit to the
 * same unit, such as a cell's state, are dotted. Layers, connections and their names say in data attributes, by the cell's own
 * names, which values, parameters and steps they are of.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 * @throws LonghandError `argument` for more layers than can be looked at.
 */
export function unfoldedPicture(structure: UnfoldedStructure, { title, subtitle }: UnfoldedPictureOptions): string {
  const { layers, connections, counts } = structure;
  if (layers.length > MOST_LAYERS) {
    throw new LonghandError(
      "argument",
      `picture of an unfolded network: ${layers.length} layers, inputs included; expected at most ${MOST_LAYERS}: fewer steps`,
    );
  }
  const layout = layUnfoldedOut(structure, (text) => letter * plainLength(text));
  const kinds = kindsOf(structure);
  const head = margin + (subtitle ? 52 : 30);
  const parts = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  if (subtitle) parts.push(`<text class="note" x="${margin}" y="${margin + 36}">${escaped(subtitle)}</text>`);
  parts.push(`<g transform="translate(${margin} ${head})">`);
  const kindOf = ({ weights }: UnfoldedConnection) => kinds.find((kind) => kind.weights.includes(weights[0]!));
  for (const connection of connections) {
    parts.push(...drawConnection(connection, structure, layout, kindOf(connection)));
  }
  for (const placed of layout.layers) parts.push(...drawLayer(placed, layout.radius));
  const taken: Point[] = [];
  for (const connection of connections) {
    const kind = kindOf(connection);
    if (!kind) continue;
    const at = placeOfLabel(layout.layers[connection.from]!, layout.layers[connection.to]!, taken);
    taken.push(at);
    const data = dataOf(connection, layout.layers);
    parts.push(labelAt(kind.name, at.x, at.y + 4, `weight of-${kind.colour}`, data));
  }
  parts.push("</g>");
  const legend = legendOf(structure, kinds);
  legend.forEach(({ kind, text, parameters }, row) => {
    const y = head + layout.height + 34 + 22 * row;
    const line =
      kind === "same"
        ? `<path class="same" d="M${margin} ${y - 4}h26"/>`
        : `<path class="line ${kind}" style="opacity:1" d="M${margin} ${y - 4}h26"/>`;
    const data = parameters.length > 0 ? attribute("parameters", parameters) : "";
    parts.push(`<g class="key"${data}>${line}${labelAt(text, margin + 36, y, "note")}</g>`);
  });
  const widest = Math.max(
    ...legend.map(({ text }) => 36 + letter * plainLength(text)),
    9 * title.length,
    letter * (subtitle?.length ?? 0),
  );
  return svgDocument({
    kind: "unfolded",
    width: Math.ceil(Math.max(layout.width, widest) + 2 * margin),
    height: Math.ceil(head + layout.height + 34 + 22 * legend.length + margin / 2),
    title,
    description: `${counts.hiddenLayers} hidden layers, ${counts.units} units, ${counts.connections} connections; ${counts.distinctParameters} different weights in ${counts.parameters} places.`,
    style,
    colours,
    parts,
  });
}

/** Weights that are told apart by a colour and a name; several arrays where they lead to the gates of the same units. */
interface Kind {
  readonly colour: string;
  readonly name: string;
  readonly weights: readonly string[];
}

/** Connections with a weight in common are of a kind: at the first step some gates are missing. */
function kindsOf({ connections }: UnfoldedStructure): Kind[] {
  let groups: Set<string>[] = [];
  for (const { weights } of connections) {
    const isAlike = (group: Set<string>) => weights.some((name) => group.has(name));
    const [first = new Set<string>(), ...others] = groups.filter(isAlike);
    if (weights.length > 0 && !groups.includes(first)) groups.push(first);
    for (const name of [...weights, ...others.flatMap((group) => [...group])]) first.add(name);
    groups = groups.filter((group) => !others.includes(group));
  }
  return groups.map((group, k) => {
    const weights = [...group];
    return { colour: colours[k % colours.length]![0], name: kindName(weights), weights };
  });
}

/** "w^(in,1.i)" and "w^(in,1.f)": w^(in,1.·); "W_i" and "W_f": W_∗. */
function kindName(weights: readonly string[]): string {
  const [head] = new Set(weights.map(headOf));
  return weights.length > 1 && head !== undefined && weights.every((name) => headOf(name) === head)
    ? `${head}${head.includes("(") ? "·)" : "∗"}`
    : weights.join(", ");
}

const headOf = (name: string) => /^(?:.*?,(?:\d+\.)?|.*_)/.exec(name)?.[0];

function drawConnection(
  connection: UnfoldedConnection,
  structure: UnfoldedStructure,
  { layers: placed, radius }: UnfoldedLayout,
  kind: Kind | undefined,
): string[] {
  const [from, to] = [placed[connection.from]!, placed[connection.to]!];
  const line = (a: Point, b: Point) => {
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const [dx, dy] = [((b.x - a.x) / length) * radius, ((b.y - a.y) / length) * radius];
    return `M${round(a.x + dx)} ${round(a.y + dy)}L${round(b.x - dx)} ${round(b.y - dy)}`;
  };
  const data = dataOf(connection, placed);
  const parts: string[] = [];
  if (kind) {
    const path = from.units.flatMap((a) => to.units.map((b) => line(a, b))).join("");
    parts.push(`<path class="line ${kind.colour}" d="${path}"${data}/>`);
  }
  if (connection.isOneToOne) {
    const path = from.units.flatMap((a, k) => (to.units[k] ? [line(a, to.units[k])] : [])).join("");
    const { carried: values, parameters, weights } = connection;
    const isVector = (name: string) =>
      structure.weights.some((each) => each.parameter === name && each.shape.length === 1);
    const own = { ...connection, values, parameters: weights.length > 0 ? parameters.filter(isVector) : parameters };
    parts.push(`<path class="same" d="${path}"${dataOf(own, placed)}/>`);
  }
  return parts;
}

/** What a page that reacts to a connection wants to know: its parameters, the values that it reads, and when they are read. */
function dataOf({ from, to, parameters, values }: UnfoldedConnection, placed: readonly PlacedLayer[]): string {
  const times = ` data-from="${placed[from]!.layer.time}" data-time="${placed[to]!.layer.time}"`;
  return `${attribute("parameters", parameters)}${attribute("values", values)}${times}`;
}

/** A list of names; no name has a space in it, but what is learned of the state before the first step. */
function attribute(name: string, names: readonly string[]): string {
  return ` data-${name}="${escaped(names.map((each) => each.replaceAll(" ", "_")).join(" "))}"`;
}

/** Where what a connection's weights are called stands: near the middle of its lines, but on no other name. */
function placeOfLabel(from: PlacedLayer, to: PlacedLayer, taken: readonly Point[]): Point {
  const middle = ({ left, right }: PlacedLayer) => (left + right) / 2;
  const places = [0.5, 0.36, 0.64, 0.25, 0.75].map((share) => ({
    x: middle(from) + share * (middle(to) - middle(from)),
    y: from.y + share * (to.y - from.y),
  }));
  const isFree = ({ x, y }: Point) => taken.every((other) => Math.abs(other.x - x) > 60 || Math.abs(other.y - y) > 18);
  return places.find(isFree) ?? places[0]!;
}

function drawLayer({ layer, units, more, left, right, y }: PlacedLayer, radius: number): string[] {
  const isInput = layer.kind === "input";
  const circles = units.map(
    (unit) =>
      `<circle class="unit${isInput ? " input" : ""}" cx="${round(unit.x)}" cy="${round(unit.y)}" r="${radius}"/>`,
  );
  const told = nameOf(layer);
  const data = `${attribute("values", layer.values)}${attribute("parameters", layer.parameters)} data-time="${layer.time}"`;
  return [
    `<g class="layer"${data}>`,
    ...circles,
    ...(more ? [`<text class="dots" x="${round(more.x)}" y="${round(more.y + 2)}">…</text>`] : []),
    isInput ? labelAt(told, left - 8, y + 5, "name end") : labelAt(told, right + 8, y + 5, "name"),
    "</g>",
  ];
}

function legendOf(
  { weights, connections }: UnfoldedStructure,
  kinds: readonly Kind[],
): { kind: string; text: string; parameters: readonly string[] }[] {
  const rows = kinds.map(({ colour, name, weights: names }) => {
    const own = weights.filter((each) => names.includes(each.name));
    const shapes = [...new Set(own.map(({ shape }) => shape.join("×")))].join(", ");
    const uses = own.map((each) => each.uses);
    const most = Math.max(...uses);
    const upTo = Math.min(...uses) < most ? "up to " : "";
    const gates =
      own.length > 1
        ? ` for ${own.map((each) => each.name.slice(headOf(each.name)?.length ?? 0).replace(")", "")).join(", ")}`
        : "";
    const times = most === 1 ? "once" : `${upTo}${most} times, the same each time`;
    const parameters = own.map(({ parameter }) => parameter);
    return { kind: colour, text: `${name}${gates}: ${shapes}, ${times}`, parameters };
  });
  const hasSame = connections.some(({ isOneToOne }) => isOneToOne);
  return hasSame
    ? [...rows, { kind: "same", text: "from a unit to the same unit: what it remembers", parameters: [] }]
    : rows;
}

/** "x^(1)(t=2)" with (1) raised, "W_i" with i lowered. */
function labelAt(text: string, x: number, y: number, kind: string, data = ""): string {
  // A part that is raised or lowered comes with its sign; what follows it stands on the line again.
  let height = 0;
  const spans = text.split(raisedOrLowered).flatMap((part) => {
    const sign = part.length > 1 ? /^[\^_]/.exec(part)?.[0] : undefined;
    const to = sign === "^" ? -5 : sign === "_" ? 4 : 0;
    const shift = to === height ? "" : ` dy="${to - height}"`;
    if (part === "") return [];
    height = to;
    if (sign === undefined) return [shift === "" ? escaped(part) : `<tspan${shift}>${escaped(part)}</tspan>`];
    return [`<tspan class="${sign === "^" ? "above" : "below"}"${shift}>${escaped(plain(part))}</tspan>`];
  });
  return `<text class="${kind}" x="${round(x)}" y="${round(y)}"${data}>${spans.join("")}</text>`;
}

const raisedOrLowered = /(\^\([^)]*\)|_(?:\{[^}]*\}|[\w∗]+(?:,[\w∗.]+)?))/;

/** What is raised or lowered, without sign and braces. */
const plain = (part: string) => part.slice(1).replace(/^\{(.*)\}$/, "$1");

function plainLength(text: string): number {
  const shorter = (part: string) => plain(part).slice(0, Math.ceil(0.8 * (part.length - 1)));
  return [
    ...text
      .split(raisedOrLowered)
      .map((part, k) => (k % 2 === 1 ? shorter(part) : part))
      .join(""),
  ].length;
}
