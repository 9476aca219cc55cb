/**
 * Where the parts of a circuit stand: layers are columns from the left; units that are read at the next step are handed on by
 * registers, squares in the column before the units that read them, so that every connection goes from one column to the next.
 */
import type { Connection, UnitPlace, Wiring } from "../networks/index.ts";

/** A place in the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A feature, a unit, or a register, which holds a unit's activation of the step before. */
export interface CircuitNode extends Point {
  readonly kind: "input" | "unit" | "register";
  readonly of: UnitPlace;
  readonly name: string;
  /** From 0, the input's. */
  readonly column: number;
  /** From the middle to the border of what is drawn, in both directions. */
  readonly half: { readonly width: number; readonly height: number };
}

export interface CircuitEdge {
  readonly connection: Connection;
  readonly source: CircuitNode;
  readonly target: CircuitNode;
  /** Where it leaves its source and meets its target. */
  readonly start: Point;
  readonly end: Point;
  /** Where its weight is written, if it is. */
  readonly label?: Point;
}

/** From a unit back to its register, around the circuit. */
export interface ReturnPath {
  readonly of: UnitPlace;
  readonly points: readonly Point[];
}

export interface CircuitLayout {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  /** The names of registers stand in them rather than under them. */
  readonly isTight: boolean;
  readonly nodes: readonly CircuitNode[];
  readonly edges: readonly CircuitEdge[];
  /** None where there are more registers than can be told apart: their names say what they hold. */
  readonly returns: readonly ReturnPath[];
}

export interface LayoutOptions {
  /** How wide a text is, in pixels. */
  readonly textWidth: (text: string) => number;
  /** What is written at a connection; none: "". */
  readonly labelOf: (connection: Connection) => string;
  /** Connections that have their weight written. Default: see `labelled`. */
  readonly written?: ReadonlySet<Connection>;
  /** Registers show what they hold, and have their names beside them where there are many. Default false. */
  readonly hasValues?: boolean;
  /** Nodes close to each other. Default false. */
  readonly isCompact?: boolean;
}

/** Circuits with more connections than this are dense: only the strongest have their weight written. */
const DENSE = 40;
const STRONGEST = 8;
/** More registers than this have no path drawn back to them. */
const MANY_REGISTERS = 3;

export function isDense({ connections }: Wiring): boolean {
  return connections.length > DENSE;
}

/** The connections whose weights are written: all of them, or the strongest of a dense circuit. */
export function labelled(wiring: Wiring): ReadonlySet<Connection> {
  const { connections } = wiring;
  if (!isDense(wiring)) return new Set(connections);
  return new Set([...connections].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, STRONGEST));
}

/** Pixels: radius of a unit, rows that a unit and a register take, and from one column to the next. */
interface Sizes {
  readonly radius: number;
  readonly unit: number;
  readonly register: number;
  readonly gap: number;
}

const sizes = {
  roomy: { radius: 22, unit: 88, register: 88, gap: 164 },
  /** Without weights. */
  compact: { radius: 17, unit: 62, register: 62, gap: 104 },
  /** With many registers. */
  wide: { radius: 22, unit: 80, register: 44, gap: 260 },
  dense: { radius: 15, unit: 48, register: 27, gap: 300 },
} as const satisfies Record<string, Sizes>;

