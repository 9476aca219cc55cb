/** The nodes of a graph and of the bodies of its scans, in an order in which they can be computed. */
import { elements, plus } from "../../graph/dimension.ts";
import type { Node, OperatorNode, ScanNode, Tensor } from "../../graph/tensor.ts";
import { capturesOf } from "../../graph/traverse.ts";
import { liveParts } from "../live.ts";
import { type Buffer, together } from "./buffers.ts";
import { elementTypes, isExpression } from "./elementwise.ts";
import { writeExpressions } from "./expressions.ts";
import { writeOperator } from "./operators.ts";
import { packFactors } from "./products.ts";
import { operands, orderOf, unitsOf } from "./schedule.ts";
import { addressOf, denseView, extentOf, isDense, type View } from "./view.ts";
import type { Writer } from "./writer.ts";

/** Computes outputs of the outermost graph. */
export function writeRegion(writer: Writer, outputs: readonly Tensor[]): void {
  const region = regionOf(writer, outputs);
  compute(writer, region, region.order);
}

/** What is still to be computed of a region. */
interface Region {
  /** Nodes, each after those that it needs. */
  readonly order: readonly Node[];
  /** Whether something outside a group of nodes reads what one of them computes. */
  isRead(tensor: Tensor, group: readonly Node[]): boolean;
}

function regionOf(writer: Writer, outputs: readonly Tensor[]): Region {
  const order = orderOf(outputs, (node) => needsOf(writer, node), writer.isReady);
  const readers = new Map<Tensor, Node[]>();
  for (const node of order) {
    for (const used of needsOf(writer, node)) readers.set(used, [...(readers.get(used) ?? []), node]);
  }
  return {
    order,
    isRead: (tensor, group) =>
      outputs.includes(tensor) || (readers.get(tensor) ?? []).some((node) => !group.includes(node)),
  };
}

/** What a node reads: of a scan, what of it is needed. */
function needsOf({ live }: Writer, node: Node): readonly Tensor[] {
  if (node.kind !== "scan") return operands(node);
  const { states, items, results } = liveParts(node, live);
  return [
    ...states.map(({ initial }) => initial),
    ...items.map(({ sequence }) => sequence),
    ...capturesOf(results, node.body.region),
  ];
}

function compute(writer: Writer, { isRead }: Region, nodes: readonly Node[]): void {
  for (const unit of unitsOf(nodes, (node) => needsOf(writer, node), writer.isReady)) {
    const [node] = unit as [Node];
    if (node.kind === "scan") writeScan(writer, node);
    else if (node.kind === "operator" && !isExpression(node)) writeOperator(writer, node);
    else writeExpressions(writer, unit as readonly OperatorNode[], (tensor) => isRead(tensor, unit));
    writer.buffers.advance();
  }
}

/** A state of a scan in C: `pointer` goes from one value to the next. */
interface State {
  readonly state: Tensor;
  readonly next: Tensor;
  readonly final: Tensor;
  readonly pointer: string;
  /** What has to last: the first value, and where the others are written. */
  readonly memory: readonly (Buffer | undefined)[];
  /** The place of the next value at step n. */
  readonly place: string;
}

