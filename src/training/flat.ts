/** All parameters of a replica in one vector: the form in which training keeps them. */
import type { ParameterSpec } from "../cells/index.ts";
import { concat, elements, reshape, slice, type Tensor } from "../graph/index.ts";
import type { RandomSource } from "../random/index.ts";

type Specs = Readonly<Record<string, ParameterSpec>>;

/** Where each parameter lies in the vector. */
export interface Layout {
  readonly size: number;
  readonly parts: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly start: number;
    readonly end: number;
  }[];
}

export function layoutOf(specs: Specs): Layout {
  let start = 0;
  const parts = Object.entries(specs).map(([name, { shape }]) => {
    const part = { name, shape, start, end: start + Number(elements(shape)) };
    start = part.end;
    return part;
  });
  return { size: start, parts };
}

/** The parameters as tensors cut out of the vector [size]. */
export function unflatten(vector: Tensor, { parts }: Layout): Record<string, Tensor> {
  return Object.fromEntries(
    parts.map(({ name, shape, start, end }) => [name, reshape(slice(vector, { axis: 0, start, end }), shape)]),
  );
}

/** Tensors of the parameters' shapes as one vector [size]. */
export function flatten(tensors: readonly Tensor[], { parts }: Layout): Tensor {
  return concat(
    tensors.map((tensor, k) => reshape(tensor, [parts[k]!.end - parts[k]!.start])),
    0,
  );
}

/**
 * Initial parameters of a population [population, size]: each parameter of each replica from a stream of its own.
 * @param first number of the first replica. Default 0.
 */
export function drawParameters(specs: Specs, population: number, random: RandomSource, first = 0): Float64Array {
  const { size, parts } = layoutOf(specs);
  const all = new Float64Array(population * size);
  for (let replica = 0; replica < population; replica++) {
    for (const { name, shape, start } of parts) {
      all.set(
        specs[name]!.initial.draw(random.stream("parameters", first + replica, name), shape),
        replica * size + start,
      );
    }
  }
  return all;
}
