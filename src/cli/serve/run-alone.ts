import type { JsonLog } from "./json-log.js";
import type { OpenBackend } from "./mail-backend.js";
import { openOperatorPorts } from "./operator-ports.js";
import { startServing } from "./serving-process.js";
import type { ServeSettings } from "./settings.js";
import type { Shutdown } from "./shutdown.js";

/** What a server needs of its process. */
export interface RunContext {
  readonly settings: ServeSettings;
  readonly openBackend: OpenBackend;
  readonly log: JsonLog;
  readonly shutdown: Shutdown;
}

/** Serves phones in this process alone, until a signal ends it. Rejects when it cannot start. */
export async function runAlone({ settings, openBackend, log, shutdown }: RunContext): Promise<void> {
  const serving = await startServing({ settings, openBackend, log });
  try {
    const ports = await openOperatorPorts(settings, serving.ask);
    log.write("info", "started", {
      ...(settings.state.kind === "redis" && { node: serving.node, redis: settings.state.place }),
      port: serving.gateway.port,
      metricsPort: ports.metricsPort,
      status: ports.statusUrl,
    });
    const signal = await shutdown.wanted;
    log.write("info", "ending", { signal, held: serving.gateway.directPush.heldCount });
    await serving.close();
    await ports.close();
  } finally {
    await serving.close();
  }
  log.write("info", "ended");
}
