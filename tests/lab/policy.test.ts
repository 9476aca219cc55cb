/** The page under the security policy that its server sends: what it would block, the console tells, and the test fails. */
import { expect, test } from "vitest";
import { rooms } from "../../lab/app/rooms.ts";
import { visiting } from "./visit.test-helper.ts";

visiting(
  "the lab under its security policy",
  ({ open }) => {
    test.each(rooms.map(({ name }) => name))("the room %s", async (name) => {
      const page = await open(`#/${name}`);
      await page.waitForLoadState("networkidle");
      expect(await page.getByRole("heading", { level: 1 }).textContent()).not.toBe("");
      await page.close();
    });

    test("it is isolated, so that WebAssembly may have threads", async () => {
      const page = await open("#/adder");
      expect(await page.evaluate("crossOriginIsolated")).toBe(true);
      await page.close();
    });

    test("the engine computes in a worker", async () => {
      const page = await open("#/neural-gpu?problem=1011*1101");
      await page.getByText("✓ right").waitFor();
      await page.close();
    });
  },
  { isStrict: true },
);
