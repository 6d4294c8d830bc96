import { join } from "node:path";
import { certificate } from "../../test/contract/certificate.js";
import { within } from "../../test/contract/deadline.js";
import { Dovecot } from "../../test/integration/dovecot.js";
import { hibernation } from "../../test/integration/dovecot-configuration.js";
import { nowNs } from "../held/messages.js";
import { OrderedProcess } from "../held/process.js";
import type { ImapConnectionCounts, ImapPhonesOrder, ImapServerOrder } from "./messages.js";
import { figuresBelow, type ProcessFigures, sumOf } from "./process-figures.js";
import { RawWatcher } from "./raw-watcher.js";

/** A way in which the mail server is reached and tells of changes. */
export interface ImapWay {
  readonly name: string;
  readonly told: "NOTIFY" | "IDLE";
  readonly isSecure: boolean;
  /** Whether Dovecot puts connections that do nothing but IDLE into one process for all of them. */
  readonly hibernates: boolean;
}

/** How much is measured. */
export interface ImapScale {
  /** The folder of the compiled processes. */
  readonly build: string;
  readonly phones: number;
  /** Users whose phones are woken, each once in a way. */
  readonly wakes: number;
  readonly idleSeconds: number;
}

/** What one run found. */
export interface ImapRun {
  /** From the mail server's word that it has the mail to the answer of the Ping, for each that was woken. */
  readonly answeredMs: readonly number[];
  /** The same to the moment at which the mail server told a client that does nothing else. */
  readonly toldMs: readonly number[];
  /** To the answer when a hook of the mail server said so at once. */
  readonly hookedMs: readonly number[];
  readonly nodeHeapBytes: number;
  readonly nodeRssBytes: number;
  readonly dovecotRssBytes: number;
  readonly dovecotPssBytes: number;
  /** Shares of one core. */
  readonly nodeIdleCpu: number;
  readonly dovecotIdleCpu: number;
  /** Connections that watch, for each user, where each user has three devices that hold a Ping. */
  readonly connectionsPerUser: number;
}

/** Phones that are held and woken before anything is measured, so that the code is compiled. */
const WARM_USERS = 10;
const longestWaitMs = 60_000;
const SHARED_USERS = 5;
/** Who are watched for by a client that does nothing else. */
const OTHER_USERS = 20;
const DEVICES = 3;

interface Bench {
  readonly dovecot: Dovecot;
  readonly server: OrderedProcess<ImapServerOrder>;
  readonly phones: OrderedProcess<ImapPhonesOrder>;
  readonly port: number;
}

/** Runs something with a mail server and fresh processes. */
export async function withBench<T>(
  build: string,
  way: ImapWay,
  users: readonly string[],
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const { cert, key } = await certificate();
  const dovecot = await Dovecot.start({
    users,
    ...(way.isSecure && { tls: { certificate: cert, key } }),
    ...(way.hibernates && { extra: hibernation }),
  });
  const mode = way.told === "NOTIFY" ? "auto" : "idle";
  const args = [String(dovecot.imapPort), way.isSecure ? "implicit" : "none", mode];
  const server = new OrderedProcess<ImapServerOrder>(join(build, "server.js"), args);
  const phones = new OrderedProcess<ImapPhonesOrder>(join(build, "phones.js"), []);
  try {
    const port = Number(await server.ready);
    await phones.ready;
    return await work({ dovecot, server, phones, port });
  } finally {
    await Promise.all([server.stop(), phones.stop()]);
    await dovecot.remove();
  }
}

/** Measures all that concerns phones that are held. */
export async function measureImapRun(way: ImapWay, scale: ImapScale): Promise<ImapRun> {
  const users = names("user", scale.phones);
  const warm = names("warm", WARM_USERS);
  const shared = names("shared", SHARED_USERS);
  const others = names("other", OTHER_USERS);
  return await withBench(scale.build, way, [...warm, ...shared, ...others, ...users], async (bench) => {
    const { phones, port } = bench;
    const connectionsPerUser = await warmUp(bench, warm, shared);
    const before = await memoryOf(bench);
    await phones.ask({ kind: "start", port, users, devices: 1 });
    await settled(bench, users.length);
    // Dovecot begins to hibernate a connection some time after it was used last.
    if (way.hibernates) await pause(3_000);
    const after = await memoryOf(bench);
    const idle = await idleCpu(bench, scale.idleSeconds);
    const woken = users.slice(0, scale.wakes);
    const toldMs = await tellOthers(bench, others, way);
    const answeredMs = await wakeByServer(bench, woken);
    const hookedMs = await wakeByHook(bench, woken);
    const each = (of: (memory: Memory) => number): number => (of(after) - of(before)) / users.length;
    return {
      answeredMs,
      toldMs,
      hookedMs,
      nodeHeapBytes: each(({ node }) => node.heapUsed + node.external),
      nodeRssBytes: each(({ node }) => node.rss),
      dovecotRssBytes: each(({ dovecot }) => sumOf(dovecot, "rssBytes")),
      dovecotPssBytes: each(({ dovecot }) => sumOf(dovecot, "pssBytes")),
      ...idle,
      connectionsPerUser,
    };
  });
}

