/** The room of networks with as many steps as symbols, as a visitor uses it. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  configuredModel,
  decodeSafetensors,
  evaluator,
  exactTask,
  type NetworkTrace,
  reference,
  traceNetwork,
} from "../../src/index.ts";
import { visiting } from "./visit.test-helper.ts";

const file = (name: string) => readFileSync(new URL(`../../lab/public/networks/${name}.safetensors`, import.meta.url));

/** What comes to be, on a machine that may be busy. */
const eventually = <Value>(value: () => Value) => expect.poll(value, { timeout: 20_000 });

/** The network that a file holds. */
function networkIn(bytes: Uint8Array) {
  const { tensors: parameters, metadata } = decodeSafetensors(bytes);
  const { task, model } = configuredModel({ task: metadata.task!, model: JSON.parse(metadata["model.options"]!) });
  return { task: exactTask(task), model, parameters };
}

/** A network that comes with the page. */
const shipped = (name: string) => networkIn(file(name));

/** What happens inside it, in float64. */
async function traced(name: string, problem: string): Promise<NetworkTrace> {
  const network = shipped(name);
  return traceNetwork(network, network.task.parse(problem), { open: async () => reference, gates: true });
}

async function downloaded(page: Page, name: string): Promise<{ name: string; bytes: Buffer }> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name, exact: true }).first().click();
  const download = await waiting;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** The numbers of the line that says what is looked at: "state −0.123 map 3 …". */
const looked = (page: Page) => page.locator(".readout").innerText();
const numberAfter = (text: string, name: string) =>
  Number(new RegExp(`${name}\\s+([−\\d.]+)`).exec(text)?.[1]?.replace("−", "-"));
const answer = (page: Page) => page.getByRole("region", { name: "Answer", exact: true });

