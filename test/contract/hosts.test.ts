/** What holds on every host: one suite, run on each. */
import { once } from "node:events";
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { DirectPushOptions } from "../../src/index.js";
import { InProcessDevice } from "../../src/testing/index.js";
import {
  child,
  children,
  childText,
  element,
  encode,
  FolderHierarchy,
  Ping,
  textElement,
} from "../../src/wbxml/index.js";
import { documentOf, type Mounted, mount, pingOf, requestOf, syncOf, user } from "./bench-of-one.js";
import { until, within } from "./deadline.js";
import { type Before, type Host, hosts } from "./hosts.js";
import type { WireAnswer, WireExchange, WireRequest } from "./wire.js";

function pingStatus(answer: WireAnswer): string | undefined {
  return childText(documentOf(answer.body), Ping.Status);
}

const folderSync = element(FolderHierarchy.FolderSync, [textElement(FolderHierarchy.SyncKey, "0")]);

/** Speaks HTTP/1 without TLS. */
function isPlain({ name }: Host): boolean {
  return name !== "node:https" && name !== "node:http2";
}

const mail = "From: bob@example.com\r\nTo: zoe@example.com\r\nSubject: Hello\r\n\r\nHi!\r\n";

describe.each(hosts.map((host) => [host.name, host] as const))("%s", (_name, host: Host) => {
  const open: Mounted[] = [];

  async function mounted(options?: Partial<DirectPushOptions>, before?: Before): Promise<Mounted> {
    const made = await mount(host, options, before);
    open.push(made);
    return made;
  }

  function heard(exchange: WireExchange): Promise<WireAnswer> {
    return within("the answer", exchange.answer);
  }

  afterEach(async () => {
    for (const one of open.splice(0)) await within("the host to close", one.host.close());
  });

  it("answers a held Ping at once when a folder changes, and names it", async () => {
    const { hold, mailbox, inbox, released } = await mounted();
    const ping = await hold();
    await mailbox.deliver(user, mail);
    const answer = await heard(ping);
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/vnd.ms-sync.wbxml");
    const document = documentOf(answer.body);
    expect(childText(document, Ping.Status)).toBe("2");
    expect(children(child(document, Ping.Folders), Ping.Folder).map((folder) => folder.content)).toEqual([
      inbox,
    ]);
    await released();
  });

  it("answers when the interval ends", async () => {
    const { hold, clock, released } = await mounted();
    const ping = await hold(120);
    await clock.advance(120_000);
    expect(pingStatus(await heard(ping))).toBe("1");
    await released();
  });

  it.each(["fin", "rst", "halfClose"] as const)(
    "lets go of everything when the phone leaves (%s)",
    async (how) => {
      const limits = { maxConcurrentPerUser: 1 };
      const { hold, released, clock, directPush, host: running } = await mounted({ limits });
      const listeners = (): number => [running.server, directPush.events].reduce(countListeners, 0);
      const before = listeners();
      // With one place alone, the next round has none unless the one before let go of it.
      for (let round = 0; round < 3; round += 1) {
        const ping = await hold();
        expect(clock.pendingTimers).toBeGreaterThan(0);
        ping[how]();
        await released();
      }
      expect(listeners()).toBe(before);
    },
  );

  it.each(["fin", "rst"] as const)(
    "lets go of everything when the phone leaves in the middle of its body (%s)",
    async (how) => {
      const { request, inbox, released, directPush, hold } = await mounted();
      const half = await request("Ping", pingOf(inbox, 600), { bodyBytesSent: 10 });
      await sleep(30);
      half[how]();
      await sleep(30);
      expect(directPush.heldCount).toBe(0);
      await released();
      (await hold()).fin();
      await released();
    },
  );

  it.each(["fin", "rst"] as const)(
    "lets go of everything when the phone leaves while it is authenticated (%s)",
    async (how) => {
      let asked = (): void => {};
      const wasAsked = new Promise<void>((resolve) => {
        asked = resolve;
      });
      let admit = (): void => {};
      let patient = false;
      const { request, inbox, released, directPush } = await mounted({
        authenticate: async (attempt) => {
          if (attempt.kind !== "basic") return { kind: "refused" };
          if (patient) {
            asked();
            await new Promise<void>((resolve) => {
              admit = resolve;
            });
          }
          return { kind: "user", user: attempt.user };
        },
      });
      patient = true;
      const ping = await request("Ping", pingOf(inbox, 600));
      await within("authentication to begin", wasAsked);
      ping[how]();
      await sleep(50);
      admit();
      await sleep(50);
      expect(directPush.heldCount).toBe(0);
      await released();
    },
  );

  it("ends an older Ping of the device when a newer one comes", async () => {
    const { hold, request, inbox, directPush, mailbox, released } = await mounted();
    const older = await hold();
    const newer = await request("Ping", pingOf(inbox, 600));
    expect(pingStatus(await heard(older))).toBe("1");
    await until("the newer Ping to be held", () => directPush.heldCount === 1);
    await mailbox.deliver(user, mail);
    expect(pingStatus(await heard(newer))).toBe("2");
    await released();
  });

  it("answers held Pings at shutdown and lets the host close", async () => {
    const { hold, host: running } = await mounted();
    const ping = await hold();
    const closed = running.close();
    const answer = await heard(ping);
    expect(pingStatus(answer)).toBe("1");
    if (running.protocol !== "h2") expect(answer.headers["connection"]).toBe("close");
    await within("the host to close", closed);
  });

  it("serves what still comes while it shuts down, and ends those connections", async () => {
    const {
      hold,
      host: running,
      request,
      directPush,
      clock,
      inbox,
    } = await mounted({
      closeSpreadMs: 1_000,
    });
    const first = await hold();
    const other = new InProcessDevice(directPush, { user, password: "secret", deviceId: "CONTRACT2" });
    await other.folderSync();
    await other.syncAll(inbox);
    const last = other.ping({ heartbeatSeconds: 600, folders: [inbox] });
    await until("both Pings to be held", () => directPush.heldCount === 2);
    const closed = directPush.close().then(() => running.close());
    expect(pingStatus(await heard(first))).toBe("1");
    const folders = await heard(await request("FolderSync", folderSync));
    expect(childText(documentOf(folders.body), FolderHierarchy.Status)).toBe("1");
    const again = await request("Ping", pingOf(inbox, 600));
    await until("the Ping to be held once more", () => directPush.heldCount === 2);
    await clock.advance(1_000);
    const answer = await heard(again);
    expect(pingStatus(answer)).toBe("1");
    if (running.protocol !== "h2") {
      expect([folders.headers["connection"], answer.headers["connection"]]).toEqual(["close", "close"]);
    }
    expect(childText((await last.answer).document, Ping.Status)).toBe("1");
    await within("the host to close", closed);
  });

  it("refuses a body over the limit with 413", async () => {
    const { request, released } = await mounted({ limits: { maxBodyBytes: 1_024 } });
    const exchange = await request("Sync", undefined, { body: new Uint8Array(5_000) });
    expect((await heard(exchange)).status).toBe(413);
    await released();
  });

  it("names a folder whose id is not ASCII, and refuses a device whose id is not", async () => {
    const { mailbox, directPush, request, released } = await mounted();
    const folder = mailbox.createFolder(user, { name: "Zoës Büro 📎", id: "büro📎" }).id;
    const device = new InProcessDevice(directPush, { user, password: "secret", deviceId: "CONTRACT1" });
    await device.folderSync();
    await device.syncAll(folder);
    const ping = await request("Ping", pingOf(folder, 600));
    await until("the Ping to be held", () => directPush.heldCount === 1 && mailbox.openWatches > 0);
    await mailbox.deliver(user, mail, { folder });
    const named = child(documentOf((await heard(ping)).body), Ping.Folders);
    expect(children(named, Ping.Folder).map(({ content }) => content)).toEqual([folder]);
    const path = `/Microsoft-Server-ActiveSync?Cmd=Ping&User=a&DeviceId=${encodeURIComponent("büro")}&DeviceType=x`;
    expect(pingStatus(await heard(await request("Ping", pingOf(folder, 600), { path })))).toBe("108");
    await released();
  });

  it.runIf(isPlain(host))("leaves no listener behind on a connection that is used again", async () => {
    const { host: running, inbox, clock, released } = await mounted();
    const sockets: Socket[] = [];
    running.server.on("connection", (socket: Socket) => sockets.push(socket));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const counts: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const answered = statusOf(post(running.port, agent, requestOf("Ping", pingOf(inbox, 60))));
      await until("the Ping to be held", () => clock.pendingTimers > 0);
      await clock.advance(60_000);
      expect(await within("the answer", answered)).toBe(200);
      await released();
      const [socket] = sockets;
      counts.push(
        (socket?.eventNames() ?? []).reduce((sum, name) => sum + (socket?.listenerCount(name) ?? 0), 0),
      );
    }
    agent.destroy();
    expect(sockets).toHaveLength(1);
    expect(counts.at(-1)).toBeLessThanOrEqual(counts[1] ?? 0);
  });

  it("refuses in the statuses that phones go by: 449, 451, 503", async () => {
    const url = "https://b.example.com/Microsoft-Server-ActiveSync";
    const old = { ...requestOf("FolderSync", folderSync).headers, "ms-asprotocolversion": "12.1" };
    const strict = await mounted({ policy: { enforce: true, allowUnprovisionable: true } });
    const due = await heard(
      await strict.request("FolderSync", folderSync, { headers: { ...old, "x-ms-policykey": "0" } }),
    );
    expect([due.status, due.body.length]).toEqual([449, 0]);
    strict.mailbox.faults.failWith(new Error("down"));
    const down = await heard(await strict.request("FolderSync", folderSync));
    expect([down.status, down.headers["retry-after"], down.body.length]).toEqual([503, "30", 0]);
    strict.mailbox.faults.recover();
    let isMoved = false;
    const elsewhere = await mounted({
      authenticate: async () => (isMoved ? { kind: "moved", url } : { kind: "user", user }),
    });
    isMoved = true;
    const moved = await heard(await elsewhere.request("FolderSync", folderSync));
    expect([moved.status, moved.headers["x-ms-location"], moved.body.length]).toEqual([451, url, 0]);
  });

  it("takes a body that is gzipped", async () => {
    const { request } = await mounted();
    const { headers } = requestOf("FolderSync", folderSync);
    const body = gzipSync(encode(folderSync));
    const answer = await heard(
      await request("FolderSync", undefined, { body, headers: { ...headers, "content-encoding": "gzip" } }),
    );
    expect(childText(documentOf(answer.body), FolderHierarchy.Status)).toBe("1");
  });

  it.runIf(isPlain(host))("takes a body in chunks of one byte, without a length", async () => {
    const { host: running } = await mounted();
    const { path, headers, body = new Uint8Array() } = requestOf("FolderSync", folderSync);
    const outgoing = httpRequest({ host: "127.0.0.1", port: running.port, method: "POST", path, headers });
    for (const byte of body) outgoing.write(Buffer.from([byte]));
    outgoing.end();
    expect(await within("the answer", statusOf(outgoing))).toBe(200);
  });

  it("refuses a query that makes no sense with 400", async () => {
    const { request } = await mounted();
    const answer = await heard(
      await request("Ping", undefined, { path: "/Microsoft-Server-ActiveSync?nonsense" }),
    );
    expect(answer.status).toBe(400);
  });

  it("refuses a wrong password with 401 and a challenge", async () => {
    const { request, inbox } = await mounted();
    const authorization = `Basic ${Buffer.from(`${user}:wrong`).toString("base64")}`;
    const answer = await heard(await request("Ping", pingOf(inbox, 600), { headers: { authorization } }));
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toMatch(/^Basic /);
  });

  it("answers OPTIONS, at any letter case of the path", async () => {
    const { request } = await mounted();
    const path = "/microsoft-server-activesync/";
    const answer = await heard(await request("", undefined, { method: "OPTIONS", path }));
    expect(answer.status).toBe(200);
    expect(answer.headers["ms-asprotocolversions"]).toBe("12.1,14.0,14.1,16.0,16.1");
    expect(answer.headers["ms-asprotocolcommands"]?.split(",")).toContain("Ping");
  });

  it("leaves an empty Sync answer empty", async () => {
    const { request, inbox, directPush } = await mounted();
    const answer = await emptySync(directPush, request, inbox);
    expect(answer.status).toBe(200);
    expect(answer.body.length).toBe(0);
    expect(answer.headers["content-length"]).toBe("0");
  });

  it("holds for longer than the host's idle timeout", async () => {
    const { hold, host: running, mailbox } = await mounted();
    running.server.setTimeout(100);
    const ping = await hold();
    await sleep(400);
    await mailbox.deliver(user, mail);
    expect(pingStatus(await heard(ping))).toBe("2");
  });

  it.runIf(host.before.includes("raw-parser"))("takes the body from a parser that left it", async () => {
    const { hold, mailbox } = await mounted({}, { kind: "raw-parser" });
    const ping = await hold();
    await mailbox.deliver(user, mail);
    expect(pingStatus(await heard(ping))).toBe("2");
  });

  it.runIf(host.before.includes("consuming-parser"))(
    "fails at once when a parser took the body",
    async () => {
      const { request, inbox, released } = await mounted({}, { kind: "consuming-parser" });
      const answer = await heard(await request("Ping", pingOf(inbox, 600)));
      expect(answer.status).toBe(500);
      await released();
    },
  );

  it.runIf(host.before.includes("compression"))("stays readable behind compression", async () => {
    const { hold, mailbox, request, inbox, directPush, released } = await mounted(
      {},
      { kind: "compression" },
    );
    const empty = await emptySync(directPush, request, inbox);
    expect(empty.body.length).toBe(0);
    expect(empty.headers["content-encoding"]).toBeUndefined();
    const ping = await hold();
    await mailbox.deliver(user, mail);
    const answer = await heard(ping);
    expect(answer.headers["content-encoding"]).toBeUndefined();
    expect(pingStatus(answer)).toBe("2");
    await released();
  });
});

