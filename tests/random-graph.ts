/**
 * Random well-shaped graphs for property tests: over most operators, with broadcasting, open dimensions and scans.
 *
 * Values stay within ±6. Functions with kinks and jumps are only applied to values on a grid (odd multiples of 1/256)
 * that keeps them 1/256 away from every kink, so that neither float32 rounding nor a finite difference crosses one.
 */
import fc from "fast-check";
import { evaluate, plus, sameShape, times } from "../src/graph/dimension.ts";
import * as graph from "../src/graph/index.ts";
import {
  type Dimension,
  describe,
  gradient,
  input,
  type NDArray,
  type Program,
  program,
  reduceMean,
  type Tensor,
} from "../src/graph/index.ts";

/** A random graph and inputs for it. */
export interface RandomGraph {
  /** Outputs: "loss", a float scalar that everything flows into, and "out0", "out1", … */
  readonly program: Program;
  readonly inputs: Readonly<Record<string, NDArray>>;
  readonly loss: Tensor;
  /** The float inputs, by name: what `loss` may be differentiated by. */
  readonly wrt: Readonly<Record<string, Tensor>>;
  /** Extents of "batch" and "time". */
  readonly bindings: ReadonlyMap<string, number>;
  /** Names of the building functions used, in order. */
  readonly used: readonly string[];
}

/** One step of construction: which function, on which tensors made so far (modulo their number), with what parameter. */
interface Instruction {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly p: number;
  readonly body: readonly Instruction[];
}

export interface RandomGraphOptions {
  /** Most instructions outside scans. Default 10. */
  readonly size?: number;
  /** Whether scans occur. Default true. */
  readonly scans?: boolean;
  /** Names of functions to leave out, of `randomFunctions`: `customGradients` where derivatives are measured. */
  readonly without?: readonly string[];
}

const instruction = (depth: number): fc.Arbitrary<Instruction> =>
  fc.record({
    kind: fc.nat(999),
    a: fc.nat(99),
    b: fc.nat(99),
    p: fc.nat(99),
    body: depth > 0 ? fc.array(instruction(depth - 1), { minLength: 1, maxLength: 4 }) : fc.constant([]),
  });

/** Random graphs with inputs. The same graph comes from the same fast-check seed. */
export function randomProgram(options: RandomGraphOptions = {}): fc.Arbitrary<RandomGraph> {
  const { size = 10, scans = true, without = [] } = options;
  return fc
    .record({
      instructions: fc.array(instruction(scans ? 2 : 0), { minLength: 1, maxLength: size }),
      batch: fc.integer({ min: 2, max: 3 }),
      time: fc.integer({ min: 2, max: 4 }),
      shapes: fc.array(fc.array(fc.constantFrom<Dimension>(1, 2, 3, "batch", "time"), { maxLength: 3 }), {
        maxLength: 2,
      }),
      seed: fc.nat(),
    })
    .map(({ instructions, batch, time, shapes, seed }) => {
      const bindings = new Map([
        ["batch", batch],
        ["time", time],
      ]);
      const leaves: Record<string, Tensor> = {
        x: input("x", ["batch", 3]),
        s: input("s", ["time", "batch", 2]),
        W: input("W", [2, 3]),
        b: input("b", [3]),
        c: input("c", []),
      };
      shapes.forEach((shape, k) => {
        leaves[`r${k}`] = input(`r${k}`, shape);
      });
      const builder = new Builder(bindings, Object.values(leaves), scans, without);
      const indices = input("indices", ["batch"], "int");
      const mask = input("mask", ["time", "batch"], "bool");
      builder.indices = indices;
      builder.mask = mask;
      for (const step of instructions) builder.grow(step);
      const outputs = builder.pool.filter((tensor) => !builder.consumed.has(tensor));
      const loss = outputs
        .map((tensor, k) => graph.mul(reduceMean(tensor), 1 - k / 16))
        .reduce((sum, share) => graph.add(sum, share));
      const names = Object.fromEntries(outputs.map((tensor, k) => [`out${k}`, tensor]));
      const inputs = { ...leaves, indices, mask };
      return {
        program: program("random", inputs, { loss, ...names }),
        inputs: randomInputs(inputs, bindings, seed),
        loss,
        wrt: leaves,
        bindings,
        used: builder.used,
        [fc.toStringMethod]: () => printGraph(outputs, bindings),
      };
    });
}

