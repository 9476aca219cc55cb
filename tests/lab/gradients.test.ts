/** The room of gradients through time, as a visitor uses it. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { visiting } from "./visit.test-helper.ts";

/** What is said of the derivative of a network of one unit. */
const verdict = (page: Page, name: "RNN" | "LSTM") =>
  page.locator(".verdict").filter({ has: page.getByRole("heading", { name }) });

async function saved(page: Page, figure: string, kind: "SVG" | "JSON"): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page
      .getByRole("group", { name: `Save ${figure}` })
      .getByRole("button", { name: kind })
      .click(),
  ]);
  return readFileSync((await download.path())!, "utf8");
}

visiting("gradients of one unit", ({ open, picture, expectAccessible }) => {
  test("the exercise's cases: what is said is what one calculates", async () => {
    const page = await open("#/gradients");
    // W_rec = 2 where σ′ = ¼: ½ a step, 19 steps from h_20 to h_1: 2⁻¹⁹ = 1.9·10⁻⁶.
    await verdict(page, "RNN")
      .getByText(/vanishes: a step back multiplies it by 0\.5; it halves in 1 step; 19 steps back 1\.9·10⁻⁶ is left/)
      .waitFor();
    await verdict(page, "LSTM").getByText("every step multiplies it by 1; 18 steps back 1 is left").waitFor();
    const lags = JSON.parse(await saved(page, "By lag", "JSON")) as { series: { name: string; y: number[] }[] };
    const [rnn, lstm] = lags.series;
    rnn!.y.forEach((value, k) => {
      expect(value / 0.5 ** k).toBeCloseTo(1, 9);
    });
    expect(lstm!.y.slice(0, 19)).toEqual(new Array(19).fill(1));
    expect(lstm!.y[19]).toBe(0);

    await page.getByRole("button", { name: "Constant" }).click();
    await verdict(page, "RNN")
      .getByText(/every step multiplies it by 1; 19 steps back 1 is left/)
      .waitFor();
    await page.getByRole("button", { name: "Vanishing" }).click();
    await verdict(page, "LSTM")
      .getByText(/by 0\.5; it halves in 1 step; 18 steps back 3\.8·10⁻⁶ is left/)
      .waitFor();
    await page.getByRole("button", { name: "Exploding" }).click();
    // 2¹⁹ = 524,288; 1.1¹⁸ = 5.56.
    await verdict(page, "RNN")
      .getByText(/explodes: .* by 2; it doubles in 1 step; 19 steps back it is 5\.2·10⁵/)
      .waitFor();
    await verdict(page, "LSTM")
      .getByText(/by 1\.1; .*18 steps back it is 5\.56/)
      .waitFor();
    await page.getByRole("button", { name: "Saturated" }).click();
    await verdict(page, "RNN")
      .getByText(/vanishes/)
      .waitFor();
    await page.close();
  });
  test("pictures", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("#/gradients", { colorScheme });
      await page.getByRole("heading", { name: "Over the forget gate" }).waitFor();
      await page.locator(".katex").first().waitFor();
      await picture(page, `unit-${colorScheme}`);
      await expectAccessible(page);
      await page.close();
    }
    const page = await open("#/gradients?gates=computed&show=weight", { viewport: { width: 390, height: 800 } });
    await page.getByRole("heading", { name: "Over the forget gate" }).waitFor();
    await page.locator(".katex").first().waitFor();
    await picture(page, "unit-narrow");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });
});

visiting("gradients of networks", ({ open, picture, expectAccessible }) => {
  test("pictures of networks", async () => {
    for (const view of ["lags", "units", "jacobians", "products", "map", "saturation", "clipping"]) {
      const page = await open(`#/gradients?part=networks&view=${view}`);
      await page.locator("svg.curves, svg.heat-map").first().waitFor();
      if (view === "map") await page.locator("svg.heat-map").nth(1).waitFor();
      await picture(page, `networks-${view}`);
      await expectAccessible(page);
      await page.close();
    }
    const page = await open("#/gradients?part=networks&trainSteps=300");
    await page.getByRole("button", { name: "Train both" }).click();
    await page.getByText(/^LSTM: loss .* after 300 steps/).waitFor();
    await page.getByText(/^RNN: loss .* after 300 steps/).waitFor();
    await page.getByRole("heading", { name: "LSTM, after 300 steps" }).waitFor();
    await picture(page, "networks-trained");
    await page.close();
  });
});
