/** A finite machine as a state diagram: a circle for each state, an arrow for what leads from one to another. */
import { LonghandError } from "../errors.ts";
import { escaped, round, svgDocument } from "./svg.ts";

/** What leads from one state to another. */
export interface StateArrow {
  readonly from: number;
  readonly to: number;
  /** Written at the arrow, one a line: "11/0". */
  readonly labels: readonly string[];
  /** Drawn in the colour of errors. Default: no. */
  readonly isWrong?: boolean;
}

export interface StateDiagram {
  readonly title: string;
  /** A line under the title. Default: none. */
  readonly subtitle?: string;
  /** Names of the states. */
  readonly states: readonly string[];
  readonly initial: number;
  /** At most one from a state to a state, and one more that is wrong. */
  readonly arrows: readonly StateArrow[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** An arrow's curve, and its label's place. */
interface Drawn {
  readonly arrow: StateArrow;
  /** A cubic Bézier curve. */
  readonly curve: readonly [Point, Point, Point, Point];
  /** A point of the curve that the label stands at, and the direction in which it stands. */
  readonly places: readonly { readonly at: Point; readonly towards: Point }[];
}

const margin = 20;
const letter = 7.9;
const line = 17;
const head = { length: 10, width: 4 };
/** From the end of one arrow's label to its arrow. */
const gap = 7;
/** With more states, labels are shown when an arrow is pointed at, so that the picture stays readable. */
const mostLabelled = 12;

const style = `
  .states text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: var(--ink); }
  .states .title { font: 600 16px system-ui, sans-serif; }
  .states .note { font: 13px system-ui, sans-serif; fill: var(--faint); }
  .states .ground { fill: var(--ground); }
  .states .state { fill: var(--fill); stroke: var(--state); stroke-width: 2; }
  .states .name { font: 600 14px system-ui, sans-serif; text-anchor: middle; }
  .states .arrow { fill: none; stroke: var(--faint); stroke-width: 1.5; }
  .states .head { fill: var(--faint); }
  .states .label { text-anchor: middle; paint-order: stroke; stroke: var(--ground); stroke-width: 5px; stroke-linejoin: round; }
  .states .wrong .arrow { stroke: var(--wrong); stroke-width: 2; }
  .states .wrong .head, .states .wrong .label { fill: var(--wrong); }`;

const colours = [
  ["state", "#0550ae", "#79c0ff"],
  ["fill", "#eef5ff", "#10243d"],
  ["wrong", "#bc4c00", "#ffa657"],
] as const;

/**
 * Draws a state diagram: two states side by side, more on a circle, the initial one at its left.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page.
 * @throws LonghandError `argument` for no states, or an arrow or initial state that names none of them.
 */
export function stateDiagram(diagram: StateDiagram): string {
  check(diagram);
  const { title, subtitle, states, initial, arrows } = diagram;
  const names = states.map(nameLines);
  const widest = Math.max(...names.flat().map((part) => part.length));
  const tallest = Math.max(...names.map(({ length }) => length));
  const radius = Math.max(26, Math.ceil(Math.hypot((widest * 8.4) / 2, (tallest * line) / 2)) + 8);
  const hasLabels = states.length <= mostLabelled;
  const labelWidth = Math.max(0, ...arrows.flatMap(({ labels }) => labels.map(({ length }) => length * letter)));
  const places = layout(states.length, radius, hasLabels, labelWidth);
  const centres = order(diagram).map((place) => places[place]!);
  const drawn = arrows.map((arrow) => curveOf(arrow, arrows, centres, radius, initial));
  const circles = centres.map(({ x, y }) => around(x, y, radius + 4, radius + 4));
  const labels = hasLabels ? placeLabels(drawn, circles) : [];
  const start = centres[initial]!;
  const entry: readonly [Point, Point] = [
    { x: start.x - radius - 44, y: start.y },
    { x: start.x - radius - 3, y: start.y },
  ];

  const all = [
    ...circles,
    ...labels,
    ...drawn.flatMap(({ curve }) => along(curve).map(({ x, y }) => around(x, y, 4, 4))),
    around(entry[0].x, entry[0].y, 0, 4),
  ];
  const top = margin + 14 + (subtitle === undefined ? 0 : 22) + 22;
  const bounds = {
    left: Math.min(...all.map(({ left }) => left)),
    top: Math.min(...all.map((box) => box.top)),
    right: Math.max(...all.map(({ right }) => right)),
    bottom: Math.max(...all.map(({ bottom }) => bottom)),
  };
  const wide = bounds.right - bounds.left;
  const width = Math.ceil(Math.max(wide, 9.6 * title.length, 7 * (subtitle?.length ?? 0)) + 2 * margin);
  const height = Math.ceil(top + bounds.bottom - bounds.top + margin);
  const parts = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  if (subtitle !== undefined) {
    parts.push(`<text class="note" x="${margin}" y="${margin + 36}">${escaped(subtitle)}</text>`);
  }
  const shift = { x: round((width - wide) / 2 - bounds.left), y: round(top - bounds.top) };
  parts.push(`<g transform="translate(${shift.x} ${shift.y})">`);
  parts.push(`<path class="arrow" d="M${point(entry[0])}L${point(entry[1])}"/>`, headAt(entry[1], { x: 1, y: 0 }));
  for (const { arrow, curve } of drawn) {
    const [from, first, second, to] = curve;
    const told = `${states[arrow.from]} → ${states[arrow.to]}: ${arrow.labels.join("; ")}`;
    parts.push(
      `<g${arrow.isWrong ? ' class="wrong"' : ""}>`,
      `<title>${escaped(told)}</title>`,
      `<path class="arrow" d="M${point(from)}C${point(first)} ${point(second)} ${point(to)}"/>`,
      headAt(to, { x: to.x - second.x, y: to.y - second.y }),
      "</g>",
    );
  }
  centres.forEach(({ x, y }, state) => {
    const lines = names[state]!;
    parts.push("<g>", `<title>${escaped(states[state]!)}</title>`);
    parts.push(`<circle class="state" cx="${round(x)}" cy="${round(y)}" r="${radius}"/>`);
    lines.forEach((part, k) => {
      const at = round(y + 5 + (k - (lines.length - 1) / 2) * line);
      parts.push(`<text class="name" x="${round(x)}" y="${at}">${escaped(part)}</text>`);
    });
    parts.push("</g>");
  });
  // Labels lie over everything, on a rim of the ground.
  labels.forEach(({ left, right, top: above }, k) => {
    const { arrow } = drawn[k]!;
    const x = round((left + right) / 2);
    const group = arrow.isWrong ? ' class="wrong"' : "";
    parts.push(`<g${group}>`);
    arrow.labels.forEach((label, row) => {
      parts.push(`<text class="label" x="${x}" y="${round(above + row * line + 13)}">${escaped(label)}</text>`);
    });
    parts.push("</g>");
  });
  parts.push("</g>");
  const description = arrows
    .map(({ from, to, labels: told }) => `${states[from]} → ${states[to]}: ${told.join("; ")}`)
    .join("\n");
  return svgDocument({ kind: "states", width, height, title, description, style, colours, parts });
}

/** A name in up to three lines, broken at its spaces; what is longer is cut. */
function nameLines(name: string): string[] {
  const lines: string[] = [];
  for (const word of name.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= 9) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const shown = lines.slice(0, 3).map((part) => (part.length > 14 ? `${part.slice(0, 13)}…` : part));
  if (lines.length > 3) shown[2] += "…";
  return shown;
}

/** Centres of the circles: two side by side, more on a circle, clockwise from the left. */
function layout(count: number, radius: number, hasLabels: boolean, labelWidth: number): Point[] {
  if (count === 1) return [{ x: 0, y: 0 }];
  const between = hasLabels ? Math.max(90, count <= 3 ? labelWidth + 50 : 0) : 24;
  const apart = 2 * radius + between;
  if (count === 2) return [0, apart].map((x) => ({ x, y: 0 }));
  const size = apart / 2 / Math.sin(Math.PI / count);
  return Array.from({ length: count }, (_, k) => {
    const angle = Math.PI + (2 * Math.PI * k) / count;
    return { x: size * Math.cos(angle), y: size * Math.sin(angle) };
  });
}

/** For each state its place: the initial one's is the first, and states are swapped while that makes arrows shorter. */
function order({ states, initial, arrows }: StateDiagram): number[] {
  const count = states.length;
  const place = states.map((_, state) => (state === initial ? 0 : state < initial ? state + 1 : state));
  const pairs = arrows.filter(({ from, to }) => from !== to);
  const distance = (a: number, b: number) => Math.min(Math.abs(a - b), count - Math.abs(a - b));
  const lengthAt = (one: number, other: number) =>
    pairs
      .filter(({ from, to }) => [from, to].some((state) => state === one || state === other))
      .reduce((sum, { from, to }) => sum + distance(place[from]!, place[to]!), 0);
  const swap = (a: number, b: number) => {
    [place[a], place[b]] = [place[b]!, place[a]!];
  };
  for (let isBetter = count <= 64; isBetter; ) {
    isBetter = false;
    for (let a = 0; a < count; a++) {
      for (let b = a + 1; b < count; b++) {
        if (a === initial || b === initial) continue;
        const before = lengthAt(a, b);
        swap(a, b);
        if (lengthAt(a, b) < before) isBetter = true;
        else swap(a, b);
      }
    }
  }
  return place;
}

/** The curve of an arrow: a loop outwards, or a line that bends to the left of its direction where another comes back. */
function curveOf(
  arrow: StateArrow,
  arrows: readonly StateArrow[],
  centres: readonly Point[],
  radius: number,
  initial: number,
): Drawn {
  const { from, to, isWrong = false } = arrow;
  const start = centres[from]!;
  const isTwice = arrows.some((other) => other !== arrow && other.from === from && other.to === to);
  if (from === to) {
    // Of two states above them; on a circle outwards, beside the arrow that shows the initial state.
    const isRow = centres.length <= 2;
    const outwards = isRow ? -Math.PI / 2 : Math.atan2(start.y, start.x) + (from === initial ? Math.PI / 3.2 : 0);
    const angle = isTwice && isWrong ? (isRow ? Math.PI / 2 : outwards + 1.25) : outwards;
    const spread = 0.42;
    const reach = radius + 62;
    const on = (turn: number, distance: number) => ({
      x: start.x + distance * Math.cos(angle + turn),
      y: start.y + distance * Math.sin(angle + turn),
    });
    const curve = [on(-spread, radius + 1), on(-spread, reach), on(spread, reach), on(spread, radius + 3)] as const;
    const towards = { x: Math.cos(angle), y: Math.sin(angle) };
    return { arrow, curve, places: [{ at: middle(curve, 0.5), towards }] };
  }
  const end = centres[to]!;
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const ahead = { x: (end.x - start.x) / length, y: (end.y - start.y) / length };
  const left = { x: ahead.y, y: -ahead.x };
  const comesBack = arrows.some((other) => other.from === to && other.to === from);
  // Long ones bend less: they should not run into the circles beside them.
  const one = Math.min(0.36, 80 / length);
  const bend = (comesBack ? one : 0) + (isTwice && isWrong ? one : 0);
  const turned = (point: Point, towards: Point, turn: number, distance: number) => ({
    x: point.x + distance * (Math.cos(turn) * towards.x + Math.sin(turn) * left.x),
    y: point.y + distance * (Math.cos(turn) * towards.y + Math.sin(turn) * left.y),
  });
  const back = { x: -ahead.x, y: -ahead.y };
  const third = (length - 2 * radius) / 3;
  const curve = [
    turned(start, ahead, bend, radius + 1),
    turned(start, ahead, bend, radius + third),
    turned(end, back, bend, radius + third),
    turned(end, back, bend, radius + 3),
  ] as const;
  const sides = comesBack || isTwice ? [left] : [left, { x: -left.x, y: -left.y }];
  const places = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74].flatMap((share) =>
    sides.map((towards) => ({ at: middle(curve, share), towards })),
  );
  return { arrow, curve, places };
}

/** A place for each label that covers no circle, no other label and as little of the curves as can be. */
function placeLabels(drawn: readonly Drawn[], circles: readonly Box[]): Box[] {
  const points = drawn.map(({ curve }) => along(curve));
  const placed: Box[] = [];
  for (const { arrow, places } of drawn) {
    const width = Math.max(0, ...arrow.labels.map(({ length }) => length * letter));
    const height = arrow.labels.length * line;
    const boxes = places.map(({ at, towards }) => {
      // As far from the curve as the box reaches in that direction.
      const reach = Math.abs(towards.x) * (width / 2) + Math.abs(towards.y) * (height / 2) + gap;
      return around(at.x + towards.x * reach, at.y + towards.y * reach, width / 2, height / 2);
    });
    const costs = boxes.map((box, k) => {
      const covered = [...circles, ...placed].reduce((sum, other) => sum + overlap(box, other), 0);
      const crossed = points.flat().filter((at) => isWithin(at, box)).length;
      return 10 * covered + 40 * crossed + k;
    });
    placed.push(boxes[costs.indexOf(Math.min(...costs))]!);
  }
  return placed;
}

function headAt(tip: Point, direction: Point): string {
  const size = Math.hypot(direction.x, direction.y);
  const [dx, dy] = [direction.x / size, direction.y / size];
  const base = { x: tip.x - head.length * dx, y: tip.y - head.length * dy };
  const side = (sign: number) => ({ x: base.x - sign * head.width * dy, y: base.y + sign * head.width * dx });
  return `<path class="head" d="M${point(tip)}L${point(side(1))}L${point(side(-1))}Z"/>`;
}

function point({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function middle([a, b, c, d]: Drawn["curve"], t: number): Point {
  const at = (key: "x" | "y") =>
    (1 - t) ** 3 * a[key] + 3 * (1 - t) ** 2 * t * b[key] + 3 * (1 - t) * t ** 2 * c[key] + t ** 3 * d[key];
  return { x: at("x"), y: at("y") };
}

function along(curve: Drawn["curve"]): Point[] {
  return Array.from({ length: 25 }, (_, k) => middle(curve, k / 24));
}

function around(x: number, y: number, halfWidth: number, halfHeight: number): Box {
  return { left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight };
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

function isWithin({ x, y }: Point, { left, top, right, bottom }: Box): boolean {
  return x > left && x < right && y > top && y < bottom;
}

function check({ states, initial, arrows }: StateDiagram): void {
  if (states.length === 0) throw new LonghandError("argument", "state diagram: no states, expected at least one");
  for (const state of [initial, ...arrows.flatMap(({ from, to }) => [from, to])]) {
    if (Number.isInteger(state) && state >= 0 && state < states.length) continue;
    throw new LonghandError("argument", `state diagram: state ${state}, expected 0 to ${states.length - 1}`);
  }
}
