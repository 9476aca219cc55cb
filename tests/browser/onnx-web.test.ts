/** The WebAssembly engine in a real browser: every operator and scans with gradients, with one thread and with all. */
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type BrowserContext, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "./onnx-web.page.ts";

const browserPath = process.env.LONGHAND_CHROMIUM ?? "/usr/bin/chromium";
const isThere = existsSync(browserPath);
const isRequired = process.env.LONGHAND_REQUIRE_ALL === "1";

test.skipIf(isThere || isRequired)(`browser tests are skipped: there is no browser at ${browserPath}`, () => {});

describe.runIf(isThere || isRequired)("in a page", () => {
  let server: Server;
  let context: BrowserContext;
  let address: string;
  const folder = mkdtempSync(join(tmpdir(), "longhand-browser-"));

  beforeAll(async () => {
    const bundle = await build({
      entryPoints: [fileURLToPath(new URL("onnx-web.page.ts", import.meta.url))],
      bundle: true,
      format: "esm",
      splitting: true,
      outdir: join(folder, "page"),
      write: true,
      logLevel: "silent",
    });
    expect(bundle.errors).toEqual([]);
    const engine = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web/wasm")));
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      // Isolation from other origins: threads need it.
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
      if (pathname === "/") {
        response.setHeader("Content-Type", "text/html");
        response.end('<!doctype html><title>test</title><script type="module" src="/page/onnx-web.page.js"></script>');
        return;
      }
      const [, place, file = ""] = /^\/(page|engine)\/([\w.-]+)$/.exec(pathname) ?? [];
      const path = place === "engine" ? join(engine, file) : join(folder, "page", file);
      if (place === undefined || !existsSync(path)) {
        response.statusCode = 404;
        response.end();
        return;
      }
      response.setHeader("Content-Type", path.endsWith(".wasm") ? "application/wasm" : "text/javascript");
      createReadStream(path).pipe(response);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath: browserPath,
      headless: true,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  });

  afterAll(async () => {
    await context?.close();
    await new Promise((closed) => (server ? server.close(closed) : closed(undefined)));
    rmSync(folder, { recursive: true, force: true });
  });

  const inPage = async <R>(work: (page: Page) => Promise<R>): Promise<R> => {
    const tab = await context.newPage();
    const errors: string[] = [];
    tab.on("pageerror", (error) => errors.push(error.message));
    await tab.goto(address);
    await tab.waitForFunction("globalThis.page !== undefined");
    const result = await tab.evaluate(`(${work.toString()})(globalThis.page)`);
    expect(errors).toEqual([]);
    await tab.close();
    return result as R;
  };

  test("one thread: what the reference computes", async () => {
    const { problems, runs, description, reason } = await inPage((page) => page.run(1));
    expect(problems).toEqual([]);
    expect(runs).toBeGreaterThan(300);
    expect(description).toBe("ONNX Runtime (float32, WebAssembly, 1 thread)");
    expect(reason).toBe("chosen outside Node");
  });

  test("all threads: what the reference computes", async () => {
    const { problems, description } = await inPage((page) => page.run("all"));
    expect(problems).toEqual([]);
    expect(description).toMatch(/WebAssembly, \d+ threads?\)/);
  });

  test("the native engine is refused, saying what there is", async () => {
    expect(await inPage((page) => page.openNative())).toBe(
      'LonghandError: runtime "onnx" runs in Node only; here are: reference, onnx-web',
    );
  });
});
