import type { BenchCluster } from "./bench-cluster.js";
import { pause } from "./bench-cluster.js";
import type { SentToRedis } from "./messages.js";
import type { PhonePool } from "./phone-pool.js";

/** What one step of a phone costs Redis, on average. */
export interface StepCost {
  readonly roundTrips: number;
  readonly commands: number;
  /** Both ways. */
  readonly bytes: number;
}

/** The steps of a phone that a mail reaches, each by itself. */
export interface RedisCosts {
  readonly wake: StepCost;
  readonly sync: StepCost;
  readonly ping: StepCost;
}

/** Lets some phones of one process go round, one after the other. */
export async function measureRedisCosts(
  cluster: BenchCluster,
  pool: PhonePool,
  count: number,
): Promise<RedisCosts> {
  const phones = pool.take(count, 0);
  const { process } = cluster.node(0);
  const heldBefore = await process.number({ kind: "held" });
  const wake = await costOf(cluster, phones, async (phone) => {
    await cluster.deliver([phone]);
    await process.ask({ kind: "publish", phones: [phone], gapMs: 10 });
  });
  const sync = await costOf(cluster, phones, async (phone) => {
    await cluster.playerOf(phone).ask({ kind: "sync", phone });
  });
  let held = heldBefore - count;
  const ping = await costOf(cluster, phones, async (phone) => {
    await cluster.playerOf(phone).ask({ kind: "ping", phone });
    held += 1;
    while ((await process.number({ kind: "held" })) < held) await pause(2);
  });
  return { wake, sync, ping };
}

async function costOf(
  cluster: BenchCluster,
  phones: readonly number[],
  step: (phone: number) => Promise<void>,
): Promise<StepCost> {
  const { process } = cluster.node(0);
  // What is left of the step before is over.
  await pause(500);
  // Looking has a cost of its own, which the second look tells.
  const [first, second] = [await cluster.redis.usage(), await cluster.redis.usage()];
  const looking = second.bytesIn + second.bytesOut - first.bytesIn - first.bytesOut;
  const before = (await process.ask({ kind: "redis-counts" })) as SentToRedis;
  for (const phone of phones) {
    await step(phone);
    await pause(10);
  }
  const after = (await process.ask({ kind: "redis-counts" })) as SentToRedis;
  const usage = await cluster.redis.usage();
  const bytes = usage.bytesIn + usage.bytesOut - second.bytesIn - second.bytesOut - looking;
  return {
    roundTrips: (after.roundTrips - before.roundTrips) / phones.length,
    commands: (after.commands - before.commands) / phones.length,
    bytes: Math.max(0, bytes) / phones.length,
  };
}
