import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { NodeCluster } from "./redis-cluster.js";
import type { ClusterNode } from "./redis-cluster-node.js";
import { ClusterPhone } from "./redis-phone.js";
import { connectedClient, RedisServer, type TestClient } from "./redis-server.js";

/** How long a test of a {@link RedisSite} may take, on a machine that has much else to do. */
export const siteLimitMs = 180_000;

/** How long what must happen is waited for. Nothing is told by it but that it did not happen. */
const patienceMs = 60_000;

const users = ["ann", "ben", "cem"] as const;
const phonesOfUser = 3;

/** What a phone counts. */
type Counted = "requests" | "told" | "quiet" | "broken" | "turnedAway" | "resyncs";

/** Redis, three processes over it, and phones that wait for mail. */
export class RedisSite {
  readonly redis: RedisServer;
  readonly admin: TestClient;
  readonly cluster: NodeCluster;
  readonly phones: readonly ClusterPhone[];
  readonly users: readonly string[] = users;

  private constructor(redis: RedisServer, admin: TestClient, cluster: NodeCluster) {
    this.redis = redis;
    this.admin = admin;
    this.cluster = cluster;
    this.phones = users.flatMap((user) =>
      Array.from({ length: phonesOfUser }, (_, at) => this.phone(user, `${user.toUpperCase()}${at}`)),
    );
  }

  /** Starts everything. Resolves when each phone waits. */
  static async start(): Promise<RedisSite> {
    const redis = await RedisServer.start();
    const site = new RedisSite(redis, await connectedClient(redis.url), new NodeCluster(redis.url));
    const { cluster } = site;
    await Promise.all([cluster.add(), cluster.add(), cluster.add()]);
    await Promise.all(site.phones.map((phone) => phone.start()));
    await site.allAreHeld();
    return site;
  }

  /** Another phone, which does nothing yet. */
  phone(user: string, deviceId: string): ClusterPhone {
    return new ClusterPhone(this.cluster, user, deviceId);
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await Promise.all(this.phones.map((phone) => phone.stop()));
    await this.cluster.close();
    this.admin.destroy();
    await this.redis.close();
  }

  /** A mail for each user, one process told of each. */
  async mailForAll(): Promise<void> {
    for (const user of users) await this.cluster.deliver(user);
  }

  /** Every phone gets exactly the mails of its user, each once. */
  async allHaveAll(): Promise<void> {
    await this.until("every phone has all mails", () =>
      this.phones.every((phone) => new Set(phone.mails).size === this.cluster.mailsOf(phone.user).length),
    );
    for (const { mails, user } of this.phones) {
      expect([...mails].sort()).toEqual([...this.cluster.mailsOf(user)].sort());
    }
  }

  /** Each phone waits, in one process, and for one request. */
  async allAreHeld(): Promise<void> {
    const waiting = this.phones.map(({ deviceId }) => deviceId).sort();
    await this.until("each phone is held once", async () => {
      const held = await this.cluster.held();
      return held.sort().join() === waiting.join();
    });
  }

  /** The phones whose requests a process holds. */
  async phonesAt(node: ClusterNode): Promise<ClusterPhone[]> {
    const held = await node.held();
    return this.phones.filter(({ deviceId }) => held.includes(deviceId));
  }

  /** Waits for what must happen. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const giveUpAt = Date.now() + patienceMs;
    while (!(await holds())) {
      for (const { fault } of this.phones) if (fault !== undefined) throw fault;
      if (Date.now() > giveUpAt) throw new Error(`it never happened that ${what}`);
      await pause(50);
    }
  }

  /** What all phones have counted. */
  sum(of: Counted): number {
    return this.phones.reduce((total, phone) => total + phone[of], 0);
  }
}
