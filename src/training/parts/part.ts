/**
 * Parts of a step: problems of one shape whose gradient is one run of one graph on one thread. The step's gradient is the sum
 * of its parts', so it doesn't matter where each was computed, or when.
 */
import type { NDArray, Program } from "../../graph/index.ts";
import type { Arrays, Executable, Runtime } from "../../runtime/contract.ts";
import { floatArray, scalarArray } from "../arrays.ts";

/** A part of a step: some of the problems of one length. */
export interface Part {
  /** Length of the problems, padding included. */
  readonly length: number;
  /** The part's problems are `first` … `first + count − 1` of that length in this step. */
  readonly first: number;
  readonly count: number;
  /** Weight of the part's mean loss in the step's loss; the weights of a step sum to 1. Missing: as its problems tell. */
  readonly share?: number;
}

/** What a step asks for. */
export interface PartsOrder {
  readonly step: number;
  readonly parts: readonly Part[];
  /** [size]. */
  readonly parameters: Float32Array | Float64Array;
  /** Weights of the costs, by name. */
  readonly weights: Readonly<Record<string, number>>;
  /** Where gradients are wanted, [size] each, by the place of the part. A runner may write elsewhere. Default: its own memory. */
  readonly into?: readonly (Float32Array | Float64Array)[];
}

/** What a part came to. */
export interface PartResult {
  /** [size], of the part's share of the step's loss and costs. Where it was wanted, or the runner's own: written again at its next run. */
  readonly gradient: Float32Array | Float64Array;
  /** Weight of the part in means over what the step asks. */
  readonly share: number;
  readonly loss: number;
  readonly symbolAccuracy: number;
  readonly exactAccuracy: number;
  /** Costs without their weights. */
  readonly costs: Readonly<Record<string, number>>;
}

/** Computes parts, one after the other or at the same time; the results are in the order of the parts. */
export interface PartRunner extends AsyncDisposable {
  /** Whether it reads parameters and writes gradients where threads share the memory. Default: no. */
  readonly sharesMemory?: boolean;
  run(order: PartsOrder): Promise<readonly PartResult[]>;
}

/** What the parts of a training are: their programs, and what these read. */
export interface PartSource {
  /** Parts of equal kinds have the same program. */
  kind(part: Part): string;
  /**
   * Inputs: `parameters` [size], the scalar `share`, and the part's own. Outputs: `gradient` [size] of share · loss + weighted
   * costs; the scalars `loss`, `symbolAccuracy`, `exactAccuracy`, and each cost.
   */
  program(part: Part): Program;
  /** The part's share, and what its program reads beside it and the parameters. */
  inputs(order: PartsOrder, part: Part): { readonly share: number; readonly arrays: Arrays };
}

/** A runner of parts in this thread, one after the other. */
export function partRunner(source: PartSource, runtime: Runtime): PartRunner {
  const executables = new Map<string, Promise<Executable>>();
  const executableFor = (part: Part) => {
    const kind = source.kind(part);
    let made = executables.get(kind);
    if (!made) {
      made = runtime.compile(source.program(part));
      executables.set(kind, made);
    }
    return made;
  };
  /** What gradients are written to, by their place in the order. */
  const gradients: NDArray[] = [];
  const ownGradient = (k: number, shape: readonly number[]): NDArray => {
    const known = gradients[k];
    const made = known && known.data.length === shape[0] ? known : floatArray(runtime.precision, shape);
    gradients[k] = made;
    return made;
  };
  const runPart = async (order: PartsOrder, k: number): Promise<PartResult> => {
    const part = order.parts[k]!;
    const executable = await executableFor(part);
    const { share, arrays } = source.inputs(order, part);
    const shape = [order.parameters.length];
    const wanted = order.into?.[k];
    const isWritable = wanted && (runtime.sharesMemory || wanted.buffer instanceof ArrayBuffer);
    const target = isWritable ? ({ dtype: "float", shape, data: wanted } as const) : ownGradient(k, shape);
    const inputs = {
      ...arrays,
      parameters: { dtype: "float", shape, data: order.parameters } as const,
      share: scalarArray(share),
    };
    const { gradient, loss, symbolAccuracy, exactAccuracy, ...costs } = await executable.run(inputs, {
      gradient: target,
    });
    return {
      gradient: gradient!.data as Float32Array,
      share,
      loss: loss!.data[0]!,
      symbolAccuracy: symbolAccuracy!.data[0]!,
      exactAccuracy: exactAccuracy!.data[0]!,
      costs: Object.fromEntries(Object.entries(costs).map(([name, { data }]) => [name, data[0]!])),
    };
  };
  return {
    sharesMemory: runtime.sharesMemory,
    async run(order) {
      const results: PartResult[] = [];
      for (const k of order.parts.keys()) results.push(await runPart(order, k));
      return results;
    },
    async [Symbol.asyncDispose]() {
      // What couldn't be compiled was told of by `run`.
      const compiled = await Promise.allSettled(executables.values());
      for (const made of compiled) if (made.status === "fulfilled") await made.value.close();
    },
  };
}
