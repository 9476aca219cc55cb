/** The room of trainings: those that are served, as they train; folders that a visitor opens; the examples. */
import { mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { completeConfig, fullAdder, type LengthResult, networkOf, stepThrough } from "../../src/index.ts";
import { evaluateTrained, openRun, openTrained, startRun, writeNetworkRun } from "../../src/node.ts";
import { visiting } from "./visit.test-helper.ts";

let runs: string;
const at = (...names: string[]) => join(runs, ...names);

async function trained(folder: string, more: Record<string, unknown>): Promise<void> {
  const common = { runtime: "reference", batch: 4, lengths: [2, 4], reportEvery: 2, checkpointEvery: 10, solved: null };
  await using run = await startRun(folder, completeConfig({ task: "binary-addition", ...common, steps: 20, ...more }));
  for await (const _ of run.events());
}

async function makeRuns(): Promise<string> {
  runs = await mkdtemp(join(tmpdir(), "longhand-runs-room-"));
  const small = { name: "ilrnn", layers: [3] };
  await trained(at("sums", "seed1"), { model: small, seed: 1 });
  await trained(at("sums", "seed2"), { model: small, seed: 2 });
  await trained(at("population"), { model: { name: "rnn", hidden: 3 }, population: 3, steps: 10 });
  await trained(at("broken"), { model: small });
  await truncate(at("broken", "config.json"), 40);
  const { network } = fullAdder;
  await writeNetworkRun(at("adder"), network, { origin: "full adder, built by hand", solved: true });
  return runs;
}
afterAll(() => rm(runs, { recursive: true, force: true }));

/** What follows from a look at the server, or from a measurement. */
const soon = { timeout: 20_000 };
const rowOf = (page: Page, id: string) =>
  page
    .getByRole("row")
    .filter({ has: page.getByRole("rowheader", { name: id, exact: true }) })
    .first();
const choose = (page: Page, id: string) => page.getByRole("checkbox", { name: `Choose ${id}` });
const curves = (page: Page) => page.getByRole("region", { name: "Learning curves" }).getByRole("img").first();
const described = (page: Page) =>
  curves(page).evaluate((svg) => svg.querySelector("desc")?.textContent ?? svg.textContent);
/** Saves a figure's data. */
async function savedData(page: Page, section: string): Promise<unknown> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("region", { name: section }).getByRole("button", { name: "JSON" }).first().click();
  return JSON.parse(await readFile((await (await waiting).path())!, "utf8"));
}

