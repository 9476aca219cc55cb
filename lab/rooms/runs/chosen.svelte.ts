/** What is known of the chosen runs: settings once, metrics as they grow, result when it is there. */
import { describedTraining, type RunSummary, readRunConfigText } from "longhand";
import type { NetworkData } from "../../networks/data.ts";
import { type FlatSettings, flatSettings } from "./differences.ts";
import type { Place, RunFiles } from "./files.ts";
import { type Metrics, noMetrics, withLines } from "./metrics.ts";
import { isWhole, type Row } from "./rows.ts";

export interface ChosenRun {
  readonly row: Row;
  /** Its task and model, as configured. */
  readonly network: Pick<NetworkData, "task" | "model">;
  readonly settings: FlatSettings;
  readonly metrics: Metrics;
  /** result.json */
  readonly result: unknown;
}

interface Known {
  network: ChosenRun["network"];
  settings: FlatSettings;
  metrics: Metrics;
  result: unknown;
  place: Place | undefined;
  /** Of the files that this is from: when they were last written. */
  updated: string;
}

async function settingsIn(key: string, files: RunFiles): Promise<Pick<Known, "network" | "settings">> {
  const { config } = readRunConfigText(await files.config(), `${key}/config.json`);
  const { training, written } = describedTraining(config, key);
  const network = { task: training.task, model: training.model as NetworkData["model"] };
  return { network, settings: flatSettings(written) };
}

export interface ChosenRuns {
  readonly runs: readonly ChosenRun[];
  readonly error: unknown;
}

/**
 * To be called while a component is set up.
 * @param rows the chosen ones; what is written anew is read on.
 */
export function followChosen(rows: () => readonly Row[], filesOf: (key: string) => RunFiles | undefined): ChosenRuns {
  const known = new Map<string, Known>();
  const busy = new Set<string>();
  let version = $state(0);
  let error = $state.raw<unknown>();

  async function read(key: string, files: RunFiles, { updated, hasResult }: RunSummary): Promise<void> {
    const before = known.get(key);
    let described: Pick<Known, "network" | "settings"> = before ?? (await settingsIn(key, files));
    let metrics = before?.metrics ?? noMetrics;
    let place = before?.place;
    for (let hasMore = true; hasMore; ) {
      const part = await files.metrics(place);
      metrics = withLines(part.isAnew ? noMetrics : metrics, part.text);
      // Another run may have taken the folder.
      if (part.isAnew) described = await settingsIn(key, files);
      ({ place, hasMore } = part);
    }
    const { network, settings } = described;
    known.set(key, { network, settings, metrics, place, updated, result: hasResult ? await files.result() : null });
    version++;
  }

  $effect(() => {
    for (const { key, run } of rows()) {
      const files = filesOf(key);
      if (!files || !isWhole(run) || busy.has(key) || known.get(key)?.updated === run.updated) continue;
      busy.add(key);
      read(key, files, run)
        .then(
          () => {
            error = undefined;
          },
          (reason) => {
            error = reason;
          },
        )
        .finally(() => busy.delete(key));
    }
  });

  const runs = $derived.by(() => {
    void version;
    return rows().flatMap((row): ChosenRun[] => {
      const found = known.get(row.key);
      if (!found) return [];
      const { network, settings, metrics, result } = found;
      return [{ row, network, settings, metrics, result }];
    });
  });
  return {
    get runs() {
      return runs;
    },
    get error() {
      return error;
    },
  };
}
