/** The adder's room: a network at work, stepped through, changed until it breaks. */
import { readFileSync } from "node:fs";
import {
  binaryAddition,
  configuredModel,
  drawParameters,
  everyProblem,
  fullAdder,
  fullAdderWithMargin,
  layoutOf,
  type Network,
  namedParameters,
  ndarray,
  noisyParameters,
  randomSource,
  stepThrough,
} from "longhand";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { visiting } from "./visit.test-helper.ts";

/** Waits for it, on busy machines too. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });

const part = (page: Page, name: string) => page.locator(`svg.circuit [data-part="${name}"]`);
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const answer = (page: Page) => page.locator("p.answer").innerText();

/** What stands in the units of the circuit, in the order of the library's states. */
async function activations(page: Page, network: Network): Promise<number[]> {
  const places = Object.values(network.model.state).flatMap((width, n) =>
    Array.from({ length: width }, (_, unit) => `b${n + 1}[${unit}]`),
  );
  return Promise.all(
    places.map(async (place) => Number((await part(page, place).locator(".inside").textContent())!.replace("−", "-"))),
  );
}

/** The network with one number changed. */
function withWeight(network: Network, name: string, at: number, value: number): Network {
  const { shape, data } = network.parameters[name]!;
  const changed = ndarray(Float64Array.from(data).with(at, value), shape);
  return { ...network, parameters: { ...network.parameters, [name]: changed } };
}

const answerOf = (network: Network, text: string) => {
  const problem = network.task.parse(text);
  return network.task.formatAnswer(stepThrough(network, problem).answer, problem);
};

