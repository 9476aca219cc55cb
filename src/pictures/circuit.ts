/** An inter-layer recurrent network as the circuit that it is: units, weights on the arrows, registers between steps. */
import { LonghandError } from "../errors.ts";
import type { Connection, UnitPlace, Wiring } from "../networks/index.ts";
import {
  type CircuitEdge,
  type CircuitLayout,
  type CircuitNode,
  isDense,
  labelled,
  layCircuitOut,
  type Point,
} from "./circuit-layout.ts";
import { type CircuitPart, connectionPart, nodePart, touching } from "./circuit-parts.ts";
import { escaped, round, signColours, svgDocument } from "./svg.ts";

/** What is on at a step. */
export interface CircuitValues {
  readonly inputs: readonly number[];
  /** Activations of the units by layer. */
  readonly units: readonly (readonly number[])[];
  /** Those of the step before, which the registers hold. */
  readonly before: readonly (readonly number[])[];
}

export interface CircuitFrame extends CircuitValues {
  /** Over the frame: "step 3: 1 + 0". */
  readonly caption: string;
}

export interface CircuitOptions {
  readonly title: string;
  /** A line under the title. Default: none. */
  readonly subtitle?: string;
}

export interface CircuitPictureOptions extends CircuitOptions {
  /** Drawn in the units in place of their biases; connections that carry nothing are faint. Default: none. */
  readonly values?: CircuitValues;
  /** Drawn with all that it touches, and with their weights, the others faint. Default: none. */
  readonly emphasis?: CircuitPart | undefined;
  /**
   * Weights and biases can be taken hold of: connections and units are sliders from `low` to `high` with `data-part`, their name,
   * and a label; other parts have a name alone. One may be chosen. Default: a picture to look at.
   */
  readonly editable?: { readonly low: number; readonly high: number; readonly chosen?: CircuitPart };
}

/** Larger films are no longer looked at, and hardly opened. */
const MOST_PARTS = 20_000;

const margin = 20;
const letter = 6.6;
const textWidth = (text: string) => [...text].length * letter;

const style = `
  .circuit text { font: 12px system-ui, sans-serif; fill: var(--ink); text-anchor: middle; }
  .circuit .title { font-weight: 600; font-size: 16px; text-anchor: start; }
  .circuit .caption { font-weight: 600; font-size: 13px; text-anchor: start; }
  .circuit .note { font-size: 13px; fill: var(--faint); text-anchor: start; }
  .circuit .name { fill: var(--faint); }
  .circuit .aside { fill: var(--faint); font-size: 11px; text-anchor: end; }
  .circuit .inside { font-size: 13px; font-variant-numeric: tabular-nums; }
  .circuit .small { font-size: 10px; }
  .circuit .weight { stroke: var(--ground); stroke-width: 4; stroke-linejoin: round; paint-order: stroke; }
  .circuit .ground, .circuit .strong { fill: var(--ground); }
  .circuit .node { fill: var(--ground); stroke: var(--ink); stroke-width: 1.5; }
  .circuit .register { stroke-dasharray: 2 3; }
  .circuit .on { stroke: none; }
  .circuit .more { fill: var(--more); }
  .circuit .less { fill: var(--less); }
  .circuit .line { fill: none; stroke: var(--more); }
  .circuit .line.minus { stroke: var(--less); }
  .circuit .bubble { fill: var(--ground); stroke: var(--less); stroke-width: 1.5; }
  .circuit .recurrent { stroke-dasharray: 1.5 4; stroke-linecap: round; }
  .circuit .return { fill: none; stroke: var(--faint); stroke-width: 1.3; stroke-dasharray: 1.5 4; stroke-linecap: round; }
  .circuit .return.lit { stroke: var(--ink); stroke-width: 2; }
  .circuit .tip { fill: var(--faint); }
  .circuit .tip.lit { fill: var(--ink); }`;

