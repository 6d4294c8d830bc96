import fc from "fast-check";
import type { ImapFlow } from "imapflow";
import { afterEach, describe, expect, test } from "vitest";
import { KnownUids } from "../../../src/imap/changes-known-uids.js";
import { changesByModSeq, hasModSequences } from "../../../src/imap/changes-modseq.js";
import { itemIdOf } from "../../../src/imap/items-id.js";
import type { ItemChange } from "../../../src/mailbox/mailbox.js";
import { ModelImapFolder } from "./model-imap-folder.js";
import { ScriptedImapServer } from "./scripted-imap-server.js";

const servers = [
  { name: "QRESYNC", qresync: true, esearch: true },
  { name: "QRESYNC, without ESEARCH", qresync: true, esearch: false },
  { name: "CONDSTORE alone", qresync: false, esearch: true },
  { name: "CONDSTORE alone, without ESEARCH", qresync: false, esearch: false },
];

let server: ScriptedImapServer | undefined;
afterEach(() => server?.close());

/** A device that reads the changes of the folder, page by page. */
class Reader {
  readonly items = new Map<string, boolean>();
  cursor: string | undefined;
  expired = 0;
  readonly #client: ImapFlow;
  readonly #uids: KnownUids;

  constructor(client: ImapFlow, uids = new KnownUids(10_000)) {
    this.#client = client;
    this.#uids = uids;
  }

  /** @returns whether there is more. */
  async page(limit: number): Promise<boolean> {
    const opened = await this.#client.mailboxOpen("INBOX", { readOnly: true });
    expect(hasModSequences(this.#client, opened)).toBe(true);
    const query = { cursor: this.cursor, sinceMs: undefined, limit };
    const page = await changesByModSeq(this.#client, opened, query, this.#uids.of("alice", "INBOX"));
    if (page.kind === "cursor-expired") {
      this.cursor = undefined;
      this.items.clear();
      this.expired += 1;
      return true;
    }
    expect(page.changes.length).toBeLessThanOrEqual(limit);
    for (const change of page.changes) this.#take(change);
    this.cursor = page.cursor;
    return page.more;
  }

  async readOn(limit: number): Promise<void> {
    while (await this.page(limit));
  }

  #take(change: ItemChange): void {
    if (change.kind === "gone") this.items.delete(change.id);
    else this.items.set(change.id, change.flags?.read === true);
  }
}

function contentsOf(folder: ModelImapFolder): Map<string, boolean> {
  const entries = [...folder.contents].map(
    ([uid, flags]) => [itemIdOf({ uidValidity: BigInt(folder.uidValidity), uid }), flags !== ""] as const,
  );
  return new Map(entries);
}

describe.each(servers)("changes of a folder by $name", (options) => {
  async function begin(mails: number): Promise<{ folder: ModelImapFolder; client: ImapFlow }> {
    const folder = new ModelImapFolder(options);
    for (let mail = 0; mail < mails; mail += 1) folder.add();
    await server?.close();
    server = await ScriptedImapServer.start(folder.script, folder.capabilities);
    return { folder, client: await server.client() };
  }

  test("bring a reader to what the folder has, whatever happens between the pages", async () => {
    const step = fc.record({
      what: fc.constantFrom("add", "mark", "remove", "page", "read on"),
      number: fc.nat({ max: 40 }),
      limit: fc.integer({ min: 1, max: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 12 }), fc.array(step, { maxLength: 25 }), async (mails, steps) => {
        const { folder, client } = await begin(mails);
        const reader = new Reader(client);
        for (const { what, number, limit } of steps) {
          if (what === "add") folder.add();
          else if (what === "mark") folder.mark(number);
          else if (what === "remove") folder.remove(number);
          else if (what === "page") await reader.page(limit);
          else await reader.readOn(limit);
        }
        await reader.readOn(5);
        expect(reader.items).toEqual(contentsOf(folder));
        expect(reader.expired).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  test("cost no list of the folder, where nothing was removed", async () => {
    const { folder, client } = await begin(50);
    const reader = new Reader(client);
    await reader.readOn(20);
    folder.add();
    await reader.readOn(20);
    server?.commands.splice(0);
    folder.mark(3);
    folder.add();
    await reader.readOn(20);
    expect(reader.items).toEqual(contentsOf(folder));
    const isList = (command: string): boolean =>
      / FETCH /.test(command) ? !command.includes("CHANGEDSINCE") : /SEARCH.* ALL$/.test(command);
    expect(server?.commands.filter(isList)).toEqual([]);
  });

  test("begin anew for a folder with another UIDVALIDITY, and for a sequence that it has not reached", async () => {
    const { folder, client } = await begin(3);
    const reader = new Reader(client);
    await reader.readOn(10);
    folder.uidValidity += 1;
    await reader.readOn(10);
    expect(reader.expired).toBe(1);
    reader.cursor = reader.cursor?.replace(/^(c:[^:]+):[^:]+/, "$1:zzz");
    await reader.readOn(10);
    expect(reader.expired).toBe(2);
    expect(reader.items).toEqual(contentsOf(folder));
  });
});

test("what was removed in a folder whose UIDs nobody remembers is found out by comparing it", async () => {
  const folder = new ModelImapFolder({ qresync: false, esearch: true });
  for (let mail = 0; mail < 5; mail += 1) folder.add();
  server = await ScriptedImapServer.start(folder.script, folder.capabilities);
  const client = await server.client();
  const before = new Reader(client);
  await before.readOn(10);
  const after = new Reader(client);
  after.cursor = before.cursor;
  folder.add();
  await after.readOn(10);
  expect(after.expired).toBe(0);
  folder.remove(2);
  await after.readOn(10);
  expect(after.expired).toBe(0);
  const late = new Reader(client);
  late.cursor = before.cursor;
  await late.readOn(10);
  expect(late.expired).toBe(1);
  expect(late.items).toEqual(contentsOf(folder));
});
