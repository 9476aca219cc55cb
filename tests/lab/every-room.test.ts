/** Every room as it is entered: something to see at once, in light, in the dark and on a phone. */
import { expect, test } from "vitest";
import { visiting } from "./visit.test-helper.ts";

const looks = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 390, height: 844 } },
] as const;

visiting("every room", ({ open, view }) => {
  test.each(["adder", "neural-gpu", "unfold", "gradients", "regions", "runs"])("%s", async (room) => {
    for (const { name, ...look } of looks) {
      const page = await open(`#/${room}`, look);
      await page.locator("main").locator("svg[role], canvas, figure svg").first().waitFor();
      await page.waitForLoadState("networkidle");
      // What is computed when a room is entered is done.
      await expect.poll(() => page.locator("main progress").count()).toBe(0);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(look.viewport.width);
      await view(page, `${room}-entered-${name}`);
      await page.close();
    }
  });
});
