/** Programs as C: one function that computes the outputs from the inputs, in loops that the compiler turns into vectors. */
import { LonghandError } from "../../errors.ts";
import type { DType, NDArray } from "../../graph/array.ts";
import { type Dimension, elements, openNames, plus, type Shape, times } from "../../graph/dimension.ts";
import type { Program } from "../../graph/program.ts";
import { scanInputs } from "../../graph/scan.ts";
import type { Node, OperatorNode, ScanNode, Tensor } from "../../graph/tensor.ts";
import { capturesOf } from "../../graph/traverse.ts";
import { liveTensors } from "../live.ts";
import { type Buffer, Buffers } from "./buffers.ts";
import { elementSizes, elementTypes, expression, isExpression, literal, literals, valueTypes } from "./elementwise.ts";
import { kernels } from "./kernels.ts";
import { type Axis, axesOf, broadcastStrides, headsOf, indexOf, pointerTo } from "./loops.ts";
import { operands, orderOf, unitsOf } from "./schedule.ts";
import { addressOf, extentOf, isDense, partOf, stridesOf, type View, variableOf } from "./view.ts";

/** A program in C. */
export interface Emitted {
  readonly source: string;
  /** The open dimensions, in the order in which their extents are given to it. */
  readonly names: readonly string[];
}

/**
 * Writes a program as C. It defines `memory`, the bytes that a run needs, and `run`, which gets pointers to the elements of
 * inputs and outputs and gives 0, or 1 where an index is outside.
 */
export function emit(program: Program): Emitted {
  return new Emitter(program).emit();
}

/** What an array or a scan's place in one is made for: it is written there at once. */
type Destinations = ReadonlyMap<Tensor, View>;

class Emitter {
  private readonly program: Program;
  private readonly live: ReadonlySet<Tensor>;
  private readonly buffers = new Buffers();
  private readonly views = new Map<Tensor, View>();
  private readonly constants: string[] = [];
  private lines: string[] = [];
  private destinations: Destinations = new Map();
  /** Factors of products that were copied before the loop, by node and side. */
  private readonly panels = new Map<Node, { left?: View; right?: View }>();
  /** What reads a tensor, and what is asked for beside that. */
  private readonly readers = new Map<Tensor, Node[]>();
  private readonly wanted = new Set<Tensor>();
  private count = 0;

  constructor(program: Program) {
    this.program = program;
    this.live = liveTensors(Object.values(program.outputs));
  }

  emit(): Emitted {
    const { inputs, outputs } = this.program;
    const shapes = Object.values(inputs).flatMap(({ shape }) => shape);
    const names = [...new Set(shapes.flatMap(openNames))].sort();
    Object.values(inputs).forEach((tensor, k) => {
      this.line(`const ${elementTypes[tensor.dtype]} *const in${k} = given[${k}];`);
      this.views.set(tensor, dense(`in${k}`, tensor));
    });
    const results = Object.values(outputs);
    const targets = results.map((tensor, k) => {
      this.line(`${elementTypes[tensor.dtype]} *const out${k} = wanted[${k}];`);
      return dense(`out${k}`, tensor);
    });
    this.destinations = firstOfEach(results.map((tensor, k) => [tensor, targets[k]!]));
    this.compute(this.orderFor(results));
    results.forEach((tensor, k) => {
      if (this.read(tensor).pointer !== targets[k]!.pointer) this.copy(this.read(tensor), targets[k]!);
    });
    return { source: this.source(names), names };
  }

  private source(names: readonly string[]): string {
    const { placeOf, sizes } = this.buffers.places();
    const extents = names.map(
      (name, k) => `const long ${variableOf(name)} = (long)extents[${k}]; (void)${variableOf(name)};`,
    );
    const places = sizes.map((size, k) => `place[${k + 1}] = place[${k}] + ((${extentOf(size)} + 63) & ~63L);`);
    const layout = [`long place[${sizes.length + 1}];`, "place[0] = 0;", ...places];
    const pointers = this.buffers.all.map(
      ({ id, type }) => `${type} *const b${id} = (${type} *)(arena + place[${placeOf[id]}]);`,
    );
    return [
      "#include <math.h>\n#include <stdint.h>\n#include <string.h>",
      kernels,
      ...this.constants,
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
      ...this.lines,
      "return 0;",
      "}\n",
    ].join("\n");
  }

