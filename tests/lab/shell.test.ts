/** The page around the rooms: address, reset, messages, themes, jobs in workers. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { visiting } from "./visit.test-helper.ts";

visiting("the lab", ({ open, picture, expectAccessible }) => {
  test("a link leads into a room, and what is typed is in the address", async () => {
    const page = await open("#/adder?problem=5%2B6");
    const sum = page.getByRole("textbox", { name: "Sum" });
    expect(await sum.inputValue()).toBe("5+6");
    await sum.fill("5+7");
    await page.waitForFunction("location.hash.includes('5%2B7')");
    await page.getByRole("button", { name: "Reset" }).click();
    await page.waitForFunction("location.hash === '#/adder'");
    expect(await sum.inputValue()).toBe("183+75");
    await page.close();
  });

  test("a link that follows a change at once leads where it says", async () => {
    const page = await open("#/adder?problem=7%2B7");
    const sum = page.getByRole("textbox", { name: "Sum" });
    /** Types, and then goes: by a click, or as scripts do, while what was typed is just to be written. */
    const typeAndGo = (how: string) =>
      sum.evaluate(async (node, click) => {
        const input = node as HTMLInputElement;
        input.value = "5+9";
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((resolve) => setTimeout(resolve));
        const link = document.createElement("a");
        link.href = "#/adder?problem=7%2B7";
        document.body.append(link);
        if (click === "click") return link.click();
        link.href = "#/adder?problem=1%2B2";
        setTimeout(() => {
          location.hash = link.hash;
        });
        const end = performance.now() + 200;
        while (performance.now() < end);
      }, how);
    const settled = async (text: string) => {
      await page.waitForTimeout(300);
      expect(await sum.inputValue()).toBe(text);
      expect(await page.evaluate("location.hash")).toBe(`#/adder?problem=${encodeURIComponent(text)}`);
    };
    await typeAndGo("click");
    await settled("7+7");
    await typeAndGo("script");
    await settled("1+2");
    // What was typed was seen: back leads to it.
    await typeAndGo("click");
    await settled("7+7");
    await page.goBack();
    await settled("5+9");
    await page.close();
  });

  test("what can't be read is said at the field, and nothing else changes", async () => {
    const page = await open("#/adder");
    const sum = page.getByRole("textbox", { name: "Sum" });
    await sum.fill("5+x");
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("x");
    expect(await sum.getAttribute("aria-invalid")).toBe("true");
    expect(await page.evaluate("location.hash")).toBe("#/adder");
    // A reset gives up what is typed, though no value changes.
    const before = await page.getByRole("textbox", { name: "Sum" }).evaluate(() => location.hash);
    await page.getByRole("button", { name: "Reset" }).click();
    await expect.poll(() => page.getByRole("alert").count()).toBe(0);
    expect(await sum.inputValue()).not.toBe("5+x");
    expect(await page.evaluate("location.hash")).toBe(before);
    await sum.fill("5+2");
    await page.waitForFunction("location.hash.includes('5%2B2')");
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.close();
  });

  test("rooms keep their settings while others are visited", async () => {
    const page = await open("#/adder?problem=5%2B6");
    await page.getByRole("link", { name: "Regions" }).click();
    await page.getByRole("heading", { name: "Regions" }).waitFor();
    await page.getByRole("link", { name: "Adder", exact: true }).click();
    expect(await page.getByRole("textbox", { name: "Sum" }).inputValue()).toBe("5+6");
    await page.close();
  });

  test("a room that isn't there is said", async () => {
    const page = await open("#/attic?x=1");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("No such room");
    await page.getByRole("link", { name: "Enter the first one" }).click();
    await page.getByRole("textbox", { name: "Sum" }).waitFor();
    await page.close();
  });

  test("the first view is small, and loads no engine and no typesetting", async () => {
    const page = await open("#/regions");
    const loaded = new Set<string>();
    page.on("request", (request) => {
      const path = new URL(request.url()).pathname;
      if (/\.(js|wasm)$/.test(path)) loaded.add(path);
    });
    await page.goto(page.url().split("#")[0]!);
    await page.getByRole("img").first().waitFor();
    await page.waitForLoadState("networkidle");
    expect([...loaded].filter((path) => /ort|wasm|katex/.test(path))).toEqual([]);
    expect(loaded.size).toBeGreaterThan(1);
    // What the page itself has loaded; its workers load theirs when it is drawn.
    const names = (await page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")) as string[];
    const own = new Set(names.map((name) => new URL(name).pathname).filter((path) => path.endsWith(".js")));
    expect(own.size).toBeGreaterThan(4);
    const sizes = [...own].map((path) => gzipSync(readFileSync(`dist/lab${path}`)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
    await page.close();
  });

  test("a stopped job's worker is ended, and idle ones don't pile up", async () => {
    const page = await open("#/adder?trainNetworks=1&trainSteps=100000");
    await page.getByText("Right at every length").waitFor();
    await page.getByRole("button", { name: "Train only" }).click();
    await page.getByText(/step [\d,]+ of 100,000/).waitFor();
    const busy = page.workers();
    await page.getByRole("button", { name: "Stop" }).click();
    const isEnded = (worker: (typeof busy)[number]) => !page.workers().includes(worker);
    await expect.poll(() => busy.filter(isEnded).length, { timeout: 20_000 }).toBe(1);
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByText("Right at every length").waitFor();
    await page.getByRole("button", { name: "Prove this network" }).click();
    await page.getByText("✓ Proved").waitFor();
    for (const room of ["Gradients", "Regions"]) {
      await page.getByRole("link", { name: room, exact: true }).click();
      await page.getByRole("heading", { level: 1, name: room }).waitFor();
      await page.getByRole("img").first().waitFor();
    }
    await page.getByRole("link", { name: "Runs", exact: true }).click();
    await expect.poll(() => page.workers().length, { timeout: 20_000 }).toBeLessThanOrEqual(2);
    await page.close();
  });

  test("a worker that can't be loaded is said", async () => {
    const page = await open("#/unfold");
    await page.route(/\/worker-[^/]*\.js$/, (route) =>
      route.fulfill({ contentType: "text/javascript", body: "throw new Error('not as it was built')" }),
    );
    await page.goto(page.url().replace(/#.*/, "?again#/adder"));
    await page
      .getByRole("alert")
      .getByText(/not as it was built|can't be loaded/)
      .first()
      .waitFor();
    await page.close();
  });

  test("light, dark and narrow, without a finding of axe", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("#/adder", { colorScheme });
      await picture(page, `shell-${colorScheme}`);
      await expectAccessible(page);
      await page.close();
    }
    const page = await open("#/adder", { viewport: { width: 390, height: 800 } });
    await picture(page, "shell-narrow");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });
});
