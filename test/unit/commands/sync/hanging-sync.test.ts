import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { sync } from "../../../../src/commands/sync/index.js";
import { noParameters } from "../../../../src/http/query-parameters.js";
import { hasPendingChanges, pingState } from "../../../../src/sync-state/pending.js";
import { AirSync, Contacts, child, textElement, type WbxmlElement } from "../../../../src/wbxml/index.js";
import { addCommand, collectionsOf, SyncBench, syncRequest, topLevelOf } from "./sync-bench.js";

const wait = (minutes: number | string): WbxmlElement => textElement(AirSync.Wait, minutes);
const heartbeat = (seconds: number | string): WbxmlElement => textElement(AirSync.HeartbeatInterval, seconds);

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

/** Lets notifications, gathering windows and answers run, without much time passing. */
async function settle(server: SyncBench): Promise<void> {
  for (let step = 0; step < 6; step += 1) await server.clock.advance(100);
}

describe("a hanging Sync", () => {
  it("SOGo: Wait is ignored: here it is held, and answered when a mail arrives", async () => {
    const server = await bench();
    const key = await server.all();
    const sent = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    expect(sent.outcome).toBeUndefined();
    const id = server.mail();
    await settle(server);
    expect(collectionsOf(sent)[0]).toMatchObject({ id: "inbox", adds: [id] });
    expect(server.coordinator.heldCount).toBe(0);
    expect(server.mailbox.openWatches).toBe(0);
  });

  it("Z-Push: a hanging Sync returns at once: here it is held to its end, and the answer is empty", async () => {
    const server = await bench();
    const key = await server.all();
    const sent = await server.sync(syncRequest([{ key }], [heartbeat(120)]));
    await server.clock.advance(118_000);
    expect(sent.outcome).toBeUndefined();
    await server.clock.advance(3_000);
    expect(sent.outcome).toEqual({ kind: "empty" });
    expect(server.mailbox.openWatches).toBe(0);
  });

  it("is answered with a body at its end for clients that cannot read an empty answer", async () => {
    const server = await bench({ options: { emptySyncResponse: () => false } });
    const { key } = await server.one({ key: await server.start() });
    const sent = await server.sync(syncRequest([{ key }], [heartbeat(60)]));
    await server.clock.advance(61_000);
    expect(collectionsOf(sent)[0]).toMatchObject({ key, status: "1" });
  });

  it("answers at once what is pending already", async () => {
    const server = await bench();
    const key = await server.all();
    const id = server.mail();
    const sent = await server.sync(syncRequest([{ key }], [wait(10)]));
    expect(collectionsOf(sent)[0]?.adds).toEqual([id]);
  });

  it("answers at once to key 0, to commands and to a wrong key", async () => {
    const server = await bench();
    const contacts = await server.all("contacts");
    const add = addCommand("c1", [textElement(Contacts.FirstName, "Ann")]);
    for (const collection of [
      { key: "0" },
      { id: "contacts", key: contacts, commands: [add] },
      { key: "bogus" },
    ]) {
      const sent = await server.sync(syncRequest([collection], [wait(10)]));
      expect(sent.outcome?.kind).toBe("document");
    }
  });

  it("names only the collections that have something", async () => {
    const server = await bench();
    const [inbox, sentItems] = [await server.all(), await server.all("sent")];
    const request = syncRequest([{ key: inbox }, { id: "sent", key: sentItems }], [wait(10)]);
    const sent = await server.sync(request);
    await settle(server);
    server.mail("x", undefined, "sent");
    await settle(server);
    expect(collectionsOf(sent).map(({ id }) => id)).toEqual(["sent"]);
  });

  it("is not woken by what the device does itself, nor by what its filter leaves out", async () => {
    const server = await bench();
    const filter = [textElement(AirSync.FilterType, 1)];
    const inbox = await server.all("inbox", { options: filter });
    const contacts = await server.all("contacts");
    const add = addCommand("c1", [textElement(Contacts.FirstName, "Ann")]);
    const { key } = await server.one({ id: "contacts", key: contacts, commands: [add] });
    const request = syncRequest([{ key: inbox }, { id: "contacts", key }], [wait(10)]);
    const held = await server.sync(request);
    await settle(server);
    server.mail("old", server.clock.now() - 30 * 86_400_000);
    await settle(server);
    expect(held.outcome).toBeUndefined();
  });

  it("is answered with nothing when its key was replaced meanwhile, by way of another process: that is no fault", async () => {
    const server = await bench();
    const key = await server.all();
    const outcome = await sync.run(
      {
        document: syncRequest([{ key }], [wait(10)]),
        policyKey: undefined,
        receivedAtMs: server.clock.monotonicNow(),
        sequence: server.coordinator.sequence(),
        network: undefined,
        rawBody: undefined,
        parameters: noParameters,
      },
      server.context(),
    );
    if (outcome.kind !== "hold") throw new Error("it is not held");
    server.mail("told by the other request");
    const { key: newer } = await server.one({ key });
    // Only a key that is presented is confirmed, and one without news leaves no trace: so there are some.
    server.mail("told by the one after it");
    await server.one({ key: newer });
    expect(await outcome.resume({ kind: "changed", folders: ["inbox"] })).toEqual({ kind: "empty" });
  });

  it("waits for additions alone if that is the policy", async () => {
    const server = await bench({ options: { wakePolicy: "additions" } });
    const id = server.mail();
    const key = await server.all();
    const held = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    server.mailbox.setRead(server.user, "inbox", id);
    await settle(server);
    expect(held.outcome).toBeUndefined();
    const added = server.mail();
    await settle(server);
    expect(collectionsOf(held)[0]).toMatchObject({ adds: [added], changes: [id] });
  });

  it("is answered with top-level 12 when the folder tree changes", async () => {
    const server = await bench();
    const key = await server.all();
    const held = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    server.mailbox.createFolder(server.user, { name: "New" });
    await settle(server);
    expect(topLevelOf(held)).toBe("12");
  });

  it("does not wait on the outbox", async () => {
    const server = await bench();
    const [inbox, outbox] = [await server.all(), await server.all("outbox")];
    const request = syncRequest([{ key: inbox }, { id: "outbox", key: outbox }], [wait(10)]);
    const held = await server.sync(request);
    await settle(server);
    server.mail("x", undefined, "outbox");
    await settle(server);
    expect(held.outcome).toBeUndefined();
  });

  it("ends with Status 16 when the mailbox goes away, never with a wrong key or a new password", async () => {
    const server = await bench();
    const key = await server.all();
    const held = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    server.mailbox.faults.failWith(new Error("down"), ["changes", "itemVersion", "item"]);
    server.mail();
    await settle(server);
    expect(topLevelOf(held)).toBe("16");
  });

  it("is superseded by the next one, and answered empty", async () => {
    const server = await bench();
    const key = await server.all();
    const first = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    const second = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    expect(first.outcome).toEqual({ kind: "empty" });
    expect(second.outcome).toBeUndefined();
  });

  it("is superseded by a Sync that does not wait, before it could give out keys of which that knows nothing", async () => {
    const server = await bench();
    const key = await server.all();
    const held = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    await server.sync(syncRequest([{ key }]));
    await settle(server);
    expect(held.outcome).toEqual({ kind: "empty" });
    const id = server.mail();
    await settle(server);
    expect((await pingState(server.context(), "inbox")).kind).toBe("synced");
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(true);
    expect((await server.one({ key })).adds).toEqual([id]);
  });

  it("leaves a held Ping of the device alone: that asks for the latest state", async () => {
    const server = await bench();
    const key = await server.all();
    let ended: unknown;
    server.coordinator.hold(
      {
        mailbox: { user: server.user },
        deviceId: server.deviceId,
        command: "Ping",
        folders: [],
        heartbeatSeconds: 600,
        receivedAtMs: server.clock.monotonicNow(),
        sequence: server.coordinator.sequence(),
        confirm: async () => false,
      },
      (outcome) => {
        ended = outcome;
      },
    );
    await server.sync(syncRequest([{ key }]));
    await settle(server);
    expect(ended).toBeUndefined();
  });

  it("whose answer is under way when another comes does not change what that one left to be repeated", async () => {
    const server = await bench();
    const [key, sent] = [await server.all(), await server.all("sent")];
    await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    server.mailbox.faults.hang(["item"]);
    server.mail();
    await settle(server);
    await server.sync(syncRequest([{ id: "sent", key: sent }]));
    server.mailbox.faults.recover();
    await settle(server);
    expect(topLevelOf(await server.sync(undefined))).toBe("13");
  });

  it("is answered empty when the server closes", async () => {
    const server = await bench();
    const key = await server.all();
    const held = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    const closed = server.coordinator.close();
    await settle(server);
    await closed;
    expect(held.outcome).toEqual({ kind: "empty" });
  });

  it("is answered empty, not with Status 3, when another Sync of the device has overtaken it", async () => {
    const server = await bench();
    const key = await server.all();
    const held = await server.sync(syncRequest([{ key }], [wait(10)]));
    await settle(server);
    server.mailbox.faults.hang(["changes"]);
    server.mail("one");
    await server.clock.advance(200);
    server.mailbox.faults.recover();
    const first = await server.one({ key });
    const second = await server.sync(syncRequest([{ key: first.key }]));
    await settle(server);
    expect(second.outcome).toEqual({ kind: "empty" });
    expect(held.outcome?.kind === "empty" || collectionsOf(held)[0]?.status === "1").toBe(true);
  });
});

