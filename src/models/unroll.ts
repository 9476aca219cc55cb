/** A cell along time: the scan that applies its step, with initial state and noise. */
import { type Cell, type ParameterSpec, type Tensors, zeros } from "../cells/index.ts";
import { add, expand, reshape, type ScanNode, scalar, scan, type Tensor } from "../graph/index.ts";

export interface Unrolled {
  /** [time, batch, output] */
  readonly outputs: Tensor;
  /** Pre-activations of the output layer [time, batch, output], in cells that have them. */
  readonly logits: Tensor | undefined;
  /** State after the last step, each [batch, width]. */
  readonly final: Tensors;
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
  let hasLogits = false;
  const { state, outputs, node } = scan<string, string, "output" | "logits">({
    name: cell.name,
    state: initial,
    sequences: { x, ...Object.fromEntries(Object.entries(noise).map(([name, tensor]) => [`noise ${name}`, tensor])) },
    reverse: options.reverse ?? false,
    step(before, items) {
      const noisy = Object.fromEntries(
        names.map((name) => [name, noise[name] ? add(before[name]!, items[`noise ${name}`]!) : before[name]!]),
      );
      const { state: next, output, logits } = cell.step(parameters, noisy, items.x!);
      hasLogits = logits !== undefined;
      return { state: next, outputs: { output, logits: logits ?? output } };
    },
  });
  return { outputs: outputs.output, logits: hasLogits ? outputs.logits : undefined, final: state, node };
}

/** Parameters of a learned initial state: one row for each state tensor, beginning at zero. papers/004, section 2.2. */
export function initialStateParameters(cell: Cell): Record<string, ParameterSpec> {
  return Object.fromEntries(
    Object.entries(cell.state).map(([name, width]) => [`initial ${name}`, { shape: [width], initial: zeros }]),
  );
}

/** The learned initial state, the same for every example: each [batch, width]. */
export function learnedInitialState(cell: Cell, parameters: Tensors, batch: Tensor["shape"][number]): Tensors {
  return Object.fromEntries(
    Object.entries(cell.state).map(([name, width]) => [
      name,
      expand(reshape(parameters[`initial ${name}`]!, [1, width]), [batch, width]),
    ]),
  );
}
