import { expect } from "vitest";
import { redisRelay } from "../../src/redis/index.js";
import type { LinkState } from "../../src/relay/relay.js";
import { until } from "../contract/deadline.js";
import type { RedisMasters } from "./redis-masters.js";
import { connectedCluster } from "./redis-server.js";

const topics = Array.from({ length: 30 }, (_, at) => `mailbox/user ${at}`);
const names = Array.from({ length: 30 }, (_, at) => `user ${at} device Ping`);

/** Two processes over a Redis Cluster, one of which hears the other. */
export interface TwoProcesses {
  /** What the second was told of its way to the others. */
  readonly links: readonly LinkState[];
  /** Where the topics' channels and the names' claims lie. */
  slots(): Promise<readonly number[]>;
  /** Everything that is told and overtaken reaches the second. */
  hearsAll(): Promise<void>;
  /** Waits until the second has lost the others, and found them again, since it had been told so many times. */
  isRestored(since: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts them. @param urls by which they know the cluster. */
export async function twoProcesses(
  masters: RedisMasters,
  prefix: string,
  urls: readonly string[] = masters.urls,
): Promise<TwoProcesses> {
  const clients = [await connectedCluster(urls), await connectedCluster(urls)] as const;
  const [one, other] = [await redisRelay(clients[0], { prefix }), await redisRelay(clients[1], { prefix })];
  const heard: string[] = [];
  const links: LinkState[] = [];
  for (const topic of topics) await other.subscribe(topic, () => heard.push(topic));
  other.onOvertaken((name) => heard.push(name));
  other.onLink((link) => links.push(link));
  return {
    links,
    slots: async () => [
      ...(await Promise.all(topics.map((topic) => masters.slotOf(`${prefix}topic:${topic}`)))),
      ...(await Promise.all(Array.from({ length: 64 }, (_, part) => masters.slotOf(`{${part}}`)))),
    ],
    async hearsAll() {
      heard.length = 0;
      for (const name of names) await other.claim(name);
      for (const name of names) await one.claim(name);
      for (const topic of topics) await one.publish(topic, "changed");
      const all = [...names, ...topics].sort();
      await until("everything to be heard", () => new Set(heard).size === all.length);
      expect([...new Set(heard)].sort()).toEqual(all);
    },
    async isRestored(since) {
      await until("the loss to be told", () => links.slice(since).includes("lost"));
      await until("the end of it to be told", () => links.at(-1) === "restored");
    },
    async close() {
      await Promise.all([one.close(), other.close()]);
      for (const client of clients) client.destroy();
    },
  };
}
