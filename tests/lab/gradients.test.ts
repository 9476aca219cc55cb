/** The room of gradients through time, as a visitor uses it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import {
  completeConfig,
  configuredModel,
  encodeSafetensors,
  freshNetwork,
  gradientLook,
  runScalar,
  scalarLstmWith,
  scalarRnn,
  scaledRecurrence,
} from "../../src/index.ts";
import { visiting } from "./visit.test-helper.ts";

/** What is said of the derivative of a network. */
const verdict = (page: Page, name: string) =>
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

interface SavedCurves {
  readonly series: readonly { readonly name: string; readonly x: readonly number[]; readonly y: readonly number[] }[];
}
const savedCurves = async (page: Page, figure: string) => JSON.parse(await saved(page, figure, "JSON")) as SavedCurves;

const plain = { W_in: 1, W_rec: 1, b_h: 0, W_out: 1, b_y: 0, x: 1 };

visiting("gradients of one unit", ({ open, picture, expectAccessible }) => {
  test("the exercise's cases: what is said is what one calculates", async () => {
    const page = await open("#/gradients");
    // W_rec = 2 where σ′ = ¼: ½ a step, 19 steps from h_20 to h_1: 2⁻¹⁹ = 1.9·10⁻⁶.
    await verdict(page, "RNN")
      .getByText(/vanishes: a step back multiplies it by 0\.5; it halves in 1 step; 19 steps back 1\.9·10⁻⁶ is left/)
      .waitFor();
    await verdict(page, "LSTM").getByText("every step multiplies it by 1; 18 steps back 1 is left").waitFor();
    const [rnn, lstm] = (await savedCurves(page, "By lag")).series;
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
    await verdict(page, "RNN").getByText("at most |W_rec|/4 = 0.5: it can grow nowhere").waitFor();
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

  test("any W_rec: no derivative is above (|W_rec|/4)^k; the formula's number is that of backpropagation", async () => {
    const page = await open("#/gradients?recurrent=-3&steepest=no&bias=0.5&steps=12&by=W_rec");
    await verdict(page, "RNN").waitFor();
    const [rnn] = (await savedCurves(page, "By lag")).series;
    const run = runScalar(scalarRnn, { ...plain, W_rec: -3, b_h: 0.5 }, 12);
    rnn!.y.forEach((value, k) => {
      expect(value).toBeLessThanOrEqual(0.75 ** k);
      expect(value / Math.abs(run.stateByStates[11 - k]!)).toBeCloseTo(1, 9);
    });
    const derivative = run.derivatives.W_rec!;
    const exponent = Math.floor(Math.log10(Math.abs(derivative)));
    const latex = page.getByRole("region", { name: "Derivative of the RNN" }).locator("annotation");
    await expect
      .poll(async () => (await latex.allTextContents()).join("\n"))
      .toContain(
        Math.abs(derivative) < 1e-3
          ? `${Number((derivative / 10 ** exponent).toPrecision(3))} \\cdot 10^{${exponent}}`
          : String(Number(derivative.toPrecision(4))),
      );
    expect((await latex.allTextContents()).join("\n")).toContain("\\underbrace{");
    await page.close();
  });

  test("gates that are computed; curves over T", async () => {
    const page = await open("#/gradients?gates=computed&fBias=2&show=weight&activation=tanh&steps=10");
    await page.getByRole("heading", { name: "Over the forget gate" }).waitFor();
    const { series } = await savedCurves(page, "By the number of steps");
    const network = scalarLstmWith({ activation: "tanh", gates: "computed" });
    const gates = { W_f: 0, U_f: 0, b_f: 2, W_i: 4, U_i: 0, b_i: -2, W_o: 0, U_o: 0, b_o: 2 };
    const lstm = series.find(({ name }) => name === "LSTM")!;
    expect(lstm.x).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    lstm.y.forEach((value, k) => {
      const { derivatives } = runScalar(network, { ...plain, W_rec: 2, ...gates }, k + 3);
      expect(value / Math.abs(derivatives.W_in!)).toBeCloseTo(1, 9);
    });
    await page.getByText("two states go round the loop, and there is no closed form").waitFor();
    await page.close();
  });

  test("dragging over the curves, the slider's keys, the address, reset", async () => {
    const page = await open("#/gradients");
    const slider = page.getByLabel("W_rec, the recurrent weight");
    const plot = page.locator(".curves-figure.draggable rect.plot").first();
    await plot.waitFor();
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    // The axis is from −10 to 10: three quarters of it is 5.
    await page.mouse.move(box.x + box.width / 2, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.75 * box.width, box.y + 40, { steps: 3 });
    await page.mouse.up();
    expect(Math.abs(Number(await slider.inputValue()) - 5)).toBeLessThan(0.2);
    await slider.focus();
    await slider.press("Home");
    await slider.press("ArrowRight");
    expect(await slider.inputValue()).toBe("-9.95");
    await page.waitForFunction("location.hash.includes('recurrent=-9.95')");
    await verdict(page, "RNN").getByText("by 2.49").waitFor();
    const again = await open(new URL(page.url()).hash);
    await verdict(again, "RNN").getByText("by 2.49").waitFor();
    await again.close();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.waitForFunction("location.hash === '#/gradients'");
    expect(await slider.inputValue()).toBe("2");
    await page.close();
  });

  test("what can't be read is said", async () => {
    const page = await open("#/gradients?recurrent=much&f=1.5");
    await page.getByText('recurrent: received "much", expected a number from −20 to 20'.replace("−", "-")).waitFor();
    await page.getByText('f: received "1.5", expected a number from 0 to 1.2').waitFor();
    await page.getByText("Inputs and other weights").click();
    const inputs = page.getByLabel("Inputs x₁, x₂, …");
    await inputs.fill("1, x");
    await page.getByText('received "x", expected a number').waitFor();
    await inputs.fill("0, 0, 2");
    await page.waitForFunction("location.hash.includes('inputs=0%2C0%2C2')");
    // The RNN no longer rests: nothing comes before the third step.
    expect(await page.getByRole("checkbox").isDisabled()).toBe(true);
    await page.close();
  });

  test("light, dark and narrow; saved as SVG", { timeout: 120_000 }, async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("#/gradients", { colorScheme });
      await page.getByRole("heading", { name: "Over the forget gate" }).waitFor();
      await page.locator(".katex").first().waitFor();
      await picture(page.locator(".columns > .stack").last(), `gradients-${colorScheme}`);
      await expectAccessible(page);
      if (colorScheme === "light")
        expect(await saved(page, "By lag", "SVG")).toMatch(/^<svg[^>]*class="curves"[\s\S]*<\/svg>/);
      await page.close();
    }
    const page = await open("#/gradients?gates=computed&show=weight", { viewport: { width: 390, height: 800 } });
    await page.getByRole("heading", { name: "Over the forget gate" }).waitFor();
    await page.locator(".katex").first().waitFor();
    await picture(page, "gradients-narrow");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });
});

