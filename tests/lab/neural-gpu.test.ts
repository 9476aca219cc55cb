/** The room of networks with as many steps as symbols. */
import { expect, test } from "vitest";
import { visiting } from "./visit.test-helper.ts";

visiting("the Neural GPU's room", ({ open, picture, expectAccessible }) => {
  test("a network that comes with the page multiplies, and shows every number of it", async () => {
    const page = await open("#/neural-gpu?problem=1011*1101");
    await page.getByRole("region", { name: "Answer" }).getByText("10001111").first().waitFor();
    expect(await page.getByRole("radio").count()).toBe(48);
    await page.close();
  });

  test("a small network learns while its numbers are seen", async () => {
    const page = await open("#/neural-gpu?view=train");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByText("after 60 steps").waitFor({ timeout: 60000 });
    await picture(page, "neural-gpu-train");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.close();
  });

  test("light, dark and narrow, without a finding of axe", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("#/neural-gpu", { colorScheme });
      await page.getByRole("radio").first().waitFor();
      await picture(page, `neural-gpu-${colorScheme}`);
      await expectAccessible(page);
      await page.close();
    }
    const page = await open("#/neural-gpu", { viewport: { width: 390, height: 800 } });
    await page.getByRole("radio").first().waitFor();
    await picture(page, "neural-gpu-narrow");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });
});
