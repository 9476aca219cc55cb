/** The built page's files. Node only. */
import type { FileHandle } from "node:fs/promises";
import { extname } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip, constants as zlib } from "node:zlib";
import { type Answer, refusal } from "./answer.ts";
import { below, type Inside } from "./inside.ts";

/** Content types by ending, and whether such files shrink. */
const kinds: Readonly<Record<string, { readonly type: string; readonly shrinks: boolean }>> = {
  ".html": { type: "text/html; charset=utf-8", shrinks: true },
  ".js": { type: "text/javascript; charset=utf-8", shrinks: true },
  ".mjs": { type: "text/javascript; charset=utf-8", shrinks: true },
  ".css": { type: "text/css; charset=utf-8", shrinks: true },
  ".json": { type: "application/json; charset=utf-8", shrinks: true },
  ".map": { type: "application/json; charset=utf-8", shrinks: true },
  ".webmanifest": { type: "application/manifest+json; charset=utf-8", shrinks: true },
  ".txt": { type: "text/plain; charset=utf-8", shrinks: true },
  ".svg": { type: "image/svg+xml; charset=utf-8", shrinks: true },
  ".wasm": { type: "application/wasm", shrinks: true },
  ".png": { type: "image/png", shrinks: false },
  ".ico": { type: "image/x-icon", shrinks: false },
  ".woff": { type: "font/woff", shrinks: false },
  ".woff2": { type: "font/woff2", shrinks: false },
  ".ttf": { type: "font/ttf", shrinks: true },
};
const other = { type: "application/octet-stream", shrinks: false };

/** What the build writes into `assets/` carries a hash of its contents in its name. */
const hashed = /-[\w-]{8}\.\w+$/;

/** Bytes below which packing gains nothing. */
const SMALL = 1400;

const packers = {
  br: (bytes: Uint8Array) => promisify(brotliCompress)(bytes, { params: { [zlib.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 6 }),
};
type Coding = keyof typeof packers;

export interface PageRequest {
  /** Path of a file in the folder; none for the page itself. */
  readonly names: readonly string[];
  /** The headers of these names. */
  readonly acceptEncoding?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

/**
 * Answers with the files of a built page. Each is packed once, when it is first asked for, and kept in memory.
 * @returns answers 404 for whatever isn't a plain file in the folder; names that begin with a dot are nobody's business.
 */
export function pageFiles(inside: Inside): (request: PageRequest) => Promise<Answer> {
  const packed = new Map<string, { readonly tag: string; readonly bytes: Promise<Uint8Array> }>();

  /** A newer file takes the place of an older one. */
  function pack(path: string, coding: Coding, tag: string, handle: FileHandle): Promise<Uint8Array> {
    const key = `${coding} ${path}`;
    const before = packed.get(key);
    if (before?.tag === tag) return before.bytes;
    const bytes = handle.readFile().then(packers[coding]);
    packed.set(key, { tag, bytes });
    bytes.catch(() => packed.delete(key));
    return bytes;
  }

  return async ({ names, acceptEncoding = "", ifNoneMatch = "" }) => {
    const path = below(inside, names.length === 0 ? ["index.html"] : names);
    const handle = names.some((name) => name.startsWith(".")) ? undefined : await inside.file(path);
    if (!handle) return refusal(404, `there is no /${names.join("/")}`);
    let isSent = false;
    try {
      const { size, mtimeMs, mtime } = await handle.stat();
      const { type, shrinks } = kinds[extname(path).toLowerCase()] ?? other;
      const coding = shrinks && size >= SMALL ? codingFor(acceptEncoding) : undefined;
      const tag = `${size.toString(36)}-${Math.round(mtimeMs).toString(36)}`;
      const etag = `W/"${tag}"`;
      const isForever = names[0] === "assets" && hashed.test(path);
      const headers = {
        "Content-Type": type,
        "Cache-Control": isForever ? "public, max-age=31536000, immutable" : "no-cache",
        ETag: etag,
        "Last-Modified": mtime.toUTCString(),
        Vary: "Accept-Encoding",
        ...(coding && { "Content-Encoding": coding }),
      };
      if (ifNoneMatch.split(/\s*,\s*/).some((known) => known === etag || known === "*"))
        return { status: 304, headers };
      if (coding) return { status: 200, headers, body: await pack(path, coding, tag, handle) };
      isSent = true;
      return { status: 200, headers, body: { handle, size } };
    } finally {
      if (!isSent) await handle.close();
    }
  };
}

/** The best coding that a client takes; "gzip;q=0" is a no. */
function codingFor(accepted: string): Coding | undefined {
  const taken = accepted.split(",").flatMap((part) => {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    return parameters.some((text) => /^q=0(\.0*)?$/.test(text)) ? [] : [name];
  });
  return (["br", "gzip"] as const).find((coding) => taken.includes(coding));
}
