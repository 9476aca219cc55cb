/** What is written of a program: its statements so far, where each tensor lies, and memory for more. */
import type { DType, NDArray } from "../../graph/array.ts";
import { elements, type Shape, times } from "../../graph/dimension.ts";
import type { Program } from "../../graph/program.ts";
import type { Node, Tensor } from "../../graph/tensor.ts";
import { liveTensors } from "../live.ts";
import { Buffers } from "./buffers.ts";
import { elementSizes, elementTypes, literal, literals, valueTypes } from "./elementwise.ts";
import { axesOf, broadcastStrides, headsOf, indexOf, pointerTo } from "./loops.ts";
import { addressOf, denseView, extentOf, isDense, stridesOf, type View } from "./view.ts";

/** Statements are added one after the other; each may read what those before it have computed. */
export class Writer {
  readonly program: Program;
  /** All tensors that the outputs need. */
  readonly live: ReadonlySet<Tensor>;
  readonly buffers = new Buffers();
  /** Where tensors lie. */
  readonly views = new Map<Tensor, View>();
  /** Where values are written at once, because they are wanted there. */
  destinations: ReadonlyMap<Tensor, View> = new Map();
  /** Factors of products that are in panels already, by node. */
  readonly panels = new Map<Node, { readonly left?: View; readonly right?: View }>();
  readonly constants: string[] = [];
  readonly lines: string[] = [];
  private names = 0;
  /** Copies without gaps, of the outermost graph and of each body around the current statement. */
  private readonly copies: Map<string, View>[] = [new Map()];

  constructor(program: Program) {
    this.program = program;
    this.live = liveTensors(Object.values(program.outputs));
  }

  /** Adds lines of C. */
  line(...texts: string[]): void {
    this.lines.push(...texts);
  }

  /** A number for names that nothing else has. */
  number(): number {
    return this.names++;
  }

  readonly isReady = (tensor: Tensor): boolean => this.views.has(tensor);

  /** Where a tensor lies that is about to be read. */
  read(tensor: Tensor): View {
    const view = this.views.get(tensor)!;
    this.buffers.touch(view.buffer);
    return view;
  }

  /** From now on tensors are written where they are wanted: the first place of each. */
  want(places: readonly (readonly [Tensor | undefined, View | undefined])[]): void {
    const found = new Map<Tensor, View>();
    for (const [tensor, view] of places) if (tensor && view && !found.has(tensor)) found.set(tensor, view);
    this.destinations = found;
  }

  /** Memory for a new array. */
  fresh(dtype: DType, shape: Shape): View {
    const buffer = this.buffers.request(elementTypes[dtype], elements(shape), elementSizes[dtype]);
    return { ...denseView(`b${buffer.id}`, { dtype, shape }), buffer };
  }

  /** Where the value of a tensor is to be written: where it is wanted, or new memory. */
  place(tensor: Tensor): View {
    const view = this.destinations.get(tensor) ?? this.fresh(tensor.dtype, tensor.shape);
    this.buffers.touch(view.buffer);
    this.views.set(tensor, view);
    return view;
  }

  /** The same elements without gaps. */
  dense(view: View): View {
    if (isDense(view)) return view;
    const { pointer, offset, shape, strides } = view;
    const key = JSON.stringify([pointer, offset, shape, strides]);
    const known = this.copies.find((copies) => copies.has(key))?.get(key);
    if (known) {
      this.buffers.touch(known.buffer);
      return known;
    }
    const made = this.fresh(view.dtype, view.shape);
    this.copy(view, made);
    this.copies.at(-1)!.set(key, made);
    return made;
  }

  /** The statements of a loop begin. */
  openLoop(): void {
    this.buffers.openLoop();
    this.copies.push(new Map());
  }

  closeLoop(): void {
    this.copies.pop();
    this.buffers.closeLoop();
  }

  /** A view whose elements lie side by side along the last axis of a shape, or are one and the same. */
  inRows(view: View, shape: Shape): View {
    const axes = axesOf(shape, [broadcastStrides(view, shape), stridesOf(shape)]);
    const last = axes.at(-1)?.strides[0];
    return axes.length < 2 || last === 0 || last === 1 ? view : this.dense(view);
  }

  /** A constant, in the memory of the program. */
  constant(value: NDArray): View {
    const name = `k${this.constants.length}`;
    const count = value.data.length;
    this.constants.push(
      `static const ${elementTypes[value.dtype]} ${name}[${Math.max(1, count)}] = {${literals(value)}};`,
    );
    const one = count === 1 ? literal(value.data[0]!, value.dtype) : undefined;
    return { ...denseView(name, value), literal: one };
  }

  /** Loops that read one element of each source and write one to each target. */
  loops(
    shape: Shape,
    sources: readonly View[],
    targets: readonly View[],
    step: (values: readonly string[]) => { readonly lines?: readonly string[]; readonly results: readonly string[] },
  ): void {
    const all = [...sources, ...targets];
    const strides = all.map((view) => broadcastStrides(view, shape));
    const axes = axesOf(shape, strides);
    const at = (k: number) => `p${k}[${indexOf(axes, k)}]`;
    const { lines = [], results } = step(sources.map((view, k) => view.literal ?? `x${k}`));
    this.line("{");
    all.forEach((view, k) => {
      if (view.literal === undefined)
        this.line(pointerTo(`p${k}`, elementTypes[view.dtype], view, k >= sources.length));
    });
    this.line(...headsOf(axes));
    sources.forEach((view, k) => {
      if (view.literal === undefined) this.line(`const ${valueTypes[view.dtype]} x${k} = ${at(k)};`);
    });
    this.line(...lines, ...results.map((result, k) => `${at(sources.length + k)} = ${result};`));
    this.line("}".repeat(axes.length + 1));
  }

  fill(to: View, value: string): void {
    this.loops(to.shape, [], [to], () => ({ results: [value] }));
  }

  copy(from: View, to: View): void {
    if (isDense(from) && isDense(to) && from.literal === undefined) {
      const bytes = extentOf(times(elements(to.shape), elementSizes[to.dtype]));
      this.line(`memcpy(${addressOf(to)}, ${addressOf(from)}, ${bytes});`);
    } else if (!this.turned(from, to)) this.loops(to.shape, [from], [to], ([value]) => ({ results: [value!] }));
  }

  /** Copies matrices whose rows become columns. */
  private turned(from: View, to: View): boolean {
    if (to.dtype !== "float" || from.literal !== undefined) return false;
    const strides = [from, to].map((view) => broadcastStrides(view, to.shape));
    const axes = axesOf(to.shape, strides);
    const row = axes.findLastIndex((axis) => axis.strides[0] === 1);
    const column = axes.findLastIndex((axis) => axis.strides[1] === 1);
    if (row < 0 || column < 0 || row === column) return false;
    const around = axes.filter((_, k) => k !== row && k !== column);
    const address = (view: View, k: number) => `${addressOf(view)} + ${indexOf(around, k)}`;
    const sizes = [axes[column]!, axes[row]!].map(({ extent }) => extentOf(extent)).join(", ");
    const [step, next] = [axes[column]!.strides[0]!, axes[row]!.strides[1]!].map(extentOf);
    this.line(...headsOf(around, ""), `turn(${sizes}, ${address(from, 0)}, ${step}, ${address(to, 1)}, ${next});`);
    this.line("}".repeat(around.length));
    return true;
  }
}
