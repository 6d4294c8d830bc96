/**
 * `npm run simulate:heartbeat`: makes the tables and the plot of docs/heartbeat.md. Seeded: equal code makes equal tables.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { contestants, weekOn } from "./contest.js";
import { deviceLimits, deviceNetworks } from "./device-report.js";
import { intervalPlot } from "./interval-plot.js";
import { networks } from "./networks.js";
import { type ReportPart, withPart } from "./report-part.js";
import { serverAtRest, serverCarried } from "./server/server-report.js";

const parts: readonly ReportPart[] = [deviceLimits, deviceNetworks, serverAtRest, serverCarried];

const docs = new URL("../../docs/", import.meta.url);

async function writePlot(): Promise<void> {
  const network = networks.find(({ name }) => name.startsWith("13 min"));
  if (network === undefined) throw new Error("no network of 13 minutes");
  const week = weekOn(network, 1);
  const runs = contestants.map((contestant) => ({
    name: contestant.name,
    intervals: contestant.run(week).intervals,
  }));
  const title = "A network that forgets idle connections after 13 minutes";
  await mkdir(new URL("images/", docs), { recursive: true });
  await writeFile(
    new URL("images/heartbeat-13-minutes.svg", docs),
    intervalPlot(runs, { title, hours: 12, limitMinutes: 13 }),
  );
}

const path = new URL("heartbeat.md", docs);
let document = await readFile(path, "utf8");
for (const part of parts) {
  const lines = part.lines();
  console.log([part.marker, "", ...lines, ""].join("\n"));
  document = withPart(document, part.marker, lines);
}
await writeFile(path, document);
await writePlot();