/** Where parts can be taken hold of. */
const editableStyle = `
  .circuit .grip { fill: none; stroke: transparent; stroke-linecap: round; pointer-events: stroke; }
  .circuit [role=slider] { cursor: ns-resize; outline: none; }
  .circuit .chosen .node, .circuit [role=slider]:focus-visible .node { stroke: var(--more); stroke-width: 4; }
  .circuit .chosen .grip, .circuit [role=slider]:focus-visible .grip { stroke: var(--more); opacity: 0.3; }
  .circuit .weight, .circuit .bubble { pointer-events: none; }`;

/**
 * Draws a network as a circuit: columns are layers from the input; a unit's bias stands in it, a connection's weight on it.
 * Arrows add, circles subtract; dotted squares are registers that hold a unit's activation of the step before, and dotted
 * connections come from them. In dense circuits, only the strongest weights are written, and the others told by the width
 * of their line.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 */
export function circuitPicture(wiring: Wiring, options: CircuitPictureOptions): string {
  const { title, subtitle, values, emphasis, editable } = options;
  if (values) checkValues(wiring, values);
  const touched = emphasis === undefined ? undefined : touching(wiring, emphasis);
  const written =
    touched && new Set(wiring.connections.filter((connection) => touched.has(connectionPart(connection))));
  const layout = layCircuitOut(wiring, {
    textWidth,
    labelOf: ({ weight }) => shortNumber(weight),
    written: isDense(wiring) && written ? written : labelled(wiring),
    hasValues: values !== undefined,
  });
  const head = headOf(title, subtitle);
  const legend = legendOf(wiring, values !== undefined);
  const parts = [
    ...head.parts,
    `<g transform="translate(${margin} ${head.height})">`,
    ...drawn(wiring, layout, { values, touched, editable }),
    "</g>",
    `<text class="note" x="${margin}" y="${head.height + layout.height + 24}">${escaped(legend)}</text>`,
  ];
  const width = Math.max(layout.width + 2 * margin, head.width, 2 * margin + 6.2 * legend.length);
  const height = head.height + layout.height + 24 + margin;
  return document(title, descriptionOf(wiring), Math.ceil(width), height, parts, editable !== undefined);
}

/**
 * Draws a network stepping through a problem, a frame a time step: every activation in its unit, connections that carry
 * something strong, the others faint.
 * @throws LonghandError `argument` for no frames, or values that aren't as many as the units.
 */
export function circuitFilm(
  wiring: Wiring,
  frames: readonly CircuitFrame[],
  { title, subtitle }: CircuitOptions,
): string {
  const most = Math.floor(MOST_PARTS / (wiring.connections.length + wiring.layers.flat().length));
  if (frames.length === 0 || frames.length > most) {
    throw new LonghandError("argument", `circuit: received ${frames.length} frames, expected 1 to ${most}`);
  }
  const layout = layCircuitOut(wiring, { textWidth, labelOf: () => "", hasValues: true, isCompact: true });
  const head = headOf(title, subtitle);
  const cell = {
    width: Math.max(layout.width, ...frames.map(({ caption }) => 8 * caption.length)) + 44,
    height: layout.height + 48,
  };
  const across = Math.max(1, Math.min(frames.length, Math.floor(1120 / cell.width)));
  const parts = [...head.parts];
  frames.forEach((frame, k) => {
    checkValues(wiring, frame);
    const x = margin + (k % across) * cell.width;
    const y = head.height + Math.floor(k / across) * cell.height;
    parts.push(`<g transform="translate(${x} ${y})">`);
    parts.push(`<text class="caption" x="0" y="6">${escaped(frame.caption)}</text>`);
    parts.push(`<g transform="translate(0 20)">`, ...drawn(wiring, layout, { values: frame }), "</g>", "</g>");
  });
  const bottom = head.height + Math.ceil(frames.length / across) * cell.height;
  const legend = legendOf(wiring, true);
  parts.push(`<text class="note" x="${margin}" y="${bottom + 4}">${escaped(legend)}</text>`);
  const width = Math.max(2 * margin + across * cell.width - 44, head.width, 2 * margin + 6.2 * legend.length);
  return document(title, descriptionOf(wiring), Math.ceil(width), bottom + 4 + margin, parts);
}

