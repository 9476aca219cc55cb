/** The room of unfolding, as a visitor uses it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  alignedLines,
  compileReference,
  completeConfig,
  decodeModel,
  drawnParameters,
  equationLines,
  exportSafetensors,
  feedforwardProgram,
  importModel,
  namedNetwork,
  ndarray,
  networkOfModel,
  replicaOf,
  unfold,
  unfoldedFormula,
  unfoldedStructure,
} from "../../src/index.ts";
import { openTrained, startRun } from "../../src/node.ts";
import { visiting } from "./visit.test-helper.ts";

/** What stands for a symbol in formulas; `more`: further attributes. */
const symbol = (kind: string, name: string, more = "") => `[data-kind="${kind}"][data-name="${name}"]${more}`;
const shows = (page: Page, title: string) => page.locator(".unfolded text.title", { hasText: title }).waitFor();
const told = (page: Page) => page.locator(".told");
/** Whether an element is lit: it has a ground of its own. */
const isLit = (page: Page, selector: string) =>
  page
    .locator(selector)
    .evaluateAll((all) => all.map((element) => getComputedStyle(element).backgroundColor !== "rgba(0, 0, 0, 0)"));
const opacities = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((all) => all.map((element) => Number(getComputedStyle(element).opacity)));

async function saved(page: Page, button: string): Promise<{ name: string; content: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).first().click(),
  ]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