  private line(...texts: string[]): void {
    this.lines.push(...texts);
  }

  /** A view that is about to be read. */
  private read(tensor: Tensor): View {
    const view = this.views.get(tensor)!;
    this.buffers.touch(view.buffer);
    return view;
  }

  /** Memory for a new array. */
  private fresh(dtype: DType, shape: Shape): View {
    const buffer = this.buffers.request(elementTypes[dtype], elements(shape), elementSizes[dtype]);
    return { ...dense(`b${buffer.id}`, { dtype, shape }), buffer };
  }

  /** Where the value of a tensor is written: where it is wanted, or to new memory. */
  private place(tensor: Tensor): View {
    const view = this.destinations.get(tensor) ?? this.fresh(tensor.dtype, tensor.shape);
    this.buffers.touch(view.buffer);
    this.views.set(tensor, view);
    return view;
  }

  /** The same elements without gaps. */
  private dense(view: View): View {
    if (isDense(view)) return view;
    const made = this.fresh(view.dtype, view.shape);
    this.copy(view, made);
    return made;
  }

  /** The nodes that are still to be computed for outputs of a region, each after those that it needs. */
  private orderFor(outputs: readonly Tensor[]): Node[] {
    const order = orderOf(outputs, this.needsOf, this.isReady);
    for (const output of outputs) this.wanted.add(output);
    for (const node of order) {
      for (const used of this.needsOf(node)) this.readers.set(used, [...(this.readers.get(used) ?? []), node]);
    }
    return order;
  }

  private readonly isReady = (tensor: Tensor) => this.views.has(tensor);

  private readonly needsOf = (node: Node): readonly Tensor[] => {
    if (node.kind !== "scan") return operands(node);
    const { states, items, results } = this.partsOf(node);
    return [
      ...states.map(({ initial }) => initial),
      ...items.map(({ sequence }) => sequence),
      ...capturesOf(results, node.body.region),
    ];
  };

  private compute(order: readonly Node[]): void {
    for (const unit of unitsOf(order, this.needsOf, this.isReady)) {
      const [node] = unit as [Node];
      if (node.kind === "scan") this.scan(node);
      else if (node.kind === "operator") {
        if (isExpression(node)) this.expressions(unit as readonly OperatorNode[]);
        else this.operator(node);
      }
      this.buffers.advance();
    }
  }

  /** One loop for operators over one shape. */
  private expressions(nodes: readonly OperatorNode[]): void {
    const { shape } = nodes[0]!.outputs[0]!;
    const inside = new Map(nodes.map((node, k) => [node.outputs[0]!, `v${k}`]));
    const reads = [...new Set(nodes.flatMap(operands))].filter((tensor) => !inside.has(tensor));
    const sources = reads.map((tensor) => this.inRows(this.read(tensor), shape));
    const written = nodes.map(({ outputs }) => outputs[0]!).filter((tensor) => this.isRead(tensor, nodes));
    const targets = written.map((tensor) => this.place(tensor));
    this.loops(shape, sources, targets, (values) => {
      const names = new Map<Tensor, string>([...inside, ...reads.map((tensor, k) => [tensor, values[k]!] as const)]);
      return {
        lines: nodes.map((node) => {
          const [output] = node.outputs as [Tensor];
          const text = expression(
            node,
            operands(node).map((tensor) => names.get(tensor)!),
          );
          return `const ${valueTypes[output.dtype]} ${names.get(output)} = ${text};`;
        }),
        results: written.map((tensor) => names.get(tensor)!),
      };
    });
  }