/** Adds what listens to an emitter. */
function countListeners(
  sum: number,
  emitter: { eventNames(): (string | symbol)[]; listenerCount(name: never): number },
): number {
  return emitter.eventNames().reduce((all, name) => all + emitter.listenerCount(name as never), sum);
}

/** Sends a request over a connection of the agent's. */
function post(
  port: number,
  agent: Agent,
  { path, headers, body = new Uint8Array() }: WireRequest,
): ClientRequest {
  const sent = { ...headers, "content-length": String(body.length) };
  const outgoing = httpRequest({ host: "127.0.0.1", port, agent, method: "POST", path, headers: sent });
  outgoing.end(body);
  return outgoing;
}

async function statusOf(outgoing: ClientRequest): Promise<number | undefined> {
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  answer.resume();
  await once(answer, "close");
  return answer.statusCode;
}

/** A Sync of an inbox in which nothing changed, over the wire, by a device that has its own state. */
async function emptySync(
  directPush: Mounted["directPush"],
  request: Mounted["request"],
  inbox: string,
): Promise<WireAnswer> {
  const device = new InProcessDevice(directPush, { user, password: "secret", deviceId: "CONTRACT1" });
  await device.syncAll(inbox);
  return await within("the answer", (await request("Sync", syncOf(inbox, device.syncKeyOf(inbox)))).answer);
}
