import { EventEmitter } from "node:events";
import type { ImapFlow } from "imapflow";
import { beforeEach, describe, expect, it } from "vitest";
import type { ImapDialer } from "../../../src/imap/imap-connections-dialer.js";
import { resolveConnectionsOptions } from "../../../src/imap/imap-connections-options.js";
import { ImapPool } from "../../../src/imap/imap-connections-pool.js";
import { DirectPushError } from "../../../src/index.js";
import { FakeClock } from "../../../src/testing/index.js";

/** A connection without a server. */
class FakeClient extends EventEmitter {
  usable = true;
  isClosed = false;
  mailbox: false | { path: string } = false;

  close(): void {
    if (this.isClosed) return;
    this.usable = false;
    this.isClosed = true;
    this.emit("close");
  }

  async logout(): Promise<void> {
    this.close();
  }
}

let clock: FakeClock;
let opened: FakeClient[];
let failure: Error | undefined;
let pool: ImapPool;

function makePool(maxPerUser: number, maxConnections: number): void {
  const options = resolveConnectionsOptions({
    host: "h",
    clock,
    maxPerUser,
    maxConnections,
    waitMs: 1_000,
    idleMs: 5_000,
  });
  const dialer = {
    dial: async () => {
      if (failure !== undefined) throw failure;
      const client = new FakeClient();
      opened.push(client);
      return client as unknown as ImapFlow;
    },
  };
  pool = new ImapPool(options, dialer as unknown as ImapDialer);
}

const lease = (user: string, path?: string, onlyFresh = false) => pool.lease({ user }, path, onlyFresh);

beforeEach(() => {
  clock = new FakeClock();
  opened = [];
  failure = undefined;
  makePool(2, 3);
});

