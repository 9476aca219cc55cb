/** Pad with a constant, with the edge, or mirrored. */
import { ndarray } from "../../graph/array.ts";
import { constant, type Dimension, gather, minus, pad, slice, type Tensor } from "../../graph/index.ts";
import type { NodeReader } from "./import-node.ts";

/** Widths before and after each axis: an attribute before operator set 11, an input from then on. Negative ones cut. */
export function importPad(at: NodeReader): Tensor {
  const x = at.tensor(0);
  const mode = at.attribute("mode", "string") ?? "constant";
  const widths: readonly Dimension[] =
    at.version < 11 ? (at.attribute("pads", "ints") ?? at.fail("it has no pads")) : at.extents(1, "pads");
  const value = at.version < 11 ? at.float("value", 0) : at.has(2) ? at.known(2, "value").data[0]! : 0;
  const axes = at.has(3) ? at.extents(3, "axes").map(Number) : [...x.shape.keys()];
  return axes.reduce<Tensor>((result, axis, k) => {
    const [before, after] = [widths[k]!, widths[k + axes.length]!];
    if (before === 0 && after === 0) return result;
    const cut = cutting(result, axis, before, after);
    const grown = { before: growth(before), after: growth(after) };
    if (mode === "constant") return pad(cut, { axis, ...grown, value });
    const extent = cut.shape.at(axis);
    if (typeof extent !== "number" || typeof grown.before !== "number" || typeof grown.after !== "number") {
      return at.fail(`mode "${mode}" along the open dimension "${extent}"`);
    }
    return gather(cut, indices(mode, extent, grown.before, grown.after, at), axis);
  }, x);
}

const growth = (width: Dimension) => (typeof width === "number" ? Math.max(width, 0) : width);

function cutting(x: Tensor, axis: number, before: Dimension, after: Dimension): Tensor {
  const cut = (width: Dimension) => (typeof width === "number" && width < 0 ? -width : 0);
  return slice(x, { axis, start: cut(before), end: minus(x.shape.at(axis)!, cut(after)) });
}

function indices(mode: string, extent: number, before: number, after: number, at: NodeReader): Tensor {
  const period = Math.max(2 * (extent - 1), 1);
  const places: Readonly<Record<string, (index: number) => number>> = {
    edge: (index) => Math.min(Math.max(index, 0), extent - 1),
    reflect(index) {
      const within = ((index % period) + period) % period;
      return Math.min(within, period - within);
    },
  };
  const place = places[mode] ?? at.fail(`mode "${mode}" isn't supported`);
  const chosen = Int32Array.from({ length: before + extent + after }, (_, k) => place(k - before));
  return constant(ndarray(chosen, [chosen.length]));
}
