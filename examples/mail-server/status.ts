import type { DirectPush } from "direct-push";
// What `direct-push serve --status-port` shows; no part of the library.
import { StatusCollector } from "../../src/cli/observed/status-collector.js";
import { type StatusPage, startStatusPage } from "../../src/cli/status-page/start-status-page.js";
import { tell } from "./timeline.js";

/** Serves the operators' page on a port, where one is asked for. */
export async function showStatus(
  directPush: DirectPush,
  port: number | undefined,
): Promise<StatusPage | undefined> {
  if (port === undefined) return undefined;
  const page = await startStatusPage({ source: new StatusCollector(directPush), port });
  tell("server", `shows what it does on ${page.url}/`);
  return page;
}
