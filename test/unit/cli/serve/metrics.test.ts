import * as client from "prom-client";
import { expect, it } from "vitest";
import { NumbersCollector } from "../../../../src/cli/observed/numbers-collector.js";
import { StatusCollector } from "../../../../src/cli/observed/status-collector.js";
import { collectMetrics, metricsText } from "../../../../src/cli/serve/metrics.js";
import { openMetricsPort } from "../../../../src/cli/serve/metrics-port.js";
import { createDirectPush, type DirectPush } from "../../../../src/direct-push.js";
import { FakeClock, InProcessDevice, MemoryMailbox, MemoryRelayHub } from "../../../../src/testing/index.js";

function setUp() {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const hub = new MemoryRelayHub({ clock });
  const relay = hub.connect();
  const server: DirectPush = createDirectPush({
    mailbox,
    source: mailbox,
    clock,
    authenticate: async () => ({ kind: "user", user: "alice" }),
  });
  const numbers = new NumbersCollector(server.events, () => clock.now());
  const metrics = collectMetrics(client, numbers, {
    connections: () => ({ working: 1, idle: 2, waiting: 3 }),
    relay,
  });
  return {
    clock,
    mailbox,
    server,
    numbers,
    metrics,
    cutOff: () => hub.cut(relay),
    heal: () => hub.heal(relay),
  };
}

it("counts requests, holds and pushes", async () => {
  const { clock, mailbox, server, metrics } = setUp();
  const phone = new InProcessDevice(server);
  await phone.folderSync();
  await phone.syncAll("inbox");
  const ping = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
  await clock.advance(1_000);
  const held = (await metricsText(client, [await metrics.snapshot()])).text;
  expect(held).toContain('direct_push_held{command="Ping"} 1');
  mailbox.deliver("alice", "Subject: Hello\r\n\r\nHello");
  await clock.advance(1_000);
  await ping.answer;
  const { text } = await metricsText(client, [await metrics.snapshot()]);
  expect(text).toContain('direct_push_held{command="Ping"} 0');
  expect(text).toContain('direct_push_holds_ended_total{command="Ping",outcome="changed"} 1');
  expect(text).toContain('direct_push_requests_total{command="Ping",status="200"} 1');
  expect(text).toContain("direct_push_push_seconds_count 1");
  expect(text).toContain('direct_push_heartbeat_seconds_bucket{le="600",command="Ping"} 1');
  expect(text).toContain('direct_push_mail_connections{state="idle"} 2');
  expect(text).not.toContain('direct_push_request_seconds_count{command="Ping"}');
  expect(text).toContain("process_resident_memory_bytes");
});

it("are the counts of the operators' page", async () => {
  const { clock, server, numbers, metrics } = setUp();
  const status = new StatusCollector(server, { clock, numbers });
  const phone = new InProcessDevice(server);
  await phone.folderSync();
  const ping = phone.ping({ heartbeatSeconds: 600, folders: ["inbox"] });
  await clock.advance(1_000);
  ping.gone();
  await clock.advance(1_000);
  const query = { text: "", show: "known", order: "name", after: undefined, limit: 1 } as const;
  const page = status.snapshot(query).numbers;
  const { text } = await metricsText(client, [await metrics.snapshot()]);
  const counted = (line: string): number =>
    Number(
      text
        .split("\n")
        .find((one) => one.startsWith(`${line} `))
        ?.split(" ")[1],
    );
  expect(page.ended).toEqual({ disconnected: 1 });
  expect(counted('direct_push_holds_ended_total{command="Ping",outcome="disconnected"}')).toBe(1);
  expect(page.happened.dropped).toBe(1);
  expect(counted('direct_push_dropped_total{command="Ping"}')).toBe(1);
  expect(counted('direct_push_response_bytes_total{command="FolderSync"}')).toBe(page.responseBytes);
  expect(counted('direct_push_held{command="Ping"}')).toBe(0);
  expect(counted("direct_push_throttled_total")).toBe(0);
  status.close();
  await phone.folderSync();
  expect(numbers.snapshot().requests).toEqual({ FolderSync: { 200: 2 } });
});

it("tells whether the other processes can be reached, and how often they could not be", async () => {
  const { metrics, cutOff, heal } = setUp();
  const figures = async (): Promise<readonly (string | undefined)[]> => {
    const { text } = await metricsText(client, [await metrics.snapshot()]);
    return [/^direct_push_redis_connected (\d)$/m, /^direct_push_redis_losses_total (\d)$/m].map(
      (line) => line.exec(text)?.[1],
    );
  };
  expect(await figures()).toEqual(["1", "0"]);
  cutOff();
  expect(await figures()).toEqual(["0", "1"]);
  heal();
  expect(await figures()).toEqual(["1", "1"]);
});

it("names that devices make up are no labels", async () => {
  const { server, metrics } = setUp();
  for (const name of ["Nonsense", "GetHierarchy"]) await new InProcessDevice(server).command(name);
  const { text } = await metricsText(client, [await metrics.snapshot()]);
  expect(text).not.toContain("Nonsense");
});

it("adds up what several processes count", async () => {
  const sites = [setUp(), setUp()];
  for (const { server } of sites) await new InProcessDevice(server).folderSync();
  const snapshots = await Promise.all(sites.map(({ metrics }) => metrics.snapshot()));
  // As they come from another process.
  const { text } = await metricsText(client, JSON.parse(JSON.stringify(snapshots)));
  expect(text).toContain('direct_push_requests_total{command="FolderSync",status="200"} 2');
});

it("is served at one path", async () => {
  let fails = false;
  const port = await openMetricsPort({ host: "127.0.0.1", port: 0 }, async () => {
    if (fails) throw new Error("no worker answers");
    return { contentType: "text/plain; version=0.0.4", text: "up 1\n" };
  });
  const url = `http://127.0.0.1:${port.port}`;
  const found = await fetch(`${url}/metrics`);
  expect([found.status, await found.text()]).toEqual([200, "up 1\n"]);
  expect((await fetch(`${url}/`)).status).toBe(404);
  expect((await fetch(`${url}/metrics`, { method: "POST" })).status).toBe(404);
  fails = true;
  expect((await fetch(`${url}/metrics`)).status).toBe(503);
  await port.close();
});
