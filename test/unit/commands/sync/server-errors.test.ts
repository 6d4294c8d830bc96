import { beforeAll, describe, expect, it } from "vitest";
import { createDirectPush } from "../../../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../../src/testing/index.js";
import { AirSync, textElement, type WbxmlElement } from "../../../../src/wbxml/index.js";
import { collectionsOf, SyncBench, syncRequest, topLevelOf } from "./sync-bench.js";

const wait = (minutes: number): WbxmlElement => textElement(AirSync.Wait, minutes);

async function bench(wishes: ConstructorParameters<typeof SyncBench>[0] = {}): Promise<SyncBench> {
  const made = new SyncBench(wishes);
  await made.folderSync();
  return made;
}

// The parser of mails is loaded with the first mail, in real time.
beforeAll(async () => {
  const server = await bench();
  server.mail();
  await server.all();
});

async function settle(server: SyncBench): Promise<void> {
  for (let step = 0; step < 6; step += 1) await server.clock.advance(100);
}

/** Makes the mailbox answer what its type forbids, for one folder or for all: what stumbles over it is the library. */
function breakChanges(server: SyncBench, folder?: string): void {
  const changes = server.mailbox.changes.bind(server.mailbox);
  server.mailbox.changes = async (ref, asked, query) => {
    const page = await changes(ref, asked, query);
    return folder === undefined || folder === asked ? ({ ...page, changes: null } as never) : page;
  };
}

function statuses(sent: Awaited<ReturnType<SyncBench["sync"]>>): readonly (string | undefined)[] {
  return collectionsOf(sent).map(({ status }) => status);
}

describe("a fault of the library", () => {
  it("is Status 5 of its collection, is reported, and leaves the others alone", async () => {
    const server = await bench();
    const [inbox, sent] = [await server.start(), await server.start("sent")];
    const id = server.mail("fine", undefined, "sent");
    breakChanges(server, "inbox");
    const answer = await server.sync(syncRequest([{ key: inbox }, { id: "sent", key: sent }]));
    expect(statuses(answer)).toEqual(["5", "1"]);
    expect(collectionsOf(answer)[0]?.key).toBe(inbox);
    expect(collectionsOf(answer)[1]?.adds).toEqual([id]);
    expect(server.told.faults).toHaveLength(1);
  });

  it("is Status 5 when it is all that was asked for: neither 500 nor 503", async () => {
    const server = await bench();
    const key = await server.start();
    breakChanges(server);
    expect(statuses(await server.sync(syncRequest([{ key }])))).toEqual(["5"]);
  });

  it("is the request's Status 5 when it belongs to no collection", async () => {
    const server = await bench();
    const key = await server.start();
    server.mailbox.folders = async () => null as never;
    const request = syncRequest([{ key, supported: [] }]);
    expect(topLevelOf(await server.sync(request))).toBe("5");
    expect(server.told.faults).toHaveLength(1);
  });

  it("does not change the key: the same request is answered once the fault is gone", async () => {
    const server = await bench();
    const key = await server.start();
    const id = server.mail();
    const { changes } = server.mailbox;
    breakChanges(server);
    await server.sync(syncRequest([{ key }]));
    server.mailbox.changes = changes.bind(server.mailbox);
    expect((await server.one({ key })).adds).toEqual([id]);
  });

  it("while a request is held is told in its answer", async () => {
    const server = await bench();
    const key = await server.all();
    const held = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    const { changes } = server.mailbox;
    server.mailbox.changes = async (ref, folder, query) => {
      const page = await changes.call(server.mailbox, ref, folder, query);
      return { ...page, changes: null } as never;
    };
    server.mail();
    await settle(server);
    expect(statuses(held)).toEqual(["5"]);
  });
});

describe("a mailbox that cannot be reached", () => {
  it("is Status 16 of its collection while others are answered, and is reported", async () => {
    const server = await bench();
    const [inbox, sent] = [await server.start(), await server.start("sent")];
    server.mail("one");
    server.mail("two", undefined, "sent");
    const changes = server.mailbox.changes.bind(server.mailbox);
    server.mailbox.changes = async (ref, folder, query) => {
      if (folder === "inbox") throw new Error("this folder's store is down");
      return changes(ref, folder, query);
    };
    const answer = await server.sync(syncRequest([{ key: inbox }, { id: "sent", key: sent }]));
    expect(statuses(answer)).toEqual(["16", "1"]);
    expect(server.told.sourceFailures).toHaveLength(1);
    expect(server.told.faults).toEqual([]);
  });

  it("makes a hanging Sync that just came come back later, as it does a Ping", async () => {
    const server = await bench();
    const key = await server.all();
    server.mailbox.faults.failWith(new Error("no watches"), ["watch"]);
    const sent = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    expect(sent.outcome?.kind).toBe("unavailable");
    expect(server.coordinator.heldCount).toBe(0);
    expect(server.mailbox.openWatches).toBe(0);
  });

  it("ends one that was held with Status 16: to be sent again as it is", async () => {
    const server = await bench();
    const key = await server.all();
    const held = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    server.mailbox.faults.failWith(new Error("down"), ["changes"]);
    server.mail();
    await settle(server);
    expect(topLevelOf(held)).toBe("16");
    server.mailbox.faults.recover();
    expect((await server.one({ key })).adds).toHaveLength(1);
  });
});

describe("on the wire", () => {
  const user = "alice@example.com";

  it.each(["watch", "marker"] as const)(
    "a hanging Sync whose %s fails gets 503 and Retry-After",
    async (method) => {
      const clock = new FakeClock();
      const mailbox = new MemoryMailbox({ clock });
      const server = createDirectPush({
        mailbox,
        source: mailbox,
        clock,
        authenticate: async () => ({ kind: "user", user }),
      });
      const phone = new InProcessDevice(server);
      await phone.folderSync();
      await phone.syncAll("inbox");
      const failures: unknown[] = [];
      server.events.on("sourceFailed", ({ call }) => failures.push(call));
      mailbox.faults.failWith(new Error("down"), [method]);
      const asked = phone.sync("inbox", { waitSeconds: 600 });
      await clock.advance(5_000);
      const { answer } = await asked;
      expect(answer.status).toBe(503);
      expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
      expect(failures).toContain(method);
    },
  );
});
