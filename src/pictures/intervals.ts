/** Boxes of network states, unit by unit: how far each unit may be in each of them. */
import { scaleLinear } from "d3-scale";
import {
  boxesStyle,
  boxInWords,
  checkBoxes,
  descriptionOf,
  domainOf,
  legendOf,
  type StateBoxes,
  stateColour,
} from "./boxes.ts";
import { palette } from "./curves.ts";
import { escaped, round, svgDocument } from "./svg.ts";

const margin = 20;
const plot = { top: 52, width: 460 };
const letter = 8;
/** Height of a bar, and of the space between units. */
const bar = { one: 6, shared: 10, gap: 10, least: 4 };
/** With more boxes than this, those of a state of the machine lie on one another. */
const MANY = 12;

/**
 * Draws a row for each unit, and in it a bar for each box: its bounds on this unit. The visited states are left out. Bounds that
 * are closer than a few pixels are drawn wider.
 * @returns an SVG document that needs nothing else; it follows the reader's choice of a light or a dark page. Bars have a
 * `data-box` and a `data-unit` with their numbers.
 * @throws LonghandError as `boxesPicture`.
 */
export function intervalsPicture(drawing: StateBoxes): string {
  checkBoxes(drawing);
  const { title, units, states, boxes, threshold } = drawing;
  const bounds = { ...drawing, points: [] };
  const left = margin + Math.ceil(Math.max(1, ...units.map((name) => name.length)) * letter) + 10;
  const right = left + plot.width;
  const x = scaleLinear(
    domainOf(
      bounds,
      units.map((_, unit) => unit),
    ),
    [left, right],
  );
  // Boxes by the machine's state, in lanes: a lane each, or one for all of a state.
  const present = states.map((_, state) => state).filter((state) => boxes.some((box) => box.state === state));
  const isShared = boxes.length > MANY;
  const order = present.flatMap((state) => boxes.flatMap((box, number) => (box.state === state ? [number] : [])));
  const laneOf = (number: number) => (isShared ? present.indexOf(boxes[number]!.state) : order.indexOf(number));
  const lanes = isShared ? present.length : order.length;
  const size = isShared ? bar.shared : bar.one;
  const row = Math.max(14, lanes * size) + bar.gap;
  const bottom = plot.top + units.length * row;

  const parts = [`<text class="title" x="${margin}" y="${margin + 14}">${escaped(title)}</text>`];
  const format = x.tickFormat(5);
  for (const value of x.ticks(5)) {
    const at = round(x(value));
    parts.push(`<path class="grid" d="M${at} ${plot.top}V${bottom}"/>`);
    parts.push(`<text class="tick" x="${at}" y="${bottom + 18}" text-anchor="middle">${escaped(format(value))}</text>`);
  }
  if (threshold !== undefined)
    parts.push(`<path class="threshold" d="M${round(x(threshold))} ${plot.top}V${bottom}"/>`);
  units.forEach((name, unit) => {
    const top = plot.top + unit * row + bar.gap / 2;
    parts.push(
      `<text x="${left - 10}" y="${round(top + (row - bar.gap) / 2 + 4.5)}" text-anchor="end">${escaped(name)}</text>`,
      `<path class="grid" d="M${left} ${round(top + row - bar.gap / 2)}H${right}"/>`,
    );
    for (const number of order) {
      const box = boxes[number]!;
      const [from, to] = [x(box.lower[unit]!), x(box.upper[unit]!)];
      const width = Math.max(bar.least, to - from);
      const colour = stateColour(box.state);
      parts.push(
        `<rect class="box" data-box="${number}" data-unit="${unit}" x="${round((from + to - width) / 2)}" y="${round(top + laneOf(number) * size + 1)}" width="${round(width)}" height="${size - 2}" fill="${colour}" stroke="${colour}"><title>${escaped(boxInWords(drawing, box, [unit]))}</title></rect>`,
      );
    }
  });
  const legend = legendOf(bounds, right + 22, plot.top + 6);
  parts.push(...legend.parts);
  return svgDocument({
    kind: "intervals",
    width: Math.ceil(Math.max(right + 22 + legend.width, 2 * margin + 9 * title.length) + margin),
    height: Math.ceil(Math.max(bottom + 18, legend.bottom) + margin),
    title,
    description: descriptionOf(bounds, "unit by unit"),
    style: `${boxesStyle("intervals")}
  .intervals .box { fill-opacity: ${isShared ? 0.3 : 0.6}; stroke-width: 1; }`,
    colours: palette,
    parts,
  });
}
