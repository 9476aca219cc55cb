/**
 * What a proof by invariant sets is made of, as a picture: boxes of network states, each for a state of the machine that answers
 * the task, on two of the units; and the states that the network comes to.
 */
import { scaleLinear } from "d3-scale";
import { LonghandError } from "../errors.ts";
import { palette } from "./curves.ts";
import { escaped, round, svgDocument } from "./svg.ts";

/** A set of network states: lower ≤ values ≤ upper, a number for each unit. */
export interface StateBox {
  /** The machine's state in it, by number. */
  readonly state: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** What tells it apart from others of the same state: "after 1+0". Default: nothing. */
  readonly label?: string;
}

/** A network state that was visited. */
export interface StatePoint {
  /** The machine's state in it, by number. */
  readonly state: number;
  readonly values: readonly number[];
}

export interface StateBoxes {
  readonly title: string;
  /** Names of the units. */
  readonly units: readonly string[];
  /** Names of the machine's states. */
  readonly states: readonly string[];
  /** May be none. */
  readonly boxes: readonly StateBox[];
  /** Default: none. */
  readonly points?: readonly StatePoint[];
  /** Where a unit is neither on nor off: a dashed line. Default: no line. */
  readonly threshold?: number;
  /** Values that are shown at least. Default: from 0 to 1. */
  readonly range?: readonly [low: number, high: number];
}

const margin = 20;
const plot = { top: 52, size: 380 };
const letter = 7.2;
/** Width and height that a box is drawn with at least, so that it is seen. */
const least = 7;
/** Radius of a point that was visited once, and the largest. */
const dot = { once: 2, most: 10 };

export const boxesStyle = (kind: string) => `
  .${kind} text { font: 13px system-ui, sans-serif; fill: var(--ink); }
  .${kind} .title { font-weight: 600; font-size: 16px; }
  .${kind} .note, .${kind} .tick { fill: var(--faint); }
  .${kind} .tick { font-size: 12px; font-variant-numeric: tabular-nums; }
  .${kind} .ground { fill: var(--ground); }
  .${kind} .grid { stroke: var(--line); fill: none; }
  .${kind} .threshold { stroke: var(--faint); stroke-dasharray: 5 4; fill: none; }
  .${kind} .box { fill-opacity: 0.25; stroke-width: 1.5; }
  .${kind} .point { fill-opacity: 0.4; stroke-width: 1; }`;

/** The colours of a state of the machine, the same in all pictures of it. */
export function stateColour(state: number): string {
  return `var(--series${state % palette.length})`;
}

/**
 * Draws the boxes as they lie on two units, and how often each state was visited as the size of a dot. Boxes that are thinner
 * than a few pixels are drawn thicker.
 * @param x number of the unit to the right. @param y of the unit upwards.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page. Boxes have a
 * `data-box` with their number.
 * @throws LonghandError `shape` for boxes or points without a number for each unit, `argument` for a state or unit that isn't
 * there, bounds in the wrong order or numbers that aren't finite.
 */
export function boxesPicture(drawing: StateBoxes, [x, y]: readonly [x: number, y: number]): string {
  checkBoxes(drawing);
  const { title, units, states, boxes, points = [], threshold } = drawing;
  for (const unit of [x, y]) {
    if (units[unit] === undefined)
      throw new LonghandError("argument", `boxes: no unit ${unit}, expected 0 to ${units.length - 1}`);
  }
  const left = margin + 62;
  const [right, bottom] = [left + plot.size, plot.top + plot.size];
  const onX = scaleLinear(domainOf(drawing, [x]), [left, right]);
  const onY = scaleLinear(domainOf(drawing, [y]), [bottom, plot.top]);
  const parts = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  const format = onX.tickFormat(5);
  for (const value of onX.ticks(5)) {
    const at = round(onX(value));
    parts.push(`<path class="grid" d="M${at} ${plot.top}V${bottom}"/>`);
    parts.push(`<text class="tick" x="${at}" y="${bottom + 18}" text-anchor="middle">${escaped(format(value))}</text>`);
  }
  for (const value of onY.ticks(5)) {
    const at = round(onY(value));
    parts.push(`<path class="grid" d="M${left} ${at}H${right}"/>`);
    parts.push(
      `<text class="tick" x="${left - 8}" y="${round(at + 4)}" text-anchor="end">${escaped(format(value))}</text>`,
    );
  }
  if (threshold !== undefined) {
    const [tx, ty] = [round(onX(threshold)), round(onY(threshold))];
    parts.push(`<path class="threshold" d="M${tx} ${plot.top}V${bottom}M${left} ${ty}H${right}"/>`);
  }
  const extent = (a: number, b: number) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const size = Math.max(least, high - low);
    return { at: round((low + high) / 2 - size / 2), size: round(size) };
  };
  boxes.forEach((box, number) => {
    const across = extent(onX(box.lower[x]!), onX(box.upper[x]!));
    const up = extent(onY(box.lower[y]!), onY(box.upper[y]!));
    const colour = stateColour(box.state);
    parts.push(
      `<rect class="box" data-box="${number}" x="${across.at}" y="${up.at}" width="${across.size}" height="${up.size}" fill="${colour}" stroke="${colour}"><title>${escaped(boxInWords(drawing, box, [x, y]))}</title></rect>`,
    );
  });
  for (const { state, px, py, count } of gathered(points, (values) => [onX(values[x]!), onY(values[y]!)])) {
    const colour = stateColour(state);
    const radius = round(Math.min(dot.most, dot.once * Math.sqrt(count)));
    parts.push(
      `<circle class="point" cx="${px}" cy="${py}" r="${radius}" fill="${colour}" stroke="${colour}"><title>${escaped(`${states[state]}: ${count} ${count === 1 ? "visit" : "visits"}`)}</title></circle>`,
    );
  }
  parts.push(
    `<text x="${round((left + right) / 2)}" y="${bottom + 40}" text-anchor="middle">${escaped(units[x]!)}</text>`,
    `<text x="${margin + 6}" y="${round((plot.top + bottom) / 2 + 4)}" text-anchor="middle">${escaped(units[y]!)}</text>`,
  );
  const legend = legendOf(drawing, right + 22, plot.top + 6);
  parts.push(...legend.parts);
  return svgDocument({
    kind: "boxes",
    width: Math.ceil(Math.max(right + 22 + legend.width, 2 * margin + 9 * title.length) + margin),
    height: bottom + 40 + margin,
    title,
    description: descriptionOf(drawing, `on the units ${units[x]} and ${units[y]}`),
    style: boxesStyle("boxes"),
    colours: palette,
    parts,
  });
}

