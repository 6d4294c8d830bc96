import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../examples/cluster/free-port.js";
import type { StatusOverview } from "../../src/cli/observed/status-snapshot.js";
import type { DeviceExchange, InProcessDevice } from "../../src/testing/index.js";
import { ComposeMail, childText, element, Ping } from "../../src/wbxml/index.js";
import { within } from "../contract/deadline.js";
import { wirePhone } from "../examples/wire-phone.js";
import { submissionServer } from "../unit/imap/submission-server.js";
import { Dovecot, dovecotIsThere, passwordOf } from "./dovecot.js";
import { type LogLine, ServingProgram } from "./serving-program.js";
import { synced } from "./synced-inbox.js";

describe.skipIf(!dovecotIsThere())("direct-push serve in front of Dovecot", () => {
  let dovecot: Dovecot;
  let folder: string;
  let port: number;
  let metricsPort: number;
  let program: ServingProgram | undefined;

  beforeAll(async () => {
    dovecot = await Dovecot.start();
  });
  afterAll(async () => dovecot.remove());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "direct-push-serve-"));
    port = await freePort();
  });
  afterEach(async () => {
    await program?.kill();
    program = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a server, in the place of the one before and with its state. */
  async function serve(...more: readonly string[]): Promise<ServingProgram> {
    await program?.kill();
    const server = new ServingProgram([
      ...["--imap", `imap://127.0.0.1:${dovecot.imapPort}`, "--host", "127.0.0.1", "--port", String(port)],
      ...["--state", join(folder, "state"), "--drain", "1s", "--metrics-port", "0", ...more],
    ]);
    program = server;
    metricsPort = Number((await server.says("started"))["metricsPort"]);
    return server;
  }

  async function metrics(): Promise<string> {
    return await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  }

  function phoneOf(user = "alice"): InProcessDevice {
    return wirePhone(port, { user, password: passwordOf(user) });
  }

  function ping(phone: InProcessDevice, inbox: string): DeviceExchange {
    return phone.ping({ heartbeatSeconds: 900, folders: [inbox] });
  }

  /** Waits until so many Pings are held. */
  async function untilHeld(count: number): Promise<void> {
    const wait = async (): Promise<void> => {
      while (!(await metrics()).includes(`direct_push_held{command="Ping"} ${count}\n`)) await setTimeout(50);
    };
    await within(`${count} held Pings`, wait());
  }

  async function statusOf(exchange: DeviceExchange): Promise<string | undefined> {
    return childText((await within("the answer to a Ping", exchange.answer)).document, Ping.Status);
  }

  it("pushes what is delivered, and the phone goes on after kill -9", async () => {
    const server = await serve();
    const phone = phoneOf();
    const inbox = await synced(phone);
    const before = ping(phone, inbox);
    await dovecot.deliver("alice", "before");
    expect(await statusOf(before)).toBe("2");
    expect((await phone.sync(inbox)).added).toHaveLength(1);
    expect(await server.says("request", ({ outcome }) => outcome === "changed")).toMatchObject({
      user: "alice",
      command: "Ping",
      heartbeatAsked: 900,
      status: 200,
    });
    const key = phone.syncKeyOf(inbox);
    server.signal("SIGKILL");
    expect(await server.ends()).toBe("SIGKILL");
    await dovecot.deliver("alice", "meanwhile");
    await serve();
    // With the key of before: what it has is not sent again, and what came meanwhile is there at once.
    expect(phone.syncKeyOf(inbox)).toBe(key);
    expect(await statusOf(ping(phone, inbox))).toBe("2");
    expect((await phone.sync(inbox)).added).toHaveLength(1);
    const after = ping(phone, inbox);
    await dovecot.deliver("alice", "after");
    expect(await statusOf(after)).toBe("2");
  });

  it("sends what a phone writes, once, with the phone's login, and keeps a copy", async () => {
    const smtp = await submissionServer({
      onAuth: ({ username, password }, _session, done) =>
        password === passwordOf("alice") ? done(null, { user: username }) : done(new Error("no")),
    });
    try {
      await serve("--smtp", `smtp://127.0.0.1:${smtp.port}`, "--address-domain", "example.com");
      const phone = phoneOf();
      await synced(phone);
      const message =
        "From: alice@example.com\r\nTo: bob@example.com\r\nSubject: Written on a phone\r\n\r\nHello\r\n";
      const mail = element(ComposeMail.SendMail, [
        { tag: ComposeMail.ClientId, content: "once" },
        { tag: ComposeMail.SaveInSentItems, content: null },
        { tag: ComposeMail.Mime, content: Buffer.from(message) },
      ]);
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const answer = await within("SendMail", phone.command("SendMail", mail));
        expect([answer.status, answer.document]).toEqual([200, undefined]);
      }
      expect(smtp.taken).toMatchObject([
        { from: "alice@example.com", to: ["bob@example.com"], login: "alice" },
      ]);
      const client = await dovecot.client("alice");
      const sent = await client.mailboxOpen("Sent");
      expect(sent.exists).toBe(1);
    } finally {
      await smtp.close();
    }
  });

  it("says with --check what the mail server can do", async () => {
    const logins = (): number => dovecot.log.split("Login: user=<alice>").length - 1;
    const before = logins();
    const { stdout } = await checked("alice", passwordOf("alice"));
    expect(logins() - before).toBe(1);
    expect(stdout).toContain("takes the login of alice");
    expect(stdout).toMatch(/ok {4}NOTIFY: one connection watches all folders/);
    expect(stdout).toMatch(/ok {4}\d+ folders\n/);
    expect(stdout).toContain("no --smtp: phones cannot send");
    expect(stdout).toMatch(/Phones can come\.\n$/);
    await expect(checked("alice", "wrong")).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining("refuses the login of alice"),
    });
  });

  /** Runs `--check` to its end. */
  async function checked(user: string, password: string): Promise<{ readonly stdout: string }> {
    const args = ["--import", "tsx", "src/cli/main.ts", "serve", "--check", "--user", user];
    const server = ["--imap", `imap://127.0.0.1:${dovecot.imapPort}`, "--state", join(folder, "state")];
    const env = { ...process.env, DIRECT_PUSH_PASSWORD: password };
    return await promisify(execFile)(process.execPath, [...args, ...server], { env });
  }

  it("refuses a wrong password, and says from where it came", async () => {
    const server = await serve();
    const phone = wirePhone(port, { user: "alice", password: "wrong" });
    const answer = await within("the refusal", phone.command("FolderSync"));
    expect(answer.status).toBe(401);
    expect(await server.says("login-refused")).toMatchObject({ user: "alice", remoteAddress: "127.0.0.1" });
  });

  it("answers what it holds on SIGTERM, then ends", async () => {
    const server = await serve();
    const phone = phoneOf();
    const inbox = await synced(phone);
    const held = ping(phone, inbox);
    await untilHeld(1);
    server.signal("SIGTERM");
    const answer = await within("the answer", held.answer);
    expect([answer.status, answer.headers["connection"]]).toEqual([200, "close"]);
    expect(await server.ends()).toBe(0);
    expect(server.lines.at(-1)).toMatchObject({ event: "ended" });
    expect(server.lines).toContainEqual(expect.objectContaining({ command: "Ping", outcome: "closing" }));
  });

  it("shows operators after kill -9 what it had learned of a path before", async () => {
    const server = await serve();
    const phone = phoneOf();
    const inbox = await synced(phone);
    // As a proxy that cuts at one age: below 20 s the server takes it for nothing.
    while (!server.lines.some(({ event }) => event === "heartbeat-learned")) {
      const cut = ping(phone, inbox);
      await untilHeld(1);
      await setTimeout(23_000);
      cut.gone();
      await untilHeld(0);
    }
    const learned = await server.says("heartbeat-learned");
    expect(learned).toMatchObject({ user: "alice", end: "cut", network: "127.0.0.0/24" });
    server.signal("SIGKILL");
    expect(await server.ends()).toBe("SIGKILL");

    const next = await serve("--status-port", "0");
    ping(phone, inbox);
    await untilHeld(1);
    const { carriedSeconds, lostSeconds, end } = learned;
    const limit = { carriedSeconds, lostSeconds, end };
    expect(await next.says("heartbeat-restored")).toMatchObject({ user: "alice", ...limit });
    const status = String((await next.says("started"))["status"]);
    const overview = (await (await fetch(`${status}/status.json`)).json()) as StatusOverview;
    expect(overview.devices.rows).toMatchObject([
      { user: "alice", limits: [limit], holds: [{ askedSeconds: 900, heartbeatSeconds: carriedSeconds }] },
    ]);
    expect(await (await fetch(`${status}/`)).text()).toContain(`cut at ${String(lostSeconds)}s`);
    expect(next.lines.some(({ event }) => event === "heartbeat-learned")).toBe(false);
  });

  /** The worker that had a request, by its line in the log. */
  async function workerOf(
    server: ServingProgram,
    wanted: (line: LogLine) => boolean,
    from: number,
  ): Promise<unknown> {
    return (await server.says("request", wanted, from))["worker"];
  }

  it("is one server of several workers: a newer Ping ends the older one elsewhere, and a mail wakes whoever holds", async () => {
    const server = await serve("--workers", "2");
    const phone = phoneOf();
    const inbox = await synced(phone);
    let elsewhere = 0;
    for (let round = 0; round < 6 && elsewhere < 2; round += 1) {
      const from = server.lines.length;
      const older = ping(phone, inbox);
      await untilHeld(1);
      const newer = ping(phone, inbox);
      await within("the older one to end", older.answer);
      const olderWorker = await workerOf(server, ({ outcome }) => outcome === "superseded", from);
      await untilHeld(1);
      await dovecot.deliver("alice", `round ${round}`);
      expect(await statusOf(newer)).toBe("2");
      if ((await workerOf(server, ({ outcome }) => outcome === "changed", from)) !== olderWorker)
        elsewhere += 1;
      expect((await phone.sync(inbox)).added).toHaveLength(1);
    }
    expect(elsewhere).toBeGreaterThan(0);
    const counted = await metrics();
    expect(counted).toContain('direct_push_holds_ended_total{command="Ping",outcome="superseded"}');
    server.signal("SIGTERM");
    expect(await server.ends()).toBe(0);
  });

  it("replaces a worker that died, and its phones go on", async () => {
    const server = await serve("--workers", "2");
    const phone = phoneOf();
    const inbox = await synced(phone);
    const [victim] = await server.workers();
    const from = server.lines.length;
    process.kill(Number(victim), "SIGKILL");
    await server.says("worker-ended", ({ signal }) => signal === "SIGKILL", from);
    const held = ping(phone, inbox);
    await untilHeld(1);
    await dovecot.deliver("alice", "to the other");
    expect(await statusOf(held)).toBe("2");
    await server.says("worker-started", () => true, from);
    server.signal("SIGTERM");
    expect(await server.ends()).toBe(0);
  });
});
