/** The server as its clients see it: the page, headers, refusals. */
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { VERSION } from "../version.ts";
import { ask } from "./ask.test-helper.ts";
import { type LabServer, serveLab } from "./serve-lab.ts";

let base: string;
let folder: string;
let server: LabServer;
let port: string;
const script = `${"console.log('lab');\n".repeat(200)}`;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "longhand-serve-"));
  folder = join(base, "lab");
  await mkdir(join(folder, "assets"), { recursive: true });
  await mkdir(join(base, "lab-2"));
  for (const [name, text] of Object.entries({
    "index.html": "<!doctype html>",
    "icon.svg": "<svg/>",
    "a b é.json": "{}",
    ".hidden": "no",
    "unknown.safetensors": "bytes",
    "empty.txt": "",
    "assets/main-AbCd_12-.js": script,
    "assets/engine-01234567.wasm": "\0asm",
    "assets/plain.css": "a{}",
    "../secret.txt": "outside",
    "../lab-2/secret.txt": "outside",
  })) {
    await writeFile(join(folder, name), text);
  }
  await symlink(join(base, "secret.txt"), join(folder, "link.txt"));
  await symlink(join(base, "lab-2"), join(folder, "assets", "beside"));
  server = await serveLab({ folder, port: 0 });
  port = new URL(server.address).port;
});
afterAll(async () => {
  await server.close();
  await rm(base, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  ask(server.address, path, { headers, method });

test("the page and its files, each with its type", async () => {
  expect(server.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const types = {
    "/": "text/html; charset=utf-8",
    "/index.html": "text/html; charset=utf-8",
    "/icon.svg": "image/svg+xml; charset=utf-8",
    "/a%20b%20%C3%A9.json": "application/json; charset=utf-8",
    "/unknown.safetensors": "application/octet-stream",
    "/empty.txt": "text/plain; charset=utf-8",
    "/assets/main-AbCd_12-.js": "text/javascript; charset=utf-8",
    "/assets/engine-01234567.wasm": "application/wasm",
  };
  for (const [path, type] of Object.entries(types)) {
    const { status, headers, bytes } = await get(path);
    expect({ path, status, type: headers["content-type"] }).toEqual({ path, status: 200, type });
    expect(headers["content-length"]).toBe(`${bytes.length}`);
  }
  expect((await get("/")).text).toBe("<!doctype html>");
  expect((await get("/?x=..#")).status).toBe(400);
  expect((await get("/?x=..")).status).toBe(200);
});

test("only names with a hash are kept for good; others are asked for again, and answered 304", async () => {
  const forever = "public, max-age=31536000, immutable";
  const control = async (path: string) => (await get(path)).headers["cache-control"];
  expect(await control("/assets/main-AbCd_12-.js")).toBe(forever);
  expect(await control("/assets/engine-01234567.wasm")).toBe(forever);
  expect(await control("/assets/plain.css")).toBe("no-cache");
  expect(await control("/")).toBe("no-cache");
  const path = join(folder, "changing.txt");
  await writeFile(path, "one");
  const { etag } = (await get("/changing.txt")).headers as { etag: string };
  for (const known of [etag, `"x", ${etag}`, "*"]) {
    const same = await get("/changing.txt", { "If-None-Match": known });
    expect({ status: same.status, text: same.text }).toEqual({ status: 304, text: "" });
  }
  await writeFile(path, "two");
  await utimes(path, 1, 1);
  expect(await get("/changing.txt", { "If-None-Match": etag })).toMatchObject({ status: 200, text: "two" });
});

test("files come packed where the client can unpack them, and anew once they change", async () => {
  const path = "/assets/main-AbCd_12-.js";
  const coding = async (accepted: string) => {
    const { headers, bytes } = await get(path, { "Accept-Encoding": accepted });
    return { coding: headers["content-encoding"], bytes, vary: headers.vary };
  };
  for (const [accepted, expected, unpack] of [
    ["gzip, deflate, br", "br", brotliDecompressSync],
    ["GZIP;q=0.5", "gzip", gunzipSync],
    ["gzip, br;q=0", "gzip", gunzipSync],
  ] as const) {
    const { coding: used, bytes, vary } = await coding(accepted);
    expect({ used, vary }).toEqual({ used: expected, vary: "Accept-Encoding" });
    expect(bytes.length).toBeLessThan(script.length / 10);
    expect(unpack(bytes).toString()).toBe(script);
  }
  for (const accepted of ["", "identity", "br;q=0.0, gzip;q=0", "brotli"]) {
    expect((await coding(accepted)).coding, accepted).toBeUndefined();
  }
  const changing = join(folder, "packed.txt");
  for (const text of ["a".repeat(5000), "b".repeat(6000)]) {
    await writeFile(changing, text);
    const { bytes } = await get("/packed.txt", { "Accept-Encoding": "br" });
    expect(brotliDecompressSync(bytes).toString()).toBe(text);
  }
});

test("nothing outside the folder, no hidden file, no folder", async () => {
  const missing = [
    "/link.txt",
    "/assets/beside/secret.txt",
    "/.hidden",
    "/assets",
    "/nothing",
    "/index.html/a",
    "/lab",
  ];
  for (const path of missing) expect((await get(path)).status, path).toBe(404);
  const unreadable = [
    ...["/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/..\\secret.txt"],
    ...["/..%5csecret.txt", "//secret.txt", `/${folder}/../secret.txt`, "/../lab-2/secret.txt", "/a%00", "/%E0%A4%A"],
    ...[`http://127.0.0.1:${port}/`, "*", "/assets/"],
  ];
  for (const path of unreadable) {
    const { status, text } = await get(path);
    expect({ path, status }).toEqual({ path, status: 400 });
    expect(text).not.toContain("outside");
  }
});

const expectedHeaders = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "longhand-lab": VERSION,
};

test("every answer isolates the page", async () => {
  const etag = `${(await get("/")).headers.etag}`;
  const answers = {
    page: await get("/"),
    "not modified": await get("/", { "If-None-Match": etag }),
    data: await get("/api/runs"),
    missing: await get("/none"),
    unreadable: await get("/.."),
    "foreign host": await get("/", { Host: "evil.example" }),
    post: await get("/", {}, "POST"),
    head: await get("/", {}, "HEAD"),
  };
  expect(Object.values(answers).map(({ status }) => status)).toEqual([200, 304, 200, 404, 400, 403, 405, 200]);
  for (const [name, { headers }] of Object.entries(answers)) {
    expect(headers, name).toMatchObject(expectedHeaders);
    const policy = `${headers["content-security-policy"]}`;
    for (const part of [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "worker-src 'self' blob:",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(policy.split("; "), name).toContain(part);
    expect(policy).not.toMatch(/'unsafe-eval'|script-src[^;]*'unsafe-inline'|\*/);
  }
});

describe("who may ask", () => {
  test("the host is this server", async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      expect((await get("/", { Host: host })).status, host).toBe(200);
    }
    const others = ["evil.example", `evil.example:${port}`, "127.0.0.1", "localhost", `127.0.0.1:${Number(port) + 1}`];
    for (const host of [...others, `127.0.0.1.evil.example:${port}`, `x@127.0.0.1:${port}`, `0.0.0.0:${port}`]) {
      expect((await get("/api/runs", { Host: host })).status, host).toBe(403);
    }
  });

  test("the page is its own, or there is none", async () => {
    for (const origin of [`http://127.0.0.1:${port}`, `http://localhost:${port}`]) {
      expect((await get("/api/runs", { Origin: origin })).status, origin).toBe(200);
    }
    const foreign = ["http://evil.example", "null", `https://127.0.0.1:${port}`, "http://localhost:3000", "file://"];
    for (const origin of foreign) expect((await get("/api/runs", { Origin: origin })).status, origin).toBe(403);
  });

  test("no other site makes a browser ask, but its links lead here", async () => {
    const fetched = (site: string, mode = "no-cors", dest = "image") =>
      get("/", { "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest });
    for (const site of ["same-origin", "none"]) expect((await fetched(site)).status, site).toBe(200);
    for (const site of ["cross-site", "same-site", "unheard-of"]) {
      expect((await fetched(site)).status, site).toBe(403);
      expect((await fetched(site, "navigate", "iframe")).status, site).toBe(403);
      expect((await fetched(site, "navigate", "document")).status, site).toBe(200);
    }
  });

  test("only to read", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"]) {
      const { status, headers } = await get("/", {}, method);
      expect({ method, status, allow: headers.allow }).toEqual({ method, status: 405, allow: "GET, HEAD" });
    }
    const head = await get("/assets/main-AbCd_12-.js", {}, "HEAD");
    expect(head).toMatchObject({ status: 200, text: "" });
    expect(head.headers["content-length"]).toBe(`${script.length}`);
  });
});

test("without a folder of runs the list is empty", async () => {
  expect(JSON.parse((await get("/api/runs")).text)).toEqual({ folder: null, isComplete: true, runs: [] });
  for (const path of ["/api", "/api/run", "/api/runs/a", "/api/runs/a/config", "/api/runs/a/toString"]) {
    const { status, text } = await get(path);
    expect(status, path).toBe(404);
    expect(JSON.parse(text), path).toMatchObject({ error: { status: 404 } });
  }
});

test("another host than loopback", async () => {
  await using everywhere = await serveLab({ folder, host: "0.0.0.0", port: 0 });
  const place = new URL(everywhere.address);
  expect(place.hostname).toBe("localhost");
  const local = `http://127.0.0.1:${place.port}/`;
  expect((await ask(local, "/")).status).toBe(200);
  expect((await ask(local, "/", { headers: { Host: `evil.example:${place.port}` } })).status).toBe(403);
});

test("what can't be served is refused", async () => {
  await expect(serveLab({ folder: join(base, "none"), port: 0 })).rejects.toMatchObject({
    code: "file",
    message: expect.stringContaining("holds no built lab: it has no index.html. `npm run build:lab` builds it"),
  });
  await expect(serveLab({ folder, runs: join(base, "none"), port: 0 })).rejects.toMatchObject({ code: "file" });
  await expect(serveLab({ folder, port: Number(port) })).rejects.toMatchObject({
    code: "argument",
    message: `can't listen on port ${port} of 127.0.0.1: another program uses it. Choose another port; 0 takes any that is free`,
  });
  await expect(serveLab({ folder, port: 70_000 })).rejects.toMatchObject({ code: "argument" });
  await expect(serveLab({ folder, port: 0, host: "192.0.2.1" })).rejects.toThrow("that is no address of this machine");
});

test("closing ends it, and twice is no error", async () => {
  const other = await serveLab({ folder, port: 0 });
  await ask(other.address, "/");
  await other.close();
  await other.close();
  await expect(ask(other.address, "/")).rejects.toThrow("ECONNREFUSED");
});