const folder = mkdtempSync(join(tmpdir(), "longhand-gradients-"));
afterAll(() => rmSync(folder, { recursive: true }));

const small = "part=networks&units=3&length=6&samples=4&trainSteps=12&trainBatch=4";

visiting("gradients of networks", ({ open, picture, expectAccessible }) => {
  test("what is shown is what the library computes", async () => {
    const page = await open(`#/gradients?${small}&task=parity&scaling=radius&scale=0.9&seed=7`);
    await verdict(page, "RNN, untrained").getByText("Spectral radius of U: 0.9.").waitFor();
    const shown = JSON.parse(await saved(page, "Gradient by lag", "JSON")) as { title: string; norms: number[][] }[];
    for (const [k, model] of (
      [
        { name: "rnn", hidden: 3, activation: "tanh" },
        { name: "lstm", hidden: 3, biases: { f: 1 } },
      ] as const
    ).entries()) {
      const made = configuredModel({ task: "parity", model });
      const parameters = scaledRecurrence(freshNetwork(made, 7).parameters, { radius: 0.9 });
      const { byLag } = gradientLook({ ...made, parameters }, { length: 6, samples: 4, seed: 7 });
      expect(shown[k]!.norms).toHaveLength(6);
      byLag.norms.forEach((row, lag) => {
        row.forEach((norm, sample) => {
          expect(shown[k]!.norms[lag]![sample]! / norm).toBeCloseTo(1, 9);
        });
      });
    }
    await page.close();
  });

  test("every view", async () => {
    const page = await open(`#/gradients?${small}`);
    const choice = page.getByLabel("Picture");
    for (const [view, figure] of [
      ["units", "RNN"],
      ["jacobians", "Singular values of the steps"],
      ["products", "Singular values of many steps"],
      ["map", "LSTM"],
      ["saturation", "LSTM"],
      ["clipping", "What clipping does"],
    ] as const) {
      await choice.selectOption(view);
      const save = page.getByRole("group", { name: `Save ${figure}` });
      await save.waitFor();
      await page.waitForFunction(`location.hash.includes('view=${view}')`);
    }
    await page
      .getByText(/of 16 batches are over 1 and are made that long/)
      .first()
      .waitFor();
    await page.close();
  });

  test("both are trained: the same again from the same address; any step can be looked at", {
    timeout: 120_000,
  }, async () => {
    const losses = async () => {
      const page = await open(`#/gradients?${small}`);
      await verdict(page, "LSTM, untrained").waitFor();
      await page.getByRole("button", { name: "Train both" }).click();
      await page.getByText(/^LSTM: loss .* after 12 steps/).waitFor();
      await page.getByText(/^RNN: loss .* after 12 steps/).waitFor();
      await verdict(page, "LSTM, after 12 steps").waitFor();
      const sides = JSON.parse(await saved(page, "Losses", "JSON")) as {
        title: string;
        points: { step: number; loss: number }[];
      }[];
      return { page, sides };
    };
    const first = await losses();
    expect(first.sides.map(({ title }) => title)).toEqual(["RNN", "LSTM"]);
    expect(first.sides[0]!.points.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const after = await verdict(first.page, "LSTM, after 12 steps").textContent();
    const slider = first.page.getByLabel("Look at the networks after training step");
    await slider.focus();
    await slider.press("Home");
    await verdict(first.page, "LSTM, untrained").waitFor();
    expect(await verdict(first.page, "LSTM, untrained").textContent()).not.toBe(after);
    // Other settings are other networks.
    await first.page.getByLabel("Units").press("ArrowRight");
    await slider.waitFor({ state: "detached" });
    await first.page.close();
    const second = await losses();
    expect(second.sides).toEqual(first.sides);
    expect(await verdict(second.page, "LSTM, after 12 steps").textContent()).toBe(after);
    await second.page.close();
  });

  test("a training is stopped, and what it has learned stays", async () => {
    const page = await open(`#/gradients?${small.replace("trainSteps=12", "trainSteps=20000")}`);
    await page.getByRole("button", { name: "Train both" }).click();
    const status = page.getByText(/LSTM is trained: step \d+ of 20000/);
    await status.waitFor();
    await page.getByRole("button", { name: "Stop" }).first().click();
    await status.waitFor({ state: "detached" });
    await page.getByText(/^LSTM: loss .* after \d+ steps/).waitFor();
    expect(await page.getByRole("button", { name: "Stop" }).count()).toBe(0);
    await page.close();
  });

  test("a network from a file", async () => {
    const config = completeConfig({ task: "parity", model: { name: "gru", hidden: 4 } });
    const { parameters } = freshNetwork(configuredModel(config), 3);
    const file = join(folder, "gru.safetensors");
    const float32 = Object.entries(parameters).map(([name, array]) => [
      name,
      { ...array, data: Float32Array.from(array.data) },
    ]);
    writeFileSync(
      file,
      encodeSafetensors(Object.fromEntries(float32), { task: "parity", "model.options": JSON.stringify(config.model) }),
    );
    const page = await open("#/gradients?length=6&samples=4");
    await page.getByLabel("Network files").setInputFiles(file);
    await page.getByRole("region", { name: "Opened files" }).getByRole("link", { name: "Gradients" }).click();
    await verdict(page, "gru.safetensors")
      .getByText(/Spectral radii of (U[rzn](, )?){3}:/)
      .waitFor();
    expect(await page.getByRole("button", { name: "Train both" }).count()).toBe(0);
    await page.getByRole("button", { name: "Back to networks drawn here" }).click();
    await verdict(page, "LSTM, untrained").waitFor();
    await page.goto(page.url().replace(/#.*/, "#/gradients?network=here:99"));
    await page.getByText("here:99: was made in a page that is gone").waitFor();
    await page.close();
  });

  test("light, dark and narrow", { timeout: 120_000 }, async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("#/gradients?part=networks", { colorScheme });
      await page.locator("svg.curves").waitFor();
      await picture(page.locator(".columns"), `gradients-networks-${colorScheme}`);
      await expectAccessible(page);
      await page.close();
    }
    const page = await open("#/gradients?part=networks&view=saturation&length=20", {
      viewport: { width: 390, height: 800 },
    });
    await page.locator("svg.heat-map").nth(1).waitFor();
    await picture(page, "gradients-networks-narrow");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });
});
