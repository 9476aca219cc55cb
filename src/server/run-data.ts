/** The runs as data: what `/api/runs` answers. Node only. */
import { join } from "node:path";
import { LonghandError } from "../errors.ts";
import { checkpointFile } from "../files/checkpoint-folder.ts";
import { readRun } from "../files/run-folder.ts";
import { type Answer, jsonAnswer, refusal } from "./answer.ts";
import type { Inside } from "./inside.ts";
import { metricsSince } from "./metrics-lines.ts";
import { type KnownRuns, listRuns, type RunList, runFolder } from "./run-list.ts";

const fresh = { "Cache-Control": "no-store" };

/** What is served of one run, by the last name of the address. */
const parts: Readonly<Record<string, (inside: Inside, folder: string, query: URLSearchParams) => Promise<Answer>>> = {
  config: (inside, folder) => wholeFile(inside, join(folder, "config.json")),
  evaluation: (inside, folder) => wholeFile(inside, join(folder, "result.json")),
  metrics,
  checkpoint,
};

/**
 * Answers with the runs of a folder.
 * @param inside undefined: there is no folder, and the list is empty.
 * @param names of the address behind "/api/runs": none for the list, else the run's id and a part of it.
 * @param known what was listed before.
 */
export async function runData(
  inside: Inside | undefined,
  names: readonly string[],
  query: URLSearchParams,
  known?: KnownRuns,
): Promise<Answer> {
  if (names.length === 0) {
    const none: Omit<RunList, "folder"> & { folder: null } = { folder: null, isComplete: true, runs: [] };
    return jsonAnswer(inside ? await listRuns(inside, known) : none);
  }
  const part = names.at(-1)!;
  const id = names.slice(0, -1);
  const read = Object.hasOwn(parts, part) ? parts[part] : undefined;
  if (!read || id.length === 0) {
    return refusal(404, `runs have ${Object.keys(parts).join(", ")}; received ${JSON.stringify(part)}`);
  }
  const folder = inside && (await runFolder(inside, id));
  if (!folder) return refusal(404, `there is no run ${JSON.stringify(id.join("/"))}`);
  return read(inside, folder, query);
}

async function wholeFile(inside: Inside, path: string): Promise<Answer> {
  const handle = await inside.file(path);
  if (!handle) return refusal(404, "the run has none");
  const { size } = await handle.stat();
  const headers = { ...fresh, "Content-Type": "application/json; charset=utf-8" };
  return { status: 200, headers, body: { handle, size } };
}

/** Lines behind byte `from`; the headers say where they begin and end, and of which file: see `metricsSince`. */
async function metrics(inside: Inside, folder: string, query: URLSearchParams): Promise<Answer> {
  const from = wholeNumber(query, "from") ?? 0;
  if (Number.isNaN(from)) return refusal(400, `from: received ${query.get("from")}, expected a place in bytes`);
  const handle = await inside.file(join(folder, "metrics.jsonl"));
  const headers = { ...fresh, "Content-Type": "application/x-ndjson; charset=utf-8" };
  const none = { bytes: new Uint8Array(), from: 0, next: 0, size: 0, file: "none" };
  const part = handle
    ? await metricsSince(handle, { from, file: query.get("file") ?? undefined }).finally(() => handle.close())
    : none;
  const places = {
    "Longhand-From": `${part.from}`,
    "Longhand-Next": `${part.next}`,
    "Longhand-Size": `${part.size}`,
    "Longhand-File": part.file,
  };
  return { status: 200, headers: { ...headers, ...places }, body: part.bytes };
}

/** The newest checkpoint, or the one of a step, as it lies in the folder: whether it is whole is for its reader to check. */
async function checkpoint(inside: Inside, folder: string, query: URLSearchParams): Promise<Answer> {
  const wanted = wholeNumber(query, "step");
  if (Number.isNaN(wanted)) return refusal(400, `step: received ${query.get("step")}, expected a step`);
  try {
    const run = await readRun(folder, { fileSystem: inside.fileSystem });
    // The one that was just listed may be removed in favour of a newer one.
    for (let attempt = 0; attempt < 3; attempt++) {
      const steps = await run.checkpointSteps();
      const step = wanted ?? steps[0];
      if (step === undefined) return refusal(404, "the run has no checkpoint yet");
      if (!steps.includes(step))
        return refusal(404, `there is no checkpoint of step ${step}; there are: ${steps.join(", ")}`);
      const handle = await inside.file(join(folder, "checkpoints", checkpointFile(step)));
      if (!handle) continue;
      const { size } = await handle.stat();
      const headers = { ...fresh, "Content-Type": "application/octet-stream", "Longhand-Step": `${step}` };
      return { status: 200, headers, body: { handle, size } };
    }
  } catch (error) {
    if (!(error instanceof LonghandError)) throw error;
    return refusal(404, error.message);
  }
  return refusal(404, "the checkpoint can't be read");
}

/** A parameter of the query; NaN where it is no whole number. */
function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
