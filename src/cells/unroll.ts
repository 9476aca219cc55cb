/** A cell along time: the scan that applies its step, with initial state and noise. */
import { add, expand, greater, mul, reshape, type ScanNode, scalar, scan, type Tensor, where } from "../graph/index.ts";
import type { Cell, ParameterSpec, Tensors } from "./cell.ts";
import { zeros } from "./initializers.ts";
import { nativeScan } from "./native.ts";
import { saturation } from "./saturation.ts";

export interface Unrolled {
  /** [time, batch, output] */
  readonly outputs: Tensor;
  /** Pre-activations of the output layer [time, batch, output], in cells that have them. */
  readonly logits: Tensor | undefined;
  /** State after the last step, each [batch, width]. */
  readonly final: Tensors;
  /** Saturation of the hard functions at each step [time], summed over examples and units, in cells that have some. */
  readonly saturation: Tensor | undefined;
  /** The cell's gates, by name: tensors of the scan's step, for `expose`. */
  readonly gates: Tensors;
  /** The scan, for probes of what is inside. */
  readonly node: ScanNode;
}

export interface UnrollOptions {
  /** State before the first step, each [batch, width]. Default: zeros. */
  readonly initial?: Tensors;
  /** Added to the state before each step, each [time, batch, width]. Default: none. */
  readonly noise?: Tensors;
  /** From the last step to the first. Default false. */
  readonly reverse?: boolean;
  /**
   * [time, batch, 1]: 1 within an example, 0 in the padding after its end, so that examples of different lengths make one
   * batch. In the padding the state stays as it is, outputs are 0, and nothing is counted as saturated; from the last step
   * to the first an example so begins at its own end.
   */
  readonly mask?: Tensor;
}

/**
 * Applies a cell to a sequence.
 * @param cell the cell. @param parameters its parameters, by name. @param x the input [time, batch, features].
 */
export function unroll(cell: Cell, parameters: Tensors, x: Tensor, options: UnrollOptions = {}): Unrolled {
  const batch = x.shape[1]!;
  const noise = options.noise ?? {};
  const names = Object.keys(cell.state);
  const initial = Object.fromEntries(
    names.map((name) => [name, options.initial?.[name] ?? expand(scalar(0), [batch, cell.state[name]!])]),
  );
  const { mask, reverse = false } = options;
  // Noise comes between the steps: no operator has it.
  const isPlain = Object.keys(noise).length === 0;
  const native = isPlain ? nativeScan(cell, parameters, x, { initial: options.initial, reverse, mask }) : undefined;
  let hasLogits = false;
  let isHard = false;
  let gates: Tensors = {};
  const { state, outputs, node } = scan<string, string, string>({
    name: cell.name,
    state: initial,
    sequences: {
      x,
      ...Object.fromEntries(Object.entries(noise).map(([name, tensor]) => [`noise ${name}`, tensor])),
      ...(mask && { mask }),
    },
    reverse,
    native,
    step(before, items) {
      const noisy = Object.fromEntries(
        names.map((name) => [name, noise[name] ? add(before[name]!, items[`noise ${name}`]!) : before[name]!]),
      );
      const made = cell.step(parameters, noisy, items.x!);
      hasLogits = made.logits !== undefined;
      isHard = (made.hard ?? []).length > 0;
      gates = made.gates ?? {};
      const within = (tensor: Tensor) => (mask ? mul(tensor, items.mask!) : tensor);
      const isWithin = mask && greater(items.mask!, 0);
      const next = names.map((name) => {
        const own = made.state[name]!;
        return [name, isWithin ? where(isWithin, own, before[name]!) : own] as const;
      });
      const output = within(made.output);
      return {
        state: Object.fromEntries(next),
        outputs: {
          output,
          logits: made.logits ? within(made.logits) : output,
          ...(isHard && {
            saturation: made.hard!.map((z) => saturation(within(z))).reduce((sum, part) => add(sum, part)),
          }),
        },
      };
    },
  });
  return {
    outputs: outputs.output!,
    logits: hasLogits ? outputs.logits : undefined,
    final: state,
    saturation: isHard ? outputs.saturation : undefined,
    gates,
    node,
  };
}

/** Parameters of a learned initial state: one row for each state tensor, beginning at zero. papers/004, section 2.2. */
export function initialStateParameters(cell: Pick<Cell, "state">): Record<string, ParameterSpec> {
  return Object.fromEntries(
    Object.entries(cell.state).map(([name, width]) => [`initial ${name}`, { shape: [width], initial: zeros }]),
  );
}

/** The learned initial state, the same for every example: each [batch, width]. */
export function learnedInitialState(
  cell: Pick<Cell, "state">,
  parameters: Tensors,
  batch: Tensor["shape"][number],
): Tensors {
  return Object.fromEntries(
    Object.entries(cell.state).map(([name, width]) => [
      name,
      expand(reshape(parameters[`initial ${name}`]!, [1, width]), [batch, width]),
    ]),
  );
}