visiting("the Neural GPU's room", ({ open, picture, expectAccessible }) => {
  test("a network that comes with the page multiplies; every number is the library's", async () => {
    const page = await open("#/neural-gpu?problem=1011*1101&map=5&step=3&position=2");
    await answer(page).getByText("✓ right").waitFor();
    expect(await answer(page).locator("output").innerText()).toBe("10001111");
    const { values } = await traced("multiplication", "1011*1101");
    const state = ([map, step, position]: readonly number[]) =>
      values.state!.data[(step! * 9 + position!) * 48 + map!]!;
    expect(numberAfter(await looked(page), "state")).toBeCloseTo(state([5, 3, 2]), 2);

    // Arrow keys walk over the large map: down is time, right is the next position.
    await page.getByRole("button", { name: /^Map 5,/ }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await eventually(() => looked(page)).toMatch(/step\s+4[\s\S]*position\s+3/);
    expect(numberAfter(await looked(page), "state")).toBeCloseTo(state([5, 4, 3]), 2);

    // Over the maps they choose another one.
    await page.getByRole("radio", { name: "Map 5", exact: true }).focus();
    await page.keyboard.press("ArrowRight");
    await eventually(() => looked(page)).toMatch(/map\s+6/);
    expect(numberAfter(await looked(page), "state")).toBeCloseTo(state([6, 4, 3]), 2);

    // A pointer says what is under it, and a click keeps it: the middle of map 20, of 10 times and 9 positions.
    const tile = page.getByRole("radio", { name: "Map 20" });
    await tile.hover();
    await eventually(() => looked(page)).toMatch(/map\s+20[\s\S]*step\s+[45][\s\S]*position\s+4/);
    await page.mouse.move(0, 0);
    await eventually(() => looked(page)).toMatch(/map\s+6/);
    await tile.click();
    await page.mouse.move(0, 0);
    await eventually(() => looked(page)).toMatch(/map\s+20/);
    await page.waitForFunction("location.hash.includes('map=20')");

    // The whole state at a step, scrubbed.
    await page.getByRole("slider", { name: "Step" }).fill("9");
    await page.getByRole("heading", { name: "Step 9: all maps" }).waitFor();
    expect(numberAfter(await looked(page), "state")).toBeCloseTo(state([20, 9, 4]), 2);

    // What would be read as the answer after each step.
    const { readout, exact } = await traced("multiplication", "1011*1101");
    const rightAfter = (step: number) =>
      exact.every((symbol, k) => symbol === "" || symbol === ["_", "0", "1"][readout!.data[step * 9 + k]!]);
    const from = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].findIndex((step) => !rightAfter(step));
    await page.getByText(`The whole answer is right from step ${10 - from} on.`).waitFor();

    // The gates.
    await page.getByLabel("What is shown").selectOption("update");
    await page.getByRole("heading", { name: /^The update gates/ }).waitFor();
    const gate = values.update!.data[(8 * 9 + 4) * 48 + 20]!;
    await eventually(async () => numberAfter(await looked(page), "update")).toBeCloseTo(gate, 2);

    // The address shows all of it again.
    await page.waitForFunction("location.hash.includes('shows=update')");
    const again = await open(`#${(await page.evaluate<string>("location.hash")).slice(1)}`);
    await again.locator(".readout").waitFor();
    await eventually(async () => looked(again)).toBe(await looked(page));
    await again.close();
    await page.close();
  });

  test("problems are typed, drawn, structured; what can't be read is said at the field", async () => {
    const page = await open("#/neural-gpu");
    const problem = page.getByLabel("Problem", { exact: true });
    await answer(page).waitFor();
    const first = await problem.inputValue();
    await page.getByRole("button", { name: "Another one" }).click();
    await eventually(() => problem.inputValue()).not.toBe(first);
    await page.waitForFunction("location.hash === '#/neural-gpu?seed=2'");
    await page.getByLabel("Or drawn").selectOption("largest-digits");
    await eventually(() => problem.inputValue()).toMatch(/^0*1+\*0*1+$/);
    await page.getByRole("slider", { name: "Symbols" }).fill("0");
    await eventually(() => problem.inputValue()).toMatch(/^1\*1$/);

    await problem.fill("102*1");
    await eventually(() => page.getByRole("alert").textContent()).toContain('character "2" at position 3');
    expect(await problem.getAttribute("aria-invalid")).toBe("true");
    await problem.fill("110*10");
    await eventually(() => answer(page).locator("output").innerText()).toBe("1100");
    await page.getByRole("button", { name: "Reset" }).click();
    await eventually(() => problem.inputValue()).toBe(first);

    await page.goto(page.url().replace(/#.*/, "#/neural-gpu?problem=7&map=x"));
    await eventually(() => page.getByRole("alert").allTextContents()).toEqual([
      expect.stringContaining('map: received "x"'),
      expect.stringContaining('binary-multiplication: no "*" in the text'),
    ]);
    expect(await problem.inputValue()).toBe(first);
    await page.goto(page.url().replace(/#.*/, "#/neural-gpu?network=shipped:nothing"));
    await eventually(() => page.getByRole("alert").textContent()).toContain("expected one of multiplication, ");
    await page.close();
  });

  test("wrong symbols are marked, far past the training too; a long one is stopped", async () => {
    // Known weaknesses of a network that looks perfect on random problems.
    const page = await open("#/neural-gpu?network=shipped:addition&problem=11111111111111111111%2B111");
    await answer(page).getByText("symbols wrong").waitFor();
    const { prediction } = await traced("addition", "11111111111111111111+111");
    expect(prediction.isRight).toBe(false);
    await answer(page).getByText(`✗ ${prediction.wrong} of ${prediction.asked} symbols wrong`).waitFor();
    await answer(page).getByText(`exact ${prediction.exact}`).waitFor();
    expect(await answer(page).locator(".wrong").count()).toBe(prediction.wrong);
    await page.goto(page.url().replace(/#.*/, "#/neural-gpu?network=shipped:addition&length=201"));
    await page.getByRole("slider", { name: "Step" }).waitFor();
    await eventually(() => page.getByRole("slider", { name: "Step" }).getAttribute("max")).toBe("201");
    await answer(page).getByText("✓ right").waitFor();
    await expectAccessible(page);
    await page.goto(page.url().replace(/#.*/, "#/neural-gpu?network=shipped:addition&length=1001"));
    await page.getByText("characters: working").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await page.getByText("characters: working").count()).toBe(0);
    await page.close();
  });

  test("pictures and numbers are taken away", async () => {
    const page = await open("#/neural-gpu?problem=101*11");
    await answer(page).waitFor();
    const svg = await downloaded(page, "SVG");
    expect(svg.name).toBe("binary-multiplication-state.svg");
    expect(svg.bytes.toString()).toMatch(/^<svg[\s\S]*101\*011 = 1111[\s\S]*<title>map 47<\/title>/);
    const png = await downloaded(page, "PNG");
    expect(png.bytes.subarray(1, 4).toString()).toBe("PNG");
    const json = JSON.parse((await downloaded(page, "JSON")).bytes.toString()) as NetworkTrace;
    const expected = await traced("multiplication", "101*11");
    expect(json.prediction).toEqual(expected.prediction);
    expect(json.values.state!.shape).toEqual([8, 7, 48]);
    for (const [k, value] of expected.values.state!.data.entries()) {
      expect(json.values.state!.data[k]).toBeCloseTo(value, 3);
    }
    await page.close();
  });

  test("accuracy by length is the library's, and can be stopped", async () => {
    const page = await open("#/neural-gpu?network=shipped:sorting&problem=3+1+2&kind=reversed&lengths=5,31&samples=16");
    const section = page.getByRole("region", { name: "Accuracy by length" });
    await section.getByRole("button", { name: "Measure" }).click();
    await section.getByRole("row").nth(2).waitFor();
    const { task, model, parameters } = shipped("sorting");
    await using prepared = await evaluator(model, task, reference);
    const given = { lengths: [5, 31], samples: 16, structured: "reversed" };
    const wrong: string[] = [];
    for await (const [{ exact } = { exact: undefined! }] of prepared.evaluate(parameters, given)) {
      wrong.push(`${exact.trials - exact.successes} of 16`);
    }
    expect(await section.locator("td:last-child").allInnerTexts()).toEqual(wrong);
    await picture(page, "neural-gpu-accuracy");
    await section.getByLabel("Lengths").fill("801");
    await section.getByRole("button", { name: "Measure" }).click();
    await section.getByRole("button", { name: "Stop" }).click();
    expect(await section.getByRole("progressbar").count()).toBe(0);
    await page.close();
  });

  test("a small network learns while its numbers are seen, goes on, and is used and saved", async () => {
    const page = await open("#/neural-gpu?view=train&task=copy&maps=6&longest=5&steps=10&batch=4");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await answer(page).getByText("after 10 steps").waitFor();
    expect(await page.getByRole("radio").count()).toBe(6);
    await page.getByRole("button", { name: "Go on" }).click();
    await answer(page).getByText("after 20 steps").waitFor();
    await page.getByRole("button", { name: "Go on" }).and(page.locator(":enabled")).waitFor();
    await expectAccessible(page);
    const saved = await downloaded(page, "Save .safetensors");
    expect(saved.name).toBe("copy.safetensors");
    const learned = networkIn(saved.bytes);

    await page.getByRole("button", { name: "Use it in this room" }).click();
    await page.getByRole("combobox", { name: "Network" }).waitFor();
    const problem = page.getByLabel("Problem", { exact: true });
    await problem.fill("3 1 2");
    const used = await traceNetwork(learned, learned.task.parse("3 1 2"), { open: async () => reference });
    await eventually(() => answer(page).locator("output").innerText()).toBe(used.prediction.answer);
    // The training is still there.
    await page.getByRole("button", { name: "Train a small one" }).click();
    await answer(page).getByText("after 20 steps").waitFor();
    await page.getByRole("textbox", { name: "Steps" }).fill("20000");
    await page.getByRole("button", { name: "Train anew" }).click();
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await page.getByRole("progressbar").count()).toBe(0);
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
