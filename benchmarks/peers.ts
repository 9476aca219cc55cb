/** The peers: how each is started, where, and with how many threads. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { LonghandError } from "../src/errors.ts";
import { type CaseFile, type CaseName, type PeerResult, type PeerSkipped, parseResult } from "./contract.ts";

/** One way to run a peer. Variants of a peer that differ in threads compete: the better one is the peer's figure. */
export interface Variant {
  readonly peer: string;
  readonly threads: number;
  /** The program and its arguments; the case file's path is appended. */
  readonly command: readonly string[];
  /** What must be importable before the variant can run, checked once. */
  readonly requires: { readonly python: string } | { readonly file: string };
}

const here = dirname(fileURLToPath(import.meta.url));
/** The project's folder, from `benchmarks/` or from `dist/benchmarks/`. */
export const root = existsSync(join(here, "../package.json")) ? join(here, "..") : join(here, "../..");
const folder = join(root, "benchmarks");

/** The Python that has the peers: LONGHAND_PEER_PYTHON, else `.bench/venv`, else `python3`. */
export function findPython(): string {
  const given = process.env.LONGHAND_PEER_PYTHON;
  if (given) return given;
  const local = join(root, ".bench/venv/bin/python");
  return existsSync(local) ? local : "python3";
}

/** Name of our own side, to which the others are compared. */
export const ourName = "longhand";

const threadCounts = availableParallelism() > 1 ? [1, 2] : [1];

/**
 * Every variant, ours first. `dist/benchmarks/peers/longhand.js` is a peer like any other. `dngpu-step` runs with all
 * threads only, and not in the libraries that take minutes for a step. Gated layers: not in jax-js; PyTorch's own run eagerly.
 */
export function listVariants(name: CaseName): readonly Variant[] {
  const python = findPython();
  const counts = name === "dngpu-step" ? threadCounts.slice(-1) : threadCounts;
  const isGated = /^(lstm|gru)-/.test(name);
  const variants: Variant[] = [];
  for (const threads of counts) {
    const ours = join(root, "dist/benchmarks/peers/longhand.js");
    const script = (name: string) => join(folder, "peers", name);
    const installed = (name: string) => ({ file: join(folder, "node_modules", name) });
    const flag = ["--threads", String(threads)];
    variants.push(
      { peer: ourName, threads, command: [process.execPath, ours, ...flag], requires: { file: ours } },
      {
        peer: `${ourName} c`,
        threads,
        command: [process.execPath, ours, "--runtime", "c", ...flag],
        requires: { file: ours },
      },
      {
        peer: "pytorch eager",
        threads,
        command: [python, script("pytorch.py"), ...flag],
        requires: { python: "torch" },
      },
      ...(isGated
        ? []
        : [
            {
              peer: "pytorch compiled",
              threads,
              command: [python, script("pytorch.py"), "--compile", ...flag],
              requires: { python: "torch" },
            },
          ]),
      { peer: "jax", threads, command: [python, script("jax_peer.py"), ...flag], requires: { python: "jax" } },
    );
    if (threads === 1 && name !== "dngpu-step") {
      // One thread only: jax-js looks for a global `Worker`, which Node doesn't have; tfjs turns its threads off in Node.
      if (!isGated) {
        variants.push({
          peer: "jax-js wasm",
          threads,
          command: [process.execPath, script("jaxjs.mjs")],
          requires: installed("@jax-js/jax"),
        });
      }
      variants.push({
        peer: "tfjs wasm",
        threads,
        command: [process.execPath, script("tfjs.mjs")],
        requires: installed("@tensorflow/tfjs-backend-wasm"),
      });
    }
  }
  return variants;
}

/** Why a variant can't run here, or nothing. */
export function whyMissing({ requires }: Variant): string | undefined {
  if ("file" in requires) return existsSync(requires.file) ? undefined : `${requires.file} is missing`;
  const python = findPython();
  const tried = spawnSync(python, ["-c", `import ${requires.python}`], { stdio: "ignore" });
  return tried.status === 0 ? undefined : `${python} can't import ${requires.python}`;
}

/** The last line that names an error, else the last line: Node ends with its version. */
function reasonIn(errors: string): string {
  const lines = errors.trim().split("\n");
  return lines.filter((line) => /^\S*Error\b/.test(line)).at(-1) ?? lines.at(-1)!;
}

/** Runs one variant on a case file and gives what it printed; a failure or a timeout is a skip with its reason. */
export async function runVariant(
  variant: Variant,
  path: string,
  timeoutSeconds = 600,
): Promise<PeerResult | PeerSkipped> {
  const [program, ...flags] = variant.command;
  const child = spawn(program!, [...flags, path], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutSeconds * 1000,
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  const failure = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (status, signal) => {
      if (signal) resolve(`ended by ${signal} (limit ${timeoutSeconds} s)`);
      else resolve(status === 0 ? undefined : reasonIn(errors) || `exit status ${status}`);
    });
  });
  if (failure !== undefined) return { peer: variant.peer, skipped: failure };
  try {
    return parseResult(variant.peer, output);
  } catch (error) {
    if (error instanceof LonghandError) return { peer: variant.peer, skipped: error.message };
    throw error;
  }
}

/** Speed of one large matrix product here, single precision, in GFLOP/s. */
export interface ProductSpeed {
  readonly library: string;
  readonly gflops: number;
}

/** Measures the product in PyTorch and in ONNX Runtime with as many threads as the peers have; without those that fail. */
export function measureProducts(): readonly ProductSpeed[] {
  const threads = String(threadCounts.at(-1));
  const programs = [
    { library: "pytorch", command: findPython(), script: join(folder, "peers/product.py") },
    { library: "onnxruntime", command: process.execPath, script: join(root, "dist/benchmarks/peers/product.js") },
  ];
  return programs.flatMap(({ library, command, script }) => {
    const { status, stdout } = spawnSync(command, [script, "--threads", threads], { encoding: "utf8" });
    if (status !== 0) return [];
    const { gflops } = JSON.parse(stdout.trim().split("\n").at(-1)!) as { gflops: number };
    return [{ library, gflops }];
  });
}

/** What all rounds of one variant gave. */
export interface Measured {
  readonly variant: Variant;
  readonly results: readonly PeerResult[];
  readonly skipped?: string;
}

/**
 * Runs every variant once a round, so that a slow minute of the machine falls on all of them. A variant that fails is
 * left out of later rounds.
 */
export async function runRounds(
  path: string,
  variants: readonly Variant[],
  rounds: number,
  progress: (message: string) => void,
): Promise<readonly Measured[]> {
  const results = variants.map((): PeerResult[] => []);
  const skipped = variants.map((variant) => whyMissing(variant));
  for (let round = 0; round < rounds; round++) {
    for (const [i, variant] of variants.entries()) {
      if (skipped[i] !== undefined) continue;
      progress(`round ${round + 1} of ${rounds}: ${variant.peer}, ${variant.threads} thread(s)`);
      const result = await runVariant(variant, path);
      if ("skipped" in result) skipped[i] = result.skipped;
      else results[i]!.push(result);
    }
  }
  return variants.map((variant, i) => {
    const reason = skipped[i];
    return { variant, results: results[i]!, ...(reason === undefined ? {} : { skipped: reason }) };
  });
}

/** The sizes a longhand peer or a reader may want from a case without its numbers. */
export function describe(file: CaseFile): string {
  return Object.entries(file.sizes)
    .map(([name, size]) => `${name} ${size}`)
    .join(", ");
}
