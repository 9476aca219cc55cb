/** Run folders out of files that a visitor dropped or chose, or that come with the page. */
import { newestRecords, peekCheckpoint, readRunConfigText, summarizeRun } from "longhand";
import type { NamedFile } from "../../networks/read.ts";
import type { RunFiles } from "./files.ts";
import type { ListedRun } from "./rows.ts";

export interface FolderRun {
  readonly run: ListedRun;
  readonly files: RunFiles;
}

/** The runs in folders: each is what lies beside a config.json. What can't be read is listed with its error. */
export async function runsInFolders(files: readonly NamedFile[]): Promise<FolderRun[]> {
  const folders = files.flatMap(({ path }) =>
    /(^|\/)config\.json$/.test(path) ? [path.slice(0, -"config.json".length)] : [],
  );
  // Within a run's folder nothing else is one.
  const outer = folders.filter((folder) => !folders.some((other) => other !== folder && folder.startsWith(other)));
  return Promise.all(
    outer.sort().map((folder) => {
      const inside = files.filter(({ path }) => path.startsWith(folder));
      return folderRun(
        folder.replace(/\/$/, "") || "run",
        new Map(inside.map((file) => [file.path.slice(folder.length), file])),
      );
    }),
  );
}

async function folderRun(id: string, files: ReadonlyMap<string, NamedFile>): Promise<FolderRun> {
  const text = async (name: string) => new TextDecoder().decode(await files.get(name)?.bytes());
  const checkpoints = [...files.keys()]
    .flatMap((name) => /^checkpoints\/(\d{8,16})\.safetensors$/.exec(name)?.[1] ?? [])
    .sort((a, b) => Number(b) - Number(a));
  const newest = files.get(`checkpoints/${checkpoints[0]}.safetensors`);
  const own: RunFiles = {
    config: () => text("config.json"),
    async checkpoint() {
      if (!newest) throw new Error(`${id} has no checkpoint`);
      return newest.bytes();
    },
    result: async () => (files.has("result.json") ? (JSON.parse(await text("result.json")) as unknown) : null),
    async metrics(place) {
      const all = place ? "" : await text("metrics.jsonl");
      const lines = all.slice(0, all.lastIndexOf("\n") + 1);
      return { text: lines, place: { from: lines.length, file: id }, isAnew: false, hasMore: false };
    },
  };
  try {
    const errors: string[] = [];
    const told = (error: unknown) => {
      errors.push(error instanceof Error ? error.message : String(error));
      return undefined;
    };
    const config = readRunConfigText(await own.config(), `${id}/config.json`);
    const created = Date.parse(config.created);
    const time = (file: NamedFile | undefined) => file?.modified ?? created;
    const checkpoint =
      newest &&
      (await newest
        .bytes()
        .then((bytes) => peekCheckpoint(bytes).state)
        .catch(told));
    const run = summarizeRun({
      id,
      config,
      checkpoints: checkpoints.map(Number),
      checkpoint: checkpoint === undefined ? undefined : { state: checkpoint, time: time(newest) },
      metrics: files.has("metrics.jsonl")
        ? { records: newestRecords((await own.metrics(undefined)).text), time: time(files.get("metrics.jsonl")) }
        : undefined,
      isWritten: false, // nobody tells a page who writes to a folder
      hasResult: files.has("result.json"),
      errors,
    });
    return { run, files: own };
  } catch (error) {
    return { run: { id, error: error instanceof Error ? error.message : String(error) }, files: own };
  }
}
