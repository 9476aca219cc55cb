/** Programs as C: one function that computes the outputs from the inputs, in loops that the compiler turns into vectors. */
import { openNames } from "../../graph/dimension.ts";
import type { Program } from "../../graph/program.ts";
import { elementTypes } from "./elementwise.ts";
import { kernels } from "./kernels.ts";
import { compute, regionOf } from "./regions.ts";
import { writeScan } from "./scans.ts";
import { denseView, extentOf, variableOf } from "./view.ts";
import { Writer } from "./writer.ts";

/** A program in C. */
export interface Emitted {
  readonly source: string;
  /** The open dimensions, in the order in which their extents are given to it. */
  readonly names: readonly string[];
}

/**
 * Writes a program as C. It defines `memory`, the bytes that a run needs, and `run`, which gets pointers to the elements of
 * inputs and outputs and gives 0, or 1 where an index is outside.
 * @throws LonghandError `unsupported` naming an operator that has no form in C.
 */
export function emit(program: Program): Emitted {
  const writer = new Writer(program);
  const shapes = Object.values(program.inputs).flatMap(({ shape }) => shape);
  const names = [...new Set(shapes.flatMap(openNames))].sort();
  Object.values(program.inputs).forEach((tensor, k) => {
    writer.line(`const ${elementTypes[tensor.dtype]} *const in${k} = given[${k}]; (void)in${k};`);
    writer.views.set(tensor, denseView(`in${k}`, tensor));
  });
  const results = Object.values(program.outputs);
  const targets = results.map((tensor, k) => {
    writer.line(`${elementTypes[tensor.dtype]} *const out${k} = wanted[${k}];`);
    return denseView(`out${k}`, tensor);
  });
  writer.want(results.map((tensor, k) => [tensor, targets[k]]));
  const region = regionOf(writer, results);
  compute(writer, region, region.order, writeScan);
  results.forEach((tensor, k) => {
    const view = writer.read(tensor);
    if (view.pointer !== targets[k]!.pointer) writer.copy(view, targets[k]!);
  });
  return { source: sourceOf(writer, names), names };
}

function sourceOf({ buffers, constants, lines }: Writer, names: readonly string[]): string {
  const { placeOf, sizes } = buffers.places();
  const extents = names.map(
    (name, k) => `const long ${variableOf(name)} = (long)extents[${k}]; (void)${variableOf(name)};`,
  );
  const places = sizes.map((size, k) => `place[${k + 1}] = place[${k}] + ((${extentOf(size)} + 63) & ~63L);`);
  const layout = [`long place[${sizes.length + 1}];`, "place[0] = 0;", ...places];
  const pointers = buffers.all.map(
    ({ id, type }) => `${type} *const b${id} = (${type} *)(arena + place[${placeOf[id]}]);`,
  );
  return [
    "#include <math.h>\n#include <stdint.h>\n#include <string.h>",
    kernels(lines.some((line) => line.startsWith("product("))),
    ...constants,
    "\ndouble memory(const double *extents) {",
    ...extents,
    ...layout,
    `return (double)place[${sizes.length}];`,
    "}",
    "\nint run(const void *const *given, void *const *wanted, const double *extents, char *arena, double *problem) {",
    ...extents,
    ...layout,
    ...pointers,
    "(void)problem;",
    ...lines,
    "return 0;",
    "}\n",
  ].join("\n");
}
