/** Where the layers of an unfolded network lie: time goes up, depth to the right, the output is on top. */
import type { UnfoldedLayer, UnfoldedStructure } from "../analysis/index.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedLayer {
  readonly layer: UnfoldedLayer;
  readonly y: number;
  /** Left and right end of the row of units. */
  readonly left: number;
  readonly right: number;
  /** Centres of the units that are drawn. */
  readonly units: readonly Point[];
  /** Where three dots stand for units that aren't drawn. Default: all are. */
  readonly more?: Point;
}

export interface UnfoldedLayout {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  /** In the order of the structure's layers. */
  readonly layers: readonly PlacedLayer[];
}

const size = { radius: 12, gap: 34, rise: 62, between: 74, column: 78, beside: 58 };

/** Units of a layer that are drawn, where it has more. */
const MOST_UNITS = 6;

/** A layer's name, and how many units it has where not all are drawn. */
export function nameOf({ name, units }: UnfoldedLayer): string {
  return units > MOST_UNITS ? `${name} · ${units}` : name;
}

/** @param textWidth of a layer's name, in pixels. */
export function layUnfoldedOut({ layers }: UnfoldedStructure, textWidth: (text: string) => number): UnfoldedLayout {
  const deepest = Math.max(...layers.map(({ depth }) => depth));
  // An output layer of its own stands over the last hidden layer; one that is fed back is a column as the others.
  const isOnTop = deepest > 1 && layers.filter(({ depth }) => depth === deepest).length === 1;
  const columns = isOnTop ? deepest - 1 : deepest;
  const columnOf = ({ depth }: UnfoldedLayer) => Math.min(depth, columns);
  const shown = ({ units }: UnfoldedLayer) => Math.min(units, MOST_UNITS);
  const widest = (column: number, widthOf: (layer: UnfoldedLayer) => number) =>
    Math.max(0, ...layers.filter((layer) => columnOf(layer) === column).map(widthOf));
  // Names stand at the left of inputs, and at the right of other layers.
  const centres: number[] = [];
  let x = widest(0, ({ name }) => textWidth(name)) + 10;
  let right = x;
  for (let column = 0; column <= columns; column++) {
    const width = widest(column, (layer) => (shown(layer) - 1) * size.gap + 2 * size.radius);
    const name = column === 0 ? 0 : widest(column, (layer) => textWidth(nameOf(layer))) + 10;
    centres.push(x + width / 2);
    right = x + width + name;
    x = right + (column === 0 ? size.column : size.beside);
  }
  const step = size.rise * columns + size.between;
  const levelOf = ({ time, depth }: UnfoldedLayer) => time * step + depth * size.rise;
  const levels = layers.map(levelOf);
  const [top, bottom] = [Math.max(...levels), Math.min(...levels)];
  return {
    width: Math.ceil(right),
    height: top - bottom + 2 * size.radius,
    radius: size.radius,
    layers: layers.map((layer): PlacedLayer => {
      const y = top - levelOf(layer) + size.radius;
      const count = shown(layer);
      const centre = centres[columnOf(layer)]!;
      const from = centre - ((count - 1) * size.gap) / 2;
      const places = Array.from({ length: count }, (_, k) => ({ x: from + k * size.gap, y }));
      const isCut = layer.units > MOST_UNITS;
      const dots = places[count - 2]!;
      return {
        layer,
        y,
        left: from - size.radius,
        right: from + (count - 1) * size.gap + size.radius,
        units: isCut ? places.filter((place) => place !== dots) : places,
        ...(isCut && { more: dots }),
      };
    }),
  };
}
