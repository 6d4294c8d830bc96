import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { hangsAfterMs } from "../contract/deadline.js";
import { NodeCluster } from "./redis-cluster.js";
import type { ClusterNode } from "./redis-cluster-node.js";
import { ClusterPhone } from "./redis-phone.js";

const users = ["ann", "ben", "cem"] as const;
const phonesOfUser = 3;

/** What a phone counts. */
type Counted = "requests" | "told" | "quiet" | "broken" | "turnedAway" | "resyncs";

/** Three processes that are one server, and phones that wait for mail there. */
export class PhoneSite {
  readonly cluster: NodeCluster;
  readonly phones: readonly ClusterPhone[];
  readonly users: readonly string[] = users;

  /** @param redisUrls of a Redis, or of the masters of a cluster. */
  constructor(redisUrls: readonly string[]) {
    this.cluster = new NodeCluster(redisUrls);
    this.phones = users.flatMap((user) =>
      Array.from({ length: phonesOfUser }, (_, at) => this.phone(user, `${user.toUpperCase()}${at}`)),
    );
  }

  /** Starts the processes and the phones. Resolves when each phone waits. */
  async start(): Promise<void> {
    await Promise.all([this.cluster.add(), this.cluster.add(), this.cluster.add()]);
    await Promise.all(this.phones.map((phone) => phone.start()));
    await this.allAreHeld();
  }

  /** Another phone, which does nothing yet. */
  phone(user: string, deviceId: string): ClusterPhone {
    return new ClusterPhone(this.cluster, user, deviceId);
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await Promise.all(this.phones.map((phone) => phone.stop()));
    await this.cluster.close();
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
    const giveUpAt = Date.now() + hangsAfterMs;
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
