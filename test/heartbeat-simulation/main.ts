/**
 * `npm run simulate:heartbeat`: makes the tables and the plot of docs/heartbeat.md. Seeded: equal code makes equal tables.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { deviceLimits, deviceNetworks } from "./device-report.js";
import { plotOf13Minutes } from "./plot-of-13-minutes.js";
import { type ReportPart, withPart } from "./report-part.js";
import { serverAtRest, serverCarried } from "./server/server-report.js";

const parts: readonly ReportPart[] = [deviceLimits, deviceNetworks, serverAtRest, serverCarried];

const docs = new URL("../../docs/", import.meta.url);

const path = new URL("heartbeat.md", docs);
let document = await readFile(path, "utf8");
for (const part of parts) {
  const lines = part.lines();
  console.log([part.marker, "", ...lines, ""].join("\n"));
  document = withPart(document, part.marker, lines);
}
await writeFile(path, document);
await mkdir(new URL("images/", docs), { recursive: true });
await writeFile(new URL("images/heartbeat-13-minutes.svg", docs), plotOf13Minutes());