/** Lays a circuit out; its upper left corner is at 0, 0. */
export function layCircuitOut(wiring: Wiring, options: LayoutOptions): CircuitLayout {
  const { textWidth, labelOf, written = labelled(wiring), hasValues = false, isCompact = false } = options;
  // Registers stand above or below the units of their column: where fewer connections cross. Dense ones cross anyhow.
  const sides: boolean[] = [];
  for (let column = 0; column < wiring.layers.length && !isDense(wiring); column++) {
    const [below, above] = [false, true].map((isAbove) =>
      crossingsAfter(columnsOf(wiring, [...sides, isAbove]), wiring, column),
    );
    sides.push(above! < below!);
  }
  const columns = columnsOf(wiring, sides);
  const registers = columns.map((column) => column.filter(({ kind }) => kind === "register").length);
  const count = registers.reduce((sum, of) => sum + of, 0);
  const hasReturns = count > 0 && count <= MANY_REGISTERS;
  const isTight = count > MANY_REGISTERS;
  const size = sizes[isDense(wiring) ? "dense" : isTight ? "wide" : isCompact ? "compact" : "roomy"];
  const { radius } = size;
  const side = Math.round(0.68 * radius);
  const lanesOn = (isAbove: boolean) =>
    hasReturns ? registers.reduce((sum, of, k) => sum + ((sides[k] ?? false) === isAbove ? of : 0), 0) : 0;
  const [lanesAbove, lanesBelow] = [lanesOn(true), lanesOn(false)];
  const widest = Math.max(...columns.flat().map(({ name }) => textWidth(name)));
  const gap = Math.max(size.gap, widest + 30);
  const isNamedBeside = isTight && hasValues;
  const valueWidth = textWidth("0.00") / 2;
  const left = Math.max(radius, isNamedBeside ? valueWidth + widest + 8 : widest / 2) + 4;
  const top = lanesAbove > 0 ? 10 + 14 * lanesAbove : 0;
  const rowOf = ({ kind }: Unplaced) => (kind === "register" ? size.register : size.unit);
  const heights = columns.map((column) => column.reduce((sum, node) => sum + rowOf(node), 0));
  const tallest = Math.max(...heights);
  const nodes = columns.flatMap((column, k) => {
    let y = top + (tallest - heights[k]!) / 2;
    return column.map((node): CircuitNode => {
      const row = rowOf(node);
      y += row;
      // Of a row, a unit takes the upper part, its name the lower one.
      const inside = isNamedBeside ? valueWidth : textWidth(node.name) / 2;
      const width = isTight ? Math.max(side, inside + 3) : side;
      const half = node.kind === "register" ? { width, height: side } : { width: radius, height: radius };
      return { ...node, half, x: left + gap * k, y: y - row + Math.min(row / 2, radius + 4) };
    });
  });
  const bottom = top + tallest;
  const edges = wiring.connections.map((connection): CircuitEdge => {
    const { from, to, isRecurrent } = connection;
    const kind = isRecurrent ? "register" : from.layer === 0 ? "input" : "unit";
    const source = nodes.find((node) => node.kind === kind && same(node.of, from) && node.column === to.layer - 1)!;
    const target = nodes.find((node) => node.kind === "unit" && same(node.of, to))!;
    return { connection, source, target, ...ends(source, target, radius) };
  });
  const frame = { radius, top, bottom, sides, nameWidth: (node: CircuitNode) => textWidth(node.name) };
  const returns = hasReturns ? returnPaths(nodes, frame) : [];
  const farthest = Math.max(...returns.flatMap(({ points }) => points.map(({ x }) => x)), 0);
  return {
    width: Math.ceil(Math.max(left + gap * (columns.length - 1) + Math.max(radius, widest / 2), farthest) + 4),
    height: Math.ceil(bottom + 14 * lanesBelow),
    radius,
    isTight,
    nodes,
    edges: placeLabels(edges, nodes, radius, written, (connection) => {
      const text = labelOf(connection);
      return text === "" ? undefined : { width: textWidth(text) + 6, height: 16 };
    }),
    returns,
  };
}

type Unplaced = Omit<CircuitNode, "x" | "y" | "half">;

/** What stands in each column, from the top. */
function columnsOf({ inputs, layers, connections }: Wiring, sides: readonly boolean[]): Unplaced[][] {
  const names = [inputs, ...layers.map((layer) => layer.map(({ name }) => name))];
  return names.map((list, column) => {
    const units = list.map((name, unit): Unplaced => {
      return { kind: column === 0 ? "input" : "unit", of: { layer: column, unit }, name, column };
    });
    const registers: Unplaced[] = [];
    for (const { from, to, isRecurrent } of connections) {
      if (!isRecurrent || to.layer !== column + 1 || registers.some(({ of }) => same(of, from))) continue;
      registers.push({ kind: "register", of: from, name: names[from.layer]![from.unit]!, column });
    }
    registers.sort((a, b) => a.of.layer - b.of.layer || a.of.unit - b.of.unit);
    return sides[column] ? [...registers, ...units] : [...units, ...registers];
  });
}

/** How many pairs of connections from a column to the next one cross. */
function crossingsAfter(columns: readonly Unplaced[][], { connections }: Wiring, column: number): number {
  const pairs = connections.flatMap(({ from, to, isRecurrent }) => {
    if (to.layer !== column + 1) return [];
    const at = columns[column]!.findIndex(({ kind, of }) => (kind === "register") === isRecurrent && same(of, from));
    return [[at, to.unit] as const];
  });
  let count = 0;
  pairs.forEach(([a, b], k) => {
    for (const [c, d] of pairs.slice(k + 1)) if ((a - c) * (b - d) < 0) count++;
  });
  return count;
}

const same = (a: UnitPlace, b: UnitPlace) => a.layer === b.layer && a.unit === b.unit;

/** Where a straight line between two nodes leaves the one and meets the other. */
function ends(source: CircuitNode, target: CircuitNode, radius: number): { start: Point; end: Point } {
  const dx = target.x - source.x;
  const dy = target.y - source.y;
  const length = Math.hypot(dx, dy);
  const { width, height } = source.half;
  // A line leaves a square through its right side or, when steep, through its top or bottom.
  const from = source.kind === "register" ? Math.min(width / Math.abs(dx), height / Math.abs(dy)) * length : radius;
  const at = (distance: number) => ({ x: source.x + (dx / length) * distance, y: source.y + (dy / length) * distance });
  return { start: at(from + 1), end: at(length - radius - 2) };
}