function document(
  title: string,
  description: string,
  width: number,
  height: number,
  parts: readonly string[],
  isEditable = false,
): string {
  const more = isEditable ? ({ style: style + editableStyle, role: "group" } as const) : { style };
  return svgDocument({ kind: "circuit", width, height, title, description, colours: signColours, parts, ...more });
}

function headOf(title: string, subtitle: string | undefined) {
  const parts = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  if (subtitle) parts.push(`<text class="note" x="${margin}" y="${margin + 36}">${escaped(subtitle)}</text>`);
  const width = 2 * margin + Math.max(9 * title.length, 6.6 * (subtitle?.length ?? 0));
  return { parts, width, height: margin + (subtitle ? 62 : 40) };
}

function legendOf(wiring: Wiring, hasValues: boolean): string {
  const hasRegisters = wiring.connections.some(({ isRecurrent }) => isRecurrent);
  return [
    ...(hasValues ? [] : ["in a unit: its bias"]),
    "arrows add, circles subtract",
    ...(hasRegisters ? ["dotted squares: the unit at the step before"] : []),
    ...(hasValues || !isDense(wiring) ? [] : ["width: weight within its layer"]),
  ].join(" · ");
}

function descriptionOf({ inputs, layers, connections }: Wiring): string {
  const recurrent = connections.filter(({ isRecurrent }) => isRecurrent).length;
  const widths = [inputs.length, ...layers.map((layer) => layer.length)];
  return `${widths.join("-")} units, ${connections.length} connections, ${recurrent} of them recurrent.`;
}

/** A number as short as pictures want it: halves as ½, others with two digits. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  const halves = 2 * size;
  if (Number.isInteger(halves) && size < 100) {
    const whole = Math.floor(size);
    const text = `${whole === 0 && halves % 2 === 1 ? "" : whole}${halves % 2 === 1 ? "½" : ""}`;
    return value < 0 ? `−${text}` : text;
  }
  return String(Number(value.toPrecision(2))).replace("-", "−");
}

interface Drawing {
  readonly values?: CircuitValues | undefined;
  /** The parts that aren't faint. Default: all. */
  readonly touched?: ReadonlySet<CircuitPart> | undefined;
  readonly editable?: CircuitPictureOptions["editable"];
}

/** How strong untouched lines and nodes are beside touched ones. */
const faint = { line: 0.12, node: 0.35 };