/** A loop over time. */
function writeScan(writer: Writer, node: ScanNode): void {
  const { body } = node;
  const parts = liveParts(node, writer.live);
  const id = writer.number();
  const sequences = parts.items.map(({ sequence }) => writer.read(sequence));
  const chains = chainsOf(writer, node);
  const outer = parts.stacked.map(({ outer }) => chains.views.get(outer) ?? writer.place(outer));
  const states = parts.states.map((part, k): State => {
    const [pointer, type] = [`s${id}_${k}`, elementTypes[part.state.dtype]];
    const first = writer.dense(writer.read(part.initial));
    const chain = chains.places.get(part.state);
    if (chain) writer.copy(first, chain.first);
    const start = chain ? addressOf(chain.first) : addressOf(first);
    writer.line(`const ${type} *${pointer} = ${start};`);
    writer.views.set(part.state, denseView(pointer, part.state));
    // The next value is written behind this one where all are kept, else to the memory that the last but one had.
    const [even, odd] = chain ? [] : [0, 1].map(() => writer.fresh(part.state.dtype, part.state.shape));
    const place = chain ? chain.place(`n${id}`) : `n${id} & 1 ? ${odd!.pointer} : ${even!.pointer}`;
    return { ...part, pointer, memory: [first.buffer, chain?.first.buffer, even?.buffer, odd?.buffer], place };
  });
  for (const { item } of parts.items) writer.views.set(item, denseView("", item));
  writer.buffers.advance();

  // What depends neither on the state nor on the items is computed once.
  const changing = new Set<Tensor>([...states.map(({ state }) => state), ...parts.items.map(({ item }) => item)]);
  const region = regionOf(writer, parts.results);
  for (const inside of region.order) {
    if (needsOf(writer, inside).some((used) => changing.has(used)))
      for (const made of inside.outputs) changing.add(made);
  }
  const isChanging = (inside: Node) => changing.has(inside.outputs[0]!);
  const around = writer.destinations;
  writer.destinations = new Map();
  compute(
    writer,
    region,
    region.order.filter((inside) => !isChanging(inside)),
  );
  const each = region.order.filter(isChanging);
  packFactors(writer, each, (tensor) => changing.has(tensor));
  writer.buffers.advance();

  const time = extentOf(body.time);
  writer.line(`for (long n${id} = 0; n${id} < ${time}; n${id}++) {`);
  writer.line(`const long t${id} = ${body.reverse ? `${time} - 1 - n${id}` : `n${id}`};`, `(void)t${id};`);
  writer.openLoop();
  parts.items.forEach(({ item }, k) => {
    const view = sequences[k]!;
    const pointer = `x${id}_${k}`;
    const address = `${addressOf(view)} + t${id} * ${extentOf(view.strides[0]!)}`;
    writer.line(`const ${elementTypes[item.dtype]} *const ${pointer} = ${address};`);
    writer.views.set(item, { ...denseView(pointer, item), strides: view.strides.slice(1) });
  });
  const slots = parts.stacked.map(({ inner, outer: all }, k) => {
    if (chains.views.has(all)) return undefined;
    const pointer = `y${id}_${k}`;
    const address = `${addressOf(outer[k]!)} + t${id} * ${extentOf(elements(inner.shape))}`;
    writer.line(`${elementTypes[inner.dtype]} *const ${pointer} = ${address};`);
    return denseView(pointer, inner);
  });
  const places = states.map(({ state, place }, k) => {
    const pointer = `w${id}_${k}`;
    writer.line(`${elementTypes[state.dtype]} *const ${pointer} = ${place};`);
    return denseView(pointer, state);
  });
  // A chain comes first: what follows it must lie in it.
  const wanted = [
    ...states.map(({ state, next }, k) => (chains.places.has(state) ? ([next, places[k]!] as const) : undefined)),
    ...parts.stacked.map(({ inner }, k) => (slots[k] ? ([inner, slots[k]] as const) : undefined)),
    ...states.map(({ next }, k) => [next, places[k]!] as const),
  ].filter((entry) => entry !== undefined);
  writer.destinations = firstOfEach(wanted);
  writer.buffers.advance();
  compute(writer, region, each);
  parts.stacked.forEach(({ inner }, k) => {
    const view = writer.read(inner);
    if (slots[k] && view.pointer !== slots[k].pointer) writer.copy(view, slots[k]);
  });
  // A value that was written where it lasts is read there; others are copied, before any state changes.
  const lasting = new Set([...slots, ...places].flatMap((view) => (view ? [view.pointer] : [])));
  const after = states.map(({ state, next }, k) => {
    const view = writer.read(next);
    const stays = chains.places.has(state) ? view.pointer === places[k]!.pointer : lasting.has(view.pointer);
    if (stays && isDense(view) && view.offset === 0) return view.pointer;
    writer.copy(view, places[k]!);
    return places[k]!.pointer;
  });
  states.forEach(({ pointer }, k) => {
    writer.line(`${pointer} = ${after[k]};`);
  });
  for (const { memory } of states) for (const buffer of memory) writer.buffers.touch(buffer);
  for (const { buffer } of [...sequences, ...outer]) writer.buffers.touch(buffer);
  writer.buffers.advance();
  writer.closeLoop();
  writer.line("}");
  writer.destinations = around;
  // Which of its places the last value is in is known when the program runs: all of them have to last.
  for (const { final, pointer, memory } of states) {
    const buffer = together([...memory, ...outer.map((view) => view.buffer)]);
    writer.views.set(final, { ...denseView(pointer, final), buffer });
  }
  parts.stacked.forEach(({ outer: all }, k) => {
    writer.views.set(all, outer[k]!);
  });
}

/** A state all of whose values are kept, in one array: the first, then one after each step. */
interface Chain {
  readonly first: View;
  place(step: string): string;
}

/**
 * Where values of the state before each step are stacked they aren't copied there: the array of all values, from the first to
 * the last, holds those before the steps and those after them.
 */
function chainsOf(writer: Writer, node: ScanNode) {
  const { body } = node;
  const { states, stacked } = liveParts(node, writer.live);
  const views = new Map<Tensor, View>();
  const places = new Map<Tensor, Chain>();
  for (const { state, next } of states) {
    const before = stacked.filter(({ inner }) => inner === state).map(({ outer }) => outer);
    const after = stacked.filter(({ inner }) => inner === next).map(({ outer }) => outer);
    const isElsewhere = [...before, ...after].some((outer) => writer.destinations.has(outer));
    const isShared = states.some((other) => other.state !== state && (other.next === next || other.next === state));
    if (before.length === 0 || isElsewhere || isShared || body.states.includes(next)) continue;
    const all = writer.fresh(state.dtype, [plus(body.time, 1), ...state.shape]);
    const size = elements(state.shape);
    const [time, one] = [extentOf(body.time), extentOf(size)];
    const late = { ...all, shape: [body.time, ...state.shape], offset: size };
    const early = { ...late, offset: 0 };
    for (const outer of before) views.set(outer, body.reverse ? late : early);
    for (const outer of after) views.set(outer, body.reverse ? early : late);
    const firstAt = body.reverse ? elements([body.time, ...state.shape]) : 0;
    places.set(state, {
      first: { ...all, shape: state.shape, strides: all.strides.slice(1), offset: firstAt },
      place: (step) => `${all.pointer} + (${body.reverse ? `${time} - 1 - ${step}` : `${step} + 1`}) * ${one}`,
    });
  }
  return { views, places };
}

/** The first entry of each key. */
function firstOfEach(entries: readonly (readonly [Tensor, View])[]): Map<Tensor, View> {
  const found = new Map<Tensor, View>();
  for (const [tensor, view] of entries) if (!found.has(tensor)) found.set(tensor, view);
  return found;
}
