import { describe, expect, it } from "vitest";
import { AirSync, textElement } from "../../../../src/wbxml/index.js";
import { collectionsOf, SyncBench, syncRequest, topLevelOf } from "./sync-bench.js";

async function bench(wishes: ConstructorParameters<typeof SyncBench>[0] = {}): Promise<SyncBench> {
  const made = new SyncBench(wishes);
  await made.folderSync();
  return made;
}

describe("the first Sync of a collection", () => {
  it("answers key 0 with a key and nothing else, even if the folder is full", async () => {
    const server = await bench();
    server.mail();
    const answer = await server.one({ key: "0" });
    expect(answer).toMatchObject({ id: "inbox", status: "1", more: false, adds: [], responses: [] });
    expect(answer.key).toMatch(/^[^\s]{1,64}$/);
    expect(answer.key).not.toBe("0");
    expect(answer.element.content).toHaveLength(3);
  });

  it("sends every item with the first key", async () => {
    const server = await bench();
    const ids = [server.mail("a"), server.mail("b"), server.mail("c")];
    const key = await server.start();
    const answer = await server.one({ key });
    expect([...answer.adds].sort()).toEqual([...ids].sort());
    expect(answer.more).toBe(false);
    expect(answer.key).not.toBe(key);
  });

  it("forgets what the device had when it starts over", async () => {
    const server = await bench();
    const id = server.mail();
    const old = await server.all();
    const key = await server.start();
    expect((await server.one({ key: old })).status).toBe("3");
    expect((await server.one({ key })).adds).toEqual([id]);
  });

  it("ends well when key 0 is sent twice at once", async () => {
    const server = await bench();
    server.mail();
    const [one, other] = await Promise.all([server.one({ key: "0" }), server.one({ key: "0" })]);
    expect((await server.one({ key: one.key })).status).toBe("1");
    expect((await server.one({ key: other.key })).status).toBe("1");
  });

  it("needs a FolderSync first: top-level 12", async () => {
    const server = new SyncBench();
    expect(topLevelOf(await server.sync(syncRequest([{ key: "0" }])))).toBe("12");
  });

  it("drops commands with key 0", async () => {
    const server = await bench();
    const id = server.mail();
    const remove = { tag: AirSync.Delete, content: [textElement(AirSync.ServerId, id)] };
    expect((await server.one({ key: "0", commands: [remove] })).responses).toEqual([]);
    expect(server.mailbox.snapshot(server.user, "inbox").has(id)).toBe(true);
  });

  it("tolerates GetChanges with key 0", async () => {
    const server = await bench();
    expect((await server.one({ key: "0", getChanges: "empty" })).status).toBe("1");
  });

  it("refuses GetChanges with key 0 when it is strict: top-level 4", async () => {
    const server = await bench({ options: { strictGetChanges: true } });
    const sent = await server.sync(syncRequest([{ key: "0", getChanges: "empty" }]));
    expect(topLevelOf(sent)).toBe("4");
    expect((await server.one({ key: "0", getChanges: false })).status).toBe("1");
  });
});

describe("SyncKeys that were never given out", () => {
  it("SOGo: bogus SyncKeys are accepted: here Status 3 on the collection", async () => {
    const server = await bench();
    await server.all();
    for (const key of ["1", "bogus", "999999999999999999999", "x".repeat(64)]) {
      expect(await server.one({ key })).toMatchObject({ status: "3", id: "inbox", key: "0" });
    }
  });

  it("answers 3 for a key older than the one presented last", async () => {
    const server = await bench();
    server.mail();
    const first = await server.start();
    const second = (await server.one({ key: first })).key;
    server.mail();
    const third = (await server.one({ key: second })).key;
    await server.sync(syncRequest([{ key: third }]));
    expect((await server.one({ key: first })).status).toBe("3");
  });

  it("answers 3 for a collection that was never synced", async () => {
    expect((await (await bench()).one({ id: "sent", key: "12345" })).status).toBe("3");
  });

  it("never gives a key out twice", async () => {
    const server = await bench();
    const keys = new Set<string>();
    let key = await server.start();
    for (let round = 0; round < 50; round += 1) {
      keys.add(key);
      server.mail();
      key = (await server.one({ key })).key;
    }
    expect(keys.size).toBe(50);
  });
});

