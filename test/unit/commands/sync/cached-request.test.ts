import { beforeAll, describe, expect, it } from "vitest";
import { AirSync, Contacts, element, textElement, type WbxmlElement } from "../../../../src/wbxml/index.js";
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

describe("requests that state nothing, or only what is new", () => {
  const partial = (...children: WbxmlElement[]): WbxmlElement =>
    element(AirSync.Sync, [...children, element(AirSync.Partial, [])]);

  it("without a request before them are Status 13", async () => {
    const server = await bench();
    expect(topLevelOf(await server.sync(undefined))).toBe("13");
    expect(topLevelOf(await server.sync(partial(wait(5))))).toBe("13");
  });

  it("after key 0 alone, and after client commands, are Status 13", async () => {
    const server = await bench();
    const key = await server.start("contacts");
    expect(topLevelOf(await server.sync(undefined))).toBe("13");
    const add = addCommand("c1", [textElement(Contacts.FirstName, "Ann")]);
    await server.one({ id: "contacts", key, commands: [add] });
    expect(topLevelOf(await server.sync(undefined))).toBe("13");
  });

  it("SOGo: empty Sync always 13: here an empty one is held for the cached interval, with the current key", async () => {
    const server = await bench();
    const key = await server.all();
    const first = server.mail("first");
    const answer = collectionsOf(await server.sync(syncRequest([{ key }], [wait(2)])))[0];
    expect(answer?.adds).toEqual([first]);
    const sent = await server.sync(undefined);
    await settle(server);
    expect(sent.outcome).toBeUndefined();
    const second = server.mail("second");
    await settle(server);
    expect(collectionsOf(sent)[0]).toMatchObject({ adds: [second] });
  });

  it("after an answer with items to an empty request are Status 13: it may be the repeat of one whose answer was lost", async () => {
    const server = await bench();
    const key = await server.all();
    await server.sync(syncRequest([{ key }]));
    const id = server.mail();
    const lost = collectionsOf(await server.sync(undefined))[0];
    expect(lost?.adds).toEqual([id]);
    expect(topLevelOf(await server.sync(undefined))).toBe("13");
    expect((await server.one({ key })).adds).toEqual([id]);
  });

  it("after a request that came twice are Status 13: which of its answers the device got is not known", async () => {
    const server = await bench();
    const key = await server.all();
    const id = server.mail();
    const got = await server.one({ key });
    // The straggler sees more than the answer that the device got.
    const other = server.mail("other");
    expect((await server.one({ key })).adds).toHaveLength(2);
    expect(topLevelOf(await server.sync(undefined))).toBe("13");
    expect(got.adds).toEqual([id]);
    expect((await server.one({ key: got.key })).adds).toEqual([other]);
  });

  it("without an interval are answered empty, but not in a loop", async () => {
    const server = await bench();
    const key = await server.all();
    await server.sync(syncRequest([{ key }]));
    expect((await server.sync(undefined)).outcome).toEqual({ kind: "empty" });
    expect(topLevelOf(await server.sync(undefined))).toBe("13");
    await server.clock.advance(6_000);
    expect((await server.sync(undefined)).outcome).toEqual({ kind: "empty" });
  });

  it("SOGo: Partial always 13: here what is not listed is as before", async () => {
    const server = await bench();
    const [inbox, sentItems] = [await server.all(), await server.all("sent")];
    await server.sync(syncRequest([{ key: inbox }, { id: "sent", key: sentItems }]));
    const id = server.mail();
    const other = server.mail("x", undefined, "sent");
    const list = syncRequest([{ id: "sent", key: sentItems }]);
    const sent = await server.sync(partial(...(list.content as WbxmlElement[])));
    expect(collectionsOf(sent).map(({ adds }) => adds)).toEqual([[other], [id]]);
  });

  it("with an empty list and an interval mean the collections of last time", async () => {
    const server = await bench();
    const key = await server.all();
    await server.sync(syncRequest([{ key }]));
    const request = element(AirSync.Sync, [element(AirSync.Collections, []), heartbeat(300)]);
    const sent = await server.sync(request);
    await settle(server);
    expect(sent.outcome).toBeUndefined();
    const id = server.mail();
    await settle(server);
    expect(collectionsOf(sent)[0]?.adds).toEqual([id]);
  });

  it("with Partial alone are Status 4", async () => {
    const server = await bench();
    expect(topLevelOf(await server.sync(partial()))).toBe("4");
  });

  it("survive a restart: the request is kept with the state", async () => {
    const server = await bench();
    const key = await server.all();
    await server.sync(syncRequest([{ key }]));
    const restarted = new SyncBench();
    for (const [stateKey, { value }] of server.state.entries()) {
      await restarted.state.write(stateKey, value, undefined);
    }
    const id = restarted.mail();
    expect(collectionsOf(await restarted.sync(undefined))[0]?.adds).toEqual([id]);
  });
});