/** The nodes of a graph, one a line, for messages about failures. */
function printGraph(outputs: readonly Tensor[], bindings: ReadonlyMap<string, number>): string {
  const name = (tensor: Tensor) => `%${tensor.id}`;
  const lines = (tensors: readonly Tensor[], indent: string, known: Set<Tensor>): string[] =>
    graph
      .topologicalOrder(tensors, (tensor) => known.has(tensor))
      .flatMap((node) => {
        for (const made of node.outputs) known.add(made);
        const what = node.kind === "operator" ? node.operator.name : node.kind;
        const attributes =
          node.kind === "operator" && node.attributes
            ? JSON.stringify(node.attributes)
            : node.kind === "scan" && node.body.reverse
              ? " reverse"
              : "";
        const results = node.outputs.map((made) => `${name(made)} ${describe(made)}`).join(", ");
        const line = `${indent}${results} = ${what}(${node.inputs.map(name).join(", ")})${attributes}`;
        if (node.kind !== "scan") return [line];
        const { states, items, nextStates, stacked } = node.body;
        const inner = lines([...nextStates, ...stacked], `${indent}  `, new Set([...known, ...states, ...items]));
        const given = `${indent}  states ${states.map(name)} items ${items.map(name)}`;
        return [line, given, ...inner, `${indent}  next ${nextStates.map(name)} stacked ${stacked.map(name)}`];
      });
  return ["", ...lines(outputs, "", new Set()), JSON.stringify([...bindings]), ""].join("\n");
}

/** The program of a random graph's loss and its derivatives: outputs "loss" and, for every float input, its name. */
export function gradientProgram({ program: { inputs }, loss, wrt }: RandomGraph): Program {
  const names = Object.keys(wrt);
  const derivatives = gradient(loss, Object.values(wrt));
  const outputs = Object.fromEntries(names.map((name, k) => [name, derivatives[k]!]));
  return program("random gradient", inputs, { loss, ...outputs });
}

/** Arrays for inputs: distinct grid values, indices 0 … 2, and a mask. */
export function randomInputs(
  inputs: Readonly<Record<string, Tensor>>,
  bindings: ReadonlyMap<string, number>,
  seed: number,
): Record<string, NDArray> {
  const random = generator(seed);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype, shape }]) => {
      const extents = shape.map((extent) => evaluate(extent, bindings));
      const count = extents.reduce((a, b) => a * b, 1);
      if (dtype === "int") {
        const data = Int32Array.from({ length: count }, () => Math.floor(random() * 3));
        return [name, { dtype, shape: extents, data }];
      }
      if (dtype === "bool") {
        const data = Uint8Array.from({ length: count }, () => (random() < 0.5 ? 0 : 1));
        return [name, { dtype, shape: extents, data }];
      }
      // Odd multiples of 1/256 in −1.5 … 1.5, none twice.
      const chosen = new Set<number>();
      while (chosen.size < count) chosen.add((2 * Math.floor(random() * 384) - 383) / 256);
      return [name, { dtype, shape: extents, data: Float64Array.from(chosen) }];
    }),
  );
}

/** Uniform numbers in [0, 1) from a seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a building step has at hand: two tensors, one on the grid, and a parameter. */
interface Given {
  readonly a: Tensor;
  readonly b: Tensor;
  /** A tensor of distinct grid values. */
  readonly g: Tensor;
  readonly p: number;
  readonly at: Builder;
}

