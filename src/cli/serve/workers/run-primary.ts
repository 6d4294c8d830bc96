import type { JsonLog } from "../json-log.js";
import { openOperatorPorts } from "../operator-ports.js";
import type { ServeSettings } from "../settings.js";
import type { Shutdown } from "../shutdown.js";
import { WorkerPool } from "./worker-pool.js";

/** What a worker may need beside the spreading of its answers. */
const LAST_WORK_MS = 30_000;

/** Keeps the workers, until a signal ends them. Rejects when they cannot start. */
export async function runPrimary(
  settings: ServeSettings,
  { log, shutdown, onPool }: { log: JsonLog; shutdown: Shutdown; onPool(pool: WorkerPool): void },
): Promise<void> {
  const { workers: count, drainSeconds } = settings;
  const pool = new WorkerPool({ count, log, longestDrainMs: drainSeconds * 1_000 + LAST_WORK_MS });
  onPool(pool);
  try {
    const port = await Promise.race([pool.start(), shutdown.wanted]);
    if (typeof port === "string") return pool.kill();
    const { state } = settings;
    // Each worker reaches those of the other machines, which this process does not.
    const reachesOthers = state.kind === "redis";
    const ports = await openOperatorPorts(settings, (question) =>
      question.everywhere === true && reachesOthers
        ? pool.askThroughOne(question)
        : pool.ask({ ...question, everywhere: false }),
    );
    log.write("info", "started", {
      ...(state.kind === "redis" && { redis: state.place }),
      port,
      metricsPort: ports.metricsPort,
      status: ports.statusUrl,
      workers: count,
    });
    const signal = await shutdown.wanted;
    log.write("info", "ending", { signal });
    await pool.drain();
    await ports.close();
  } catch (error) {
    pool.kill();
    throw error;
  }
  log.write("info", "ended");
}
