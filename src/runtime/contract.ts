/** What every runtime can do: compile a program, run it again and again. */
import type { NDArray } from "../graph/array.ts";
import type { Program } from "../graph/program.ts";

export type Arrays = Readonly<Record<string, NDArray>>;

/** The runtimes that there are. */
export const engineNames = ["reference", "onnx", "onnx-web", "c"] as const;

/** The names by which runtimes are asked for. */
export type RuntimeName = (typeof engineNames)[number];

export interface Runtime {
  readonly name: RuntimeName;
  /** What it is, for people: "reference (float64, TypeScript)". */
  readonly description: string;
  /** Width of its floats in bits. */
  readonly precision: 32 | 64;
  /** Whether it reads and writes memory that threads share (`SharedArrayBuffer`). */
  readonly sharesMemory: boolean;
  /** Prepares a program. Open dimensions stay open: one executable serves every batch and length. */
  compile(program: Program): Promise<Executable>;
}

export interface Executable extends AsyncDisposable {
  /**
   * Runs the program.
   * @param inputs one array for each input; floats may be 32 or 64 bits wide.
   * @param into arrays to write outputs to, by name; the others are made anew. The caller owns all of them.
   * @throws LonghandError `shape` or `argument` naming the input that doesn't fit.
   */
  run(inputs: Arrays, into?: Arrays): Promise<Record<string, NDArray>>;
  /** Frees what it holds. Running it afterwards is an error. */
  close(): Promise<void>;
}