visiting(
  "the runs that are served",
  ({ open, expectAccessible }) => {
    test("each with what it is; a damaged one with its error", async () => {
      const page = await open("#/runs");
      await page.getByText(`Runs in ${runs}, as they are now.`).waitFor();
      await expect.poll(() => rowOf(page, "sums/seed1").textContent(), soon).toContain("all steps done");
      expect(await rowOf(page, "sums/seed1").textContent()).toMatch(
        /binary-addition *ilrnn *1 *1 *all steps done *20 of 20/,
      );
      expect(await rowOf(page, "adder").textContent()).toContain("given weights");
      expect(await rowOf(page, "broken").textContent()).toContain("config.json is corrupt");
      expect(await choose(page, "broken").isDisabled()).toBe(true);
      await expectAccessible(page);
      await page.close();
    });

    test("curves grow while a run is trained", async () => {
      await trained(at("growing"), { model: { name: "rnn", hidden: 3 }, steps: 10 });
      const page = await open("#/runs?chosen=run:growing&log=no");
      await expect.poll(() => rowOf(page, "growing").textContent(), soon).toContain("10 of 10");
      await curves(page).waitFor();
      const run = await openRun(at("growing"));
      run.appendMetrics({ step: 60, type: "step", loss: 0.125, symbolAccuracy: 0.5, exactAccuracy: 0.25 });
      await run.flush();
      await expect.poll(() => rowOf(page, "growing").textContent(), soon).toContain("training");
      expect(await rowOf(page, "growing").textContent()).toMatch(/60.*0\.125.*25\.0%/);
      await expect.poll(() => described(page), soon).toContain("growing: 0.125 at 60");
      await run.close();
      await expect.poll(() => rowOf(page, "growing").textContent(), soon).toContain("stopped");
      await page.close();
      await rm(at("growing"), { recursive: true });
    });

    test("another run in the same folder takes the place of the old one, settings and curves", async () => {
      const model = { name: "ilrnn", layers: [3] };
      await trained(at("again"), { model, seed: 5 });
      const page = await open("#/runs?chosen=run:sums/seed1,run:again&log=no");
      const settings = page.getByRole("region", { name: "Table of the chosen runs" }).getByRole("rowgroup").last();
      const differing = () => settings.getByRole("row").allTextContents();
      await expect.poll(differing, soon).toEqual(["Settings in which they differ", "seed15"]);
      await rm(at("again"), { recursive: true });
      await trained(at("again"), { model, seed: 7 });
      await expect.poll(differing, soon).toEqual(["Settings in which they differ", "seed17"]);
      await page.close();
      await rm(at("again"), { recursive: true });
    });

    test("filters, orders, choices: by the keyboard, and again by the link", async () => {
      const page = await open("#/runs?chosen=none");
      await page.getByText("Choose runs by their boxes").waitFor();
      await page.getByLabel("Find").fill("sums");
      await page.getByText("2 of 5 runs, 0 chosen").waitFor();
      await page.getByRole("button", { name: "seed", exact: true }).press("Enter");
      const seeds = () => page.getByRole("table").first().getByRole("rowheader").allTextContents();
      expect(await seeds()).toEqual(["sums/seed2", "sums/seed1"]);
      expect(await page.getByRole("columnheader", { name: "seed" }).getAttribute("aria-sort")).toBe("descending");
      await choose(page, "sums/seed1").press("Space");
      await choose(page, "sums/seed2").press("Space");
      await page.getByLabel("Runs that differ only in their seeds").check();
      await expect.poll(() => curves(page).textContent()).toContain("(2 seeds)");
      await expect.poll(() => page.url()).toContain("together=yes");
      const again = await open(new URL(page.url()).hash);
      await expect.poll(() => curves(again).textContent()).toContain("(2 seeds)");
      expect(await again.getByLabel("Find").inputValue()).toBe("sums");
      expect(await again.getByRole("checkbox", { checked: true, name: /^Choose/ }).count()).toBe(2);
      await again.getByRole("button", { name: "Reset" }).click();
      await again.getByText("5 of 5 runs").waitFor();
      await again.close();
      await page.close();
    });

    test("the curves are the metrics: each network of a population, each measure", async () => {
      const page = await open("#/runs?chosen=run:population");
      await curves(page).waitFor();
      const lines = (await readFile(at("population", "metrics.jsonl"), "utf8")).trim().split("\n");
      const records = lines.map(
        (line) => JSON.parse(line) as { type: string; step: number; losses: number[]; symbolAccuracy: number },
      );
      const steps = records.filter(({ type }) => type === "step");
      const series = await savedData(page, "Learning curves");
      const networks = [0, 1, 2].map((k) => ({
        x: steps.map(({ step }) => step),
        y: steps.map(({ losses }) => losses[k]),
      }));
      expect(series).toEqual([{ name: "population", runs: networks }]);
      await page.getByLabel("Show").selectOption("symbol accuracy, training batches");
      await expect.poll(() => page.url()).toContain("measure=symbol");
      const [accuracy] = (await savedData(page, "Learning curves")) as [{ runs: [{ y: number[] }] }];
      expect(accuracy.runs[0].y).toEqual(steps.map(({ symbolAccuracy }) => symbolAccuracy));
      await page.getByLabel("Show").selectOption("exact accuracy, other problems");
      await page.getByText("These runs have told nothing of this yet").waitFor();
      await page.close();
    });

    test("accuracy by length is the library's, and can be stopped", async () => {
      const page = await open("#/runs?chosen=run:sums/seed1,run:adder&lengths=3,20&samples=40");
      await page.getByRole("button", { name: "Measure" }).click();
      const table = page.getByRole("region", { name: "Accuracies" });
      await expect.poll(() => table.getByRole("row").count(), soon).toBe(5);
      const data = (await savedData(page, "Accuracy by length")) as { name: string; results: LengthResult[] }[];
      expect(data.map(({ name }) => name)).toEqual(["sums/seed1", "adder"]);
      for (const { name, results } of data) {
        const expected: LengthResult[] = [];
        const trained = await openTrained(at(name));
        for await (const found of evaluateTrained(trained, { lengths: [3, 20], samples: 40 })) expected.push(...found);
        const counts = (list: readonly LengthResult[]) =>
          list.map(({ length, exact, symbol }) => [length, exact, symbol.successes]);
        expect(counts(results), name).toEqual(counts(expected));
      }
      expect(await table.textContent()).toMatch(/adder, step 0.*100%/);
      await page.getByLabel("Lengths").fill("3,x");
      expect(await page.getByRole("alert").textContent()).toContain('received "x"');
      await page.getByLabel("Lengths").fill("10000");
      await page.getByLabel("Problems of each length").fill("100000");
      await page.getByRole("button", { name: "Measure" }).click();
      await page.getByRole("button", { name: "Stop" }).click();
      expect(await page.getByRole("button", { name: "Measure" }).isEnabled()).toBe(true);
      await page.getByLabel("Lengths").fill("0");
      expect(await page.getByRole("alert").textContent()).toContain("from 1 to 1000000");
      await page.close();
    });

    test("side by side: the settings that differ, and the rooms that look inside", async () => {
      const page = await open("#/runs?chosen=run:sums/seed1,run:sums/seed2");
      const table = page.getByRole("region", { name: "Table of the chosen runs" });
      await table.waitFor();
      const settings = table.getByRole("rowgroup").last().getByRole("row");
      await expect.poll(() => settings.allTextContents(), soon).toEqual(["Settings in which they differ", "seed12"]);
      const link = table.getByRole("link", { name: "Adder" }).last();
      expect(await link.getAttribute("href")).toBe(`#/adder?network=${encodeURIComponent("run:sums/seed2")}`);
      await page.close();
    });

    test("the rooms show the run of their link", async () => {
      const page = await open("#/adder?network=run:sums/seed2");
      await page.locator("main p").getByText("sums/seed2, step 20", { exact: true }).waitFor();
      const waiting = page.waitForEvent("download");
      await page.getByRole("group", { name: "Save All steps" }).getByRole("button", { name: "JSON" }).click();
      const network = networkOf(await openTrained(at("sums", "seed2")));
      const { states } = stepThrough(network, network.task.parse("183+75"));
      expect(JSON.parse(await readFile((await (await waiting).path())!, "utf8"))).toMatchObject({ states });
      await page.goto(page.url().replace(/#.*/, "#/neural-gpu?network=run:sums/seed2"));
      await page.getByText("a network of ilrnn, expected one whose state has positions").waitFor();
      await page.close();
    });

    test("a link that nobody can read is said, where it belongs", async () => {
      const page = await open("#/runs?each=many&chosen=run:gone");
      await page.getByText('received "many", expected a whole number').waitFor();
      await page.getByText("One chosen run isn't here.").waitFor();
      await page.close();
    });
  },
  { runs: makeRuns },
);

visiting("runs, where none are served", ({ open, picture, expectAccessible }) => {
  test("examples that come with the page: light, dark and narrow", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await open("#/runs?lengths=10,100,300&samples=32", { colorScheme });
      await page.getByText("examples that come with the page").waitFor();
      await curves(page).waitFor();
      await page.getByRole("button", { name: "Measure" }).click();
      await expect.poll(() => page.getByRole("region", { name: "Accuracies" }).getByRole("row").count(), soon).toBe(10);
      await picture(page.getByRole("region", { name: "Learning curves" }), `runs-curves-${colorScheme}`);
      await picture(page.getByRole("region", { name: "Accuracy by length" }), `runs-lengths-${colorScheme}`);
      await picture(page, `runs-${colorScheme}`);
      await expectAccessible(page);
      await page.close();
    }
    const page = await open("#/runs", { viewport: { width: 390, height: 800 } });
    await curves(page).waitFor();
    await picture(page, "runs-narrow");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.close();
  });

  test("a folder that is opened, with all runs in it", async () => {
    const page = await open("#/runs");
    await page.getByLabel("Run folders").setInputFiles(at("."));
    await page.getByText("5 runs were opened").waitFor();
    expect(await page.getByText("examples that come with the page").count()).toBe(0);
    const folder = runs.split("/").at(-1)!;
    expect(await rowOf(page, `${folder}/broken`).textContent()).toContain("config.json is corrupt");
    expect(await rowOf(page, `${folder}/sums/seed1`).textContent()).toMatch(/all steps done *20 of 20/);
    await choose(page, `${folder}/adder`).check();
    await page.getByRole("button", { name: "Adder" }).last().click();
    await page.waitForURL(/#\/adder\?network=here%3A1$/);
    await page.close();
  });

  test("a page from any other server says so, and takes folders that are dropped", async () => {
    const page = await open("#/adder");
    await page.route(page.url().replace(/#.*/, ""), (route) =>
      route.request().method() === "HEAD" ? route.fulfill({ status: 200, body: "" }) : route.continue(),
    );
    await page.getByRole("link", { name: "Runs" }).click();
    await page.getByText("No server tells this page of runs").waitFor();
    const files = await Promise.all(
      ["config.json", "metrics.jsonl"].map(
        async (name) => [name, await readFile(at("sums", "seed1", name), "utf8")] as const,
      ),
    );
    await page.evaluate((given) => {
      const file = ([name, text]: readonly [string, string]) => ({
        isFile: true,
        fullPath: `/dropped/${name}`,
        file: (done: (file: File) => void) => done(new File([text], name)),
      });
      let left = [given.map(file)];
      const folder = {
        isDirectory: true,
        createReader: () => ({
          readEntries(done: (entries: unknown[]) => void) {
            done(left[0] ?? []);
            left = [];
          },
        }),
      };
      const event = new Event("drop", { bubbles: true, cancelable: true });
      Object.assign(event, {
        dataTransfer: { items: [{ webkitGetAsEntry: () => folder }], files: [], types: ["Files"] },
      });
      document.querySelector("main")!.dispatchEvent(event);
    }, files);
    await page.getByText("One run was opened").waitFor();
    expect(await rowOf(page, "dropped").textContent()).toContain("stopped");
    await page.close();
  });

  test("a folder without runs is said to be one", async () => {
    const page = await open("#/runs");
    await page.getByLabel("Run folders").setInputFiles(at("adder", "checkpoints"));
    await page.getByText("no run in 1 files: expected folders with a config.json").waitFor();
    await page.close();
  });
});
