/** What holds on every host: one suite, run on each. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { DirectPushOptions } from "../../src/index.js";
import { child, children, childText, Ping } from "../../src/wbxml/index.js";
import { documentOf, type Mounted, mount, pingOf, syncOf, user } from "./bench-of-one.js";
import { until, within } from "./deadline.js";
import { type Before, type Host, hosts } from "./hosts.js";
import type { WireAnswer, WireExchange } from "./wire.js";

function pingStatus(answer: WireAnswer): string | undefined {
  return childText(documentOf(answer.body), Ping.Status);
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

  it.each(["fin", "rst"] as const)("lets go of everything when the phone leaves (%s)", async (how) => {
    const { hold, released, clock } = await mounted();
    const ping = await hold();
    expect(clock.pendingTimers).toBeGreaterThan(0);
    ping[how]();
    await released();
  });

  it("lets go of everything when the phone leaves in the middle of its body", async () => {
    const { request, inbox, released, directPush, hold } = await mounted();
    const half = await request("Ping", pingOf(inbox, 600), { bodyBytesSent: 10 });
    await sleep(30);
    half.fin();
    await sleep(30);
    expect(directPush.heldCount).toBe(0);
    await released();
    (await hold()).fin();
    await released();
  });

  it("lets go of everything when the phone leaves while it is authenticated", async () => {
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
    ping.fin();
    await sleep(50);
    admit();
    await sleep(50);
    expect(directPush.heldCount).toBe(0);
    await released();
  });

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

  it("refuses a body over the limit with 413", async () => {
    const { request, released } = await mounted({ limits: { maxBodyBytes: 1_024 } });
    const exchange = await request("Sync", undefined, { body: new Uint8Array(5_000) });
    expect((await heard(exchange)).status).toBe(413);
    await released();
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

/** A Sync of an inbox in which nothing changed, over the wire, by a device that has its own state. */
async function emptySync(
  directPush: Mounted["directPush"],
  request: Mounted["request"],
  inbox: string,
): Promise<WireAnswer> {
  const { InProcessDevice } = await import("../../src/testing/index.js");
  const device = new InProcessDevice(directPush, { user, password: "secret", deviceId: "CONTRACT1" });
  await device.syncAll(inbox);
  return await within("the answer", (await request("Sync", syncOf(inbox, device.syncKeyOf(inbox)))).answer);
}