  /** Whether something outside a group reads what it computes. */
  private isRead(tensor: Tensor, group: readonly Node[]): boolean {
    return this.wanted.has(tensor) || (this.readers.get(tensor) ?? []).some((node) => !group.includes(node));
  }

  /** Loops that read one element of each source and write one to each target. */
  private loops(
    shape: Shape,
    sources: readonly View[],
    targets: readonly View[],
    step: (values: readonly string[]) => { readonly lines: readonly string[]; readonly results: readonly string[] },
  ): void {
    const all = [...sources, ...targets];
    const axes = axesOf(
      shape,
      all.map((view) => broadcastStrides(view, shape)),
    );
    this.line("{");
    all.forEach((view, k) => {
      if (view.literal === undefined)
        this.line(pointerTo(`p${k}`, elementTypes[view.dtype], view, k >= sources.length));
    });
    const at = (k: number) => `p${k}[${indexOf(axes, k)}]`;
    const { lines, results } = step(sources.map((view, k) => view.literal ?? `x${k}`));
    this.line(...headsOf(axes));
    sources.forEach((view, k) => {
      if (view.literal === undefined) this.line(`const ${valueTypes[view.dtype]} x${k} = ${at(k)};`);
    });
    this.line(...lines, ...results.map((result, k) => `${at(sources.length + k)} = ${result};`));
    this.line("}".repeat(axes.length + 1));
  }

  /** A view whose elements lie side by side along the last axis of a shape, or are one and the same. */
  private inRows(view: View, shape: Shape): View {
    const axes = axesOf(shape, [broadcastStrides(view, shape), stridesOf(shape)]);
    const last = axes.at(-1)?.strides[0];
    return axes.length < 2 || last === 0 || last === 1 ? view : this.dense(view);
  }

  private copy(from: View, to: View): void {
    if (isDense(from) && isDense(to) && from.literal === undefined) {
      this.line(
        `memcpy(${addressOf(to)}, ${addressOf(from)}, ${extentOf(times(elements(to.shape), elementSizes[to.dtype]))});`,
      );
    } else if (!this.turned(from, to)) {
      this.loops(to.shape, [from], [to], ([value]) => ({ lines: [], results: [value!] }));
    }
  }

  /** Copies matrices whose rows are columns there. */
  private turned(from: View, to: View): boolean {
    if (to.dtype !== "float" || from.literal !== undefined) return false;
    const axes = axesOf(
      to.shape,
      [from, to].map((view) => broadcastStrides(view, to.shape)),
    );
    const row = axes.findLastIndex(({ strides }) => strides[0] === 1);
    const column = axes.findLastIndex(({ strides }) => strides[1] === 1);
    if (row < 0 || column < 0 || row === column) return false;
    const around = axes.filter((_, k) => k !== row && k !== column);
    const address = (view: View, k: number) => `${addressOf(view)} + ${indexOf(around, k)}`;
    const sizes = [axes[column]!, axes[row]!].map(({ extent }) => extentOf(extent)).join(", ");
    const step = extentOf(axes[column]!.strides[0]!);
    this.line(...headsOf(around, ""));
    this.line(`turn(${sizes}, ${address(from, 0)}, ${step}, ${address(to, 1)}, ${extentOf(axes[row]!.strides[1]!)});`);
    this.line("}".repeat(around.length));
    return true;
  }

  private fill(to: View, value: string): void {
    this.loops(to.shape, [], [to], () => ({ lines: [], results: [value] }));
  }

