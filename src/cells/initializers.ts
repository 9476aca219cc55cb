/**
 * How parameters begin. An initializer draws the numbers of one parameter from a stream; matrices are [in, out], so the
 * fan-in is the first extent. Parameters that share a unit (input and recurrent weights) may be told their joint fan-in.
 */
import { LonghandError, unknownName } from "../errors.ts";
import type { Stream } from "../random/stream.ts";

export interface Initializer {
  readonly name: string;
  /** Fills an array of this shape (row-major). */
  draw(stream: Stream, shape: readonly number[]): Float64Array;
}

function size(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Inputs of a unit, and units that an input reaches; of a vector both are its length. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const fanOut = shape.at(-1) ?? 1;
  return { fanIn: shape.length < 2 ? fanOut : size(shape) / fanOut, fanOut };
}

/** Uniform on ±scale/√fanIn. @param fanIn default: from the shape. PyTorch's choice for recurrent layers, with fanIn = hidden units. */
export function uniformByFanIn(fanIn?: number, scale = 1): Initializer {
  return {
    name: "uniform",
    draw(stream, shape) {
      const limit = scale / Math.sqrt(fanIn ?? fans(shape).fanIn);
      return stream.uniform(new Float64Array(size(shape)), -limit, limit);
    },
  };
}

/** Normal with standard deviation scale/√fanIn. @param fanIn default: from the shape. (LeCun et al. 1998) */
export function normalByFanIn(fanIn?: number, scale = 1): Initializer {
  return {
    name: "normal",
    draw: (stream, shape) =>
      stream.normal(new Float64Array(size(shape)), 0, scale / Math.sqrt(fanIn ?? fans(shape).fanIn)),
  };
}

/** Uniform on ±√(6/(fanIn + fanOut)). (Glorot and Bengio 2010, eq. 16) */
export const glorot: Initializer = {
  name: "glorot",
  draw(stream, shape) {
    const { fanIn, fanOut } = fans(shape);
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    return stream.uniform(new Float64Array(size(shape)), -limit, limit);
  },
};

/** Normal with standard deviation √(2/fanIn), for relu. (He et al. 2015, eq. 10) */
export const he: Initializer = {
  name: "he",
  draw: (stream, shape) => stream.normal(new Float64Array(size(shape)), 0, Math.sqrt(2 / fans(shape).fanIn)),
};

/**
 * A matrix with orthonormal rows or columns (whichever are fewer), times `gain`, uniform among them: the Gram–Schmidt
 * basis of a normal matrix. (Saxe, McClelland and Ganguli 2014)
 * @throws LonghandError `argument` unless the shape has two or more axes; the leading ones are joined.
 */
export function orthogonal(gain = 1): Initializer {
  return {
    name: "orthogonal",
    draw(stream, shape) {
      if (shape.length < 2) {
        throw new LonghandError("argument", `orthogonal: expected a matrix, received shape [${shape}]`);
      }
      const { fanIn: rows, fanOut: columns } = fans(shape);
      const count = Math.min(rows, columns);
      const length = Math.max(rows, columns);
      const basis = stream.normal(new Float64Array(count * length));
      for (let i = 0; i < count; i++) {
        const own = basis.subarray(i * length, (i + 1) * length);
        // Twice is enough for orthogonality to rounding error.
        for (let pass = 0; pass < 2; pass++) {
          for (let j = 0; j < i; j++) {
            const other = basis.subarray(j * length, (j + 1) * length);
            const overlap = own.reduce((sum, x, k) => sum + x * other[k]!, 0);
            own.forEach((x, k) => {
              own[k] = x - overlap * other[k]!;
            });
          }
        }
        const norm = Math.sqrt(own.reduce((sum, x) => sum + x * x, 0));
        own.forEach((x, k) => {
          own[k] = x / norm;
        });
      }
      const matrix = new Float64Array(rows * columns);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          matrix[i * columns + j] = gain * (rows <= columns ? basis[i * length + j]! : basis[j * length + i]!);
        }
      }
      return matrix;
    },
  };
}

/** The same number everywhere. */
export function constantInitializer(value: number): Initializer {
  return { name: "constant", draw: (_, shape) => new Float64Array(size(shape)).fill(value) };
}

/** Zeros. */
export const zeros: Initializer = { name: "zeros", draw: (_, shape) => new Float64Array(size(shape)) };

/** Initializers by the names that configurations use. */
const named = {
  uniform: () => undefined,
  normal: () => normalByFanIn(),
  glorot: () => glorot,
  he: () => he,
  orthogonal: () => orthogonal(),
  zeros: () => zeros,
  constant: constantInitializer,
} satisfies Record<string, (value: number) => Initializer | undefined>;

export type InitializerName = keyof typeof named;

export const initializerNames = Object.freeze(Object.keys(named) as InitializerName[]);

/**
 * The initializer of this name; undefined for "uniform", which is what cells do by themselves, with the fan-in they know.
 * @param value what "constant" fills in. Default 0.
 * @throws LonghandError `unknown-name`.
 */
export function namedInitializer(name: InitializerName, value = 0): Initializer | undefined {
  if (!Object.hasOwn(named, name)) throw unknownName("initializer", name, initializerNames);
  return named[name](value);
}
