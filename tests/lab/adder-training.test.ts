/** The adder's room: networks trained in the page, proved, or refuted. */
import { readFileSync } from "node:fs";
import {
  type Certificate,
  checkCertificate,
  configuredModel,
  exactTask,
  foreignPart,
  type LengthResult,
  ndarray,
  runMachine,
  stepThrough,
} from "longhand";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { visiting } from "./visit.test-helper.ts";

/** What a button saves, as JSON. */
async function saved<T>(page: Page, click: () => Promise<void>): Promise<T> {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  return JSON.parse(readFileSync(await download.path(), "utf8")) as T;
}

/** Waits for it, on busy machines too. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });

const button = (page: Page, name: string) => page.getByRole("button", { name });
const train = (page: Page) => page.getByRole("region", { name: "Train", exact: true });
const prove = (page: Page) => page.getByRole("region", { name: "Prove", exact: true });
const boxes = (page: Page, picture: string) => page.locator(`svg.${picture} rect[data-box]`);

/** The network that a certificate speaks of. */
function networkIn({ task, network }: Certificate) {
  const model = { ...network.model, name: String(network.model.name) };
  const parameters = Object.entries(network.weights).map(([name, { shape, values }]) => [
    name,
    ndarray(Float64Array.from(values), shape),
  ]);
  const configured = configuredModel({ task, model });
  return { ...configured, task: exactTask(configured.task), parameters: Object.fromEntries(parameters) };
}

