/**
 * Several machines as one server, on this machine: Dovecot with the mail, Redis, two `direct-push serve`, HAProxy in front of them, and six
 * phones. Then one node is killed, started again, and the other one restarted, while mail comes in. Run it with `npm run demo:cluster`; it needs the
 * Debian packages dovecot-imapd, redis-server and haproxy, whose services need not run. With `--stay` it goes on until Ctrl-C.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { tell } from "../mail-server/timeline.js";
import { freePort } from "./free-port.js";
import { MailServer } from "./mail-server.js";
import { type Overview, ServeNode } from "./node.js";
import { Phone } from "./phone.js";
import { configuration, Program } from "./programs.js";

/** Longest wait for anything that must happen. */
const patienceMs = 60_000;
const users = ["alice", "bob", "carol"];
const stays = process.argv.includes("--stay");

// Programs of Debian's packages for administrators are not on everybody's path.
process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`;
const folder = mkdtempSync(join(tmpdir(), "direct-push-cluster-"));
/** How to end what was started, in the order of starting. */
const ends: (() => Promise<unknown>)[] = [];
const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => reject(new Error(signal)));
});
const delivered: { readonly user: string; readonly subject: string }[] = [];
let isOver = false;

try {
  await Promise.race([show(), interrupted]);
} catch (error) {
  if (!stays || !isOver) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
} finally {
  for (const end of ends.reverse()) await end().catch((error: unknown) => console.error(String(error)));
  rmSync(folder, { recursive: true, force: true });
}

interface Site {
  readonly mail: MailServer;
  readonly nodes: readonly [ServeNode, ServeNode];
  readonly phones: readonly Phone[];
}

async function show(): Promise<void> {
  const site = await startAll();
  const [first, second] = site.nodes;
  await allWait(site, first, 2);
  await mailForAll(site, "Hello");

  await allWait(site, first, 2);
  await first.kill();
  await mailForAll(site, "While a node is dead");
  await allWait(site, second, 1);

  await first.start();
  await allWait(site, second, 2);
  tell("demo", `restarts ${second.name} as one does for an update`);
  const isEnded = second.end();
  await mailForAll(site, "While a node is restarted");
  await isEnded;
  await second.start();
  await allWait(site, second, 2);
  await mailForAll(site, "All is well");
  conclude(site);
  isOver = true;
  if (stays) await new Promise(() => {});
}

/** Starts all programs, and the phones. */
async function startAll(): Promise<Site> {
  const mail = await MailServer.start(folder);
  ends.push(() => mail.end());
  tell("demo", `Dovecot has the mail, on port ${mail.port}`);
  const redisPort = await startRedis();
  const shared = { imapPort: mail.port, redisPort };
  const nodes = [await ServeNode.make("node1", shared), await ServeNode.make("node2", shared)] as const;
  for (const node of nodes) ends.push(() => node.end());
  await Promise.all(nodes.map((node) => node.start()));
  const port = await startProxy(nodes);
  const phones = users.flatMap((user) =>
    [1, 2].map((at) => startPhone(`http://127.0.0.1:${port}`, user, at)),
  );
  return { mail, nodes, phones };
}

function startPhone(url: string, user: string, at: number): Phone {
  const phone = new Phone(url, user, `${user.toUpperCase()}${at}`);
  phone.start();
  ends.push(() => phone.stop());
  return phone;
}

async function startRedis(): Promise<number> {
  const port = await freePort();
  const where = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
  const redis = new Program("redis", ["redis-server", ...where, "--appendonly", "yes", "--save", ""]);
  ends.push(() => redis.end());
  await redis.listensOn(port);
  tell("demo", `Redis has what phones got so far, on port ${port}`);
  return port;
}

async function startProxy([node1, node2]: readonly [ServeNode, ServeNode]): Promise<number> {
  const port = await freePort();
  const file = join(folder, "haproxy.cfg");
  writeFileSync(file, configuration("haproxy.cfg", { port, node1: node1.port, node2: node2.port }));
  const proxy = new Program("haproxy", ["haproxy", "-db", "-q", "-f", file]);
  ends.push(() => proxy.end());
  await proxy.listensOn(port);
  tell("demo", `HAProxy sends phones to either, from port ${port}`);
  return port;
}

/** A mail arrives for each user. Resolves when each phone has it. */
async function mailForAll({ mail, phones }: Site, subject: string): Promise<void> {
  const startedAt = performance.now();
  for (const user of users) {
    tell("mail", `"${subject}" arrives for ${user}`);
    await mail.deliver(user, subject);
    delivered.push({ user, subject });
  }
  await until(`"${subject}" on all phones`, async () =>
    phones.every(({ subjects }) => subjects.includes(subject)),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  tell("demo", `all ${phones.length} phones have it ${seconds.toFixed(1)} s after the first arrived`);
}

/** Waits until each phone has a Ping held, on so many nodes together; `node` is asked. */
async function allWait({ phones }: Site, node: ServeNode, nodes: number): Promise<void> {
  let overview: Overview | undefined;
  await until(`${phones.length} held Pings on ${nodes} nodes`, async () => {
    overview = await node.overview();
    return overview.held.Ping === phones.length && overview.nodes.length === nodes;
  });
  const parts = overview?.nodes.map(({ node, held }) => `${node} holds ${held.Ping}`);
  tell("demo", `${phones.length} Pings are held: ${parts?.join(", ")}`);
}

function conclude({ phones }: Site): void {
  for (const { id, user, subjects } of phones) {
    const wanted = delivered.filter((mail) => mail.user === user).map(({ subject }) => subject);
    if (JSON.stringify([...subjects].sort()) !== JSON.stringify([...wanted].sort())) {
      throw new Error(`${id} has ${JSON.stringify(subjects)}, and not ${JSON.stringify(wanted)}`);
    }
  }
  tell(
    "demo",
    `nothing was lost, and nothing came twice: ${phones.length} phones have all ${delivered.length} mails of their users`,
  );
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const givesUpAt = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > givesUpAt) throw new Error(`not within ${patienceMs / 1_000} s: ${what}`);
    await pause(100);
  }
}