interface Frame {
  readonly radius: number;
  readonly top: number;
  readonly bottom: number;
  /** By column, whether its registers stand above its units. */
  readonly sides: readonly boolean[];
  readonly nameWidth: (node: CircuitNode) => number;
}

/** Right angles around the circuit, each path in a lane of its own. */
function returnPaths(nodes: readonly CircuitNode[], { radius, top, bottom, sides, nameWidth }: Frame): ReturnPath[] {
  const used = { above: 0, below: 0 };
  return nodes
    .filter(({ kind }) => kind === "register")
    .map((register, k) => {
      const unit = nodes.find(({ kind, of }) => kind === "unit" && same(of, register.of))!;
      const isAbove = sides[register.column] ?? false;
      const sign = isAbove ? -1 : 1;
      const lane = used[isAbove ? "above" : "below"]++;
      const y = isAbove ? top - 6 - 14 * lane : bottom + 2 + 14 * lane;
      const names = nodes.filter(({ column }) => column === unit.column).map((node) => nameWidth(node) / 2);
      const out = unit.x + Math.max(radius, ...names) + 10 + 8 * k;
      const start = { x: unit.x + radius * Math.cos(0.6) + 1, y: unit.y + sign * radius * Math.sin(0.6) };
      const isOutermost = !nodes.some(
        ({ column, y }) => column === register.column && (isAbove ? y < register.y : y > register.y),
      );
      const past = isAbove ? 2 : 19; // under a register stands its name
      const points = isOutermost
        ? [{ x: register.x, y: register.y + sign * (register.half.height + past) }]
        : [
            { x: register.x - register.half.width - 18 - 8 * lane, y: register.y },
            { x: register.x - register.half.width - 2, y: register.y },
          ];
      const into = points[0]!.x;
      return { of: register.of, points: [start, { x: out, y: start.y }, { x: out, y }, { x: into, y }, ...points] };
    });
}

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/**
 * Places each label on its own line, where it covers no other label and no node, and as few other lines as can be. Labels
 * without such a place are left out of dense circuits alone: `wanted` says which are to be written at all.
 */
function placeLabels(
  edges: readonly CircuitEdge[],
  nodes: readonly CircuitNode[],
  radius: number,
  wanted: ReadonlySet<Connection>,
  sizeOf: (connection: Connection) => { width: number; height: number } | undefined,
): CircuitEdge[] {
  const placed: Box[] = nodes.flatMap(({ x, y }) => [{ x, y, width: 2 * radius + 4, height: 2 * radius + 4 }]);
  return edges.map((edge) => {
    const size = wanted.has(edge.connection) ? sizeOf(edge.connection) : undefined;
    if (!size) return edge;
    let best = { cost: Number.POSITIVE_INFINITY, x: 0, y: 0 };
    for (const share of shares) {
      const x = edge.start.x + share * (edge.end.x - edge.start.x);
      const y = edge.start.y + share * (edge.end.y - edge.start.y);
      const box = { x, y, ...size };
      const covered = placed.filter((other) => overlap(box, other)).length;
      const clear = { x, y, width: size.width + 10, height: size.height + 10 };
      const crossed = edges.filter((other) => other !== edge && meets(other, clear)).length;
      const near = placed.filter((other) => overlap(clear, other)).length;
      const cost = 100 * covered + 10 * crossed + 3 * near + Math.abs(share - 0.4);
      if (cost < best.cost) best = { cost, x, y };
    }
    placed.push({ x: best.x, y: best.y, ...size });
    return { ...edge, label: { x: best.x, y: best.y } };
  });
}

/** Places that are tried along a line. */
const shares = Array.from({ length: 33 }, (_, k) => 0.1 + 0.025 * k);

function overlap(a: Box, b: Box): boolean {
  return 2 * Math.abs(a.x - b.x) < a.width + b.width && 2 * Math.abs(a.y - b.y) < a.height + b.height;
}

/** Whether a line passes through a box. */
function meets({ start, end }: CircuitEdge, { x, y, width, height }: Box): boolean {
  // Clips the line to the box (Liang and Barsky 1984).
  let from = 0;
  let to = 1;
  const clip = (at: number, slope: number, low: number, high: number) => {
    if (slope === 0) {
      if (at < low || at > high) to = -1;
      return;
    }
    const [a, b] = [(low - at) / slope, (high - at) / slope];
    from = Math.max(from, Math.min(a, b));
    to = Math.min(to, Math.max(a, b));
  };
  clip(start.x, end.x - start.x, x - width / 2, x + width / 2);
  clip(start.y, end.y - start.y, y - height / 2, y + height / 2);
  return from <= to;
}
