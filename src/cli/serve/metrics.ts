import type * as PromClient from "prom-client";
import type { Registry } from "prom-client";
import type { Relay } from "../../relay/relay.js";
import type { NumbersCollector } from "../observed/numbers-collector.js";
import type { BackendConnections } from "./mail-backend.js";
import { serverMetrics } from "./server-metrics.js";

/** All metrics of a process, as plain data that can be sent to another. */
export type MetricsSnapshot = readonly object[];

/** The metrics of this process. */
export interface Metrics {
  snapshot(): Promise<MetricsSnapshot>;
}

/** The package, which is there only where metrics are wanted. @throws Error that says so when it is not installed. */
export async function loadPromClient(): Promise<typeof PromClient> {
  return await import("prom-client");
}

/** What is measured besides the server itself. */
export interface MeasuredParts {
  connections(): BackendConnections;
  /** Over Redis; undefined where there is none. */
  readonly relay?: Relay;
}

/** Puts together what a server counts, what the process costs, and what is around it. */
export function collectMetrics(
  client: typeof PromClient,
  numbers: NumbersCollector,
  { connections, relay }: MeasuredParts,
): Metrics {
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry });
  new client.Gauge({
    name: "direct_push_mail_connections",
    help: "Connections to the mail server, those that watch not among them, and work that waits for one",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(connections())) this.set({ state }, count);
    },
  });
  if (relay !== undefined) countLinks(client, registry, relay);
  return { snapshot: async () => [...serverMetrics(numbers), ...(await registry.getMetricsAsJSON())] };
}

/** The metrics of several processes as one text for Prometheus: counts are added. */
export async function metricsText(
  client: typeof PromClient,
  snapshots: readonly MetricsSnapshot[],
): Promise<{ readonly contentType: string; readonly text: string }> {
  const registry = client.AggregatorRegistry.aggregate(snapshots.map((snapshot) => [...snapshot]));
  return { contentType: registry.contentType, text: await registry.metrics() };
}

function countLinks(client: typeof PromClient, registry: Registry, relay: Relay): void {
  const registers = [registry];
  const connected = new client.Gauge({
    name: "direct_push_redis_connected",
    help: "Processes that Redis can be reached from",
    registers,
  });
  const losses = new client.Counter({
    name: "direct_push_redis_losses_total",
    help: "Times that Redis could not be reached any more",
    registers,
  });
  connected.set(1);
  relay.onLink((link) => {
    connected.set(link === "lost" ? 0 : 1);
    if (link === "lost") losses.inc();
  });
}
