import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { childText, Ping } from "../../src/wbxml/index.js";
import { NodeCluster } from "./redis-cluster.js";
import { ClusterPhone } from "./redis-phone.js";
import { connectedClient, RedisServer, type TestClient } from "./redis-server.js";
import { programIsThere } from "./required-program.js";

const users = ["ann", "ben", "cem"];
const phonesOfUser = 3;
const limitMs = 120_000;

describe.skipIf(!programIsThere("redis-server", "redis-server"))("three processes over Redis", () => {
  let redis: RedisServer;
  let admin: TestClient;
  let cluster: NodeCluster;
  let phones: ClusterPhone[] = [];

  beforeAll(async () => {
    redis = await RedisServer.start();
    admin = await connectedClient(redis.url);
    cluster = new NodeCluster(redis.url);
    await Promise.all([cluster.add(), cluster.add(), cluster.add()]);
    phones = users.flatMap((user) =>
      Array.from(
        { length: phonesOfUser },
        (_, at) => new ClusterPhone(cluster, user, `${user.toUpperCase()}${at}`),
      ),
    );
    await Promise.all(phones.map((phone) => phone.start()));
  }, limitMs);

  afterAll(async () => {
    await Promise.all(phones.map((phone) => phone.stop()));
    await cluster?.close();
    if (admin?.isOpen === true) admin.destroy();
    await redis?.close();
  }, limitMs);

  /** Every phone has exactly the mails of its user. */
  async function allHaveAll(): Promise<void> {
    await until(() => phones.every((phone) => new Set(phone.mails).size === mailsOf(phone.user).length));
    for (const phone of phones) expect([...phone.mails].sort()).toEqual(mailsOf(phone.user).sort());
  }

  function mailsOf(user: string): string[] {
    return cluster.mails.filter((mail) => mail.user === user).map(({ subject }) => subject);
  }

  /** Each phone waits, in one process, and for one request. */
  async function allAreHeld(): Promise<void> {
    await until(async () => {
      const held = (await Promise.all(cluster.nodes.map((node) => node.held()))).flat().sort();
      return JSON.stringify(held) === JSON.stringify(phones.map(({ deviceId }) => deviceId).sort());
    });
  }

  async function mailForAll(): Promise<void> {
    for (const user of users) await cluster.deliver(user);
    await allHaveAll();
  }

  function sum(of: "broken" | "turnedAway" | "resyncs"): number {
    return phones.reduce((total, phone) => total + phone[of], 0);
  }

  test("a mail that one process is told of reaches phones that wait in others", {
    timeout: limitMs,
  }, async () => {
    await allAreHeld();
    await mailForAll();
    await allAreHeld();
    const held = await Promise.all(cluster.nodes.map((node) => node.held()));
    expect(held.every((devices) => devices.length > 0)).toBe(true);
    expect([sum("broken"), sum("turnedAway"), sum("resyncs")]).toEqual([0, 0, 0]);
  });

  test("a newer Ping of a device ends the older one in another process", { timeout: limitMs }, async () => {
    const phone = phones[0] as ClusterPhone;
    await allAreHeld();
    // Each ends the one before, the phone's own among them, which then pings again and ends the last.
    const trail = [0, 1, 2, 0].map((at) => () => phone.pingAt(cluster.at(at), 60));
    const exchanges = [];
    for (const send of trail) {
      exchanges.push(send());
      await pause(50);
    }
    const answers = await Promise.all(exchanges.map(({ answer }) => answer));
    expect(answers.map(({ document }) => childText(document, Ping.Status))).toEqual(["1", "1", "1", "1"]);
    await allAreHeld();
  });

  test("connections to Redis that are cut lose nothing", { timeout: limitMs }, async () => {
    await allAreHeld();
    for (const type of ["pubsub", "normal"]) {
      await admin.sendCommand(["CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"]);
      for (const user of users) await cluster.deliver(user);
    }
    await allHaveAll();
    expect([sum("broken"), sum("resyncs")]).toEqual([0, 0]);
  });

  test("a process that is killed costs its phones a new Ping, and the others nothing", {
    timeout: limitMs,
  }, async () => {
    await allAreHeld();
    const [resyncs, away] = [sum("resyncs"), sum("turnedAway")];
    const node = cluster.at(0);
    const its = await node.held();
    await node.kill();
    await mailForAll();
    await allAreHeld();
    expect([sum("broken"), sum("resyncs"), sum("turnedAway")]).toEqual([its.length, resyncs, away]);
    await cluster.add();
  });
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error("what must happen did not");
    await pause(50);
  }
}
