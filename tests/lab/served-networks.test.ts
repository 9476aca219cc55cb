/** Networks of runs that are served, in the rooms that their links name, under the page's security policy. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import {
  compileReference,
  completeConfig,
  decodeModel,
  feedforwardProgram,
  gradientLook,
  importModel,
  ndarray,
  networkOfModel,
  replicaOf,
  unfold,
} from "../../src/index.ts";
import { openTrained, startRun } from "../../src/node.ts";
import { visiting } from "./visit.test-helper.ts";

let runs: string;
/** A population of two, in a folder of a folder. */
const id = "parities/gru 2";
const trained = () => openTrained(join(runs, id));

async function makeRuns(): Promise<string> {
  runs = await mkdtemp(join(tmpdir(), "longhand-served-"));
  const small = { task: "parity", model: { name: "gru", hidden: 2 }, population: 2, runtime: "reference" };
  await using run = await startRun(join(runs, id), completeConfig({ ...small, steps: 1, solved: null }));
  for await (const _ of run.events());
  return runs;
}
afterAll(() => rm(runs, { recursive: true, force: true }));

/** Saves what stands under a button. */
async function saved(page: Page, press: () => Promise<void>): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return readFile((await download.path())!);
}
const addressOf = (room: string, network: string, more = "") =>
  `#/${room}?${new URLSearchParams({ network: `run:${network}` })}${more}`;

visiting(
  "networks of runs that are served",
  ({ open }) => {
    test.each([
      ["the first", id, 0],
      ["that of a number", `${id}@1`, 1],
    ])("gradients: %s of a population", async (_, network, number) => {
      const page = await open(addressOf("gradients", network, "&length=6&samples=4&seed=3"));
      await page.getByRole("heading", { name: `${id}, network ${number}, step 1` }).waitFor();
      const group = page.getByRole("group", { name: "Save Gradient by lag" });
      const file = await saved(page, () => group.getByRole("button", { name: "JSON" }).click());
      const [shown] = JSON.parse(file.toString()) as [{ norms: number[][] }];
      const { task, model, config, ...all } = await trained();
      const { parameters } = replicaOf({ task, model, config, ...all }, number);
      const look = gradientLook({ task, model, parameters }, { length: 6, samples: 4, seed: 3, loss: config.loss });
      expect(shown.norms).toHaveLength(6);
      look.byLag.norms.forEach((row, lag) => {
        row.forEach((norm, sample) => {
          expect(shown.norms[lag]![sample]! / norm).toBeCloseTo(1, 9);
        });
      });
      await page.close();
    });

    test("unfolding: the cell and the weights of the run", async () => {
      const page = await open(addressOf("unfold", `${id}@1`, "&steps=2"));
      await page.locator(".unfolded text.title", { hasText: "gru over 2 time steps" }).waitFor();
      await page.getByText(`${id}, network 1, step 1`).first().waitFor();
      await page.getByRole("button", { name: "Check that it computes the same" }).click();
      await page.getByText("it is the same network").waitFor();
      const file = await saved(page, () => page.getByRole("button", { name: "Save .onnx" }).first().click());
      const all = await trained();
      const inputs = { x_1: ndarray(Float64Array.of(1), [1, 1]), x_2: ndarray(Float64Array.of(0), [1, 1]) };
      const exact = feedforwardProgram(unfold(networkOfModel(all.model), { steps: 2 }));
      const { y } = compileReference(importModel(decodeModel(new Uint8Array(file)))).run(inputs);
      const of = (number: number) => {
        const { parameters } = replicaOf(all, number);
        return compileReference(exact).run({ ...parameters, ...inputs }).y!.data[0]!;
      };
      expect(y!.data[0]).toBeCloseTo(of(1), 6);
      expect(Math.abs(of(0) - of(1))).toBeGreaterThan(1e-4);
      await page.close();
    });

    test("the room of runs links to them", async () => {
      const page = await open(`#/runs?${new URLSearchParams({ chosen: `run:${id}` })}`);
      const table = page.getByRole("region", { name: "Table of the chosen runs" });
      await table.getByRole("link", { name: "Gradients" }).click();
      await page.getByRole("heading", { name: `${id}, network 0, step 1` }).waitFor();
      await page.goBack();
      await table.getByRole("link", { name: "Unfold" }).click();
      await page.locator(".unfolded text.title", { hasText: "gru over" }).waitFor();
      await page.close();
    });
  },
  { runs: makeRuns, isStrict: true },
);
