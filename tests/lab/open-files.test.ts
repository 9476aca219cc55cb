/** Networks from disk, as a visitor opens them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { completeConfig, encodeSafetensors, exportOnnx, exportSafetensors } from "../../src/index.ts";
import { openTrained, startRun } from "../../src/node.ts";
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

beforeAll(async () => {
  const adder = await trained("adder", {
    task: "binary-addition",
    model: { name: "ilrnn", layers: [3] },
    population: 3,
  });
  writeFileSync(at("adder.safetensors"), exportSafetensors(adder, 1));
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