/** Values in 0.5 … 2.5, for functions that need them away from 0. */
const positive = (x: Tensor) => graph.add(graph.tanh(x), 1.5);
/** A multiple of 1/128 between −0.5 and 0.5: where a kink may lie. */
const kink = (p: number) => ((p % 129) - 64) / 128;

const builders: Readonly<Record<string, (given: Given) => Tensor | undefined>> = {
  add: ({ a, b, at }) => graph.add(a, at.fit(b, a)),
  sub: ({ a, b, at }) => graph.sub(a, at.fit(b, a)),
  mul: ({ a, b, at }) => graph.mul(a, at.fit(b, a)),
  div: ({ a, b, at }) => graph.div(a, positive(at.fit(b, a))),
  neg: ({ a }) => graph.neg(a),
  pow: ({ a, b, at }) => graph.pow(positive(a), at.fit(b, a)),
  square: ({ a }) => graph.pow(a, 2),
  exp: ({ a }) => graph.exp(graph.tanh(a)),
  log: ({ a }) => graph.log(positive(a)),
  sqrt: ({ a }) => graph.sqrt(positive(a)),
  reciprocal: ({ a }) => graph.reciprocal(positive(a)),
  tanh: ({ a }) => graph.tanh(a),
  sigmoid: ({ a }) => graph.sigmoid(a),
  softplus: ({ a }) => graph.softplus(a),
  sin: ({ a }) => graph.sin(a),
  cos: ({ a }) => graph.cos(a),
  // Grid values lie between the kinks: at odd multiples of 1/256, kinks at even ones.
  max: ({ g, p }) => graph.max(g, kink(p)),
  min: ({ g, p }) => graph.min(kink(p), g),
  maxOfTwo: ({ a, g, p, at }) =>
    at.onGrid(a) ? graph.max(at.fitOnGrid(a, g), graph.add(g, 1 / 256 + kink(p))) : undefined,
  abs: ({ g, p }) => graph.abs(graph.sub(g, kink(p))),
  sign: ({ g }) => graph.sign(g),
  floor: ({ g }) => graph.floor(g),
  relu: ({ g, p }) => graph.relu(graph.add(g, kink(p))),
  clip: ({ g, p }) => graph.clip(g, -0.5 - (p % 3) / 8, 0.5),
  hardSigmoid: ({ g }) => graph.hardSigmoid(g),
  hardTanh: ({ g }) => graph.hardTanh(g),
  step: ({ g, p }) => graph.step(graph.add(g, kink(p))),
  straightThrough: ({ g, p }) => graph.straightThroughStep(graph.sub(g, kink(p)), 0.5),
  surrogate: ({ a, b, at }) => graph.surrogate(a, graph.expand(at.fit(b, a), a.shape)),
  stopGradient: ({ a }) => graph.stopGradient(a),
  where: ({ a, b, g, p, at }) => graph.where(graph.greater(g, kink(p)), at.fit(a, g), at.fit(b, g)),
  compare: ({ g, p }) => {
    const test = [graph.greater, graph.greaterOrEqual, graph.less, graph.lessOrEqual][p % 4]!;
    return graph.cast(test(g, kink(p)), "float");
  },
  logic: ({ g, p, at }) => {
    const [low, high] = [graph.less(g, kink(p)), graph.greater(g, kink(p + 17))];
    const both = p % 2 ? graph.and(low, graph.not(high)) : graph.or(low, high);
    return graph.mul(graph.cast(both, "float"), at.fit(at.any(p), g));
  },
  masked: ({ a, b, at }) => {
    const mask = at.mask;
    if (!mask) return undefined;
    return graph.where(mask, at.fit(a, mask), at.fit(b, mask));
  },
  equal: ({ a, p, at }) => {
    const chosen = graph.cast(graph.equal(at.indices!, p % 3), "float");
    return graph.mul(chosen, at.fit(a, at.indices!));
  },
  matmul: ({ a, b, at }) => {
    const left = at.matrix(a);
    const right = at.matrix(b);
    if (left.shape.at(-1) === right.shape.at(-2)) return at.product(left, right);
    if (left.shape.at(-1) === right.shape.at(-1)) return at.product(left, graph.swapLastAxes(right));
    if (left.shape.at(-2) === right.shape.at(-2)) return at.product(graph.swapLastAxes(left), right);
    return at.product(left, graph.swapLastAxes(left));
  },
  reduceSum: ({ a, p }) => graph.reduceSum(a, reduction(a, p)),
  reduceMean: ({ a, p }) => graph.reduceMean(a, reduction(a, p)),
  reduceMax: ({ g, p }) => graph.reduceMax(g, reduction(g, p)),
  reduceMin: ({ g, p }) => graph.reduceMin(g, reduction(g, p)),
  argMax: ({ g, p }) => (g.shape.length > 0 ? graph.cast(graph.argMax(g, axisOf(g, p)), "float") : undefined),
  softmax: ({ a, p }) => (a.shape.length > 0 ? graph.softmax(a, axisOf(a, p)) : undefined),
  logSoftmax: ({ a, p }) => (a.shape.length > 0 ? graph.logSoftmax(a, axisOf(a, p)) : undefined),
  transpose: ({ a, p, at }) => {
    const order = a.shape.map((_, k) => k);
    for (let k = order.length - 1, q = p; k > 0; k--, q >>= 1) {
      const other = q % (k + 1);
      [order[k], order[other]] = [order[other]!, order[k]!];
    }
    return at.alike(a, graph.transpose(a, order));
  },
  reshape: ({ a, p, at }) => {
    if (a.shape.length < 2) return undefined;
    const k = p % (a.shape.length - 1);
    const merged = times(a.shape[k]!, a.shape[k + 1]!);
    return at.alike(a, graph.reshape(a, [...a.shape.slice(0, k), merged, ...a.shape.slice(k + 2)]));
  },
  unsqueeze: ({ a, p, at }) =>
    a.shape.length < 4 ? at.alike(a, graph.unsqueeze(a, [p % (a.shape.length + 1)])) : undefined,
  squeeze: ({ a, at }) => {
    const axis = a.shape.indexOf(1);
    return axis < 0 ? undefined : at.alike(a, graph.squeeze(a, [axis]));
  },
  expand: ({ a, b, at }) => graph.expand(at.fit(a, b), b.shape),
  concat: ({ a, b, p, at }) => {
    if (a.shape.length === 0) return undefined;
    const axis = axisOf(a, p);
    const other = graph.expand(at.fit(b, a), a.shape);
    return graph.concat(p % 2 ? [a, other] : [other, a, other], axis);
  },
  slice: ({ a, p, at }) => {
    if (a.shape.length === 0) return undefined;
    const axis = axisOf(a, p);
    const extent = a.shape.at(axis)!;
    const count = evaluate(extent, at.bindings);
    if (count < 2) return undefined;
    const cut = p % 2 ? { axis, start: 1 } : { axis, end: plus(extent, -1) };
    return at.alike(a, graph.slice(a, cut));
  },
  pad: ({ a, p }) =>
    a.shape.length > 0 ? graph.pad(a, { axis: axisOf(a, p), before: p % 2, after: 1, value: (p % 3) / 2 }) : undefined,
  gather: ({ a, at }) => {
    const axis = a.shape.findIndex((extent) => typeof extent === "number" && extent >= 3);
    return axis < 0 ? undefined : graph.gather(a, at.indices!, axis);
  },
  oneHot: ({ a, at }) => graph.mul(graph.oneHot(at.indices!, 3), graph.reduceMean(a)),
  scan: () => undefined,
};

