/** Networks from disk, as a visitor opens them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshNetwork } from "../../lab/rooms/neural-gpu/fresh.test-helper.ts";
import {
  completeConfig,
  configuredModel,
  encodeSafetensors,
  exactTask,
  exportOnnx,
  exportSafetensors,
  type Network,
  networkOf,
  reference,
  stepThrough,
  traceNetwork,
} from "../../src/index.ts";
import { openTrained, startRun, writeNetworkRun } from "../../src/node.ts";
import { visiting } from "./visit.test-helper.ts";

const folder = mkdtempSync(join(tmpdir(), "longhand-open-"));
const at = (name: string) => join(folder, name);

async function trained(name: string, config: object) {
  {
    await using run = await startRun(at(name), completeConfig({ ...config, steps: 2, solved: null }));
    for await (const _ of run.events());
  }
  return openTrained(at(name));
}

let adds: Network;
let reverses: Network;

beforeAll(async () => {
  const adder = await trained("adder", {
    task: "binary-addition",
    model: { name: "ilrnn", layers: [3] },
    population: 3,
  });
  writeFileSync(at("adder.safetensors"), exportSafetensors(adder, 1));
  adds = networkOf(adder, 1);
  const fresh = freshNetwork("reverse", 6);
  const configured = configuredModel(fresh);
  reverses = { ...configured, task: exactTask(configured.task), parameters: fresh.parameters };
  await writeNetworkRun(at("maps"), reverses, { origin: "drawn" });
  writeFileSync(at("maps.safetensors"), exportSafetensors(await openTrained(at("maps"))));
  const lstm = await trained("lstm", { task: "parity", model: { name: "lstm", hidden: 4 } });
  writeFileSync(at("lstm.onnx"), exportOnnx(lstm));
  writeFileSync(
    at("other.safetensors"),
    encodeSafetensors({ strange: { dtype: "float", shape: [1], data: Float32Array.of(1) } }, {}),
  );
  writeFileSync(at("damaged.safetensors"), readFileSync(at("adder.safetensors")).subarray(0, 99));
});
afterAll(() => rmSync(folder, { recursive: true }));

visiting("files", ({ open, expectAccessible }) => {
  test("a file of longhand export says what it is, and which room shows it", async () => {
    const page = await open("#/regions");
    await page.getByLabel("Network files").setInputFiles(at("adder.safetensors"));
    const opened = page.getByRole("region", { name: "Opened files" });
    await opened.getByText("adder.safetensors: ilrnn for binary-addition").waitFor();
    expect(await opened.getByRole("link", { name: "Adder" }).getAttribute("href")).toBe("#/adder?network=here%3A1");
    await expectAccessible(page);
    await opened.getByRole("button", { name: "Close" }).click();
    expect(await opened.count()).toBe(0);
    await page.close();
  });

  test("the rooms show the network that was opened, and say when it is gone", async () => {
    const page = await open("#/regions");
    await page.getByLabel("Network files").setInputFiles(at("adder.safetensors"));
    const opened = page.getByRole("region", { name: "Opened files" });
    await opened.getByRole("link", { name: "Adder" }).click();
    await page.locator("main p").getByText("adder.safetensors", { exact: true }).waitFor();
    const steps = page.getByRole("group", { name: "Save All steps" });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      steps.getByRole("button", { name: "JSON" }).click(),
    ]);
    const { states, answer } = stepThrough(adds, adds.task.parse("183+75"));
    expect(JSON.parse(readFileSync(await download.path(), "utf8"))).toMatchObject({ states, answer: [...answer] });

    await page.getByLabel("Network files").setInputFiles(at("maps.safetensors"));
    await opened.getByRole("link", { name: "Neural GPU" }).click();
    await page.getByText("maps.safetensors: a dngpu of 6 maps").waitFor();
    await page.goto(page.url().replace(/#.*/, "#/neural-gpu?network=here:2&problem=3+1+2+5+4&map=2&step=3&position=1"));
    const { prediction, values } = await traceNetwork(reverses, reverses.task.parse("3 1 2 5 4"), {
      open: async () => reference,
    });
    await expect
      .poll(() => page.getByRole("region", { name: "Answer" }).locator("output").innerText())
      .toBe(prediction.answer);
    const [, shown] = /state\s+([−\d.]+)/.exec(await page.locator(".readout").innerText())!;
    const [, positions, maps] = values.state!.shape;
    expect(Number(shown!.replace("−", "-"))).toBeCloseTo(values.state!.data[(3 * positions! + 1) * maps! + 2]!, 2);

    await page.reload();
    await page.getByText("here:2: was made in a page that is gone").waitFor();
    await page.close();
  });

  test("a run folder: the newest checkpoint", async () => {
    const page = await open("#/regions");
    await page.getByLabel("Run folder").setInputFiles(at("adder"));
    await page.getByText("adder, network 0, step 2").waitFor();
    await page.close();
  });

  test("a file of another tool is asked for its task", async () => {
    const page = await open("#/regions");
    await page.getByLabel("Network files").setInputFiles(at("lstm.onnx"));
    await page.getByText("expected its task too").waitFor();
    await page.getByLabel("Its task").selectOption("base-10-addition");
    await page
      .getByRole("alert")
      .getByText(/the network reads \d+ features? a step, expected 20/)
      .waitFor();
    await page.getByLabel("Its task").selectOption("parity");
    await page.getByText("lstm.onnx: lstm for parity").waitFor();
    await page.close();
  });

  test("what can't be read is said, naming it", async () => {
    const page = await open("#/regions");
    for (const [name, message] of [
      ["damaged.safetensors", /safetensors/],
      ["other.safetensors", /strange/],
    ] as const) {
      await page.getByLabel("Network files").setInputFiles(at(name));
      await page.getByRole("alert").getByText(message).waitFor();
    }
    await page.close();
  });

  test("dropped on the page", async () => {
    const page = await open("#/regions");
    const bytes = [...readFileSync(at("adder.safetensors"))];
    await page.evaluate((content) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(content)], "dropped.safetensors"));
      window.dispatchEvent(new DragEvent("dragover", { dataTransfer: transfer, cancelable: true }));
      window.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, cancelable: true }));
    }, bytes);
    await page.getByText("dropped.safetensors: ilrnn for binary-addition").waitFor();
    await page.close();
  });
});
