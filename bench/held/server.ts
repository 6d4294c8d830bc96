/** One server process of the bench: `server.ts HOST bare|mounted|asking GATHER_MS`. Started with --expose-gc. */
import { createDirectPush, type DirectPush } from "direct-push";
import { BareHolder } from "./bare-holder.js";
import { BenchMailbox } from "./bench-mailbox.js";
import { type HostName, startBare, startMounted } from "./hosts.js";
import { nowNs, type ServerMode, type ServerOrder } from "./messages.js";
import { obeyOrders } from "./obey-orders.js";
import { catchUp, prime } from "./prime.js";
import { WakeAllWatch } from "./wake-all-watch.js";

const [host, mode, gatherMs] = process.argv.slice(2) as [HostName, ServerMode, string];
const bare = new BareHolder();
const mailbox = new BenchMailbox(mode !== "asking");
const watch = new WakeAllWatch();
/** The SyncKey of each phone's inbox. */
const keys: string[] = [];
let directPush: DirectPush | undefined;

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

async function primeAll(from: number, phones: number): Promise<string[]> {
  const primed =
    directPush === undefined ? new Array<string>(phones).fill("") : await prime(directPush, from, phones);
  for (const [index, key] of primed.entries()) keys[from + index] = key;
  return primed;
}

async function catchUpAll(from: number, phones: number): Promise<void> {
  if (directPush === undefined) return;
  for (let phone = from; phone < from + phones; phone++)
    keys[phone] = await catchUp(directPush, phone, keys[phone] ?? "0");
}

async function wakeAll(phones: number): Promise<number> {
  await watch.begin();
  const at = nowNs();
  for (let phone = 0; phone < phones; phone++) {
    wake(`u${phone}`);
    // Ten thousand changes reach a server in many events, not from one loop.
    if (phone % 500 === 499) await new Promise((resolve) => setImmediate(resolve));
  }
  return at;
}

async function obey(order: ServerOrder): Promise<unknown> {
  switch (order.kind) {
    case "prime":
      return await primeAll(order.from, order.phones);
    case "catch-up":
      return await catchUpAll(order.from, order.phones);
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
    case "wake-all":
      return await wakeAll(order.phones);
    case "wake-all-cost":
      return watch.end();
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