/** Names of all functions that random graphs are made of. */
export const randomFunctions: readonly string[] = Object.keys(builders);

/** Those whose derivative isn't that of their value. */
export const customGradients: readonly string[] = ["straightThrough", "surrogate", "stopGradient"];

const axisOf = (x: Tensor, p: number) => (p % x.shape.length) - x.shape.length;
const reduction = (x: Tensor, p: number) =>
  x.shape.length === 0 || p % 5 === 0 ? {} : { axes: [axisOf(x, p)], keepDimensions: p % 2 === 0 };

/** Largest number of elements of a tensor, and largest magnitude of a value. */
const MOST_ELEMENTS = 150;
const MOST = 6;

class Builder {
  readonly bindings: ReadonlyMap<string, number>;
  pool: Tensor[];
  readonly used: string[] = [];
  readonly consumed = new Set<Tensor>();
  indices: Tensor | undefined;
  mask: Tensor | undefined;
  #grid: Set<Tensor>;
  #leaves: Tensor[];
  readonly #names: string[];

  constructor(bindings: ReadonlyMap<string, number>, leaves: Tensor[], scans: boolean, without: readonly string[]) {
    this.bindings = bindings;
    this.pool = [...leaves];
    this.#grid = new Set(leaves);
    this.#leaves = leaves;
    this.#names = randomFunctions.filter((name) => !without.includes(name) && (scans || name !== "scan"));
    // Scans in one of eight instructions.
    if (this.#names.includes("scan")) {
      for (let k = 0; k < this.#names.length / 8; k++) this.#names.push("scan");
    }
  }

  /** Adds what an instruction makes to the pool, or nothing where it doesn't fit. */
  grow({ kind, a, b, p, body }: Instruction): void {
    const name = this.#names[kind % this.#names.length]!;
    if (name === "scan") {
      if (body.length > 0) this.#scan(a, b, p, body);
      return;
    }
    const grid = this.pool.filter((tensor) => this.#grid.has(tensor));
    const given = {
      a: this.pool[a % this.pool.length]!,
      b: this.pool[b % this.pool.length]!,
      g: grid[(a + b) % grid.length]!,
      p,
      at: this,
    };
    const made = builders[name]!(given);
    if (!made || made.shape.length > 4 || this.#count(made) > MOST_ELEMENTS || this.pool.includes(made)) return;
    this.used.push(name);
    for (const used of [given.a, given.b, given.g]) this.consumed.add(used);
    const tame = this.#grid.has(made) ? made : graph.mul(graph.tanh(graph.mul(made, 1 / MOST)), MOST / 2);
    this.pool.push(isBounded(name) ? made : tame);
  }

  #count(tensor: Tensor): number {
    return tensor.shape.reduce((total: number, extent) => total * evaluate(extent, this.bindings), 1);
  }

  onGrid(tensor: Tensor): boolean {
    return this.#grid.has(tensor);
  }

  any(p: number): Tensor {
    return this.#leaves[p % this.#leaves.length]!;
  }

  /** Says that `made` holds elements of `from`, each once: on the grid if it is. */
  alike(from: Tensor, made: Tensor): Tensor {
    if (this.#grid.has(from)) this.#grid.add(made);
    return made;
  }

  /** x such that it broadcasts to the shape of `like`: means over what doesn't fit. */
  fit(x: Tensor, like: Tensor): Tensor {
    const extra = x.shape.length - like.shape.length;
    const low = extra > 0 ? graph.reduceMean(x, { axes: Array.from({ length: extra }, (_, k) => k) }) : x;
    const axes = low.shape
      .map((extent, axis) => [extent, axis - low.shape.length] as const)
      .filter(([extent, axis]) => extent !== 1 && extent !== like.shape.at(axis))
      .map(([, axis]) => axis);
    return axes.length > 0 ? graph.reduceMean(low, { axes, keepDimensions: true }) : low;
  }

  /** As `fit`, but choosing the first element instead of the mean: grid values stay grid values. */
  fitOnGrid(x: Tensor, like: Tensor): Tensor {
    let low = x;
    while (low.shape.length > like.shape.length) {
      low = graph.squeeze(graph.slice(low, { axis: 0, end: 1 }), [0]);
    }
    low.shape.forEach((extent, k) => {
      const axis = k - low.shape.length;
      if (extent !== 1 && extent !== like.shape.at(axis)) low = graph.slice(low, { axis, end: 1 });
    });
    return low;
  }

  /** At least two axes. */
  matrix(x: Tensor): Tensor {
    return x.shape.length >= 2 ? x : graph.unsqueeze(x, x.shape.length === 1 ? [0] : [0, 1]);
  }

  /** The matrix product, divided by the inner extent; leading axes of the right operand made to fit. */
  product(left: Tensor, right: Tensor): Tensor {
    const lead = left.shape.slice(0, -2);
    const wanted = [...lead, ...right.shape.slice(-2)];
    const fits = right.shape.length <= 2 || sameShape(right.shape, wanted);
    const b = fits
      ? right
      : graph.reduceMean(right, { axes: Array.from({ length: right.shape.length - 2 }, (_, k) => k) });
    return graph.matmul(graph.mul(left, 1 / evaluate(left.shape.at(-1)!, this.bindings)), b);
  }

  /** A scan whose body is grown from its own instructions, beside the tensors around it. */
  #scan(a: number, b: number, p: number, body: readonly Instruction[]): void {
    const initial = this.pool[a % this.pool.length]!;
    const readable = this.pool.filter(({ shape }) => shape.length > 0);
    const first = readable[b % readable.length]!;
    const others = readable.filter((tensor) => tensor !== first && tensor.shape[0] === first.shape[0]);
    const second = p % 3 === 0 ? others[p % Math.max(others.length, 1)] : undefined;
    const sequences: Record<string, Tensor> =
      p % 7 === 6 ? {} : { first, ...(second && { second }), ...(p % 11 === 0 && { again: first }) };
    if (Math.max(...Object.values(sequences).map((tensor) => this.#count(tensor)), 0) > MOST_ELEMENTS) return;
    const outer = { pool: this.pool, grid: this.#grid, mask: this.mask };
    const made = graph.scan<string, string, string>({
      name: "random",
      reverse: p % 2 === 1,
      state: { h: initial, ...(p % 5 === 0 && { k: first }) },
      sequences,
      ...(Object.keys(sequences).length === 0 && { steps: p % 4 < 2 ? "time" : 2 }),
      step: (state, items) => {
        const own = [...Object.values(items), ...Object.values(state)];
        // The body's own tensors come often; those around it are captured.
        this.pool = [...outer.pool, ...own, ...own, ...own];
        this.#grid = new Set(outer.grid);
        for (const [name, item] of Object.entries(items)) if (outer.grid.has(sequences[name]!)) this.#grid.add(item);
        const before = this.pool.length;
        for (const inner of body) this.grow(inner);
        const grown = this.pool.slice(before);
        const last = grown.at(-1) ?? own[0]!;
        const next: Record<string, Tensor> = {};
        for (const [name, tensor] of Object.entries(state)) {
          const mixed = graph.add(graph.mul(tensor, 0.5), this.fit(last, tensor));
          next[name] = name === "k" && p % 2 === 0 ? tensor : graph.tanh(mixed);
        }
        const outputs = Object.fromEntries(grown.slice(-2).map((tensor, k) => [`y${k}`, tensor]));
        return { state: next, outputs: p % 4 === 3 ? { again: state.h!, ...outputs } : outputs };
      },
    });
    this.pool = outer.pool;
    this.#grid = outer.grid;
    this.used.push("scan");
    this.consumed.add(initial);
    for (const tensor of Object.values(sequences)) this.consumed.add(tensor);
    for (const result of [...Object.values(made.state), ...Object.values(made.outputs)]) {
      if (this.#count(result) <= 2 * MOST_ELEMENTS && !this.pool.includes(result)) this.pool.push(result);
    }
  }
}

/** Functions whose results are never larger than their operands or a small constant. */
function isBounded(name: string): boolean {
  return !["add", "sub", "mul", "div", "pow", "square", "matmul", "reduceSum", "logSoftmax"].includes(name);
}