visiting("training in the adder's room", ({ open, picture, expectAccessible }) => {
  test("a population is trained to proofs that the checker accepts", async () => {
    // As many as there are at first, where pictures are made.
    const count = process.env.LONGHAND_SCREENSHOTS === undefined ? 2 : 12;
    const page = await open(`#/adder?trainNetworks=${count}&trainSteps=1500`);
    await button(page, "Train and prove").click();
    await page.getByText(`${count} of ${count} proved right for every length`).waitFor({ timeout: 60_000 });
    expect(await button(page, "Network 2, proved").getAttribute("aria-pressed")).toBe("false");
    await button(page, "Network 2, proved").click();
    await page.waitForFunction("location.hash.includes('trainChosen=2')");

    await page.getByText("✓ Proved").waitFor();
    const certificate = await saved<Certificate>(page, () => button(page, "Save the certificate").click());
    expect(await checkCertificate(certificate)).toMatchObject({ accepted: true });
    expect(foreignPart(certificate)).toBeUndefined();
    const { sets, network } = certificate;
    await soon(() => boxes(page, "boxes").count()).toBe(sets.length);
    expect(await boxes(page, "intervals").count()).toBe(9 * sets.length);

    // The network adds: here on the reference, a sum of numbers far beyond those that it was trained on.
    const adder = networkIn(certificate);
    const problem = adder.task.parse(`${2 ** 40 - 1}+1`);
    expect([...stepThrough(adder, problem).answer]).toEqual([...runMachine(adder.task, problem)]);
    expect(Object.keys(network.weights)).toContain("R12");

    await page.getByText("make no error on").waitFor();
    const curves = page.locator("figure").filter({ hasText: "make no error on" });
    const { lengths } = await saved<{ lengths: LengthResult[][] }>(page, () =>
      curves.getByRole("button", { name: "JSON" }).click(),
    );
    expect(lengths.at(-1)!.map(({ length, exact }) => [length, exact.value])).toEqual(new Array(count).fill([1000, 1]));
    await picture(train(page), "adder-training-light");
    await picture(prove(page), "adder-proof-light");
    await expectAccessible(page);
    await page.close();
  });

  test("a link to what was trained in another page trains it again", async () => {
    const page = await open("#/adder?network=trained&trainTask=parity&trainNetworks=2&trainSteps=200&trainChosen=2");
    await page.getByText("train it again here").waitFor();
    await button(page, "Train it again").click();
    await page.getByText("parity after 200 steps, network 2 of 2, seed 1").first().waitFor({ timeout: 30_000 });
    expect(await page.evaluate("location.hash")).toContain("network=trained&");
    expect(await button(page, "Train it again").count()).toBe(0);
    await page.close();
  });

  test("a training is stopped, and goes on where it was", async () => {
    const page = await open("#/adder?trainNetworks=2&trainSteps=9000&trainSeed=7");
    await button(page, "Train only").click();
    await page.getByText(/step [1-9][\d,]+ of 9,000/).waitFor();
    await soon(() => page.getByText(/of 2 solved so far/).count()).toBe(1);
    await page.waitForTimeout(600);
    await button(page, "Stop").click();
    const goOn = button(page, "Go on from step");
    const step = Number(/[\d,]+/.exec((await goOn.textContent())!)![0].replaceAll(",", ""));
    expect(step).toBeGreaterThan(0);
    expect(step % 50).toBe(0);
    await goOn.click();
    const stepNow = async () =>
      Number(/step ([\d,]+) of/.exec((await page.locator(".work").textContent()) ?? "")?.[1]?.replaceAll(",", "") ?? 0);
    await soon(stepNow).toBeGreaterThan(step);
    await button(page, "Stop").click();
    expect(await page.locator(".work").count()).toBe(0);
    // Other settings begin anew.
    await page.getByLabel("Seed").fill("8");
    await soon(() => goOn.count()).toBe(0);
    await page.close();
  });

  test("the paper's adder is proved; other units of its sets are chosen", async () => {
    const page = await open("#/adder");
    await button(page, "Prove this network").click();
    await page.getByText("8 sets of states for 2 states of the machine, 36 steps between them").waitFor();
    await soon(() => boxes(page, "boxes").count()).toBe(8);
    const names = () => page.locator("svg.boxes text").allTextContents();
    await page.getByLabel("Upwards").selectOption({ index: 10 });
    const option = await page.getByLabel("Upwards").locator("option").nth(10).textContent();
    await soon(names).toContain(option);
    const drawing = await saved<{ boxes: { state: number }[]; points: unknown[] }>(page, () =>
      page.getByRole("group", { name: "Save boxes", exact: true }).getByRole("button", { name: "JSON" }).click(),
    );
    expect(drawing.boxes.map(({ state }) => state).sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(drawing.points).toHaveLength(32 * 16);
    await page.close();
  });

  test("a network that has learned nothing is refuted by a problem, which is shown", async () => {
    const page = await open("#/adder?trainNetworks=1&trainSteps=1");
    await button(page, "Train and prove").click();
    await page.getByText("✗ Refuted").waitFor({ timeout: 30_000 });
    const cells = page.locator("section table td");
    const [problem, answer, exact] = await cells.allTextContents();
    const [a, b] = problem!.split("+");
    expect(exact).toBe(String(Number(a) + Number(b)));
    expect(answer).not.toBe(exact);
    await button(page, "Show it in the circuit").click();
    await soon(() => page.getByRole("textbox", { name: "Sum" }).inputValue()).toBe(problem);
    await soon(() => button(page, "Network 1, refuted").count()).toBe(1);
    await page.close();
  });

  test("settings that can't be are said; recommended ones are told", async () => {
    const page = await open("#/adder?trainSeed=x&trainTask=parity");
    await expect
      .poll(() => page.getByRole("alert").allTextContents())
      .toEqual(['trainSeed: received "x", expected a whole number of at least 0']);
    await page.getByText("More settings").click();
    await page.getByText("auto: 5000").waitFor();
    await page.getByLabel("Networks at once").fill("1000");
    await page.getByText("expected a whole number from 1 to 100").waitFor();
    await page.getByLabel("Networks at once").fill("3");
    await page.getByLabel("Hidden units").fill("6");
    await page.waitForFunction("location.hash.includes('trainUnits=6')");
    await button(page, "Reset").click();
    await page.waitForFunction("location.hash === '#/adder'");
    expect(await page.getByLabel("Hidden units").inputValue()).toBe("auto");
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.close();
  });

  test("dark and narrow", async () => {
    const page = await open("#/adder?trainNetworks=2&trainSteps=300", {
      colorScheme: "dark",
      viewport: { width: 390, height: 800 },
    });
    await button(page, "Prove this network").click();
    await button(page, "Train only").click();
    await page.getByText("solved after 300 steps").waitFor({ timeout: 30_000 });
    await page.getByText("make no error on").waitFor();
    await page.getByText("Refuted").or(page.getByText("✓ Proved")).first().waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await picture(train(page), "adder-training-narrow");
    await picture(prove(page), "adder-proof-narrow");
    await expectAccessible(page);
    await page.close();
  });
});
