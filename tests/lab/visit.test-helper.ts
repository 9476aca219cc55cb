/** The built lab in a real browser, as a visitor of `longhand lab` sees it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LabServer, serveLab } from "../../src/node.ts";

const browserPath = process.env.LONGHAND_CHROMIUM ?? "/usr/bin/chromium";
const isThere = existsSync(browserPath);
const isRequired = process.env.LONGHAND_REQUIRE_ALL === "1";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const built = fileURLToPath(new URL("../../dist/lab", import.meta.url));
/** Where screenshots go, for people to look at: LONGHAND_SCREENSHOTS=folder. */
const pictures = process.env.LONGHAND_SCREENSHOTS;

export interface Visitor {
  /** Opens a page at an address of the lab, as in "#/adder?a=1", and waits until its room is there. */
  readonly open: (address: string, options?: Pick<BrowserContextOptions, "viewport" | "colorScheme">) => Promise<Page>;
  /** Saves a screenshot of the whole page, or of a part of it, where the environment names a folder for them. */
  readonly picture: (shown: Page | Locator, name: string) => Promise<void>;
  /** Saves a screenshot of what of the page is in sight. */
  readonly view: (page: Page, name: string) => Promise<void>;
  /** No serious or critical finding of axe. */
  readonly expectAccessible: (page: Page) => Promise<void>;
}

/**
 * Tests with a visitor; each fails on whatever a page writes to its console as an error or warning.
 * @param options.runs a folder of runs for the server, asked for before the tests begin.
 * @param options.isStrict whether the page's own security policy holds; without it tests may `waitForFunction`. Default false.
 */
export function visiting(
  name: string,
  define: (visitor: Visitor) => void,
  options: { readonly runs?: () => Promise<string>; readonly isStrict?: boolean } = {},
): void {
  test.skipIf(isThere || isRequired)(`browser tests are skipped: there is no browser at ${browserPath}`, () => {});
  describe.runIf(isThere || isRequired)(name, () => {
    const folder = mkdtempSync(join(tmpdir(), "longhand-lab-"));
    let server: LabServer;
    let context: BrowserContext;
    let address: string;
    const complaints: string[] = [];

    beforeAll(async () => {
      const runs = await options.runs?.();
      server = await serveLab({ folder: built, port: 0, ...(runs !== undefined && { runs }) });
      address = server.address;
      context = await chromium.launchPersistentContext(join(folder, "profile"), {
        executablePath: browserPath,
        headless: true,
        acceptDownloads: true,
        bypassCSP: !options.isStrict,
        args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
      });
      context.on("page", (page) => {
        page.on("pageerror", (error) => complaints.push(`${error}`));
        page.on("console", (message) => {
          if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
        });
      });
    }, 60_000);

    afterAll(async () => {
      await context?.close();
      await server?.close();
      rmSync(folder, { recursive: true, force: true });
      expect(complaints).toEqual([]);
    });

    define({
      async open(place, { viewport = { width: 1280, height: 900 }, colorScheme = "light" } = {}) {
        const page = await context.newPage();
        await page.setViewportSize(viewport!);
        await page.emulateMedia({ colorScheme });
        await page.goto(address + place);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.getByText("Loading …").waitFor({ state: "detached" });
        return page;
      },
      async picture(shown, name) {
        const path = pathOf(name);
        if (path === undefined) return;
        await ("goto" in shown ? shown.screenshot({ path, fullPage: true }) : shown.screenshot({ path }));
      },
      async view(page, name) {
        const path = pathOf(name);
        if (path !== undefined) await page.screenshot({ path });
      },
      async expectAccessible(page) {
        await page.evaluate(axe);
        const found = (await page.evaluate("axe.run()")) as {
          violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
        };
        const serious = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect(
          serious.map(({ id, nodes }) => [id, ...nodes.map(({ html, failureSummary }) => html + failureSummary)]),
        ).toEqual([]);
      },
    });
  });
}

/** Where a screenshot goes, if anybody wants it. */
function pathOf(name: string): string | undefined {
  if (pictures === undefined) return undefined;
  mkdirSync(pictures, { recursive: true });
  return join(pictures, `${name}.png`);
}