/** The circuit itself, its upper left corner at 0, 0. */
function drawn(wiring: Wiring, layout: CircuitLayout, { values, touched, editable }: Drawing): string[] {
  const largest = wiring.layers.map((_, n) =>
    Math.max(...wiring.connections.filter(({ to }) => to.layer === n + 1).map(({ weight }) => Math.abs(weight))),
  );
  const dense = isDense(wiring);
  const isFaint = (part: CircuitPart) => touched !== undefined && !touched.has(part);
  const valueAt = (node: CircuitNode): number | undefined => {
    if (!values) return undefined;
    if (node.kind === "input") return values.inputs[node.of.unit]!;
    return (node.kind === "register" ? values.before : values.units)[node.of.layer - 1]![node.of.unit]!;
  };
  const lit = ({ layer, unit }: UnitPlace) => values !== undefined && Math.abs(values.units[layer - 1]![unit]!) > 0.5;
  const parts = layout.returns.map(({ of, points }) => drawReturn(points, lit(of)));
  // Weak lines first, so that strong ones lie over them.
  const edges = [...layout.edges].sort((a, b) => Math.abs(a.connection.weight) - Math.abs(b.connection.weight));
  for (const edge of edges) {
    const { connection, source, target } = edge;
    const part = connectionPart(connection);
    const share = Math.abs(connection.weight) / (largest[connection.to.layer - 1]! || 1);
    const signal = values ? Math.min(1, Math.abs(valueAt(source)!)) : 1;
    const width = 0.7 + (dense ? 2.8 : 1.2) * share;
    const strength = (dense ? 0.1 + 0.9 * share : 1) * (0.14 + 0.86 * signal);
    const lines = drawEdge(edge, width, isFaint(part) ? faint.line * strength : touched ? 1 : strength);
    const label = `${source.name}${connection.isRecurrent ? " a step before" : ""} to ${target.name}: weight ${part}`;
    parts.push(
      ...held(lines, part, editable && { ...editable, label, value: connection.weight, grip: gripOf(edge, dense) }),
    );
  }
  for (const { label, connection } of layout.edges) {
    if (label && !isFaint(connectionPart(connection))) parts.push(drawWeight(label, connection));
  }
  for (const node of layout.nodes) {
    const part = nodePart(node.kind, node.of);
    const made = drawNode(node, wiring, layout.isTight, valueAt(node));
    const lines = isFaint(part) ? [`<g opacity="${faint.node}">`, ...made, "</g>"] : made;
    const unit = node.kind === "unit" ? wiring.layers[node.of.layer - 1]![node.of.unit]! : undefined;
    const label = `${node.name}: bias ${part}`;
    parts.push(...held(lines, part, editable && { ...editable, ...(unit && { label, value: unit.bias }) }));
  }
  return parts;
}

/** A part that can be taken hold of: a slider where it has a value. */
function held(
  lines: readonly string[],
  part: CircuitPart,
  hold?: CircuitPictureOptions["editable"] & { label?: string; value?: number; grip?: string },
): readonly string[] {
  if (!hold) return lines;
  const { low, high, chosen, label, value, grip = "" } = hold;
  const slider =
    label === undefined || value === undefined
      ? ""
      : ` role="slider" tabindex="-1" aria-orientation="vertical" aria-label="${escaped(label)}" aria-valuemin="${low}" aria-valuemax="${high}" aria-valuenow="${round(value, 6)}"`;
  return [`<g data-part="${part}"${part === chosen ? ' class="chosen"' : ""}${slider}>`, ...lines, grip, "</g>"];
}

/** What of a line can be touched: more than is seen of it. */
function gripOf({ start, end }: CircuitEdge, dense: boolean): string {
  return `<path class="grip" stroke-width="${dense ? 7 : 16}" d="M${round(start.x)} ${round(start.y)}L${round(end.x)} ${round(end.y)}"/>`;
}

function drawEdge({ connection, start, end }: CircuitEdge, width: number, opacity: number): string[] {
  const angle = Math.atan2(end.y - start.y, end.x - start.x);
  const minus = connection.weight < 0;
  const back = (distance: number, aside = 0): string => {
    const x = end.x - distance * Math.cos(angle) - aside * Math.sin(angle);
    const y = end.y - distance * Math.sin(angle) + aside * Math.cos(angle);
    return `${round(x)} ${round(y)}`;
  };
  const size = 6 + width;
  const kind = `line${minus ? " minus" : ""}${connection.isRecurrent ? " recurrent" : ""}`;
  const faded = opacity < 1 ? ` opacity="${round(opacity)}"` : "";
  const line = `<path class="${kind}" stroke-width="${round(width)}" d="M${round(start.x)} ${round(start.y)}L${back(minus ? 7 : size - 1)}"/>`;
  const [x, y] = back(3.5).split(" ");
  const tip = minus
    ? `<circle class="bubble" cx="${x}" cy="${y}" r="3.5"/>`
    : `<path class="more" d="M${back(0)}L${back(size, size / 2.4)}L${back(size, -size / 2.4)}Z"/>`;
  return [`<g${faded}>`, line, tip, "</g>"];
}