describe("many hanging Syncs", () => {
  it("keep nothing of their requests: neither the document nor what it holds", async () => {
    const server = await bench();
    const key = await server.all();
    let collected = 0;
    const registry = new FinalizationRegistry(() => {
      collected += 1;
    });
    setFlagsFromString("--expose-gc");
    const gc: () => void = runInNewContext("gc");
    const held = await (async () => {
      const options = [textElement(AirSync.FilterType, 3)];
      const document = syncRequest([{ key, options, getChanges: true }], [wait(10)]);
      registry.register(document, "document");
      const list = child(document, AirSync.Collections) ?? document;
      registry.register(list, "list");
      registry.register(child(list, AirSync.Collection) ?? list, "collection");
      return server.sync(document);
    })();
    await settle(server);
    for (let round = 0; round < 5 && collected < 3; round += 1) {
      gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(collected).toBe(3);
    expect(held.outcome).toBeUndefined();
    const id = server.mail();
    await settle(server);
    expect(collectionsOf(held)[0]?.adds).toEqual([id]);
  });
});

describe("the interval", () => {
  it.each([
    [[wait(0)], "14 1"],
    [[wait(60)], "14 59"],
    [[wait(1_000_000)], "14 59"],
    [[heartbeat(59)], "14 60"],
    [[heartbeat(0)], "14 60"],
    [[heartbeat(3541)], "14 3540"],
    [[wait(1), heartbeat(60)], "4"],
  ])(
    "that cannot be held is refused with the nearest one, in its own unit (Z-Push sends no Limit)",
    async (interval, expected) => {
      const server = await bench();
      expect(topLevelOf(await server.sync(syncRequest([{ key: "0" }], interval)))).toBe(expected);
    },
  );

  it("that is no number is refused", async () => {
    const server = await bench();
    const sent = await server.sync(syncRequest([{ key: "0" }], [heartbeat("soon")]));
    expect(topLevelOf(sent)).toMatch(/^14 \d+$/);
  });

  it("is reported when it is refused", async () => {
    const server = await bench();
    await server.sync(syncRequest([{ key: "0" }], [wait(60)]));
    expect(server.told.heartbeatsRefused).toEqual([{ askedSeconds: 3600, nearestSeconds: 3540 }]);
  });

  it.each([[[wait(1)]], [[wait(59)]], [[heartbeat(60)]], [[heartbeat(3540)]]])(
    "at a bound is held",
    async (interval) => {
      const server = await bench();
      const key = await server.all();
      const sent = await server.sync(syncRequest([{ key }], interval));
      await settle(server);
      expect(sent.outcome).toBeUndefined();
    },
  );

  it("in seconds is an error of 12.1, which would ask again at once if it were passed over", async () => {
    const server = await bench({ version: "12.1" });
    const key = await server.all();
    const sent = await server.sync(syncRequest([{ key }], [heartbeat(600)]));
    expect(topLevelOf(sent)).toBe("4");
  });
});