interface Memory {
  readonly node: NodeJS.MemoryUsage;
  readonly dovecot: ReadonlyMap<string, ProcessFigures>;
}

async function memoryOf({ dovecot, server }: Bench): Promise<Memory> {
  return {
    node: (await server.ask({ kind: "memory" })) as NodeJS.MemoryUsage,
    dovecot: figuresBelow(dovecot.pid),
  };
}

/** Lets phones be held and woken, counts the connections of users with several devices, and lets all of them go. */
async function warmUp(bench: Bench, warm: readonly string[], shared: readonly string[]): Promise<number> {
  const { dovecot, phones, port } = bench;
  await phones.ask({ kind: "start", port, users: warm, devices: 1 });
  await phones.ask({ kind: "start", port, users: shared, devices: DEVICES });
  await settled(bench, warm.length + shared.length * DEVICES);
  let connections = 0;
  for (const user of shared) connections += await dovecot.connectionsOf(user);
  for (const user of warm) await dovecot.deliver(user, "Warm");
  await phones.ask({ kind: "answered", users: warm });
  await phones.ask({ kind: "stop" });
  const { server } = bench;
  const areClosed = async (): Promise<boolean> => {
    const counts = (await server.ask({ kind: "connections" })) as ImapConnectionCounts;
    return counts.watchedUsers + counts.pooled === 0;
  };
  while (!(await areClosed())) await pause(200);
  return connections / shared.length;
}

/** Resolves when so many Pings are held, and no connection is left but those that watch. */
async function settled({ server, phones }: Bench, held: number): Promise<void> {
  const isSettled = async (): Promise<boolean> => {
    await phones.ask({ kind: "waiting" });
    const counts = (await server.ask({ kind: "connections" })) as ImapConnectionCounts;
    return (await server.number({ kind: "held" })) === held && counts.pooled === 0;
  };
  while (!(await isSettled())) await pause(200);
}

async function idleCpu(
  { dovecot, server }: Bench,
  seconds: number,
): Promise<Pick<ImapRun, "nodeIdleCpu" | "dovecotIdleCpu">> {
  const ticks = (): number => sumOf(figuresBelow(dovecot.pid), "ticks");
  const before = { node: await server.number({ kind: "cpu" }), dovecot: ticks() };
  await pause(seconds * 1_000);
  const after = { node: await server.number({ kind: "cpu" }), dovecot: ticks() };
  return {
    nodeIdleCpu: (after.node - before.node) / 1e6 / seconds,
    dovecotIdleCpu: (after.dovecot - before.dovecot) / 100 / seconds,
  };
}

async function wakeByServer(
  { dovecot, phones }: Bench,
  users: readonly string[],
): Promise<readonly number[]> {
  await phones.ask({ kind: "forget" });
  const delivered = await deliverEach(dovecot, users, "Told");
  const answered = await within(
    "all phones to be answered",
    phones.ask({ kind: "answered", users }),
    longestWaitMs,
  );
  await phones.ask({ kind: "waiting" });
  return elapsed(delivered, answered as number[]);
}

/** The baseline has users of its own: two who watch one mailbox would wait for one another. */
async function tellOthers(
  { dovecot }: Bench,
  users: readonly string[],
  { told, isSecure, hibernates }: ImapWay,
): Promise<readonly number[]> {
  if (isSecure) return [];
  const watchers = await Promise.all(users.map((user) => RawWatcher.start(dovecot.imapPort, user, told)));
  // Until they hibernate as well.
  if (hibernates) await pause(3_000);
  const delivered = await deliverEach(dovecot, users, "Told");
  await within("Dovecot to tell the others", allTold(watchers), longestWaitMs);
  for (const watcher of watchers) watcher.stop();
  return elapsed(
    delivered,
    watchers.map(({ toldNs = Number.NaN }) => toldNs),
  );
}

async function allTold(watchers: readonly RawWatcher[]): Promise<void> {
  while (watchers.some(({ toldNs }) => toldNs === undefined)) await pause(20);
}

async function wakeByHook(
  { dovecot, server, phones }: Bench,
  users: readonly string[],
): Promise<readonly number[]> {
  await phones.ask({ kind: "forget" });
  const delivered = await deliverEach(dovecot, users, "Hooked", (user) =>
    server.ask({ kind: "changed", user }),
  );
  const answered = await within(
    "all phones to be answered",
    phones.ask({ kind: "answered", users }),
    longestWaitMs,
  );
  return elapsed(delivered, answered as number[]);
}

/** Delivers a mail to each, some time apart. @returns when the mail server said that it has it. */
async function deliverEach(
  dovecot: Dovecot,
  users: readonly string[],
  subject: string,
  then: (user: string) => Promise<unknown> = async () => undefined,
): Promise<readonly number[]> {
  const delivered: number[] = [];
  for (const user of users) {
    await dovecot.deliver(user, subject);
    delivered.push(nowNs());
    await then(user);
    await pause(100);
  }
  return delivered;
}

function elapsed(from: readonly number[], to: readonly number[]): readonly number[] {
  return to.map((at, index) => (at - (from[index] ?? Number.NaN)) / 1e6);
}

function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