function drawWeight({ x, y }: Point, { weight }: Connection): string {
  return `<text class="weight" x="${round(x)}" y="${round(y + 4)}">${shortNumber(weight)}</text>`;
}

/** A path back to a register, with rounded corners. */
function drawReturn(points: readonly Point[], isLit: boolean): string {
  const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
  const toward = (from: Point, to: Point, distance: number): Point => {
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const share = Math.min(distance, length / 2) / length;
    return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
  };
  let path = `M${at(points[0]!)}`;
  for (let k = 1; k < points.length - 1; k++) {
    const corner = points[k]!;
    path += `L${at(toward(corner, points[k - 1]!, 8))}Q${at(corner)} ${at(toward(corner, points[k + 1]!, 8))}`;
  }
  const [before, end] = points.slice(-2) as [Point, Point];
  const angle = Math.atan2(end.y - before.y, end.x - before.x);
  const corner = (aside: number) =>
    at({
      x: end.x - 7 * Math.cos(angle) - aside * Math.sin(angle),
      y: end.y - 7 * Math.sin(angle) + aside * Math.cos(angle),
    });
  const lit = isLit ? " lit" : "";
  return (
    `<path class="return${lit}" d="${path}L${at(toward(end, before, 6))}"/>` +
    `<path class="tip${lit}" d="M${at(end)}L${corner(3)}L${corner(-3)}Z"/>`
  );
}

function drawNode(node: CircuitNode, wiring: Wiring, isTight: boolean, value?: number): string[] {
  const { kind, of, name, x, y, half } = node;
  const { width, height } = half;
  const isSquare = kind === "register";
  const shape = (classes: string, more = "") =>
    isSquare
      ? `<rect class="${classes}" x="${round(x - width)}" y="${round(y - height)}" width="${round(2 * width)}" height="${round(2 * height)}" rx="3"${more}/>`
      : `<circle class="${classes}" cx="${round(x)}" cy="${round(y)}" r="${height}"${more}/>`;
  const inner = height < 16 && (isDense(wiring) || value === undefined) ? " small" : "";
  const text = (kind: string, at: number, content: string) =>
    `<text class="${kind}" x="${round(x)}" y="${round(at)}">${escaped(content)}</text>`;
  const parts = [shape(`node${isSquare ? " register" : ""}`)];
  if (value === undefined) {
    const bias = () => shortNumber(wiring.layers[of.layer - 1]![of.unit]!.bias);
    const square = isTight ? name : "t−1";
    parts.push(text(`inside${inner}`, y + 4.5, isSquare ? square : kind === "input" ? name : bias()));
  } else {
    const strength = round(Math.min(1, Math.abs(value)), 3);
    if (strength > 0) parts.push(shape(`on ${value < 0 ? "less" : "more"}`, ` fill-opacity="${strength}"`));
    const shown = Number.isInteger(value) ? String(value).replace("-", "−") : value.toFixed(2).replace("-", "−");
    parts.push(text(`inside${inner}${strength > 0.55 ? " strong" : ""}`, y + 4.5, shown));
  }
  if (isSquare && isTight) {
    if (value !== undefined)
      parts.push(`<text class="aside" x="${round(x - width - 5)}" y="${round(y + 4)}">${escaped(name)}</text>`);
  } else if (isSquare || kind !== "input" || value !== undefined) parts.push(text("name", y + height + 14, name));
  return parts;
}

function checkValues({ inputs, layers }: Wiring, { inputs: given, units, before }: CircuitValues): void {
  const expected = [inputs, ...layers].map((list) => list.length).join("-");
  for (const rest of [units, before]) {
    const received = [given, ...rest].map((list) => list.length).join("-");
    if (received !== expected) {
      throw new LonghandError("argument", `circuit: values of ${received} units, expected ${expected}`);
    }
  }
}