describe("nothing to do", () => {
  it("is an empty answer, and the key stays valid", async () => {
    const server = await bench();
    server.mail();
    const key = await server.all();
    for (let round = 0; round < 3; round += 1) {
      expect((await server.sync(syncRequest([{ key }]))).outcome).toEqual({ kind: "empty" });
    }
    const id = server.mail();
    expect((await server.one({ key })).adds).toEqual([id]);
  });

  it("is a body with the unchanged key for clients that cannot read an empty answer", async () => {
    const server = await bench({ options: { emptySyncResponse: () => false } });
    const key = await server.start();
    expect(await server.one({ key })).toMatchObject({ key, status: "1", adds: [] });
  });

  it("writes nothing", async () => {
    const server = await bench();
    server.mail();
    const key = await server.all();
    await server.sync(syncRequest([{ key }]));
    const { writes } = server.state;
    await server.sync(syncRequest([{ key }]));
    expect(server.state.writes).toBe(writes);
  });
});

describe("paging", () => {
  it("sends at most WindowSize items, and MoreAvailable with a new key until there are none", async () => {
    const server = await bench();
    const ids = Array.from({ length: 25 }, (_, index) => server.mail(`m${index}`));
    let key = await server.start();
    const pages: number[] = [];
    const seen: string[] = [];
    for (let more = true; more; ) {
      const answer = await server.one({ key, windowSize: 10 });
      expect(answer.key).not.toBe(key);
      pages.push(answer.adds.length);
      seen.push(...answer.adds);
      ({ key, more } = answer);
    }
    expect(pages).toEqual([10, 10, 5]);
    expect([...seen].sort()).toEqual([...ids].sort());
  });

  it("says nothing of more when the page was full and nothing is left", async () => {
    const server = await bench();
    for (let count = 0; count < 10; count += 1) server.mail();
    const answer = await server.one({ key: await server.start(), windowSize: 10 });
    expect(answer).toMatchObject({ more: false });
    expect(answer.adds).toHaveLength(10);
  });

  it.each([
    [undefined, 100],
    [0, 512],
    [513, 512],
    [99_999, 512],
    [512, 512],
    [1, 1],
  ])("takes WindowSize %s as %s", async (windowSize, expected) => {
    const server = await bench();
    for (let count = 0; count < 520; count += 1) server.mail();
    const key = await server.start();
    const answer = await server.one(windowSize === undefined ? { key } : { key, windowSize });
    expect(answer.adds).toHaveLength(expected);
    expect(answer.more).toBe(true);
  });

  it("counts changes, deletes and adds together", async () => {
    const server = await bench();
    const ids = Array.from({ length: 4 }, () => server.mail());
    const key = await server.all();
    for (const id of ids.slice(0, 2)) server.mailbox.setRead(server.user, "inbox", id);
    for (const id of ids.slice(2)) server.mailbox.removeItem(server.user, "inbox", id);
    server.mail();
    const answer = await server.one({ key, windowSize: 3 });
    expect(answer.adds.length + answer.changes.length + answer.deletes.length).toBe(3);
    expect(answer.more).toBe(true);
    const rest = await server.one({ key: answer.key, windowSize: 3 });
    expect(rest.adds.length + rest.changes.length + rest.deletes.length).toBe(2);
    expect(rest.more).toBe(false);
  });

  it("stops when the answer is large, whatever the window: on a bad network all of it would be lost", async () => {
    const server = await bench();
    const text = "word ".repeat(40_000);
    for (let count = 0; count < 40; count += 1) {
      server.mailbox.deliver(server.user, `From: bob@example.com\r\nSubject: ${count}\r\n\r\n${text}`);
    }
    const first = await server.one({ key: await server.start(), windowSize: 100 });
    expect(first.more).toBe(true);
    expect(first.adds.length).toBeLessThan(40);
    const second = await server.one({ key: first.key, windowSize: 100 });
    expect(second.more).toBe(false);
    expect(new Set([...first.adds, ...second.adds]).size).toBe(40);
  });

  it("stops at the time budget and says that there is more", async () => {
    const server = await bench({ options: { syncTimeBudgetMs: 0 } });
    for (let count = 0; count < 80; count += 1) server.mail();
    const answer = await server.one({ key: await server.start(), windowSize: 512 });
    expect(answer.more).toBe(true);
    expect(answer.adds.length).toBeGreaterThan(0);
    expect(answer.adds.length).toBeLessThan(80);
  });

  it("limits all collections together by the global WindowSize, in their order", async () => {
    const server = await bench();
    for (let count = 0; count < 3; count += 1) server.mail();
    server.mail("sent", undefined, "sent");
    const inbox = await server.start();
    const sent = await server.start("sent");
    const request = syncRequest(
      [{ key: inbox }, { id: "sent", key: sent }],
      [textElement(AirSync.WindowSize, 1)],
    );
    const [only, ...others] = collectionsOf(await server.sync(request));
    expect(only).toMatchObject({ id: "inbox", more: true });
    expect(only?.adds).toHaveLength(1);
    expect(others).toEqual([]);
    expect((await server.one({ id: "sent", key: sent })).adds).toHaveLength(1);
  });
});
