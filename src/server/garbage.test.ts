/** Bytes that are no request, slow ones and far too many: the server answers as it can, and goes on. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { ask, sendBytes } from "./ask.test-helper.ts";
import { type LabServer, serveLab } from "./serve-lab.ts";

let folder: string;
let server: LabServer;
let host: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longhand-garbage-"));
  await writeFile(join(folder, "index.html"), "<!doctype html>");
  await writeFile(join(folder, "large.bin"), Buffer.alloc(64 * 2 ** 20));
  server = await serveLab({ folder, port: 0, patience: 200 });
  host = new URL(server.address).host;
});
afterEach(async () => {
  expect((await ask(server.address, "/")).text).toBe("<!doctype html>");
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const statusOf = (answer: string) => answer.slice(0, answer.indexOf("\r\n"));

test("what isn't HTTP", async () => {
  const begin = `Host: ${host}\r\n`;
  for (const bytes of [
    "hello\r\n\r\n",
    "\0\0\0\0\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", // what a browser says where it expects https
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    `GET / HTTP/9.9\r\n${begin}\r\n`,
    `GET /\r\n\r\n`,
    `GET / HTTP/1.1\r\n${begin}: no name\r\n\r\n`,
    `GET / HTTP/1.1\r\n${begin}a: b\r\n continued\r\n\x01: c\r\n\r\n`,
    `GET / HTTP/1.1\r\n${begin}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `GET / HTTP/1.1\r\n${begin}Content-Length: x\r\n\r\n`,
    `GET / HTTP/1.1\r\n${begin}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    `G\u00cbT / HTTP/1.1\r\n${begin}\r\n`,
  ]) {
    const answer = await sendBytes(server.address, Buffer.from(bytes, "latin1"));
    // A body that turns out wrong may come after the answer.
    if (answer !== "" && !answer.startsWith("HTTP/1.1 200")) {
      expect(statusOf(answer), JSON.stringify(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(answer).toContain("Cross-Origin-Opener-Policy: same-origin");
    }
  }
  expect(statusOf(await sendBytes(server.address, "hello\r\n\r\n"))).toBe("HTTP/1.1 400 Bad Request");
});

test("requests that leave out or repeat what says whom they mean", async () => {
  for (const bytes of [
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\n\r\n`,
    `GET http://evil.example/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `GET evil.example:80 HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    `GET /../../etc/passwd HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
  ]) {
    const answer = await sendBytes(server.address, bytes);
    expect(statusOf(answer), bytes).toBe("HTTP/1.1 400 Bad Request");
    expect(answer).toContain("Content-Security-Policy: ");
  }
  expect(statusOf(await sendBytes(server.address, "GET / HTTP/1.1\r\nHost:\r\n\r\n"))).toBe("HTTP/1.1 403 Forbidden");
  const connecting = await sendBytes(server.address, `CONNECT evil.example:80 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  expect(statusOf(connecting)).toBe("HTTP/1.1 405 Method Not Allowed");
});

test("headers without end", async () => {
  const huge = `GET / HTTP/1.1\r\nHost: ${host}\r\nX: ${"x".repeat(40_000)}\r\n\r\n`;
  expect(statusOf(await sendBytes(server.address, huge))).toBe("HTTP/1.1 431 Request Header Fields Too Large");
  const many = `GET / HTTP/1.1\r\nHost: ${host}\r\n${"a: b\r\n".repeat(20_000)}\r\n`;
  expect(statusOf(await sendBytes(server.address, many))).toMatch(/^(HTTP\/1\.1 4\d\d .*|)$/);
  const longPath = `GET /${"a/".repeat(6000)} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  expect(statusOf(await sendBytes(server.address, longPath))).toMatch(/^HTTP\/1\.1 4\d\d /);
});

test("clients that never finish a request lose their connection", async () => {
  for (const bytes of ["", "G", `GET / HTTP/1.1\r\nHost: ${host}\r\nX`]) {
    const answer = await sendBytes(server.address, bytes);
    if (bytes !== "") expect(statusOf(answer), JSON.stringify(bytes)).toBe("HTTP/1.1 408 Request Timeout");
  }
});

test("clients that leave in the middle, or don't read", async () => {
  const { hostname, port } = new URL(server.address);
  const begin = async () => {
    const socket = connect(Number(port), hostname).on("error", () => {});
    socket.write(`GET /large.bin HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await once(socket, "readable");
    return socket;
  };
  (await begin()).resetAndDestroy();
  const still = await begin();
  await setTimeout(2500);
  // It gets what the system kept, and no more: the server has let go of it.
  let length = 0;
  still.on("data", (part: Buffer) => {
    length += part.length;
  });
  await once(still, "close");
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThan(32 * 2 ** 20);
});

test("bytes at random", async () => {
  const line = fc.constantFrom(
    "GET ",
    "/ ",
    "HTTP/1.1",
    "\r\n",
    "\n",
    "\r",
    ":",
    "Host: ",
    host,
    " ",
    "\0",
    "%",
    "Content-Length: 5",
  );
  const piece = fc.oneof(line, line, fc.string({ unit: "binary", maxLength: 4 }));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
      const answer = await sendBytes(server.address, Buffer.from(`${pieces.join("")}\r\n\r\n`, "latin1"));
      if (answer !== "") expect(statusOf(answer)).toMatch(/^HTTP\/1\.1 [2-4]\d\d /);
    }),
    { numRuns: 40 },
  );
});