  /** Other operators. */
  private operator(node: OperatorNode): void {
    const [output] = node.outputs as [Tensor];
    const [x, y] = operands(node);
    const { attributes } = node;
    const axisOf = () => {
      const { axis } = attributes as { axis: number };
      return axis < 0 ? x!.shape.length + axis : axis;
    };
    /** Extents before, along and after an axis. */
    const around = ({ shape }: Tensor, axis: number) =>
      [elements(shape.slice(0, axis)), shape[axis]!, elements(shape.slice(axis + 1))] as const;
    switch (node.operator.name) {
      case "Constant":
        this.constant(output, attributes as NDArray);
        break;
      case "Identity":
        this.views.set(output, this.read(x!));
        break;
      case "Reshape": {
        const view = this.dense(this.read(x!));
        this.views.set(output, { ...view, shape: output.shape, strides: stridesOf(output.shape) });
        break;
      }
      case "Transpose": {
        const view = this.read(x!);
        const { permutation } = attributes as { permutation: readonly number[] };
        this.views.set(output, {
          ...view,
          shape: output.shape,
          strides: permutation.map((axis) => view.strides[axis]!),
        });
        break;
      }
      case "Expand": {
        const view = this.read(x!);
        this.views.set(output, { ...view, shape: output.shape, strides: broadcastStrides(view, output.shape) });
        break;
      }
      case "Slice": {
        const view = this.read(x!);
        const { start, stride } = attributes as { start: Dimension; stride: number };
        const axis = axisOf();
        const cut = partOf(view, axis, start, output.shape[axis]!);
        this.views.set(output, { ...cut, strides: cut.strides.with(axis, times(cut.strides[axis]!, stride)) });
        break;
      }
      case "Concat": {
        const parts = operands(node).map((tensor) => this.read(tensor));
        const target = this.place(output);
        const axis = axisOf();
        let start: Dimension = 0;
        for (const part of parts) {
          this.copy(part, partOf(target, axis, start, part.shape[axis]!));
          start = plus(start, part.shape[axis]!);
        }
        break;
      }
      case "Pad":
        this.pad(node, this.dense(this.read(x!)), axisOf());
        break;
      case "Gather": {
        const [from, indices] = [this.dense(this.read(x!)), this.dense(this.read(y!))];
        const target = this.place(output);
        const [outer, extent, inner] = around(x!, axisOf());
        const counts = [outer, extent, elements(y!.shape), times(inner, elementSizes[x!.dtype])].map(extentOf);
        this.line(
          `if (gather((const char *)(${addressOf(from)}), ${addressOf(indices)}, (char *)(${addressOf(target)}), ${counts.join(", ")}, problem)) return 1;`,
        );
        break;
      }
      case "Softmax":
      case "LogSoftmax": {
        const from = this.dense(this.read(x!));
        const target = this.place(output);
        const counts = around(x!, axisOf()).map(extentOf);
        const kind = node.operator.name === "LogSoftmax" ? 1 : 0;
        this.line(`softmax(${addressOf(from)}, ${addressOf(target)}, ${counts.join(", ")}, ${kind});`);
        break;
      }
      case "ArgMax": {
        const from = this.dense(this.read(x!));
        const target = this.place(output);
        const counts = around(x!, axisOf()).map(extentOf);
        this.line(`argmax_${elementTypes[x!.dtype]}(${addressOf(from)}, ${addressOf(target)}, ${counts.join(", ")});`);
        break;
      }
      case "ReduceSum":
      case "ReduceMean":
      case "ReduceMax":
      case "ReduceMin":
        this.reduce(node);
        break;
      case "MatMul":
        this.product(node);
        break;
      default:
        throw new LonghandError(
          "unsupported",
          `program ${this.program.name}: operator ${node.operator.name} has no form in C`,
        );
    }
  }

  private constant(output: Tensor, value: NDArray): void {
    const name = `k${this.constants.length}`;
    const isOne = value.data.length === 1;
    this.constants.push(
      `static const ${elementTypes[value.dtype]} ${name}[${Math.max(1, value.data.length)}] = {${literals(value)}};`,
    );
    this.views.set(output, {
      ...dense(name, output),
      literal: isOne ? literal(value.data[0]!, value.dtype) : undefined,
    });
  }

