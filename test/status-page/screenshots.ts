/**
 * Takes the pictures of the operators' page that the docs show; `npm run screenshots`. With a folder as argument it puts them there, and
 * those of narrow screens as well.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startStatusPage } from "../../src/cli/status-page/start-status-page.js";
import { systemClock } from "../../src/clock.js";
import { busyMorning } from "./busy-morning.js";
import { startChromium } from "./chromium.js";

const [elsewhere] = process.argv.slice(2);
const folder = elsewhere ?? "docs/images";
mkdirSync(folder, { recursive: true });
const { collector, clock } = await busyMorning();
// The morning's time stands still, while the page's own timers go on.
const status = await startStatusPage({
  source: collector,
  port: 0,
  clock: { ...systemClock, now: () => clock.now() },
});
const browser = await startChromium();
const pictures = [
  ["light", 1280],
  ["dark", 1280],
  ...(elsewhere === undefined
    ? []
    : ([
        ["light", 360],
        ["dark", 360],
      ] as const)),
] as const;
try {
  for (const [colorScheme, width] of pictures) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    await page.goto(status.url);
    await page.getByText("Live", { exact: true }).waitFor();
    const name = `operator-page-${colorScheme}${width < 1000 ? "-narrow" : ""}.png`;
    await page.screenshot({ path: join(folder, name), fullPage: true });
    console.log(join(folder, name));
    await page.close();
  }
} finally {
  await browser.close();
  await status.close();
}
