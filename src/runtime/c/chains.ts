/** States all of whose values are kept. */
import { elements, plus } from "../../graph/dimension.ts";
import type { ScanNode, Tensor } from "../../graph/tensor.ts";
import { liveParts } from "../live.ts";
import { extentOf, type View } from "./view.ts";
import type { Writer } from "./writer.ts";

/** The values of a state in one array: the first, then one after each step. */
export interface Chain {
  readonly first: View;
  place(step: string): string;
}

/**
 * Where values of the state before each step are stacked they aren't copied there: the array of all values, from the first to
 * the last, holds those before the steps and those after them.
 */
export function chainsOf(writer: Writer, node: ScanNode) {
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
