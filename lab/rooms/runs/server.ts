/** The runs that `longhand lab` serves with this page. */
import type { MetricsText, Place, RunFiles } from "./files.ts";
import type { ListedRun } from "./rows.ts";

export interface ServedRuns {
  /** The folder that is served, or null. */
  readonly folder: string | null;
  readonly isComplete: boolean;
  readonly runs: readonly ListedRun[];
}

/** Whether it is that server which serves the page: any other has only the page's files. */
export async function hasRuns(): Promise<boolean> {
  try {
    const { headers } = await fetch(new URL(".", location.href), { method: "HEAD", cache: "no-store" });
    return headers.has("Longhand-Lab");
  } catch {
    return false; // no server at all
  }
}

/** @throws Error with a message for the visitor. */
export async function servedRuns(): Promise<ServedRuns> {
  return (await (await ask("api/runs")).json()) as ServedRuns;
}

/** The files of a served run. */
export function servedFiles(id: string): RunFiles {
  const address = `api/runs/${id.split("/").map(encodeURIComponent).join("/")}`;
  return {
    network: `run:${id}`,
    config: async () => (await ask(`${address}/config`)).text(),
    checkpoint: async () => new Uint8Array(await (await ask(`${address}/checkpoint`)).arrayBuffer()),
    async result() {
      const response = await fetch(`${address}/evaluation`);
      return response.ok ? ((await response.json()) as unknown) : null;
    },
    async metrics(place: Place | undefined): Promise<MetricsText> {
      const query = place ? `?${new URLSearchParams({ from: `${place.from}`, file: place.file })}` : "";
      const response = await ask(`${address}/metrics${query}`);
      const header = (name: string) => response.headers.get(`Longhand-${name}`) ?? "";
      const next = Number(header("Next"));
      return {
        text: await response.text(),
        place: { from: next, file: header("File") },
        isAnew: place !== undefined && Number(header("From")) !== place.from,
        hasMore: next < Number(header("Size")) && next > (place?.from ?? 0),
      };
    },
  };
}

async function ask(address: string): Promise<Response> {
  const response = await fetch(address);
  if (response.ok) return response;
  const told = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  throw new Error(`${address}: ${told?.error?.message ?? `${response.status} ${response.statusText}`}`);
}