describe("the pool of IMAP connections", () => {
  it("uses a connection again, best the one that has the folder open", async () => {
    const first = await lease("alice");
    const second = await lease("alice");
    Object.assign(first.client, { mailbox: { path: "Sent" } });
    first.release();
    second.release();
    expect((await lease("alice", "Sent")).client).toBe(first.client);
    expect((await lease("alice", "Sent")).client).toBe(second.client);
    expect(opened).toHaveLength(2);
  });

  it("lets who comes last wait for a user's connection, and hands it over", async () => {
    const first = await lease("alice");
    await lease("alice");
    const third = lease("alice");
    const other = await lease("bob");
    expect(pool.counts).toEqual({ working: 3, idle: 0, waiting: 1 });
    first.release();
    first.release();
    expect((await third).client).toBe(first.client);
    other.release();
    expect(pool.counts).toEqual({ working: 2, idle: 1, waiting: 0 });
  });

  it("closes the connection that is idle for longest when another user needs one", async () => {
    const first = await lease("alice");
    const second = await lease("bob");
    const third = await lease("carol");
    second.release();
    first.release();
    const fourth = await lease("dave");
    expect([first, second, third, fourth].map(({ client }) => client.isClosed)).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(pool.counts).toEqual({ working: 2, idle: 1, waiting: 0 });
  });

  it("gives a user who waits a place as soon as one is free, whoever had it", async () => {
    await lease("alice");
    await lease("bob");
    const third = await lease("carol");
    const waiting = lease("dave");
    third.release();
    expect((await waiting).isFresh).toBe(true);
    expect(third.client.isClosed).toBe(true);
  });

  it("lets nobody starve behind users who hand theirs on among themselves", async () => {
    const held = [await lease("alice"), await lease("alice"), await lease("bob")];
    const starving = lease("carol");
    const next = [lease("alice"), lease("alice"), lease("bob")];
    held[2]?.release();
    const carols = await starving;
    expect([carols.isFresh, held[2]?.client.isClosed]).toEqual([true, true]);
    // Whoever has some gets them back without a login, also before others who came earlier.
    held[0]?.release();
    held[1]?.release();
    expect([(await next[0])?.client, (await next[1])?.client]).toEqual([held[0]?.client, held[1]?.client]);
    carols.release();
    expect((await next[2])?.isFresh).toBe(true);
  });

  it("serves each of many who want more than there is, whatever they do with it", async () => {
    const served: string[] = [];
    const work = async (user: string, number: number): Promise<void> => {
      const { release, discard } = await lease(user);
      await new Promise(setImmediate);
      served.push(user);
      if (number % 3 === 0) discard();
      else release();
    };
    const users = ["alice", "bob", "carol", "dave", "erin"];
    const all = [1, 2, 3, 4, 5, 6, 7].flatMap((number) => users.map((user) => work(user, number)));
    await Promise.all(all);
    expect(served).toHaveLength(35);
    expect(served.slice(0, 15)).toEqual(expect.arrayContaining(users));
    expect(pool.counts).toMatchObject({ working: 0, waiting: 0 });
  });

  it("lets nobody wait for ever", async () => {
    await lease("alice");
    await lease("alice");
    const waiting = expect(lease("alice")).rejects.toMatchObject({ code: "ERR_MAILBOX_UNAVAILABLE" });
    await clock.advance(1_000);
    await waiting;
    expect(pool.counts.waiting).toBe(0);
  });

  it("gives a request one budget for all of its waits, which comes back as it works", async () => {
    const held = [await lease("alice"), await lease("alice")];
    const request = { user: "alice" };
    const wait = () => pool.lease(request, undefined, false);
    const refused = { code: "ERR_MAILBOX_UNAVAILABLE" };
    const first = wait();
    await clock.advance(600);
    held[0]?.release();
    held[0] = await first;
    // Two waits at once take from it together.
    const both = [
      expect(wait()).rejects.toMatchObject(refused),
      expect(wait()).rejects.toMatchObject(refused),
    ];
    await clock.advance(399);
    expect(pool.counts.waiting).toBe(2);
    await clock.advance(1);
    expect(pool.counts.waiting).toBe(0);
    await Promise.all(both);
    const atOnce = expect(wait()).rejects.toMatchObject(refused);
    const other = expect(lease("alice")).rejects.toMatchObject(refused);
    await clock.advance(1);
    await atOnce;
    expect(pool.counts.waiting).toBe(1);
    await clock.advance(10_000);
    await other;
    const later = wait();
    await clock.advance(999);
    held[1]?.release();
    expect((await later).client).toBe(held[1]?.client);
  });

  it("counts neither what failed to open nor what broke", async () => {
    failure = new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "down");
    for (let time = 0; time < 5; time += 1) await expect(lease("alice")).rejects.toBe(failure);
    failure = undefined;
    const broken = await lease("alice");
    broken.client.close();
    broken.release();
    const idle = await lease("alice");
    idle.release();
    idle.client.close();
    const thrown = await lease("alice");
    thrown.discard();
    expect(thrown.client.isClosed).toBe(true);
    expect(pool.counts).toEqual({ working: 0, idle: 0, waiting: 0 });
  });

  it("closes what has had nothing to do for a while, and no sooner", async () => {
    const only = await lease("alice");
    only.release();
    await clock.advance(4_999);
    (await lease("alice")).release();
    await clock.advance(4_999);
    expect(only.client.isClosed).toBe(false);
    await clock.advance(1);
    expect(only.client.isClosed).toBe(true);
    expect(pool.counts).toEqual({ working: 0, idle: 0, waiting: 0 });
  });

  it("opens a fresh one when it must, and trusts none of the user's idle ones then", async () => {
    const old = await lease("alice");
    old.release();
    const fresh = await lease("alice", undefined, true);
    expect(fresh.isFresh).toBe(true);
    expect(old.client.isClosed).toBe(true);
  });

  it("takes in a connection that was opened elsewhere while there is room", async () => {
    const adopted = [new FakeClient(), new FakeClient(), new FakeClient()];
    for (const client of adopted) pool.adopt("alice", client as unknown as ImapFlow);
    expect(adopted.map(({ isClosed }) => isClosed)).toEqual([false, false, true]);
    expect(pool.counts.idle).toBe(2);
  });

  it("ends with everything closed and everybody told", async () => {
    const working = await lease("alice");
    const idle = await lease("alice");
    idle.release();
    await lease("bob");
    await lease("carol");
    const waiting = expect(lease("dave")).rejects.toMatchObject({ code: "ERR_MAILBOX_UNAVAILABLE" });
    await pool.close();
    await waiting;
    expect(opened.every(({ isClosed }) => isClosed)).toBe(true);
    working.release();
    await expect(lease("alice")).rejects.toMatchObject({ code: "ERR_MAILBOX_UNAVAILABLE" });
  });
});
