/** Requests as no browser would send them, for the tests of the server. */
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
}

/** Asks for a path exactly as it is written. */
export async function ask(
  address: string,
  path: string,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Asked> {
  const { hostname, port } = new URL(address);
  const { method = "GET", headers = {} } = options;
  const asking = request({ host: hostname.replaceAll(/[[\]]/g, ""), port, path, method, headers, agent: false });
  asking.end();
  const [response] = await once(asking, "response");
  const bytes = await buffer(response);
  return { status: response.statusCode, headers: response.headers, bytes, text: bytes.toString("utf8") };
}

/** Sends bytes over a connection. @returns all that comes back until the server ends it. */
export async function sendBytes(address: string, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("latin1").on("data", (part: string) => {
    text += part;
  });
  socket.on("error", () => {}); // the server may hang up before all is sent
  socket.write(bytes);
  await once(socket, "close");
  return text;
}
