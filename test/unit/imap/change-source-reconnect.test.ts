import { EventEmitter } from "node:events";
import type { ImapFlow } from "imapflow";
import { beforeEach, describe, expect, it } from "vitest";
import { resolveSourceOptions } from "../../../src/imap/change-source-options.js";
import { UserWatch } from "../../../src/imap/change-source-user.js";
import type { ImapConnections } from "../../../src/imap/imap-connections.js";
import type { ImapFolders } from "../../../src/imap/imap-folders.js";
import type { ImapFolder, ImapFolderListing } from "../../../src/imap/imap-folders-listing.js";
import { FakeClock } from "../../../src/testing/index.js";

/** A connection whose server tells the state of its folders, and may break off at a command. */
class ScriptedClient extends EventEmitter {
  usable = true;
  isClosed = false;
  mailbox = false;
  readonly capabilities = new Map([["NOTIFY", true]]);
  readonly enabled = new Set(["CONDSTORE"]);
  readonly untaggedHandlers = {};
  readonly sectionHandlers = {};
  readonly #breaksAt: string | undefined;

  constructor(breaksAt?: string) {
    super();
    this.#breaksAt = breaksAt;
  }

  async exec(
    command: string,
    attributes: readonly { readonly value?: string }[],
    { untagged = {} }: { readonly untagged?: Record<string, (response: unknown) => Promise<void>> },
  ): Promise<{ next(): void }> {
    if (command === this.#breaksAt) {
      this.close();
      throw new Error("broken");
    }
    const asked = attributes[0]?.value;
    for (const [name, count] of mails) {
      if (command === "STATUS" && name !== asked) continue;
      const pairs = ["UIDVALIDITY", "1", "UIDNEXT", `${count + 1}`, "MESSAGES", `${count}`];
      await untagged["STATUS"]?.({ attributes: [name, [...pairs, "HIGHESTMODSEQ", `${count}`]] });
    }
    return { next: () => {} };
  }

  async noop(): Promise<void> {}

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

let mails: Map<string, number>;
let names: string[];
let dialled: ScriptedClient[];
let next: ScriptedClient[];
let clock: FakeClock;
let watch: UserWatch;
let overs: number;
let told: string[];

function listing(): ImapFolderListing {
  const folders = names.map((name) => ({
    id: name,
    parentId: "0",
    name,
    path: name,
    listedAs: name,
    kind: "mail",
    selectable: true,
  })) as unknown as ImapFolder[];
  return {
    folders,
    byId: new Map(folders.map((folder) => [folder.id, folder])),
  } as unknown as ImapFolderListing;
}

beforeEach(() => {
  clock = new FakeClock();
  mails = new Map([["INBOX", 1]]);
  names = ["INBOX"];
  dialled = [];
  next = [];
  told = [];
  overs = 0;
  const connections = {
    options: { clock, random: () => 0.5, silenceMs: 10_000, longestBackOffMs: 1_000 },
    awayMs: 0,
    onReachable: () => () => {},
    dial: async () => {
      const client = next.shift() ?? new ScriptedClient();
      dialled.push(client);
      return client;
    },
    use: async (_mailbox: unknown, work: (client: ImapFlow) => Promise<unknown>) =>
      work(new ScriptedClient() as unknown as ImapFlow),
  };
  watch = new UserWatch(
    { user: "alice" },
    {
      connections: connections as unknown as ImapConnections,
      folders: { listBy: async () => listing() } as unknown as ImapFolders,
      source: resolveSourceOptions({}),
      over: () => {
        overs += 1;
      },
    },
  );
});

const add = (...folders: string[]) => watch.add({ user: "alice" }, folders, (folder) => told.push(folder));

describe("the watch of a user over a restart", () => {
  it("tells of mail that came while the line was down", async () => {
    await add("INBOX");
    dialled[0]?.close();
    mails.set("INBOX", 2);
    await clock.advance(2_000);
    expect(dialled).toHaveLength(2);
    expect(told).toEqual(["INBOX"]);
  });

  it("tells of a folder that nothing was known of, though the first attempt to come back failed half-way", async () => {
    await add("INBOX", "New");
    dialled[0]?.close();
    names.push("New");
    mails.set("New", 1);
    next.push(new ScriptedClient("STATUS"));
    await clock.advance(5_000);
    expect(dialled).toHaveLength(3);
    expect(told).toContain("New");
  });

  it("tells of a folder that a hold asked for before the tree was read again", async () => {
    await add("New");
    names.push("New");
    mails.set("New", 1);
    watch.treeWritten();
    await clock.advance(1_000);
    expect(told).toContain("New");
  });

  it("stays for a minute after the last hold, then ends its connection", async () => {
    const [first, second] = [await add("INBOX"), await add("INBOX")];
    expect(dialled).toHaveLength(1);
    first();
    await clock.advance(120_000);
    second();
    await clock.advance(59_999);
    expect(dialled[0]?.isClosed).toBe(false);
    const third = await add("INBOX");
    await clock.advance(60_000);
    expect([dialled.length, dialled[0]?.isClosed]).toEqual([1, false]);
    third();
    await clock.advance(60_000);
    expect([dialled.length, dialled[0]?.isClosed, overs]).toEqual([1, true, 1]);
  });

  it("ends once, whatever the number of calls of a hold's stop", async () => {
    const stop = await add("INBOX");
    stop();
    await clock.advance(60_000);
    stop();
    await clock.advance(60_000);
    expect(overs).toBe(1);
  });
});
