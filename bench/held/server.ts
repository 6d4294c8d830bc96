/** One server process of the bench: `server.ts HOST bare|mounted|asking GATHER_MS`. Started with --expose-gc. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createDirectPush, type DirectPush } from "direct-push";
import { BareHolder } from "./bare-holder.js";
import { BenchMailbox } from "./bench-mailbox.js";
import { type HostName, startBare, startMounted } from "./hosts.js";
import { nowNs, type ServerMode, type ServerOrder, type WakeAllCost } from "./messages.js";
import { obeyOrders } from "./obey-orders.js";
import { prime } from "./prime.js";

const [host, mode, gatherMs] = process.argv.slice(2) as [HostName, ServerMode, string];
const bare = new BareHolder();
const mailbox = new BenchMailbox(mode !== "asking");
const delay = monitorEventLoopDelay({ resolution: 1 });
let directPush: DirectPush | undefined;
let cpuBefore = process.cpuUsage();

async function start(): Promise<number> {
  if (mode === "bare") return await startBare(host, bare.handler);
  directPush = createDirectPush({
    mailbox,
    source: mailbox,
    gatherMs: Number(gatherMs),
    authenticate: async (attempt) =>
      attempt.kind === "basic" ? { kind: "user", user: attempt.user } : { kind: "refused" },
  });
  return await startMounted(host, directPush);
}

function collectGarbage(): void {
  for (let round = 0; round < 4; round++) globalThis.gc?.();
}

function wake(user: string): void {
  if (mode === "bare") bare.wake(user);
  else mailbox.change(user);
}

async function wakeEach(from: number, phones: number): Promise<number[]> {
  const times: number[] = [];
  for (let phone = from; phone < from + phones; phone++) {
    times.push(nowNs());
    wake(`u${phone}`);
    await pause(2);
  }
  return times;
}

async function obey(order: ServerOrder): Promise<unknown> {
  switch (order.kind) {
    case "prime":
      return directPush === undefined
        ? Array.from({ length: order.phones }, () => "")
        : await prime(directPush, order.from, order.phones);
    case "memory":
      collectGarbage();
      await pause(300);
      collectGarbage();
      return process.memoryUsage();
    case "held":
      return directPush?.heldCount ?? bare.heldCount;
    case "idle-cpu": {
      const before = process.cpuUsage();
      await pause(order.seconds * 1000);
      const used = process.cpuUsage(before);
      return (used.user + used.system) / 1e6 / order.seconds;
    }
    case "wake-each":
      return await wakeEach(order.from, order.phones);
    case "wake-all": {
      delay.enable();
      delay.reset();
      cpuBefore = process.cpuUsage();
      // Its first look at the clock is only where it counts from.
      await pause(20);
      const at = nowNs();
      for (let phone = 0; phone < order.phones; phone++) {
        wake(`u${phone}`);
        // Ten thousand changes reach a server in many events, not from one loop.
        if (phone % 500 === 499) await new Promise((resolve) => setImmediate(resolve));
      }
      return at;
    }
    case "wake-all-cost": {
      const { user, system } = process.cpuUsage(cpuBefore);
      delay.disable();
      return { cpuMicroseconds: user + system, loopBlockMs: delay.max / 1e6 } satisfies WakeAllCost;
    }
    case "turn-around":
      bare.atOnce = true;
      directPush?.events.on("held", ({ user }) => void setImmediate(() => mailbox.change(user)));
      return 0;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

obeyOrders<ServerOrder>(obey, await start());
