/** Opening a runtime by name, or the one that fits. Each is loaded only when it is chosen. */
import { LonghandError, unknownName } from "../errors.ts";
import { engineNames, type Runtime, type RuntimeName } from "./contract.ts";

export interface OpenOptions {
  /** Arithmetic operations of one run of what will be run (`operationsOf`). Default: unknown, taken as many. */
  readonly operations?: number;
  /** Threads that share the work of one operator: 1 or more, or "all". Default: 1, but "all" when a run is long. */
  readonly threads?: number | "all";
  /** Folder (URL) of onnxruntime-web's `.wasm` files. Default: beside its module. */
  readonly wasmPaths?: string;
}

/** A runtime and, for people, why it is this one. */
export interface Opened {
  readonly runtime: Runtime;
  readonly reason: string;
}

/** Names that `open` takes. */
export const runtimeNames = ["auto", ...engineNames] as const;

/**
 * Below this many operations a run of the reference takes less time than calling into ONNX Runtime does: about 10 µs a
 * call, against 3 ns an operation (2 cores of a Zen 4 server, Node 20).
 */
export const SMALL = 3_000;

/**
 * From this many operations on, threads may be worth it: products of 8 million operations gain nothing from a second
 * one, of 70 million 1.5×, of 2 billion 1.9×; on a busy processor all of them lose up to a fifth.
 */
export const LARGE = 1_000_000_000;

/**
 * Opens a runtime.
 * @param name "reference" (float64, TypeScript), "onnx" (ONNX Runtime, native, in Node), "onnx-web" (ONNX Runtime,
 *   WebAssembly), "c" (compiled C, float32, in Node where there is a C compiler) or "auto" (default): the reference for tiny
 *   programs, otherwise "onnx" in Node and "onnx-web" elsewhere.
 * @throws LonghandError `unknown-name` for another name; `runtime` when it isn't there, saying what is; `argument` for a
 *   number of threads that isn't one.
 */
export async function open(name: string = "auto", options: OpenOptions = {}): Promise<Opened> {
  if (!isRuntimeName(name)) throw unknownName("runtime", name, runtimeNames);
  const { operations, threads = operations !== undefined && operations >= LARGE ? "all" : 1, wasmPaths } = options;
  if (threads !== "all" && !(Number.isInteger(threads) && threads >= 1)) {
    throw new LonghandError("argument", `threads: expected "all" or an integer of at least 1, received ${threads}`);
  }
  const size = operations === undefined ? "" : `, ${printCount(operations)} operations a run`;
  const isTiny = operations !== undefined && operations < SMALL;
  const fitting = isTiny ? "reference" : inNode() ? "onnx" : "onnx-web";
  const chosen = name === "auto" ? fitting : name;
  const place = inNode() ? "in Node" : "outside Node";
  const reason = name !== "auto" ? "asked for" : `chosen ${isTiny ? "for a tiny program" : place}${size}`;
  if (chosen === "reference") {
    const { reference } = await import("./reference/reference.ts");
    return { runtime: reference, reason };
  }
  if ((chosen === "onnx" || chosen === "c") && !inNode()) {
    throw new LonghandError("runtime", `runtime "${chosen}" runs in Node only; here are: reference, onnx-web`);
  }
  if (chosen === "c") return { runtime: await (await import("./c/node.ts")).cRuntime(), reason };
  try {
    const runtime =
      chosen === "onnx"
        ? await (await import("./onnx/node.ts")).onnxNodeRuntime({ threads })
        : await (await import("./onnx/web.ts")).onnxWebRuntime({
            threads,
            ...(wasmPaths !== undefined && { wasmPaths }),
          });
    return { runtime, reason };
  } catch (cause) {
    const packageName = chosen === "onnx" ? "onnxruntime-node" : "onnxruntime-web";
    const what = cause instanceof Error ? cause.message : String(cause);
    if (name !== "auto") {
      throw new LonghandError(
        "runtime",
        `runtime "${chosen}": the package ${packageName} can't be loaded (${what}). Without it: reference`,
        { cause },
      );
    }
    const { reference } = await import("./reference/reference.ts");
    return { runtime: reference, reason: `the package ${packageName} can't be loaded (${what})` };
  }
}

function isRuntimeName(name: string): name is "auto" | RuntimeName {
  return (runtimeNames as readonly string[]).includes(name);
}

function inNode(): boolean {
  return typeof process === "object" && typeof process.versions?.node === "string";
}

function printCount(count: number): string {
  return count < 10_000 ? String(count) : count.toExponential(1);
}