/** The names of the machine's states in their colours, and how many boxes and visits each has. */
export function legendOf({ states, boxes, points = [] }: StateBoxes, left: number, top: number) {
  const parts: string[] = [];
  let y = top;
  let widest = 0;
  states.forEach((name, state) => {
    const own = boxes.filter((box) => box.state === state).length;
    const visits = points.filter((point) => point.state === state).length;
    if (own === 0 && visits === 0) return;
    const note = [
      ...(own > 0 ? [`${own} ${own === 1 ? "box" : "boxes"}`] : []),
      ...(visits > 0 ? [`${visits} ${visits === 1 ? "visit" : "visits"}`] : []),
    ].join(", ");
    const colour = stateColour(state);
    parts.push(
      `<rect class="box" x="${left}" y="${y - 1}" width="14" height="14" fill="${colour}" stroke="${colour}"/>`,
      `<text x="${left + 22}" y="${y + 10}">${escaped(name)}</text>`,
      `<text class="note" x="${left + 22}" y="${y + 27}">${escaped(note)}</text>`,
    );
    widest = Math.max(widest, name.length, note.length);
    y += 46;
  });
  return { parts, width: 22 + Math.ceil(widest * letter), bottom: y };
}

/** What the picture shows, for those who can't see it. */
export function descriptionOf({ boxes, points = [], states }: StateBoxes, where: string): string {
  const counts = states.map((name, state) => {
    const own = boxes.filter((box) => box.state === state).length;
    return `${name}: ${own} ${own === 1 ? "box" : "boxes"}`;
  });
  return `Sets of network states ${where}, by the state of the machine. ${counts.join(", ")}; ${points.length} visits.`;
}

/** A box's bounds on some units. */
export function boxInWords({ states, units }: StateBoxes, box: StateBox, some: readonly number[]): string {
  const bounds = some.map((unit) => `${units[unit]} ${shown(box.lower[unit]!)} to ${shown(box.upper[unit]!)}`);
  return `${states[box.state]}${box.label === undefined ? "" : `, ${box.label}`}: ${bounds.join(", ")}`;
}

const shown = (value: number) => (round(value, 4) + 0).toString().replace("-", "−");

/** The values of some units that are shown. */
export function domainOf(
  { boxes, points = [], threshold, range = [0, 1] }: StateBoxes,
  some: readonly number[],
): [number, number] {
  let [low, high] = range;
  const include = (value: number) => {
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  if (threshold !== undefined) include(threshold);
  for (const unit of some) {
    for (const { lower, upper } of boxes) {
      include(lower[unit]!);
      include(upper[unit]!);
    }
    for (const { values } of points) include(values[unit]!);
  }
  const space = (high - low) / 25 || 1;
  return [low - space, high + space];
}

/** Points that fall on the same place, counted; the most visited first, so that none hides another. */
function gathered(points: readonly StatePoint[], place: (values: readonly number[]) => readonly [number, number]) {
  const found = new Map<string, { state: number; px: number; py: number; count: number }>();
  for (const { state, values } of points) {
    const [px, py] = place(values).map((at) => round(at, 0)) as [number, number];
    const key = `${state} ${px} ${py}`;
    const known = found.get(key);
    if (known) known.count++;
    else found.set(key, { state, px, py, count: 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

export function checkBoxes({ units, states, boxes, points = [] }: StateBoxes): void {
  const check = (what: string, state: number, values: readonly number[]) => {
    if (states[state] === undefined)
      throw new LonghandError("argument", `boxes: ${what} is in state ${state}, expected 0 to ${states.length - 1}`);
    if (values.length !== units.length)
      throw new LonghandError("shape", `boxes: ${what} has ${values.length} numbers, expected ${units.length}`);
    const bad = values.find((value) => !Number.isFinite(value));
    if (bad !== undefined) throw new LonghandError("argument", `boxes: ${what} has the number ${bad}`);
  };
  boxes.forEach(({ state, lower, upper }, number) => {
    check(`box ${number}`, state, lower);
    check(`box ${number}`, state, upper);
    const wrong = lower.findIndex((value, unit) => value > upper[unit]!);
    if (wrong >= 0)
      throw new LonghandError(
        "argument",
        `boxes: box ${number} is from ${lower[wrong]} to ${upper[wrong]} on unit ${wrong}; expected the lower bound first`,
      );
  });
  points.forEach(({ state, values }, number) => {
    check(`point ${number}`, state, values);
  });
}