visiting("the adder's room", ({ open, picture, expectAccessible }) => {
  test("every activation at every step: by player, by keys, by a column", async () => {
    const page = await open("#/adder?problem=387%2B18&step=1");
    const { states, answer: symbols } = stepThrough(fullAdder.network, binaryAddition.parse("387+18"));
    expect(await answer(page)).toContain("387+18 = 405 ✓ right");
    expect(await activations(page, fullAdder.network)).toEqual(states[0]!.flat());
    await button(page, "One step on").click();
    await soon(() => activations(page, fullAdder.network)).toEqual(states[1]!.flat());
    await page.locator("h1").click();
    await page.keyboard.press("ArrowRight");
    await soon(() => activations(page, fullAdder.network)).toEqual(states[2]!.flat());
    await page.waitForFunction("location.hash.includes('step=3')");
    await page.locator("svg.trace [data-step='8']").click();
    await soon(() => activations(page, fullAdder.network)).toEqual(states[8]!.flat());
    expect(await page.locator("tr.answer button").allTextContents()).toEqual([...symbols].reverse().map(String));
    expect(await page.locator("tr.state button").allTextContents()).toEqual([..."       1  "].map((c) => c.trim()));
    await button(page, "Play").click();
    await soon(() => page.locator("output", { hasText: "10 of 10" }).count()).toBe(1);
    await page.close();
  });

  test("a digit on paper is pressed, and the sum is another one", async () => {
    const page = await open("#/adder?problem=5%2B2");
    await page.locator("tr.digits").nth(1).locator("[data-column='0'] button").click();
    await soon(() => page.getByRole("textbox", { name: "Sum" }).inputValue()).toBe("5+3");
    await soon(() => answer(page)).toContain("5+3 = 8 ✓ right");
    await page.close();
  });

  test("a weight is dragged until the sum is wrong; the link tells it; it is undone", async () => {
    const page = await open("#/adder");
    await page.getByText("Right at every length").waitFor();
    const connection = part(page, "R43[1,1]");
    const box = (await connection.locator(".grip").boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    // What is pointed at stands out, with the register and the unit that it connects.
    await soon(() => page.locator("svg.circuit g[opacity='0.35']").count()).toBe(12);
    await page.mouse.down();
    await page.mouse.move(x, y + 50, { steps: 3 });
    expect(await connection.getAttribute("aria-valuenow")).toBe("0.5");
    expect(await answer(page)).toContain("✓ right");
    await page.mouse.move(x, y + 120, { steps: 3 });
    const broken = withWeight(fullAdder.network, "R43", 5, -0.2);
    expect(await connection.getAttribute("aria-valuenow")).toBe("-0.2");
    expect(answerOf(broken, "183+75")).not.toBe("258");
    expect(await answer(page)).toContain(`183+75 = ${answerOf(broken, "183+75")} ✗ wrong: it is 258`);
    await page.mouse.up();
    await page.mouse.move(10, 10);
    await page.waitForFunction("decodeURIComponent(location.hash).includes('edits=R43[1,1]:-0.2')");
    await page.getByText("Wrong: there are problems that it fails.").waitFor();
    const { right, total } = everyProblem(broken, 6);
    await soon(() => page.locator(".bar").first().locator("output").textContent()).toBe(
      `${Number(((100 * right) / total).toFixed(1))}%`,
    );

    const again = await open(page.url().slice(page.url().indexOf("#")));
    expect(await answer(again)).toContain("✗ wrong: it is 258");
    await again.locator(".fails button").click();
    await soon(() => again.locator("tr.answer .wrong").count()).toBeGreaterThan(0);
    const failing = await again.getByRole("textbox", { name: "Sum" }).inputValue();
    expect(answerOf(broken, failing)).not.toBe(String(failing.split("+").reduce((sum, n) => sum + Number(n), 0)));
    await button(again, "Undo all changes").click();
    await soon(() => again.locator("tr.answer .wrong").count()).toBe(0);
    await again.waitForFunction("!location.hash.includes('edits')");
    await again.close();
    await page.close();
  });

  test("the same with the keyboard alone, and in the panel", async () => {
    const page = await open("#/adder");
    await part(page, "R43[1,1]").focus();
    for (let k = 0; k < 3; k++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await soon(() => part(page, "R43[1,1]").getAttribute("aria-valuenow")).toBe("0.35");
    expect(await page.evaluate("document.activeElement.dataset.part")).toBe("R43[1,1]");
    expect(await page.locator("svg.circuit [tabindex='0']").count()).toBe(1);
    await page.keyboard.press("ArrowRight");
    await soon(() => page.evaluate("document.activeElement.dataset.part")).toBe("R43[1,2]");
    // The unit's inputs and outputs stand out from the others.
    await soon(() => page.locator("svg.circuit g[opacity='0.35']").count()).toBe(12);
    await page.getByLabel("What acts on").selectOption("sum");
    await page.getByLabel("From").selectOption("¬p ∧ c");
    await button(page, "Cut").click();
    await soon(() => part(page, "W4[1,0]").getAttribute("aria-valuenow")).toBe("0");
    const broken = withWeight(withWeight(fullAdder.network, "R43", 5, 0.35), "W4", 2, 0);
    await soon(() => answer(page)).toContain(`= ${answerOf(broken, "183+75")} ✗`);
    await button(page, "Back to 1").click();
    await soon(() => answer(page)).toContain("✓ right");
    // A weight that wasn't there is made.
    await page.getByLabel("From").selectOption("p, a step before");
    await page.getByLabel("Its value").fill("0.25");
    await soon(() => part(page, "R24[0,0]").getAttribute("aria-valuenow")).toBe("0.25");
    await page.getByLabel("Its value").fill("much");
    await soon(() => page.getByRole("alert").textContent()).toContain('received "much", expected a number');
    expect(await part(page, "R24[0,0]").getAttribute("aria-valuenow")).toBe("0.25");
    await page.close();
  });

  test("noise on the weights is the library's, and another draw is another", async () => {
    const page = await open("#/adder?network=full-adder-with-margin&noise=0.3&noiseSeed=4");
    const noisy = noisyParameters(fullAdderWithMargin.network.parameters, 0.3, randomSource(4), {
      connections: "present",
    });
    const shown = async (name: string) => Number(await part(page, name).getAttribute("aria-valuenow"));
    expect(await shown("W2[2,1]")).toBeCloseTo(noisy.W2!.data[5]!, 6);
    expect(await shown("b3[2]")).toBeCloseTo(noisy.b3!.data[2]!, 6);
    expect(await part(page, "R11[0,0]").count()).toBe(0);
    await button(page, "Draw again").click();
    await page.waitForFunction("location.hash.includes('noiseSeed=5')");
    await soon(() => shown("W2[2,1]")).not.toBeCloseTo(noisy.W2!.data[5]!, 6);
    await page.getByLabel("On", { exact: true }).selectOption("all weights");
    await soon(() => part(page, "R11[0,0]").count()).toBe(1);
    await page.getByLabel("Hide weights below").fill("0.9");
    await soon(() => page.locator("svg.circuit .line").count()).toBeLessThan(40);
    await page.close();
  });

  test("random weights, and tasks of other shapes", async () => {
    const page = await open("#/adder?network=drawn&units=3-2&seed=7&problem=13%2B5");
    const { task, model } = configuredModel({
      task: "binary-addition",
      model: { name: "ilrnn", layers: [3, 2], activation: "hard-sigmoid" },
    });
    const numbers = drawParameters(model.parameters, 1, randomSource(7));
    const network = {
      task: task as Network["task"],
      model,
      parameters: namedParameters(numbers, layoutOf(model.parameters), 1),
    };
    const { states } = stepThrough(network, network.task.parse("13+5"));
    const found = await activations(page, network);
    for (const [k, value] of states[1]!.flat().entries()) expect(found[k]).toBeCloseTo(value, 2);
    await page.getByLabel("Task").first().selectOption("addition, base 10");
    await soon(() => page.getByRole("textbox", { name: "Sum" }).inputValue()).toBe("13+5");
    await soon(() => page.locator("tr.exact button").allTextContents()).toEqual(["0", "1", "8"]);
    await page.getByLabel("Network", { exact: true }).first().selectOption("parity");
    await soon(() => answer(page)).toContain("✓ right");
    expect(await page.getByRole("textbox", { name: "Problem" }).inputValue()).toMatch(/^[01]+$/);
    await page.close();
  });

  test("long sums are worked on beside the page; links that say nonsense are told so", async () => {
    const page = await open(`#/adder?problem=${2n ** 400n - 1n}%2B1&step=401`);
    await soon(() => answer(page).catch(() => "")).toContain(`${2n ** 400n} ✓ right`);
    expect(await page.locator("tr.answer td.now").innerText()).toBe("1");
    await page.goto(`${page.url().split("#")[0]}#/adder?problem=1%2Bx&edits=R43&noise=-1`);
    await soon(() => page.getByRole("alert").allTextContents()).toEqual(
      expect.arrayContaining([
        expect.stringContaining("x"),
        expect.stringContaining('edits: received "R43"'),
        expect.stringContaining("noise: received"),
      ]),
    );
    await page.goto(`${page.url().split("#")[0]}#/adder?edits=${encodeURIComponent("W9[0,0]:1")}`);
    await page.getByText("W9[0,0]: this network has no such weight").waitFor();
    await button(page, "Undo all changes").click();
    await soon(() => answer(page).catch(() => "")).toContain("✓ right");
    await page.goto(`${page.url().split("#")[0]}#/adder?network=nobody`);
    await page.getByText('network "nobody": expected full-adder').waitFor();
    await page.goto(`${page.url().split("#")[0]}#/adder?network=trained`);
    await button(page, "Train it again").waitFor();
    await button(page, "Reset").click();
    await soon(() => answer(page).catch(() => "")).toContain("✓ right");
    await page.close();
  });

  test("pictures and numbers are taken away", async () => {
    const page = await open("#/adder");
    const save = async (group: string, name: string) => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("group", { name: group }).getByRole("button", { name }).click(),
      ]);
      return readFileSync(await download.path(), "utf8");
    };
    const svg = await save("Save The circuit", "SVG");
    expect(svg).toContain('data-part="R43[1,1]"');
    expect(svg.match(/class="inside/g)).toHaveLength(14);
    const { states } = stepThrough(fullAdder.network, binaryAddition.parse("183+75"));
    expect(JSON.parse(await save("Save All steps", "JSON"))).toMatchObject({ states });
    expect(await save("Save All steps", "SVG")).toContain("183+75 = 258");
    await page.close();
  });

  test("light, dark and narrow; dense networks", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("#/adder", { colorScheme });
      await page.getByText("Right at every length").waitFor();
      await picture(page.locator(".workings"), `adder-${colorScheme}`);
      await page.close();
    }
    const page = await open("#/adder?network=drawn&units=8", { viewport: { width: 390, height: 800 } });
    await page.getByText("Wrong: there are problems").waitFor();
    await picture(page.locator(".workings"), "adder-narrow");
    await expectAccessible(page);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });
});
