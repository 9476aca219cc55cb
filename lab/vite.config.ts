import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Threads need a page that is isolated from other origins; `longhand lab` sends these headers too. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  root: at("."),
  // Relative: the built page works in any folder of any server.
  base: "./",
  plugins: [svelte()],
  resolve: { alias: { longhand: at("../src/index.ts") } },
  build: { outDir: at("../dist/lab"), emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 1000 },
  worker: { format: "es" },
  server: { headers },
  preview: { headers },
});
