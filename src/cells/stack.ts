/** Cells on top of each other: a stack of cells is a cell. */
import { LonghandError } from "../errors.ts";
import { concat, place, type Tensor } from "../graph/index.ts";
import { type Cell, makeCell, type ParameterSpec, type Tensors } from "./cell.ts";

export interface StackOptions {
  /** Makes layer n (from 0) for the number of features that it reads. */
  readonly layers: readonly ((input: number) => Cell)[];
  /** Features of the input. */
  readonly input: number;
  /**
   * Inter-layer feedback: each layer also reads the outputs of all other layers of the step before. Default false.
   */
  readonly feedback?: boolean;
}

/** The name of a layer's parameter or state in a stack: "2.Wi". */
export const inLayer = (layer: number, name: string): string => `${layer + 1}.${name}`;

/** The entries of a layer, under their own names. */
export function ofLayer<Value>(layer: number, all: Readonly<Record<string, Value>>): Record<string, Value> {
  return unprefixed(inLayer(layer, ""), all);
}

/** The entries whose names begin with a prefix, without it. */
export function unprefixed<Value>(prefix: string, all: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

/**
 * A stack: layer n reads the output of layer n − 1 of the same step; the lowest reads the input, the highest gives the output.
 *
 *     y_t^n = cell^n(y_t^{n−1}),     y_t^0 = x_t
 *
 * With feedback, which is papers/000's idea for cells of any kind, layer n reads [y_t^{n−1}, y_{t−1}^m for all m ≠ n]: the
 * outputs of all other layers of the step before, in their order. Its own comes back by the cell itself.
 *
 * Parameters and state are the layers', named "1.Wi", "2.Wi", …; with feedback each layer but the only one has a state more,
 * "n.y" [batch, output], zero at first.
 * @throws LonghandError `config` for a stack without layers.
 */
export function stack({ layers, input, feedback = false }: StackOptions): Cell {
  if (layers.length === 0) throw new LonghandError("config", "stack: received no layers, expected at least one");
  const isFedBack = feedback && layers.length > 1;
  // Outputs don't depend on inputs: a first draft tells how wide they are.
  const widths = layers.map((make) => make(1).output);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const cells = layers.map((make, n) => {
    const below = n === 0 ? input : widths[n - 1]!;
    return make(isFedBack ? below + total - widths[n]! : below);
  });
  const named = <Value>(valuesOf: (cell: Cell, layer: number) => Readonly<Record<string, Value>>) =>
    Object.fromEntries(
      cells.flatMap((cell, n) => Object.entries(valuesOf(cell, n)).map(([name, value]) => [inLayer(n, name), value])),
    );
  return makeCell({
    name: "stack",
    input,
    output: widths.at(-1)!,
    parameters: named<ParameterSpec>(({ parameters }) => parameters),
    state: named<number>(({ state }, n) => ({ ...state, ...(isFedBack && { y: widths[n]! }) })),
    step(P, state, x) {
      let below = x;
      const next: Record<string, Tensor> = {};
      const hard: Tensor[] = [];
      const gates: Record<string, Tensor> = {};
      let logits: Tensor | undefined;
      cells.forEach((cell, n) => {
        const others = cells.flatMap((_, m) => (m === n ? [] : [state[inLayer(m, "y")]!]));
        const read = isFedBack ? concat([below, ...others], -1) : below;
        const made = place(`layer ${n + 1}`, () => cell.step(ofLayer(n, P), ofLayer(n, state), read));
        const put = (into: Record<string, Tensor>, tensors: Tensors = {}) => {
          for (const [name, tensor] of Object.entries(tensors)) into[inLayer(n, name)] = tensor;
        };
        put(next, { ...made.state, ...(isFedBack && { y: made.output }) });
        put(gates, made.gates);
        hard.push(...(made.hard ?? []));
        below = made.output;
        logits = made.logits;
      });
      return { state: next, output: below, hard, gates, ...(logits && { logits }) };
    },
  });
}
