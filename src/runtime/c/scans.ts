/** Loops over time. */
import { elements } from "../../graph/dimension.ts";
import type { Node, ScanNode, Tensor } from "../../graph/tensor.ts";
import { liveParts } from "../live.ts";
import { type Buffer, together } from "./buffers.ts";
import { type Chain, chainsOf } from "./chains.ts";
import { elementTypes } from "./elementwise.ts";
import { packFactors } from "./products.ts";
import { compute, needsOf, type Region, regionOf } from "./regions.ts";
import { addressOf, denseView, extentOf, isDense, type View } from "./view.ts";
import type { Writer } from "./writer.ts";

type Parts = ReturnType<typeof liveParts>;

/** A scan as a loop. */
export function writeScan(writer: Writer, node: ScanNode): void {
  const parts = liveParts(node, writer.live);
  const id = writer.number();
  const sequences = parts.items.map(({ sequence }) => writer.read(sequence));
  const chains = chainsOf(writer, node);
  const outer = parts.stacked.map(({ outer }) => chains.views.get(outer) ?? writer.place(outer));
  const states = parts.states.map((part, k) => firstState(writer, part, `s${id}_${k}`, `n${id}`, chains.places));
  for (const { item } of parts.items) writer.views.set(item, denseView("", item));
  writer.buffers.advance();

  const around = writer.destinations;
  writer.destinations = new Map();
  const { region, each } = computeOnce(writer, parts);
  const time = extentOf(node.body.time);
  writer.line(`for (long n${id} = 0; n${id} < ${time}; n${id}++) {`);
  writer.line(`const long t${id} = ${node.body.reverse ? `${time} - 1 - n${id}` : `n${id}`};`, `(void)t${id};`);
  writer.openLoop();
  parts.items.forEach(({ item }, k) => {
    const view = sequences[k]!;
    const pointer = declare(writer, `x${id}_${k}`, item, at(view, `t${id}`, extentOf(view.strides[0]!)), "const ");
    writer.views.set(item, { ...denseView(pointer, item), strides: view.strides.slice(1) });
  });
  const slots = parts.stacked.map(({ inner, outer: all }, k) => {
    if (chains.views.has(all)) return undefined;
    const address = at(outer[k]!, `t${id}`, extentOf(elements(inner.shape)));
    return denseView(declare(writer, `y${id}_${k}`, inner, address), inner);
  });
  const places = states.map(({ state, place }, k) => denseView(declare(writer, `w${id}_${k}`, state, place), state));
  const isKept = (state: Tensor) => chains.places.has(state);
  writer.want([
    // What is kept in one array must be written there.
    ...states.map(({ state, next }, k) => [isKept(state) ? next : undefined, places[k]] as const),
    ...parts.stacked.map(({ inner }, k) => [inner, slots[k]] as const),
    ...states.map(({ next }, k) => [next, places[k]] as const),
  ]);
  writer.buffers.advance();
  compute(writer, region, each, writeScan);
  parts.stacked.forEach(({ inner }, k) => {
    const view = writer.read(inner);
    if (slots[k] && view.pointer !== slots[k].pointer) writer.copy(view, slots[k]);
  });
  // A value that was written where it lasts is read there; others are copied, before any state changes.
  const lasting = new Set([...slots, ...places].map((view) => view?.pointer));
  const after = states.map(({ state, next }, k) => {
    const view = writer.read(next);
    const stays = isKept(state) ? view.pointer === places[k]!.pointer : lasting.has(view.pointer);
    if (stays && isDense(view) && view.offset === 0) return view.pointer;
    writer.copy(view, places[k]!);
    return places[k]!.pointer;
  });
  writer.line(...states.map(({ pointer }, k) => `${pointer} = ${after[k]};`));
  for (const buffer of states.flatMap(({ memory }) => memory)) writer.buffers.touch(buffer);
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

/** A state of a scan in C: `pointer` goes from one value to the next. */
interface State {
  readonly state: Tensor;
  readonly next: Tensor;
  readonly final: Tensor;
  readonly pointer: string;
  /** What has to last: the first value, and where the others are written. */
  readonly memory: readonly (Buffer | undefined)[];
  /** The place of the next value: behind this one where all are kept, else the memory that the last but one had. */
  readonly place: string;
}

function firstState(
  writer: Writer,
  part: Parts["states"][number],
  pointer: string,
  step: string,
  chains: ReadonlyMap<Tensor, Chain>,
): State {
  const { state } = part;
  const first = writer.dense(writer.read(part.initial));
  const chain = chains.get(state);
  if (chain) writer.copy(first, chain.first);
  writer.line(`const ${elementTypes[state.dtype]} *${pointer} = ${addressOf(chain ? chain.first : first)};`);
  writer.views.set(state, denseView(pointer, state));
  if (chain) return { ...part, pointer, memory: [first.buffer, chain.first.buffer], place: chain.place(step) };
  const [even, odd] = [writer.fresh(state.dtype, state.shape), writer.fresh(state.dtype, state.shape)];
  const place = `${step} & 1 ? ${odd.pointer} : ${even.pointer}`;
  return { ...part, pointer, memory: [first.buffer, even.buffer, odd.buffer], place };
}

/** Before the loop: what depends neither on the state nor on the items. @returns what is left for each step. */
function computeOnce(writer: Writer, { states, items, results }: Parts): { region: Region; each: readonly Node[] } {
  const changing = new Set<Tensor>([...states.map(({ state }) => state), ...items.map(({ item }) => item)]);
  const region = regionOf(writer, results);
  for (const node of region.order) {
    if (!needsOf(writer, node).some((used) => changing.has(used))) continue;
    for (const made of node.outputs) changing.add(made);
  }
  const isChanging = (node: Node) => changing.has(node.outputs[0]!);
  const once = region.order.filter((node) => !isChanging(node));
  const each = region.order.filter(isChanging);
  compute(writer, region, once, writeScan);
  packFactors(writer, each, (tensor) => changing.has(tensor));
  writer.buffers.advance();
  return { region, each };
}

/** The address of what belongs to a step in an array over time. */
function at(view: View, step: string, stride: string): string {
  return `${addressOf(view)} + ${step} * ${stride}`;
}

function declare(writer: Writer, pointer: string, { dtype }: Tensor, address: string, qualifier = ""): string {
  writer.line(`${qualifier}${elementTypes[dtype]} *const ${pointer} = ${address};`);
  return pointer;
}
