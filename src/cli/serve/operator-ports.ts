import { loadPromClient, type MetricsSnapshot, metricsText } from "./metrics.js";
import { openMetricsPort } from "./metrics-port.js";
import type { AskAll } from "./question.js";
import type { ServeSettings } from "./settings.js";

/** Ports for operators that are open. */
export interface OperatorPorts {
  readonly metricsPort: number | undefined;
  close(): Promise<void>;
}

/** Opens the ports for operators, in the one process that has them. @param askAll asks those that serve phones. */
export async function openOperatorPorts(settings: ServeSettings, askAll: AskAll): Promise<OperatorPorts> {
  const { metrics } = settings;
  if (metrics === undefined) return { metricsPort: undefined, close: async () => {} };
  const client = await loadPromClient();
  const port = await openMetricsPort(metrics, async () => {
    const snapshots = (await askAll({ topic: "metrics" })) as readonly MetricsSnapshot[];
    return await metricsText(client, snapshots);
  });
  return { metricsPort: port.port, close: () => port.close() };
}
