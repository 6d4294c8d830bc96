import { HIERARCHY } from "direct-push";
import {
  type ImapChangeSourceOptions,
  ImapConnections,
  ImapFolders,
  imapChangeSource,
} from "direct-push/imap";
import { mailboxChangeSourceContract } from "direct-push/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { within } from "../contract/deadline.js";
import { Dovecot, dovecotIsThere, passwordOf } from "./dovecot.js";
import type { DovecotOptions } from "./dovecot-configuration.js";

const ways: readonly {
  way: string;
  server: DovecotOptions;
  options: ImapChangeSourceOptions;
  flagsShow: boolean;
}[] = [
  { way: "NOTIFY", server: {}, options: {}, flagsShow: true },
  {
    way: "IDLE and polling",
    server: { without: ["NOTIFY"] },
    options: { pollMs: 1_000, treePollMs: 1_000 },
    flagsShow: true,
  },
  {
    way: "polling alone",
    server: { without: ["NOTIFY", "IDLE", "LIST-STATUS"] },
    options: { pollMs: 1_000, treePollMs: 1_000 },
    flagsShow: true,
  },
  {
    way: "IDLE without CONDSTORE",
    server: { without: ["NOTIFY", "CONDSTORE", "QRESYNC"] },
    options: { pollMs: 1_000, treePollMs: 1_000 },
    flagsShow: false,
  },
];

const users = Array.from({ length: 40 }, (_, index) => `user${index}`);

describe.skipIf(!dovecotIsThere()).each(ways)("changes in Dovecot by $way", ({ server, options }) => {
  let dovecot: Dovecot;
  let next = 0;
  beforeAll(async () => {
    dovecot = await Dovecot.start({ users, ...server });
  });
  afterAll(() => dovecot.remove());

  async function subject() {
    const user = users[next++ % users.length] ?? "";
    const mailbox = { user, login: { kind: "password", user, password: passwordOf(user) } };
    const connections = new ImapConnections({ host: dovecot.host, port: dovecot.imapPort, tls: "none" });
    const folders = new ImapFolders(connections);
    const source = imapChangeSource(connections, folders, options);
    const list = await folders.folders(mailbox);
    const idOf = (name: string): string => list.find((folder) => folder.name === name)?.id ?? "";
    return {
      source,
      mailbox,
      connections,
      folders,
      inbox: idOf("Inbox"),
      sent: idOf("Sent"),
      close: async () => {
        source.close();
        await connections.close();
      },
    };
  }

  describe.each(["the inbox", "another folder"])("%s", (which) => {
    const contract = mailboxChangeSourceContract(
      async () => {
        const { inbox, sent, ...made } = await subject();
        const other = await dovecot.client(made.mailbox.user);
        let count = 0;
        const path = which === "the inbox" ? "INBOX" : "Sent";
        const [folder, otherFolder] = path === "INBOX" ? [inbox, sent] : [sent, inbox];
        return {
          ...made,
          folder,
          otherFolder,
          change: async () => {
            count += 1;
            if (path === "INBOX" && count % 2 === 0)
              await dovecot.deliver(made.mailbox.user, `Mail ${count}`);
            else await other.append(path, `Subject: Mail ${count}\r\n\r\nHello.\r\n`);
          },
          close: async () => {
            other.close();
            await made.close();
          },
        };
      },
      { notifiedWithinMs: 8_000 },
    );
    test.each(contract)("$name", ({ run }) => run());
  });

  test("flags that another mail program sets are told", async () => {
    const { source, mailbox, inbox, close } = await subject();
    await dovecot.deliver(mailbox.user, "Hello");
    const heard = heardOf();
    const stop = await source.watch(mailbox, [inbox], heard.onChange);
    const before = await source.marker(mailbox, inbox);
    const other = await dovecot.client(mailbox.user);
    await other.mailboxOpen("INBOX");
    await other.messageFlagsAdd("1", ["\\Flagged"]);
    await within("the flag to be told", heard.of(inbox));
    expect(await source.marker(mailbox, inbox)).not.toBe(before);
    stop();
    await close();
  });

  test("a folder that is made, renamed and removed elsewhere is told", async () => {
    const { source, mailbox, close } = await subject();
    const other = await dovecot.client(mailbox.user);
    const markers = new Set([await source.marker(mailbox, HIERARCHY)]);
    const heard = heardOf();
    const stop = await source.watch(mailbox, [HIERARCHY], heard.onChange);
    const steps = [
      () => other.mailboxCreate("Größe"),
      () => other.mailboxRename("Größe", "Kleinheit"),
      () => other.mailboxDelete("Kleinheit"),
    ];
    const seen: string[] = [];
    for (const step of steps) {
      heard.forget();
      await step();
      await within("the tree to be told", heard.of(HIERARCHY));
      seen.push(await source.marker(mailbox, HIERARCHY));
    }
    expect(new Set(seen.slice(0, 2)).size).toBe(2);
    expect(markers.has(seen[0] ?? "")).toBe(false);
    // Without the folder the tree is what it was.
    expect(markers.has(seen[2] ?? "")).toBe(true);
    stop();
    await close();
  });

  test("one connection watches for all devices of a user", async () => {
    const { source, mailbox, inbox, sent, connections, close } = await subject();
    const all = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const heard = heardOf();
        return { heard, stop: await source.watch(mailbox, [inbox, sent], heard.onChange) };
      }),
    );
    expect(source.watchedUsers).toBe(1);
    const who = await dovecot.connectionsOf(mailbox.user);
    expect(who).toBe(1 + connections.counts.idle + connections.counts.working);
    await dovecot.deliver(mailbox.user, "For all");
    await within("all to hear", Promise.all(all.map(({ heard }) => heard.of(inbox))));
    for (const { stop } of all) stop();
    await close();
  });
});

/** Hears what a watch tells, and waits for a folder to be among it. */
function heardOf() {
  const folders = new Set<string>();
  const waiting = new Map<string, () => void>();
  return {
    onChange: (folder: string): void => {
      folders.add(folder);
      waiting.get(folder)?.();
    },
    forget: (): void => folders.clear(),
    of: async (folder: string): Promise<void> => {
      if (folders.has(folder)) return;
      await new Promise<void>((resolve) => waiting.set(folder, resolve));
    },
  };
}