  /** Negative amounts cut off. */
  private pad(node: OperatorNode, from: View, axis: number): void {
    const { before, value } = node.attributes as { before: Dimension; value: number };
    const target = this.place(node.outputs[0]!);
    const inner = elements(from.shape.slice(axis + 1));
    const outer = elements(from.shape.slice(0, axis));
    const [part, row, start] = [from.shape[axis]!, target.shape[axis]!, before].map((each) =>
      extentOf(times(each, inner)),
    );
    this.fill(target, literal(value, "float"));
    this.line(
      "{",
      `const long part = ${part}, row = ${row}, start = ${start}, first = start < 0 ? -start : 0, last = least(part, row - start);`,
      `for (long o = 0; o < ${extentOf(outer)}; o++)`,
      `if (last > first) memcpy(${addressOf(target)} + o * row + start + first, ${addressOf(from)} + o * part + first, 4 * (last - first));`,
      "}",
    );
  }

  private reduce(node: OperatorNode): void {
    const [x] = node.inputs as [Tensor];
    const [output] = node.outputs as [Tensor];
    const { axes: reduced } = node.attributes as { axes: readonly number[] };
    const from = this.read(x);
    const target = this.place(output);
    const isReduced = (axis: number) => reduced.includes(axis - x.shape.length);
    const kept = stridesOf(x.shape.map((extent, axis) => (isReduced(axis) ? 1 : extent)));
    const axes = axesOf(x.shape, [from.strides, kept.map((stride, axis) => (isReduced(axis) ? 0 : stride))]);
    const type = valueTypes[x.dtype];
    const kind = node.operator.name.slice("Reduce".length);
    const isSum = kind === "Sum" || kind === "Mean";
    const sign = kind === "Max" ? ">" : "<";
    const least =
      x.dtype === "float" ? (kind === "Max" ? "-INFINITY" : "INFINITY") : kind === "Max" ? "INT32_MIN" : "INT32_MAX";
    const start = isSum ? "0" : x.dtype === "bool" ? (kind === "Max" ? "0" : "1") : least;
    const joined = (a: string, b: string) =>
      isSum ? `${a} + ${b}` : `(${b} ${sign} ${a} || ${b} != ${b} ? ${b} : ${a})`;
    this.fill(target, start);
    this.line(
      "{",
      pointerTo("p0", elementTypes[x.dtype], from, false),
      pointerTo("p1", elementTypes[x.dtype], target, true),
    );
    const element = from.literal ?? `p0[${indexOf(axes, 0)}]`;
    const place = `p1[${indexOf(axes, 1)}]`;
    const inner = axes.at(-1) as Axis | undefined;
    if (inner?.strides[1] === 0) {
      const heads = headsOf(axes, isSum ? "#pragma omp simd reduction(+:sum)" : "");
      this.line(...heads.slice(0, -2), `${type} sum = ${start};`, ...heads.slice(-2));
      this.line(`const ${type} x = ${element}; sum = ${joined("sum", "x")}; }`);
      this.line(`const ${type} y = ${place}; ${place} = ${joined("y", "sum")};`, "}".repeat(axes.length - 1));
    } else {
      this.line(...headsOf(axes), `const ${type} x = ${element}, y = ${place}; ${place} = ${joined("y", "x")};`);
      this.line("}".repeat(axes.length));
    }
    this.line("}");
    if (kind !== "Mean") return;
    const count = elements(x.shape.filter((_, axis) => isReduced(axis)));
    this.line(
      `for (long i = 0; i < ${extentOf(elements(output.shape))}; i++) (${addressOf(target)})[i] /= (float)${extentOf(count)};`,
    );
  }

  private product(node: OperatorNode): void {
    const [a, b] = node.inputs as [Tensor, Tensor];
    const [output] = node.outputs as [Tensor];
    const [left, right] = [this.read(a), this.read(b)];
    if (output.shape.length > 2 && b.shape.length === 2) {
      // Many matrices by the same one: one matrix of all their rows.
      const rows = elements(output.shape.slice(0, -1));
      const flat = (view: View, width: Dimension): View => ({ ...view, shape: [rows, width], strides: [width, 1] });
      const target = this.place(output);
      const [depth, columns] = b.shape as [Dimension, Dimension];
      this.products(node, flat(this.dense(left), depth), right, flat(target, columns));
    } else this.products(node, left, right, this.place(output));
  }

