import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { networkTable } from "../heartbeat-simulation/device-report.js";
import { networks } from "../heartbeat-simulation/networks.js";
import { plotOf13Minutes } from "../heartbeat-simulation/plot-of-13-minutes.js";
import { tableAtRest, tableCarried } from "../heartbeat-simulation/server/server-report.js";

const docs = new URL("../../docs/", import.meta.url);
const text = (name: string): Promise<string> => readFile(new URL(name, docs), "utf8");
/** Quick ones, of every kind: what changes a strategy or the server's rules shows in one of them. */
const chosen = networks.filter(({ name }) =>
  [
    "13 min, silent",
    "no limit",
    "10 to 15 min, jittered",
    "29, then 9, then 20 min",
    "13 min, lost every 3 h",
  ].includes(name),
);

/** That `npm run simulate:heartbeat` was run after the last change: all of it takes minutes, so some of it is made again here. */
describe("docs/heartbeat.md shows what the code makes", () => {
  it("has measured at least 12 networks", () => {
    expect(networks.length).toBeGreaterThanOrEqual(12);
    expect(chosen).toHaveLength(5);
  });

  it.each(chosen.map((network) => [network.name, network] as const))(
    "of the strategies: %s",
    async (_name, network) => {
      expect(await text("heartbeat.md")).toContain(networkTable(network).join("\n"));
    },
  );

  it.each([
    ["phones at rest", tableAtRest],
    ["phones that are carried about", tableCarried],
  ])("of the server's learning: %s", async (_name, table) => {
    const document = await text("heartbeat.md");
    for (const line of table(chosen)) expect(document).toContain(line);
  });

  it("in the plot", async () => {
    expect(await text("images/heartbeat-13-minutes.svg")).toBe(plotOf13Minutes());
  });
});
