/** What `onnx-web.test.ts` runs in the page. */
import { compareWithReference } from "../../src/runtime/onnx/compare.test-helper.ts";
import { open } from "../../src/runtime/open.ts";

/** Opens the runtime that a page gets by default, and compares it with the reference. */
async function run(threads: number | "all") {
  const { runtime, reason } = await open("auto", { threads, wasmPaths: new URL("/engine/", location.href).href });
  return { ...(await compareWithReference(runtime)), description: runtime.description, reason };
}

/** What asking for the native engine says. */
async function openNative() {
  return open("onnx").then(
    () => "opened",
    (error: unknown) => String(error),
  );
}

export type Page = { readonly run: typeof run; readonly openNative: typeof openNative };
Object.assign(globalThis, { page: { run, openNative } });
