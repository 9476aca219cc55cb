/** The server of the lab: its page, and the runs of this machine as data. Node only. */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { LonghandError } from "../errors.ts";
import { systemCode } from "../files/file-system.ts";
import { packageFolder } from "../runs/reproduce-machine.ts";
import { type Answer, refusal, send } from "./answer.ts";
import { guard, hostsOf } from "./guard.ts";
import { rawAnswer } from "./headers.ts";
import { type Inside, insideOf } from "./inside.ts";
import { pageFiles } from "./page.ts";
import { runData } from "./run-data.ts";
import type { KnownRuns } from "./run-list.ts";
import { readTarget } from "./target.ts";

export interface ServeLabOptions {
  /** The built page: a folder with index.html. Default: the one that comes with the package. */
  readonly folder?: string;
  /** A run's folder, or one with such folders in it. Default: no runs. */
  readonly runs?: string;
  /** Name or address to listen on. Default 127.0.0.1: nobody but this machine reaches it. */
  readonly host?: string;
  /** 0: any that is free. Default 8017. */
  readonly port?: number;
  /** Milliseconds that a client may take to send a request, and may be silent while it is answered. Default 10,000. */
  readonly patience?: number;
}

/** A server that listens. */
export interface LabServer extends AsyncDisposable {
  /** Where a browser finds the lab: "http://127.0.0.1:8017/". */
  readonly address: string;
  /** Ends all connections. Closing twice is no error. */
  close(): Promise<void>;
}

/**
 * Serves the lab: the built page at `/`, the runs at `/api/runs`.
 *
 * It only reads. Requests must name it as their host and come from its own page or from no page; see `guard`. Nothing outside
 * the two folders is served, whatever links lie in them. Malformed requests, and clients that send or read too slowly, lose their
 * connection.
 * @throws LonghandError `file` where a folder isn't there or holds no built page; `argument` where the port is in use or the
 *   host isn't one of this machine.
 */
export async function serveLab(options: ServeLabOptions = {}): Promise<LabServer> {
  const { folder = labFolder(), host = "127.0.0.1", port = 8017, patience = 10_000 } = options;
  const page = await openPage(folder);
  const runs = options.runs === undefined ? undefined : await openFolder(options.runs);
  const files = pageFiles(page);
  const known: KnownRuns = new Map();
  let hosts: ReadonlySet<string> = new Set();

  async function answer(request: IncomingMessage): Promise<Answer> {
    const refused = guard(request, hosts);
    if (refused) return refused;
    const target = readTarget(request.url ?? "");
    if (!target) return refusal(400, "the address can't be read");
    const { names, query } = target;
    if (names[0] === "api") {
      return names[1] === "runs" ? runData(runs, names.slice(2), query, known) : refusal(404, "expected /api/runs");
    }
    const { "accept-encoding": acceptEncoding, "if-none-match": ifNoneMatch } = request.headers;
    return files({ names, acceptEncoding: `${acceptEncoding ?? ""}`, ifNoneMatch });
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answered = await answer(request).catch((error: unknown) =>
      refusal(500, error instanceof Error ? error.message : String(error)),
    );
    // What may still come of a refused request is nobody's to read.
    if (answered.status >= 400) response.setHeader("Connection", "close");
    // The client went away, or the disk failed in the middle of a file: there is nobody to tell.
    await send(response, answered, request.method === "HEAD").catch(() => response.destroy());
  }

  const server = createServer({
    requireHostHeader: false, // the guard says so, with all headers
    headersTimeout: patience,
    requestTimeout: patience,
    connectionsCheckingInterval: Math.max(50, Math.min(2000, patience / 2)),
    maxHeaderSize: 16 * 1024,
  });
  const onRequest = (request: IncomingMessage, response: ServerResponse) => void handle(request, response);
  server.on("request", onRequest).on("checkContinue", onRequest).on("checkExpectation", onRequest);
  server.setTimeout(SILENCE * patience);
  server.on("clientError", ({ code = "" }: NodeJS.ErrnoException, socket) => hangUp(socket, clientErrors[code]));
  server.on("connect", (_: IncomingMessage, socket: Duplex) => hangUp(socket, "405 Method Not Allowed"));
  const bound = await listen(server, host, port);
  hosts = hostsOf(host, bound);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closing;
  };
  // "0.0.0.0" listens on every address, but is none to visit.
  const visited = host === "0.0.0.0" || host === "::" ? "localhost" : isIPv6(host) ? `[${host}]` : host;
  return { address: `http://${visited}:${bound}/`, close, [Symbol.asyncDispose]: close };
}

/** How many times its patience a connection may stand still: an answer may take longer than a request. */
const SILENCE = 6;

/** What is answered to what isn't a request. */
const clientErrors: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

function hangUp(socket: Duplex, status = "400 Bad Request"): void {
  socket.on("error", () => socket.destroy());
  if (socket.writable) socket.end(rawAnswer(status), () => socket.destroy());
  else socket.destroy();
}

/** Where the built page lies in the package. */
function labFolder(): string {
  return join(packageFolder(), "dist", "lab");
}

async function openFolder(path: string): Promise<Inside> {
  try {
    const inside = await insideOf(path);
    await readdir(inside.folder);
    return inside;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LonghandError("file", `can't serve ${path}: ${reason}`, { cause });
  }
}

/** The page's folder. */
async function openPage(path: string): Promise<Inside> {
  const build = "`npm run build:lab` builds it";
  if (!existsSync(join(path, "index.html"))) {
    throw new LonghandError("file", `${path} holds no built lab: it has no index.html. ${build}`);
  }
  return openFolder(path);
}

/** Starts to listen. @returns the port. @throws LonghandError `argument` */
async function listen(server: Server, host: string, port: number): Promise<number> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new LonghandError("argument", `port: received ${port}, expected a whole number from 0 to 65535`);
  }
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (cause) {
    throw new LonghandError("argument", `can't listen on port ${port} of ${host}: ${whyNot(cause)}`, { cause });
  }
  return (server.address() as AddressInfo).port;
}

function whyNot(cause: unknown): string {
  switch (systemCode(cause)) {
    case "EADDRINUSE":
      return "another program uses it. Choose another port; 0 takes any that is free";
    case "EACCES":
      return "permission denied. Choose a port above 1023";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "that is no address of this machine";
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