  /** Products of the matrices in the last two axes. */
  private products(node: OperatorNode, left: View, right: View, target: View): void {
    const lead = target.shape.slice(0, -2);
    const leadOf = (view: View): View => ({
      ...view,
      shape: view.shape.slice(0, -2),
      strides: view.strides.slice(0, -2),
    });
    const axes = axesOf(
      lead,
      [left, right, target].map((view) => broadcastStrides(leadOf(view), lead)),
    );
    const [rows, columns] = target.shape.slice(-2) as [Dimension, Dimension];
    const depth = left.shape.at(-1)!;
    const packed = { ...this.panels.get(node) };
    const at = (view: View, k: number) => `${addressOf(view)} + ${indexOf(axes, k)}`;
    const strides = (view: View) => view.strides.slice(-2).map(extentOf).join(", ");
    if (axes.length > 0 && !(isSmall(columns) && isSmall(depth))) {
      // A factor that all matrices have in common.
      if (axes.every(({ strides }) => strides[0] === 0)) packed.left ??= this.pack("left", left, rows, columns, depth);
      if (axes.every(({ strides }) => strides[1] === 0))
        packed.right ??= this.pack("right", right, rows, columns, depth);
    }
    this.line(...headsOf(axes, ""));
    if (isSmall(columns) && isSmall(depth)) {
      this.line(
        "{",
        `const float *restrict p0 = ${at(left, 0)}; const float *restrict p1 = ${at(right, 1)}; float *restrict p2 = ${at(target, 2)};`,
        `for (long i = 0; i < ${extentOf(rows)}; i++) {`,
        `float sum[${Math.max(1, columns)}] = {0};`,
        `for (long k = 0; k < ${depth}; k++) { const float x = p0[i * ${extentOf(left.strides.at(-2)!)} + k * ${extentOf(left.strides.at(-1)!)}];`,
        `for (long j = 0; j < ${columns}; j++) sum[j] += x * p1[k * ${extentOf(right.strides.at(-2)!)} + j * ${extentOf(right.strides.at(-1)!)}]; }`,
        `for (long j = 0; j < ${columns}; j++) p2[i * ${columns} + j] = sum[j];`,
        "} }",
      );
    } else {
      const work = this.buffers.request(
        "float",
        plus(packed.left ? 0 : times(plus(rows, 32), 512), packed.right ? 0 : times(plus(columns, 32), 512)),
        4,
      );
      const panels = (view: View | undefined) => {
        this.buffers.touch(view?.buffer);
        return view ? view.pointer : "0";
      };
      const sizes = [rows, columns, depth].map(extentOf).join(", ");
      const one = packed.left ? "0, 0, 0" : `${at(left, 0)}, ${strides(left)}`;
      const other = packed.right ? "0, 0, 0" : `${at(right, 1)}, ${strides(right)}`;
      this.line(
        `product(${sizes}, ${one}, ${panels(packed.left)}, ${other}, ${panels(packed.right)}, ${at(target, 2)}, b${work.id});`,
      );
    }
    this.line("}".repeat(axes.length));
  }

  /** Copies a factor of a product into panels. */
  private pack(side: "left" | "right", view: View, rows: Dimension, columns: Dimension, depth: Dimension): View {
    const [row, next] = view.strides.slice(-2).map(extentOf) as [string, string];
    const count = side === "left" ? rows : columns;
    const made = this.fresh("float", [plus(count, 32), depth]);
    const order = side === "left" ? `${row}, ${next}` : `${next}, ${row}`;
    const size =
      side === "left" ? `panel_rows(${extentOf(rows)}, ${extentOf(columns)})` : `panel_columns(${extentOf(columns)})`;
    this.line(
      `pack_all(${extentOf(count)}, ${extentOf(depth)}, ${addressOf(view)}, ${order}, ${made.pointer}, ${size});`,
    );
    return made;
  }