visiting("the room of unfolding", ({ open, picture, expectAccessible }) => {
  const enter = async (address: string, options: Parameters<typeof open>[1] = {}) => {
    const page = await open(address, options);
    await page.locator(".equations .katex").first().waitFor();
    return page;
  };

  test("papers/002, exercise 1: the room shows the sheet's formula, and saves it", async () => {
    const page = await enter("#/unfold");
    await page.getByRole("button", { name: "Exercise 1a, the output at t = 4" }).click();
    await page.getByRole("heading", { name: "Unfolded in time" }).waitFor();
    await shows(page, "rnn over 4 time steps");
    const { derivation } = unfoldedFormula(namedNetwork("rnn"), { steps: 4 });
    const text = await saved(page, "Save .txt");
    expect(text.name).toBe("rnn-over-4-time-steps.txt");
    expect(text.content.toString()).toContain(equationLines(derivation).join("\n"));
    const latex = await saved(page, "Save .tex");
    expect(latex.content.toString()).toContain("\\begin{align*}\n  \\hat{y}_{i}(t=4) &= g\\big[\\sum_{j} w_{ij}^{(2)}");
    expect(latex.content.toString()).not.toContain("htmlData");
    // The formula in the page is of the same symbols: a weight as often as the sheet has it.
    const formula = page.getByRole("group", { name: /^Formula of the output/ });
    expect(await formula.locator(symbol("parameter", "W")).count()).toBe(4);
    expect(await formula.locator(symbol("parameter", "U")).count()).toBe(3);
    // The same again by its address.
    await page.waitForFunction("location.hash.includes('cell=rnn')");
    await page.reload();
    await shows(page, "rnn over 4 time steps");
    await page.close();
  });

  test("a symbol that is pointed at says what it is, and lights up wherever it acts", async () => {
    const page = await enter("#/unfold?cell=lstm&steps=3");
    await page
      .locator(`.equations ${symbol("value", "f", '[data-offset="0"]')}`)
      .first()
      .hover();
    await told(page).getByText("forget gate").waitFor();
    expect(await told(page).textContent()).toContain("Made of xₜ and hₜ₋₁. Goes into cₜ.");
    expect(await isLit(page, symbol("value", "f"))).not.toContain(false);
    expect(await isLit(page, symbol("value", "i"))).not.toContain(true);
    // At the first step there is nothing to forget: two layers have f.
    expect(await opacities(page, '.unfolded .layer[data-values~="f"]')).toEqual([1, 1]);
    expect(await opacities(page, '.unfolded .layer[data-values="x"]')).toEqual([0.15, 0.15, 0.15]);

    await page.getByRole("button", { name: "Copy LaTeX" }).hover();
    expect(await opacities(page, '.unfolded .layer[data-values="x"]')).toEqual([1, 1, 1]);

    // A value of one step: its layer alone, and what reads it.
    await page
      .locator(`.equations ${symbol("value", "h", '[data-time="1"]')}`)
      .first()
      .hover();
    await told(page).getByText("at step 1").waitFor();
    expect(await opacities(page, '.unfolded .layer[data-values~="h"]')).toEqual([1, 0.15, 0.15]);
    expect(await opacities(page, '.unfolded .line[data-values~="h"]')).toEqual([1, 0.15, 0.15]);
    await page.close();
  });

  test("a connection of the picture lights its weights in the formulas", async () => {
    const page = await enter("#/unfold?cell=rnn&steps=3");
    await page.locator('.unfolded .weight[data-parameters="U"]').first().hover();
    await told(page).getByText("from hₜ₋₁ to hₜ").waitFor();
    expect(await told(page).textContent()).toContain(
      "U: weights, 3×3, from hₜ₋₁ to hₜ. The unfolded network has it in 2 places",
    );
    expect(await isLit(page, symbol("parameter", "U"))).toEqual([true, true, true]);
    expect(await isLit(page, symbol("parameter", "W"))).not.toContain(true);
    await page.close();
  });

  test("by the keyboard: symbols, formulas and picture", async () => {
    const page = await enter("#/unfold?cell=rnn&steps=2");
    await page.getByRole("button", { name: "state" }).or(page.locator(".symbols button").nth(1)).first().focus();
    await told(page).getByText("hₜ: hidden state, 3 units").waitFor();
    const formula = page.getByRole("group", { name: /^Formula of the output/ });
    await formula.focus();
    await page.keyboard.press("ArrowRight");
    await told(page).getByText("yₜ: output, at step 2").waitFor();
    await page.keyboard.press("ArrowRight");
    await told(page).getByText("tanh(a), from −1 to 1").waitFor();
    await page.keyboard.press("Escape");
    await told(page).getByText("Point at a symbol").waitFor();
    await page.getByRole("group", { name: /^The unfolded network/ }).focus();
    await page.keyboard.press("ArrowLeft");
    await told(page).getByText("weights").waitFor();
    await page.close();
  });

  test("a picture that has the focus may go away", async () => {
    const page = await enter("#/unfold?cell=rnn&steps=2");
    const picture = page.getByRole("group", { name: /^The unfolded network/ });
    await picture.focus();
    await page.keyboard.press("ArrowLeft");
    await told(page).getByText("weights").waitFor();
    await page.evaluate(() => {
      location.hash = "#/regions";
    });
    await page.getByRole("heading", { level: 1, name: "Regions" }).waitFor();
    await page.close();
  });

  test("step by step: later steps wait, and it is said what a step adds", async () => {
    const page = await enter("#/unfold?cell=rnn&steps=3&form=sums");
    const layers = '.unfolded .layer[data-values="h"]';
    expect(await opacities(page, layers)).toEqual([1, 1, 1]);
    await page.getByRole("button", { name: "One step on" }).click();
    await page.getByRole("button", { name: "One step on" }).click();
    await page.getByText("No new weights").or(page.getByText("New weights")).waitFor();
    expect(await page.getByText("Step 2 adds").textContent()).toContain(
      "x(1)(t=2), 3 units, which reads x(0)(t=2) and x(1)(t=1). New weights: w(rec)",
    );
    expect(await opacities(page, layers)).toEqual([1, 1, 0.12]);
    await page.waitForFunction("location.hash.includes('step=2')");
    await page.close();
  });

  test("the check compares graphs and runs both networks", async () => {
    const page = await enter("#/unfold?cell=gru&steps=3");
    const { counts } = unfoldedStructure(unfold(namedNetwork("gru"), { steps: 3 }));
    const region = page.getByRole("region", { name: "The feedforward network" });
    expect(await region.textContent()).toContain(
      `${counts.parameters} weights and biases in all places, ${counts.distinctParameters} different ones`,
    );
    await region.getByRole("button", { name: "Check that it computes the same" }).click();
    await region.getByText("Yes, it is the same network.").waitFor();
    expect(await region.textContent()).toContain("on 8 of 8 draws");
    // Of another network nothing is known yet.
    await page.getByLabel("Time steps, exactly").fill("2");
    await region.getByText("Yes, it is the same network.").waitFor({ state: "detached" });
    await page.close();
  });

  test("the unfolded network as an ONNX file, the picture as SVG, its layers as JSON", async () => {
    const page = await enter("#/unfold?cell=gru&steps=3");
    const onnx = await saved(page, "Save .onnx");
    expect(onnx.name).toBe("gru-over-3-time-steps.onnx");
    // It computes what the network does, with the weights that seed 1 draws.
    const network = namedNetwork("gru");
    const unfolding = unfold(network, { steps: 3 });
    const x = Object.fromEntries([1, 2, 3].map((t) => [`x_${t}`, ndarray(Float64Array.of(t, -0.5 * t), [1, 2])]));
    const exact = compileReference(feedforwardProgram(unfolding)).run({ ...drawnParameters(network), ...x });
    const read = compileReference(importModel(decodeModel(new Uint8Array(onnx.content)))).run(x);
    expect(read.y!.data[0]).toBeCloseTo(exact.y!.data[0]!, 6);
    const svg = await saved(page, "SVG");
    expect(svg.content.toString()).toContain("gru over 3 time steps");
    const json = await saved(page, "JSON");
    expect(JSON.parse(json.content.toString())).toMatchObject({ counts: { hiddenLayers: 3 } });
    await page.close();
  });

  test("the formula of a state, and names that are the picture's too", async () => {
    const page = await enter("#/unfold?cell=lstm&steps=2");
    await page.getByLabel("Formula of", { exact: true }).selectOption({ label: "cₜ: cell state" });
    await page.getByRole("heading", { name: "What was asked for" }).waitFor();
    const { derivation, where } = unfoldedFormula(namedNetwork("lstm"), { steps: 2, form: "matrix", of: "c" });
    const { content } = await saved(page, "Save .txt");
    for (const line of equationLines([...derivation, ...where])) expect(content.toString()).toContain(line);
    expect(await page.locator(".unfolded .layer text").allTextContents()).toEqual(["x₁", "h₁", "x₂", "c₂"]);
    await page.waitForFunction("location.hash.includes('of=c')");
    await page.close();
  });

  test("LaTeX is copied", async () => {
    const page = await enter("#/unfold?cell=rnn&steps=2");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy LaTeX" }).click();
    await page.getByText("LaTeX copied.").waitFor();
    const latex = (await page.evaluate("navigator.clipboard.readText()")) as string;
    const { derivation } = unfoldedFormula(namedNetwork("rnn"), {
      steps: 2,
      form: "matrix",
      style: "latex",
      breaks: true,
    });
    expect(latex).toContain(alignedLines(derivation).join("\n"));
    await page.close();
  });

  test("a network from a file has its own cell and sizes; one that reads the whole problem first is refused", async () => {
    const folder = mkdtempSync(join(tmpdir(), "longhand-unfold-"));
    const config = completeConfig({ task: "parity", model: { name: "gru", hidden: 2 }, steps: 1, solved: null });
    {
      await using run = await startRun(join(folder, "run"), config);
      for await (const _ of run.events());
    }
    const trained = await openTrained(join(folder, "run"));
    writeFileSync(join(folder, "gru.safetensors"), exportSafetensors(trained));
    const page = await enter("#/unfold?steps=2");
    await page.getByLabel("Network files").setInputFiles(join(folder, "gru.safetensors"));
    await page.getByRole("region", { name: "Opened files" }).getByRole("link", { name: "Unfold" }).click();
    await shows(page, "gru over 3 time steps");
    expect(await page.getByText("it has its own cell and sizes").count()).toBe(1);
    expect(await page.getByLabel("Cell", { exact: true }).count()).toBe(0);
    const { content } = await saved(page, "Save .onnx");
    const steps = [0, 1, 1].map((bit, k) => [`x_${k + 1}`, ndarray(Float64Array.of(bit), [1, 1])]);
    const { parameters } = replicaOf(trained);
    const exact = feedforwardProgram(unfold(networkOfModel(trained.model), { steps: 3 }));
    const read = compileReference(importModel(decodeModel(new Uint8Array(content)))).run(Object.fromEntries(steps));
    const expected = compileReference(exact).run({ ...parameters, ...Object.fromEntries(steps) });
    expect(read.y!.data[0]).toBeCloseTo(expected.y!.data[0]!, 6);
    await page.close();
    rmSync(folder, { recursive: true });
    const refused = await open("#/unfold?network=shipped:multiplication");
    await refused.getByRole("alert").getByText("reads the whole problem first").waitFor();
    await refused.getByRole("button", { name: "Choose a cell instead" }).click();
    await shows(refused, "lstm over 3 time steps");
    await refused.close();
  });

  test("what the address says wrongly is told, and the room opens as usual", async () => {
    const page = await enter("#/unfold?cell=lstn&steps=3.5");
    await page.getByRole("alert").getByText('cell: received "lstn", expected one of').waitFor();
    await page.getByRole("alert").getByText('steps: received "3.5", expected a whole number from 1 to 60').waitFor();
    await shows(page, "lstm over 3 time steps");
    await page.close();
  });

  test("a long check is stopped at once", async () => {
    const page = await enter("#/unfold?cell=lstm&steps=60&hidden=64&inputs=64");
    await page.getByRole("button", { name: "Check that it computes the same" }).click();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("button", { name: "Stop" }).waitFor({ state: "detached" });
    expect(await page.getByText("it is the same network").count()).toBe(0);
    await page.close();
  });

  test("what is too large, or can't be, is said; the rest stays", async () => {
    const page = await enter("#/unfold?cell=dcm&steps=6&expand=yes");
    await page
      .getByRole("alert")
      .getByText(/a formula of .* symbols, its gates put in; expected at most 1,500/)
      .waitFor();
    await page.locator(".unfolded").waitFor();
    await page.getByRole("button", { name: "Let each value have an equation of its own" }).click();
    await page.getByRole("heading", { name: "where" }).waitFor();
    await page.getByLabel("Hidden units").fill("3,x");
    await page.getByRole("alert").getByText('received "x"').waitFor();
    expect(await page.getByLabel("Hidden units").getAttribute("aria-invalid")).toBe("true");
    await page.getByRole("button", { name: "Reset" }).click();
    await page.waitForFunction("location.hash === '#/unfold'");
    await shows(page, "lstm over 3 time steps");
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.close();
  });

  test("light, dark and narrow, without a finding of axe", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await enter("#/unfold?steps=4&cell=rnn&form=sums", { colorScheme });
      await page.getByText("With more steps").waitFor();
      await page.getByRole("group", { name: "Weights" }).getByRole("button").nth(1).focus();
      await told(page).getByText("from x(1)(t−1) to x(1)(t)").waitFor();
      await picture(page, `unfold-${colorScheme}`);
      await expectAccessible(page);
      await page.close();
    }
    const page = await enter("#/unfold", { viewport: { width: 390, height: 800 } });
    await page.getByText("With more steps").waitFor();
    await picture(page, "unfold-narrow");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });
});
