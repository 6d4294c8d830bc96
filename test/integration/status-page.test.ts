import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { StatusCollector } from "../../src/cli/observed/status-collector.js";
import { type StatusPage, startStatusPage } from "../../src/cli/status-page/start-status-page.js";
import { InProcessDevice } from "../../src/testing/index.js";
import { startChromium } from "../status-page/chromium.js";
import { type ProxiedServer, proxiedServer } from "./proxied-server.js";
import { programIsThere } from "./required-program.js";

const user = "alice@example.com";
const nasty = `<img src=x onerror="document.title='owned'">`;

describe.skipIf(!programIsThere("chromium", "chromium"))("the operators' page in Chromium", () => {
  let browser: Browser;
  let server: ProxiedServer;
  let collector: StatusCollector;
  let status: StatusPage;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await startChromium();
  });

  afterAll(async () => {
    await browser?.close();
  });

  beforeEach(async () => {
    server = await proxiedServer();
    collector = new StatusCollector(server.directPush);
    status = await startStatusPage({ source: collector, port: 0 });
    page = await open();
  });

  afterEach(async () => {
    await page.context().close();
    await status.close();
    await server.close();
    expect(problems.splice(0)).toEqual([]);
  });

  /** A page in a context of its own; what it complains of, and what it loads from elsewhere, is a problem. */
  async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
    const context = await browser.newContext(options);
    const opened = await context.newPage();
    opened.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
    });
    opened.on("pageerror", (error) => problems.push(String(error)));
    opened.on("request", (request) => {
      if (!request.url().startsWith(status.url)) problems.push(`asked for ${request.url()}`);
    });
    return opened;
  }

  async function heldPing(
    deviceId: string,
    deviceType = "TestPhone",
  ): Promise<ReturnType<InProcessDevice["ping"]>> {
    const phone = new InProcessDevice(server.directPush, { user, deviceId, deviceType });
    await phone.folderSync();
    await phone.syncAll("inbox");
    return phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
  }

  const row = (deviceId: string) =>
    page.locator("#device-rows tr", { has: page.getByText(deviceId, { exact: true }) });

  it("shows a Ping when it is held and when it is answered, without a reload", async () => {
    await page.goto(status.url);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.evaluate("window.wasLoadedOnce = true");
    expect(await row("PHONE1").count()).toBe(0);

    const ping = await heldPing("PHONE1");
    await row("PHONE1").waitFor();
    expect(await row("PHONE1").locator("[data-label=Used]").textContent()).toContain("10m");
    expect(await page.locator("#held-now").textContent()).toBe("1");

    server.mailbox.deliver(user, Buffer.from("Subject: A secret subject\r\n\r\nHello.\r\n"));
    await ping.answer;
    await row("PHONE1").waitFor({ state: "detached" });
    await page.locator("#held-now", { hasText: "0" }).waitFor();
    await page.locator("#totals", { hasText: "held requests changed" }).waitFor();
    expect(await page.evaluate("window.wasLoadedOnce")).toBe(true);
    expect(await page.content()).not.toContain("secret subject");
  });

  it("keeps the others as they are when one comes, and sorts it in", async () => {
    await heldPing("PHONE1");
    await heldPing("PHONE3");
    await page.goto(status.url);
    await page.getByText("Live", { exact: true }).waitFor();
    await row("PHONE3").evaluate((element) => element.setAttribute("data-seen", "yes"));
    await heldPing("PHONE2");
    await row("PHONE2").waitFor();
    const ids = await page.locator("#device-rows code").allTextContents();
    expect(ids).toEqual(["PHONE1", "PHONE2", "PHONE3"]);
    expect(await row("PHONE3").getAttribute("data-seen")).toBe("yes");
  });

  it("stands still while it is paused", async () => {
    await page.goto(status.url);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await heldPing("PHONE1");
    await page.getByText("Paused").waitFor();
    expect(await row("PHONE1").count()).toBe(0);
    await page.getByRole("button", { name: "Go on" }).click();
    await row("PHONE1").waitFor();
  });

  it("shows markup of a device as text", async () => {
    await heldPing("PHONE1", nasty);
    await page.goto(status.url);
    await page.getByText("Live", { exact: true }).waitFor();
    await heldPing("PHONE2", nasty);
    await row("PHONE2").waitFor();
    expect(await row("PHONE2").textContent()).toContain(nasty);
    expect(await page.locator("#device-rows img").count()).toBe(0);
    expect(await page.title()).toBe("Direct Push status");
  });

  it("filters, by the form", async () => {
    await heldPing("PHONE1");
    await heldPing("TABLET1");
    await page.goto(status.url);
    await page.getByLabel("Filter").fill("tablet");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/q=tablet/);
    await page.getByText("Live", { exact: true }).waitFor();
    expect(await page.locator("#device-rows code").allTextContents()).toEqual(["TABLET1"]);
    expect(await page.getByLabel("Filter").inputValue()).toBe("tablet");
  });

  it("is complete without JavaScript", async () => {
    await heldPing("PHONE1");
    const plain = await open({ javaScriptEnabled: false });
    await plain.goto(status.url);
    expect(await plain.locator("#device-rows tr").count()).toBe(1);
    expect(await plain.getByRole("columnheader").allTextContents()).toContain("Asked");
    await heldPing("PHONE2");
    await plain.getByRole("link", { name: "Reload" }).click();
    await plain.getByText("PHONE2", { exact: true }).waitFor();
    await plain.context().close();
  });

  it.each([
    ["light", "wide", 1280],
    ["light", "narrow", 360],
    ["dark", "wide", 1280],
    ["dark", "narrow", 360],
  ] as const)(
    "is readable in %s, %s: text stands out, and nothing is wider than the screen",
    async (colorScheme, _width, width) => {
      await heldPing("PHONE1", "A device with a rather long name of its own, such as some firmware sends");
      server.directPush.events.emit("heartbeatsShort", { averageSeconds: 480, samples: 200 });
      const viewed = await open({ colorScheme, viewport: { width, height: 800 } });
      await viewed.goto(status.url);
      await viewed.locator("#device-rows tr").waitFor();
      expect(await viewed.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(
        0,
      );
      expect(await viewed.evaluate(lowContrast)).toEqual([]);
      expect(await viewed.getByRole("rowheader", { name: user }).count()).toBe(1);
      await viewed.context().close();
    },
  );
});

/** Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3). Runs in the page. */
const lowContrast = `(() => {
  const colour = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, index) => sum + v * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || element.closest("option")) continue;
    const style = getComputedStyle(element);
    const front = light(colour(element.closest("svg") ? style.fill : style.color));
    const back = light(behind(element));
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (contrast < 4.5) low.push(element.className + ": " + walker.currentNode.textContent + " " + contrast.toFixed(1));
  }
  return low;
})()`;
