/** Proofs about what a run trained, kept in its folder. Node only. */
import { dirname, join } from "node:path";
import { LonghandError } from "../errors.ts";
import { attempt, nodeFileSystem, writeDurably } from "../files/file-system.ts";
import { applyProgram } from "../models/index.ts";
import type { Certificate, ProveOptions, Verdict } from "../proof/index.ts";
import { networkOf, proveChecked, replicaOf, type Trained } from "../trained/index.ts";
import { engineFor } from "./engine.ts";

export interface ProveTrainedOptions extends Omit<ProveOptions, "refute"> {
  /** Looks for an input that is answered wrong, where no proof is found. Default true. */
  readonly refute?: boolean;
  /** On which such inputs are run. Default: the one that fits. */
  readonly runtime?: string;
  /** Networks of the population. Default: all. */
  readonly replicas?: readonly number[];
  /** Where the certificate of a replica is written. Default: `certificateFile`; null: nowhere. */
  readonly file?: ((replica: number) => string) | null;
  readonly signal?: AbortSignal;
}

export interface ReplicaVerdict {
  readonly replica: number;
  readonly verdict: Verdict;
  readonly seconds: number;
  /** Where the certificate is, if there is one. */
  readonly file: string | null;
}

/** Where the certificate of a replica lies in a run's folder. */
export function certificateFile(folder: string, replica: number): string {
  return join(folder, "certificates", `replica-${replica}.json`);
}

/**
 * Tries to prove each network of a run right for inputs of every length; certificates are written as they are found.
 * @throws LonghandError `argument` for a task without a finite machine or a replica that isn't there; `file`.
 */
export async function* proveTrained(
  trained: Trained,
  options: ProveTrainedOptions = {},
): AsyncGenerator<ReplicaVerdict> {
  const { replicas = Array.from({ length: trained.population }, (_, k) => k), signal } = options;
  for (const number of replicas) replicaOf(trained, number);
  const fileOf =
    options.file === undefined ? (replica: number) => certificateFile(trained.folder, replica) : options.file;
  const { recent, moves } = options;
  const refute = options.refute === false ? undefined : refuting(trained, options);
  for (const replica of replicas) {
    if (signal?.aborted) return;
    const begin = performance.now();
    const verdict = await proveChecked(networkOf(trained, replica), {
      ...(recent && { recent }),
      ...(moves !== undefined && { moves }),
      ...(refute && { refute }),
    });
    const file = verdict.verdict === "proved" && fileOf ? fileOf(replica) : null;
    if (verdict.verdict === "proved" && file !== null) await writeCertificate(file, verdict.certificate);
    yield { replica, verdict, seconds: (performance.now() - begin) / 1000, file };
  }
}

/** How an input that fails is looked for: on one engine for all networks of a run. */
function refuting({ model, config }: Trained, { runtime: name, signal }: ProveTrainedOptions) {
  let opened: ReturnType<typeof engineFor> | undefined;
  return async () => {
    opened ??= engineFor(applyProgram(model), 256, 64, name);
    return { runtime: (await opened).runtime, seed: config.seed, ...(signal && { signal }) };
  };
}

async function writeCertificate(file: string, certificate: Certificate): Promise<void> {
  const folder = dirname(file);
  await attempt("make folder", folder, () => nodeFileSystem.makeFolder(folder));
  await writeDurably(nodeFileSystem, file, new TextEncoder().encode(`${JSON.stringify(certificate)}\n`));
}

/**
 * A file as JSON: for `checkCertificate`, which believes nothing of it.
 * @throws LonghandError `file` when it can't be read, `format` when it isn't JSON.
 */
export async function readCertificate(file: string): Promise<unknown> {
  const bytes = await attempt("read", file, () => nodeFileSystem.read(file));
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new LonghandError("format", `${file} isn't JSON: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