  /** Copies factors that don't change in a loop into panels, before it. */
  private packBefore(nodes: readonly Node[], isVarying: (tensor: Tensor) => boolean): void {
    for (const node of nodes) {
      if (node.kind !== "operator" || node.operator.name !== "MatMul") continue;
      const [a, b] = node.inputs as [Tensor, Tensor];
      const [rows, columns] = node.outputs[0]!.shape.slice(-2) as [Dimension, Dimension];
      const depth = a.shape.at(-1)!;
      if (isSmall(columns) && isSmall(depth)) continue;
      const pack = (factor: Tensor, side: "left" | "right") => {
        if (isVarying(factor) || factor.shape.length !== 2) return;
        const made = this.pack(side, this.read(factor), rows, columns, depth);
        this.panels.set(node, { ...this.panels.get(node), [side]: made });
      };
      pack(a, "left");
      pack(b, "right");
    }
  }

  /** The parts of a scan that are needed. */
  private partsOf(node: ScanNode) {
    const { body, outputs } = node;
    const { initial, sequences } = scanInputs(node);
    const { live } = this;
    const states = body.states
      .map((state, k) => ({ state, initial: initial[k]!, next: body.nextStates[k]!, final: outputs[k]! }))
      .filter(({ state }) => live.has(state));
    const items = body.items.map((item, k) => ({ item, sequence: sequences[k]! })).filter(({ item }) => live.has(item));
    const stacked = body.stacked
      .map((inner, k) => ({ inner, outer: outputs[body.states.length + k]! }))
      .filter(({ outer }) => live.has(outer));
    return {
      states,
      items,
      stacked,
      results: [...states.map(({ next }) => next), ...stacked.map(({ inner }) => inner)],
    };
  }

