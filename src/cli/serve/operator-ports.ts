import type { StatusSnapshot } from "../observed/status-snapshot.js";
import { startStatusPage } from "../status-page/start-status-page.js";
import { loadPromClient, type MetricsSnapshot, metricsText } from "./metrics.js";
import { openMetricsPort } from "./metrics-port.js";
import type { AskAll } from "./question.js";
import type { ServeSettings } from "./settings.js";

/** Ports for operators that are open. */
export interface OperatorPorts {
  readonly metricsPort: number | undefined;
  /** Of the page that shows what is held. */
  readonly statusUrl: string | undefined;
  close(): Promise<void>;
}

interface OpenPort {
  close(): Promise<void>;
}

/** Opens the ports for operators, in the one process that has them. @param askAll asks those that serve phones. */
export async function openOperatorPorts(settings: ServeSettings, askAll: AskAll): Promise<OperatorPorts> {
  const metrics = await openMetrics(settings, askAll);
  try {
    const status = await openStatus(settings, askAll);
    return {
      metricsPort: metrics?.port,
      statusUrl: status?.url,
      close: async () => {
        await Promise.all([metrics?.close(), status?.close()]);
      },
    };
  } catch (error) {
    await metrics?.close();
    throw error;
  }
}

async function openMetrics(
  { metrics }: ServeSettings,
  askAll: AskAll,
): Promise<(OpenPort & { readonly port: number }) | undefined> {
  if (metrics === undefined) return undefined;
  const client = await loadPromClient();
  return await openMetricsPort(metrics, async () => {
    const snapshots = (await askAll({ topic: "metrics" })) as readonly MetricsSnapshot[];
    return await metricsText(client, snapshots);
  });
}

async function openStatus(
  { status }: ServeSettings,
  askAll: AskAll,
): Promise<(OpenPort & { readonly url: string }) | undefined> {
  if (status === undefined) return undefined;
  const snapshots = async (query: unknown): Promise<readonly StatusSnapshot[]> =>
    (await askAll({ topic: "status", query, everywhere: true })) as readonly StatusSnapshot[];
  return await startStatusPage({ ...status, source: { snapshots } });
}
