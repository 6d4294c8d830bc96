import { describe, expect, it } from "vitest";
import { hasPendingChanges } from "../../../../src/sync-state/pending.js";
import { AirSync, textElement } from "../../../../src/wbxml/index.js";
import { filterOption, SyncBench, syncRequest } from "./sync-bench.js";

const dayMs = 86_400_000;

async function bench(wishes: ConstructorParameters<typeof SyncBench>[0] = {}): Promise<SyncBench> {
  const made = new SyncBench(wishes);
  await made.folderSync();
  return made;
}

describe("filter windows", () => {
  const now = Date.UTC(2026, 0, 1);

  async function withMails(): Promise<{ server: SyncBench; recent: string; middle: string; old: string }> {
    const server = await bench();
    const recent = server.mail("recent", now - dayMs / 2);
    const middle = server.mail("middle", now - 5 * dayMs);
    const old = server.mail("old", now - 100 * dayMs);
    return { server, recent, middle, old };
  }

  it("send what is in them", async () => {
    const { server, recent, middle } = await withMails();
    const key = await server.start();
    expect((await server.one({ key, options: filterOption(2) })).adds).toEqual([recent]);
    const other = await server.start();
    expect([...(await server.one({ key: other, options: filterOption(3) })).adds].sort()).toEqual(
      [recent, middle].sort(),
    );
  });

  it("remove softly what a narrower one leaves out, and add what a wider one brings, on the same key chain", async () => {
    const { server, recent, middle, old } = await withMails();
    let key = await server.all("inbox", { options: filterOption(3) });
    const narrow = await server.one({ key, options: filterOption(1) });
    expect(narrow).toMatchObject({ softDeletes: [middle], adds: [], deletes: [] });
    key = narrow.key;
    const wide = await server.one({ key, options: filterOption(0) });
    expect([...wide.adds].sort()).toEqual([middle, old].sort());
    const again = await server.one({ key: wide.key, options: filterOption(3) });
    expect(again.softDeletes).toEqual([old]);
    expect(server.mailbox.snapshot(server.user, "inbox").has(recent)).toBe(true);
  });

  it("page what a changed window brings and takes", async () => {
    const server = await bench();
    const ids = Array.from({ length: 12 }, () => server.mail("old", now - 50 * dayMs));
    let key = await server.all("inbox", { options: filterOption(0) });
    const removed: string[] = [];
    for (let more = true; more; ) {
      const answer = await server.one({ key, windowSize: 5, options: filterOption(3) });
      expect(answer.softDeletes.length).toBeLessThanOrEqual(5);
      removed.push(...answer.softDeletes);
      ({ key, more } = answer);
    }
    expect(removed.sort()).toEqual([...ids].sort());
  });

  it("stay until the device sends other Options, and fall back to the defaults with Options that lack them", async () => {
    const { server, middle, old } = await withMails();
    const key = await server.all("inbox", { options: filterOption(2) });
    expect((await server.sync(syncRequest([{ key }]))).outcome).toEqual({ kind: "empty" });
    const answer = await server.one({ key, options: [textElement(AirSync.Conflict, 0)] });
    expect([...answer.adds].sort()).toEqual([middle, old].sort());
  });

  it("move once a day", async () => {
    const server = await bench();
    const id = server.mail("soon out", now - 3 * dayMs + 1000);
    const key = await server.all("inbox", { options: filterOption(2) });
    await server.clock.advance(dayMs / 2);
    expect((await server.sync(syncRequest([{ key }]))).outcome).toEqual({ kind: "empty" });
    await server.clock.advance(dayMs);
    expect((await server.one({ key })).softDeletes).toEqual([id]);
  });

  it("leave completed tasks out with filter 8, and bring them back", async () => {
    const server = await bench();
    const task = { class: "Tasks", subject: "t", complete: false } as const;
    const open = server.mailbox.addItem(server.user, "tasks", task);
    const done = server.mailbox.addItem(server.user, "tasks", {
      ...task,
      complete: true,
      dateCompletedMs: now,
    });
    const key = await server.start("tasks");
    const first = await server.one({ id: "tasks", key, options: filterOption(8) });
    expect(first.adds).toEqual([open]);
    const all = await server.one({ id: "tasks", key: first.key, options: filterOption(0) });
    expect(all.adds).toEqual([done]);
    const narrow = await server.one({ id: "tasks", key: all.key, options: filterOption(8) });
    expect(narrow.softDeletes).toEqual([done]);
  });

  it("do not touch contacts, whatever the value", async () => {
    const server = await bench();
    const id = server.mailbox.addItem(server.user, "contacts", { class: "Contacts", firstName: "Ann" });
    const key = await server.start("contacts");
    expect((await server.one({ id: "contacts", key, options: filterOption(5) })).adds).toEqual([id]);
  });

  it("that is another one with GetChanges 0 is taken note of: the Ping after it tells what is new in it", async () => {
    const { server, middle, old } = await withMails();
    const key = await server.all("inbox", { options: [textElement(AirSync.FilterType, 1)] });
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(false);
    const sent = await server.sync(
      syncRequest([{ key, getChanges: false, options: [textElement(AirSync.FilterType, 0)] }]),
    );
    expect(sent.outcome).toEqual({ kind: "empty" });
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(true);
    expect([...(await server.one({ key })).adds].sort()).toEqual([middle, old].sort());
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(false);
  });

  it("that came first in a request whose answer was lost is taken note of in its repeat with GetChanges 0", async () => {
    const { server, middle, old } = await withMails();
    const key = await server.all("inbox", { options: [textElement(AirSync.FilterType, 1)] });
    const options = [textElement(AirSync.FilterType, 0)];
    const lost = await server.one({ key, options });
    expect(lost.adds).toHaveLength(2);
    const { key: repeated } = await server.one({ key, options, getChanges: false });
    expect(await hasPendingChanges(server.context(), "inbox")).toBe(true);
    expect([...(await server.one({ key: repeated })).adds].sort()).toEqual([middle, old].sort());
  });
});
