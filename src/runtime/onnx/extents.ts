/** Shapes as ONNX values: constants where they are known, otherwise computed from the shapes of the program's inputs. */
import { LonghandError } from "../../errors.ts";
import { type Dimension, monomials, type Shape } from "../../graph/dimension.ts";
import type { Lowering } from "../../graph/operator.ts";
import type { Program } from "../../graph/program.ts";

/**
 * A function that gives the 1-D int64 tensor of a shape.
 *
 * An open name is read off the first input that has it as an extent; a polynomial such as "batch*time+2" is computed from
 * its names. All of it depends on program inputs only, so it is computed once, outside of all scans.
 */
export function extentsOf(program: Program, lowering: Lowering): (shape: Shape) => string {
  const named = (name: string): string => {
    for (const [input, { shape }] of Object.entries(program.inputs)) {
      const axis = shape.indexOf(name);
      if (axis >= 0) return lowering.emit("Shape", [input], { start: { int: axis }, end: { int: axis + 1 } });
    }
    throw new LonghandError("argument", `program ${program.name}: no input has the open dimension "${name}"`);
  };
  const product = ({ names, coefficient }: { names: readonly string[]; coefficient: number }): string => {
    const factors = names.map(named);
    if (coefficient !== 1 || factors.length === 0) factors.push(lowering.integers([coefficient]));
    return factors.reduce((all, factor) => lowering.emit("Mul", [all, factor]));
  };
  const extent = (dimension: Dimension): string =>
    typeof dimension === "number"
      ? lowering.integers([dimension])
      : monomials(dimension)
          .map(product)
          .reduce((sum, term) => lowering.emit("Add", [sum, term]));
  return (shape) => {
    if (shape.every((dimension) => typeof dimension === "number")) return lowering.integers(shape);
    const parts: string[] = [];
    for (let axis = 0; axis < shape.length; axis++) {
      const known: number[] = [];
      for (let next = shape[axis]; typeof next === "number"; next = shape[++axis]) known.push(next);
      if (known.length > 0) parts.push(lowering.integers(known));
      if (axis < shape.length) parts.push(extent(shape[axis]!));
    }
    return parts.length === 1 ? parts[0]! : lowering.emit("Concat", parts, { axis: { int: 0 } });
  };
}