  private scan(node: ScanNode): void {
    const { body } = node;
    const { states, items, stacked, results } = this.partsOf(node);
    const id = this.count++;
    // The state is read through a pointer. Its next value is written to the memory that the last but one had.
    const before = states.map(({ initial }) => this.dense(this.read(initial)));
    const memories = states.map(({ state }) => [
      this.fresh(state.dtype, state.shape),
      this.fresh(state.dtype, state.shape),
    ]);
    const outer = stacked.map((each) => this.place(each.outer));
    const sequences = items.map(({ sequence }) => this.read(sequence));
    states.forEach(({ state }, k) => {
      this.line(`const ${elementTypes[state.dtype]} *s${id}_${k} = ${addressOf(before[k]!)};`);
      this.views.set(state, dense(`s${id}_${k}`, state));
    });
    for (const { item } of items) this.views.set(item, dense("", item));
    this.buffers.advance();

    // What depends neither on the state nor on the items is computed once.
    const varying = new Set<Tensor>([...states.map(({ state }) => state), ...items.map(({ item }) => item)]);
    const order = this.orderFor(results);
    for (const inside of order) {
      if (this.needsOf(inside).some((used) => varying.has(used))) for (const made of inside.outputs) varying.add(made);
    }
    const around = this.destinations;
    this.destinations = new Map();
    this.compute(order.filter((inside) => !varying.has(inside.outputs[0]!)));
    const inside = order.filter((each) => varying.has(each.outputs[0]!));
    this.packBefore(inside, (tensor) => varying.has(tensor));
    this.buffers.advance();

    const time = extentOf(body.time);
    const step = `t${id}`;
    this.line(`for (long n${id} = 0; n${id} < ${time}; n${id}++) {`);
    this.line(`const long ${step} = ${body.reverse ? `${time} - 1 - n${id}` : `n${id}`};`);
    this.buffers.openLoop();
    for (const { buffer } of before) this.buffers.touch(buffer);
    items.forEach(({ item }, k) => {
      const view = sequences[k]!;
      this.buffers.touch(view.buffer);
      const pointer = `x${id}_${k}`;
      this.line(
        `const ${elementTypes[item.dtype]} *const ${pointer} = ${addressOf(view)} + ${step} * ${extentOf(view.strides[0]!)};`,
      );
      this.views.set(item, {
        pointer,
        dtype: item.dtype,
        shape: item.shape,
        strides: view.strides.slice(1),
        offset: 0,
      });
    });
    const slots = stacked.map(({ inner }, k) => {
      const view = outer[k]!;
      this.buffers.touch(view.buffer);
      const pointer = `y${id}_${k}`;
      this.line(
        `${elementTypes[inner.dtype]} *const ${pointer} = ${addressOf(view)} + ${step} * ${extentOf(elements(inner.shape))};`,
      );
      return dense(pointer, inner);
    });
    const nexts = states.map(({ state }, k) => {
      const [even, odd] = memories[k] as [View, View];
      const pointer = `w${id}_${k}`;
      this.line(`${elementTypes[state.dtype]} *const ${pointer} = n${id} & 1 ? ${odd.pointer} : ${even.pointer};`);
      return dense(pointer, state);
    });
    this.destinations = firstOfEach([
      ...stacked.map(({ inner }, k) => [inner, slots[k]!] as const),
      ...states.map(({ next }, k) => [next, nexts[k]!] as const),
    ]);
    this.buffers.advance();
    this.compute(inside);
    stacked.forEach(({ inner }, k) => {
      if (this.read(inner).pointer !== slots[k]!.pointer) this.copy(this.read(inner), slots[k]!);
    });
    // A value that was written where it lasts is read there; another is copied.
    const lasting = new Set([...slots, ...nexts].map(({ pointer }) => pointer));
    const after = states.map(({ next }, k) => {
      const view = this.read(next);
      if (lasting.has(view.pointer) && isDense(view) && view.offset === 0) return view.pointer;
      this.copy(view, nexts[k]!);
      return nexts[k]!.pointer;
    });
    for (const [k, pointer] of after.entries()) this.line(`s${id}_${k} = ${pointer};`);
    for (const pair of memories) for (const { buffer } of pair) this.buffers.touch(buffer);
    this.buffers.advance();
    this.buffers.closeLoop();
    this.line("}");
    this.destinations = around;
    states.forEach(({ final }, k) => {
      // Which of its places the last value is in is known when the program runs: all of them have to last.
      const buffers = [
        before[k]!.buffer,
        ...memories[k]!.map(({ buffer }) => buffer),
        ...outer.map(({ buffer }) => buffer),
      ];
      this.views.set(final, { ...dense(`s${id}_${k}`, final), buffer: together(buffers) });
    });
  }
}

/** Several buffers that last as long as any of them is used. */
function together(buffers: readonly (Buffer | undefined)[]): Buffer {
  const all = buffers.filter((buffer) => buffer !== undefined);
  return {
    id: -1,
    type: "",
    size: 0,
    first: 0,
    get last() {
      return Math.max(...all.map(({ last }) => last));
    },
    set last(clock) {
      for (const buffer of all) buffer.last = Math.max(buffer.last, clock);
    },
  };
}

function dense(pointer: string, { dtype, shape }: Pick<Tensor, "dtype" | "shape">): View {
  return { pointer, dtype, shape, strides: stridesOf(shape), offset: 0 };
}

/** The first entry of each key. */
function firstOfEach(entries: readonly (readonly [Tensor, View])[]): Map<Tensor, View> {
  const found = new Map<Tensor, View>();
  for (const [tensor, view] of entries) if (!found.has(tensor)) found.set(tensor, view);
  return found;
}

/** Short enough for a product without panels. */
function isSmall(extent: Dimension): extent is number {
  return typeof extent === "number" && extent <= 32;
}
