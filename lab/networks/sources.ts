/**
 * Where a room's network comes from, as its address says: `shipped:multiplication` comes with the page, `run:<id>` lies in
 * a run folder that `longhand lab` serves (`run:<id>@3` is network 3 of its population), `here:1` was dropped or trained in
 * this page and is gone with it.
 */
import type { NetworkData } from "./data.ts";

/** What reads files is loaded when a network comes from one. */
const reading = () => import("./read.ts");

/** Networks that come with the page. The configurations that made them lie beside this file. */
export const shipped = [
  { name: "multiplication", title: "binary multiplication, 48 maps" },
  { name: "multiplication-96", title: "binary multiplication, 96 maps" },
  { name: "addition", title: "binary addition, numbers side by side" },
  { name: "sorting", title: "sorting" },
] as const;

const here: NetworkData[] = [];

/** Keeps a network for the other rooms. @returns its source. */
export function keepNetwork(network: NetworkData): string {
  here.push(network);
  return `here:${here.length}`;
}

/**
 * Opens a network.
 * @throws Error with a message for the visitor.
 */
export async function openNetwork(source: string): Promise<NetworkData> {
  const [, kind = "", name = ""] = /^(\w+):(.*)$/.exec(source) ?? [];
  if (kind === "shipped") return openShipped(name);
  if (kind === "run") return openRun(name);
  if (kind === "here") {
    const found = here[Number(name) - 1];
    if (found) return found;
    throw new Error(`${source}: was made in a page that is gone; open its file again`);
  }
  throw new Error(`network "${source}": expected shipped:<name>, run:<id> or here:<number>`);
}

async function openShipped(name: string): Promise<NetworkData> {
  const found = shipped.find((network) => network.name === name);
  if (!found)
    throw new Error(`network "${name}": expected one of ${shipped.map((network) => network.name).join(", ")}`);
  const response = await fetch(`networks/${name}.safetensors`);
  if (!response.ok) throw new Error(`networks/${name}.safetensors: ${response.status} ${response.statusText}`);
  const { readNetwork } = await reading();
  return readNetwork(found.title, new Uint8Array(await response.arrayBuffer()));
}

async function openRun(name: string): Promise<NetworkData> {
  const [, id = "", replica] = /^(.*?)(?:@(\d+))?$/.exec(name) ?? [];
  const address = `api/runs/${id.split("/").map(encodeURIComponent).join("/")}`;
  const bytes = (file: string) => async () => {
    const response = await fetch(`${address}/${file}`);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw new Error(`run ${id}: its ${file} can't be had (${response.status}); runs are served by longhand lab`);
  };
  const { readRunFolder, trainedNetwork } = await reading();
  const trained = await readRunFolder([
    { path: `${id}/config.json`, bytes: bytes("config") },
    { path: `${id}/checkpoints/00000000.safetensors`, bytes: bytes("checkpoint") },
  ]);
  return trainedNetwork(trained, replica === undefined ? undefined : Number(replica));
}
