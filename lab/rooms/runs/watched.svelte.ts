/** The runs that the room knows, as they are now. */
import type { NamedFile } from "../../networks/read.ts";
import { exampleFiles } from "./examples.ts";
import type { RunFiles } from "./files.ts";
import { runsInFolders } from "./folders.ts";
import type { ListedRun, Row } from "./rows.ts";
import { hasRuns, servedFiles, servedRuns } from "./server.ts";

/** Milliseconds between two looks at what the server has; longer where a look itself takes long. */
const PAUSE = 2000;

/** What is known of the server: `looking` for one, `none` there, `here`, or `lost` since it last answered. */
export type ServerState = "looking" | "none" | "here" | "lost";

export interface WatchedRuns {
  readonly rows: readonly Row[];
  readonly server: ServerState;
  /** The folder that it serves. */
  readonly folder: string | null;
  readonly isComplete: boolean;
  /** When it last answered. */
  readonly now: number;
  /** Whether the rows are those that come with the page, for want of others. */
  readonly isExample: boolean;
  filesOf(key: string): RunFiles | undefined;
  /** Adds the runs in folders. @returns how many there are. */
  add(files: readonly NamedFile[]): Promise<number>;
}

/** To be called while a component is set up; the watch ends with it. */
export function watchRuns(): WatchedRuns {
  let server = $state<ServerState>("looking");
  let folder = $state<string | null>(null);
  let isComplete = $state(true);
  let now = $state(Date.now());
  let served = $state.raw<readonly Row[]>([]);
  let opened = $state.raw<readonly Row[]>([]);
  let examples = $state.raw<readonly Row[]>([]);
  const files = new Map<string, RunFiles>();
  const isExample = $derived(served.length + opened.length === 0);

  const row = (kind: string, run: ListedRun, own: RunFiles): Row => {
    const key = `${kind}:${run.id}`;
    files.set(key, own);
    return { key, run };
  };

  async function look(): Promise<void> {
    if (server === "looking" && !(await hasRuns())) server = "none";
    if (server === "none") return;
    try {
      const list = await servedRuns();
      served = list.runs.map((run) => row("run", run, servedFiles(run.id)));
      ({ folder, isComplete } = list);
      server = "here";
    } catch {
      server = "lost"; // it may come again
    }
    now = Date.now();
  }

  $effect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async () => {
      const begin = performance.now();
      if (!document.hidden) await look();
      const pause = Math.max(PAUSE, 4 * (performance.now() - begin));
      if (!isOver && server !== "none") timer = setTimeout(turn, pause);
    };
    void turn().then(async () => {
      if (!isOver && served.length === 0) {
        examples = (await runsInFolders(exampleFiles())).map(({ run, files: own }) => row("example", run, own));
      }
    });
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  });

  return {
    get rows() {
      return isExample && server !== "looking" ? examples : [...served, ...opened];
    },
    get server() {
      return server;
    },
    get folder() {
      return folder;
    },
    get isComplete() {
      return isComplete;
    },
    get now() {
      return now;
    },
    get isExample() {
      return isExample;
    },
    filesOf: (key) => files.get(key),
    async add(given) {
      const found = (await runsInFolders(given)).map(({ run, files: own }) => row("here", run, own));
      const keys = new Set(found.map(({ key }) => key));
      opened = [...opened.filter(({ key }) => !keys.has(key)), ...found];
      return found.length;
    },
  };
}
