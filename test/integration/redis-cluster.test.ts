import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { childText, Ping } from "../../src/wbxml/index.js";
import type { ClusterPhone } from "./redis-phone.js";
import { redisIsThere } from "./redis-server.js";
import { RedisSite } from "./redis-site.js";

describe.skipIf(!redisIsThere())("three processes over Redis", () => {
  let site: RedisSite;

  beforeAll(async () => {
    site = await RedisSite.start();
  });

  afterAll(() => site?.close());

  test("a mail that one process is told of reaches phones that wait in others", async () => {
    const held = await Promise.all(site.cluster.nodes.map((node) => node.held()));
    expect(held.every((devices) => devices.length > 0)).toBe(true);
    await site.mailForAll();
    await site.allHaveAll();
    await site.allAreHeld();
    expect([site.sum("broken"), site.sum("turnedAway"), site.sum("resyncs")]).toEqual([0, 0, 0]);
  });

  test("a newer Ping of a device ends the older one in another process", async () => {
    const phone = site.phones[0] as ClusterPhone;
    await site.allAreHeld();
    // Each ends the one before, the phone's own among them, which then pings again and ends the last.
    const exchanges = [];
    for (const index of [0, 1, 2, 0]) {
      const device = phone.at(site.cluster.at(index));
      exchanges.push(device.ping({ heartbeatSeconds: 900, folders: ["inbox"] }));
      await pause(50);
    }
    const answers = await Promise.all(exchanges.map(({ answer }) => answer));
    expect(answers.map(({ document }) => childText(document, Ping.Status))).toEqual(["1", "1", "1", "1"]);
    await site.allAreHeld();
  });

  test("connections to Redis that are cut lose nothing", async () => {
    await site.allAreHeld();
    for (const type of ["pubsub", "normal"]) {
      await site.admin.sendCommand(["CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"]);
      await site.mailForAll();
    }
    await site.allHaveAll();
    expect([site.sum("broken"), site.sum("resyncs")]).toEqual([0, 0]);
  });

  test("a process that is killed costs its phones a new Ping, and the others nothing", async () => {
    await site.allAreHeld();
    const [resyncs, away] = [site.sum("resyncs"), site.sum("turnedAway")];
    const node = site.cluster.at(0);
    const its = await node.held();
    await node.kill();
    await site.mailForAll();
    await site.allHaveAll();
    await site.allAreHeld();
    expect([site.sum("broken"), site.sum("resyncs"), site.sum("turnedAway")]).toEqual([
      its.length,
      resyncs,
      away,
    ]);
  });
});
