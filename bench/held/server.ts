/** One server process of the bench: `server.ts HOST bare|mounted`. Started with --expose-gc. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createDirectPush, type DirectPush } from "direct-push";
import { BareHolder } from "./bare-holder.js";
import { BenchMailbox } from "./bench-mailbox.js";
import { type HostName, startBare, startMounted } from "./hosts.js";
import { nowNs, type ServerOrder } from "./messages.js";
import { prime } from "./prime.js";

const [host, mode] = process.argv.slice(2) as [HostName, "bare" | "mounted"];
const bare = new BareHolder();
const mailbox = new BenchMailbox();
const delay = monitorEventLoopDelay({ resolution: 1 });
let directPush: DirectPush | undefined;

async function start(): Promise<number> {
  if (mode === "bare") return await startBare(host, bare.handler);
  directPush = createDirectPush({
    mailbox,
    source: mailbox,
    gatherMs: 0,
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

async function obey(order: ServerOrder): Promise<unknown> {
  switch (order.kind) {
    case "prime":
      if (directPush !== undefined) await prime(directPush, order.phones);
      return 0;
    case "memory":
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 300));
      collectGarbage();
      return process.memoryUsage();
    case "held":
      return directPush?.heldCount ?? bare.heldCount;
    case "idle-cpu": {
      const before = process.cpuUsage();
      await new Promise((resolve) => setTimeout(resolve, order.seconds * 1000));
      const used = process.cpuUsage(before);
      return (used.user + used.system) / 1e6 / order.seconds;
    }
    case "wake": {
      const at = nowNs();
      wake(`u${order.phone}`);
      return at;
    }
    case "wake-all": {
      delay.enable();
      delay.reset();
      const at = nowNs();
      for (let phone = 0; phone < order.phones; phone++) wake(`u${phone}`);
      return at;
    }
    case "loop-block":
      delay.disable();
      return delay.max / 1e6;
    case "answer-at-once":
      bare.atOnce = true;
      if (mode === "mounted") for (let phone = 0; phone < order.phones; phone++) mailbox.change(`u${phone}`);
      return 0;
  }
}

process.on("message", (order: ServerOrder) => {
  obey(order).then(
    (value) => process.send?.({ value }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.({ value: await start() });
