import { describe, expect, it } from "vitest";
import { AirSync, child, children, childText, Email } from "../../../../src/wbxml/index.js";
import { type CollectionAnswer, collectionsOf, SyncBench, syncRequest } from "./sync-bench.js";

/** A server whose mails are marked by someone between the look at the folder and the reading of a mail. */
async function marking(
  back?: "at once",
): Promise<{ server: SyncBench; mark(id: string, read: boolean): void }> {
  const server = new SyncBench();
  await server.folderSync();
  const mark = (id: string, read: boolean): void =>
    server.mailbox.updateItem(server.user, "inbox", id, { kind: "email-flags", read });
  const item = server.mailbox.item.bind(server.mailbox);
  let isFirst = true;
  server.mailbox.item = async (ref, folder, id, view) => {
    const isMarked = isFirst;
    isFirst = false;
    if (isMarked) mark(id, true);
    const read = await item(ref, folder, id, view);
    if (isMarked && back === "at once") mark(id, false);
    return read;
  };
  return { server, mark };
}

function readOf(answer: CollectionAnswer): readonly (string | undefined)[] {
  const commands = child(answer.element, AirSync.Commands);
  return [...children(commands, AirSync.Add), ...children(commands, AirSync.Change)].map((command) =>
    childText(child(command, AirSync.ApplicationData), Email.Read),
  );
}

describe("a mail that is marked while a Sync reads it", () => {
  it("is told again when the mark goes back to what it was", async () => {
    const { server, mark } = await marking();
    const key = await server.start();
    const id = server.mail();
    const added = await server.one({ key });
    expect(readOf(added)).toEqual(["1"]);
    mark(id, false);
    const changed = await server.one({ key: added.key });
    expect(changed.changes).toEqual([id]);
    expect(readOf(changed)).toEqual(["0"]);
    expect(collectionsOf(await server.sync(syncRequest([{ key: changed.key }])))).toEqual([]);
  });

  it("is told again when the mark went back to what it was before the Sync was over", async () => {
    const { server } = await marking("at once");
    const key = await server.start();
    const id = server.mail();
    const added = await server.one({ key });
    expect(readOf(added)).toEqual(["1"]);
    const changed = await server.one({ key: added.key });
    expect(changed.changes).toEqual([id]);
    expect(readOf(changed)).toEqual(["0"]);
    expect(collectionsOf(await server.sync(syncRequest([{ key: changed.key }])))).toEqual([]);
  });

  it("is not told twice when nobody marks it", async () => {
    const server = new SyncBench();
    await server.folderSync();
    const key = await server.start();
    server.mail();
    const added = await server.one({ key });
    expect(collectionsOf(await server.sync(syncRequest([{ key: added.key }])))).toEqual([]);
  });
});
