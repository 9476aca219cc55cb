import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // The lab's own name for the public entry.
  resolve: { alias: { longhand: fileURLToPath(new URL("src/index.ts", import.meta.url)) } },
  test: {
    include: ["src/**/*.test.ts", "lab/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: ["**/node_modules/**"],
    globalSetup: "tests/build.ts",
    testTimeout: 60_000,
    // Compiled programs: not in the user's cache, and each compiled once.
    env: { LONGHAND_CACHE: fileURLToPath(new URL("node_modules/.cache/longhand-c", import.meta.url)) },
  },
});
