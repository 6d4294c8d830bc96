import type * as PromClient from "prom-client";
import type { MetricObjectWithValues, MetricValue, Registry } from "prom-client";
import { commands } from "../../commands/index.js";
import type { DirectPush } from "../../direct-push.js";
import type { Relay } from "../../relay/relay.js";
import type { BackendConnections } from "./mail-backend.js";

/** All metrics of a process, as plain data that can be sent to another. */
export type MetricsSnapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

/** The metrics of this process. */
export interface Metrics {
  snapshot(): Promise<MetricsSnapshot>;
}

/** The package, which is there only where metrics are wanted. @throws Error that says so when it is not installed. */
export async function loadPromClient(): Promise<typeof PromClient> {
  return await import("prom-client");
}

const known: ReadonlySet<string> = new Set([...commands.map(({ name }) => name), "OPTIONS", "Autodiscover"]);

/** Names that devices make up must not become labels. */
function label(command: string | undefined): string {
  return command !== undefined && known.has(command) ? command : "other";
}

/** What is measured besides the server itself. */
export interface MeasuredParts {
  connections(): BackendConnections;
  /** Over Redis; undefined where there is none. */
  readonly relay?: Relay;
}

/** Counts what a server does. */
export function collectMetrics(
  client: typeof PromClient,
  directPush: DirectPush,
  { connections, relay }: MeasuredParts,
): Metrics {
  const registry = new client.Registry();
  client.collectDefaultMetrics({ register: registry });
  countRequests(client, registry, directPush);
  countHolds(client, registry, directPush);
  countFaults(client, registry, directPush);
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
  return { snapshot: async () => await registry.getMetricsAsJSON() };
}

/** The metrics of several processes as one text for Prometheus: counts are added. */
export async function metricsText(
  client: typeof PromClient,
  snapshots: readonly MetricsSnapshot[],
): Promise<{ readonly contentType: string; readonly text: string }> {
  const registry = client.AggregatorRegistry.aggregate(snapshots.map((snapshot) => [...snapshot]));
  return { contentType: registry.contentType, text: await registry.metrics() };
}

function countRequests(client: typeof PromClient, registry: Registry, { events }: DirectPush): void {
  const registers = [registry];
  const requests = new client.Counter({
    name: "direct_push_requests_total",
    help: "Requests that were answered, by HTTP status",
    labelNames: ["command", "status"],
    registers,
  });
  const bytes = new client.Counter({
    name: "direct_push_response_bytes_total",
    help: "Bytes of answers",
    labelNames: ["command"],
    registers,
  });
  const seconds = new client.Histogram({
    name: "direct_push_request_seconds",
    help: "Time to the answer of requests that hold nothing",
    labelNames: ["command"],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers,
  });
  const dropped = new client.Counter({
    name: "direct_push_dropped_total",
    help: "Requests whose client went away before the answer",
    labelNames: ["command"],
    registers,
  });
  const held = new Set<number>();
  events.on("held", ({ sequence }) => held.add(sequence));
  events.on("request", ({ command: sent, status, responseBytes, milliseconds, sequence }) => {
    const command = label(sent);
    requests.inc({ command, status });
    bytes.inc({ command }, responseBytes);
    if (!held.delete(sequence)) seconds.observe({ command }, milliseconds / 1_000);
  });
  events.on("dropped", ({ command, sequence }) => {
    held.delete(sequence);
    dropped.inc({ command: label(command) });
  });
}

function countHolds(client: typeof PromClient, registry: Registry, { events }: DirectPush): void {
  const registers = [registry];
  const labelNames = ["command"] as const;
  const held = new client.Gauge({
    name: "direct_push_held",
    help: "Requests that are held now",
    labelNames,
    registers,
  });
  const ended = new client.Counter({
    name: "direct_push_holds_ended_total",
    help: "Held requests that ended, by how",
    labelNames: ["command", "outcome"],
    registers,
  });
  const heartbeats = new client.Histogram({
    name: "direct_push_heartbeat_seconds",
    help: "Intervals that requests are held for",
    labelNames,
    buckets: [60, 120, 240, 300, 480, 600, 900, 1_200, 1_800, 2_700, 3_540],
    registers,
  });
  const push = new client.Histogram({
    name: "direct_push_push_seconds",
    help: "From the mail server's telling of a change to the answer",
    buckets: [0.01, 0.03, 0.06, 0.1, 0.2, 0.5, 1, 3, 10],
    registers,
  });
  for (const command of ["Ping", "Sync"]) held.set({ command }, 0);
  events.on("held", ({ command, heartbeatSeconds }) => {
    held.inc({ command });
    heartbeats.observe({ command }, heartbeatSeconds);
  });
  events.on("ended", ({ hold: { command }, kind, pushMilliseconds }) => {
    held.dec({ command });
    ended.inc({ command, outcome: kind });
    if (pushMilliseconds !== undefined) push.observe(pushMilliseconds / 1_000);
  });
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

function countFaults(client: typeof PromClient, registry: Registry, { events }: DirectPush): void {
  const counter = (name: string, help: string): (() => void) => {
    const counted = new client.Counter({ name: `direct_push_${name}_total`, help, registers: [registry] });
    return () => counted.inc();
  };
  const sources = new client.Counter({
    name: "direct_push_source_failures_total",
    help: "Calls into the mail server or the state that failed",
    labelNames: ["call"],
    registers: [registry],
  });
  events.on("sourceFailed", ({ call }) => sources.inc({ call }));
  events.on("authenticationRefused", counter("logins_refused", "Logins that the mail server refused"));
  events.on("deviceRefused", counter("devices_refused", "Requests of devices that are not let in"));
  events.on("throttled", counter("throttled", "Requests turned away because of too many at once"));
  events.on("refused", counter("heartbeats_refused", "Heartbeat intervals outside of the bounds"));
  events.on(
    "connectionsCut",
    counter("connections_cut", "Times that something was found to cut held requests"),
  );
  events.on("heartbeatsShort", counter("heartbeats_short", "Times that heartbeats were found to be short"));
  events.on("itemSkipped", counter("items_skipped", "Items that could not be shown to a device"));
  events.on(
    "requestFailed",
    counter("request_failures", "Requests that failed by a fault of the server itself"),
  );
}
