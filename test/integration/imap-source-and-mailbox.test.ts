import {
  ImapConnections,
  ImapFolders,
  ImapMailbox,
  imapAuthentication,
  imapChangeSource,
} from "direct-push/imap";
import type { ImapFlow } from "imapflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { within } from "../contract/deadline.js";
import { Dovecot, dovecotIsThere, passwordOf } from "./dovecot.js";
import type { DovecotOptions } from "./dovecot-configuration.js";
import { plainMail, store } from "./imap-mailbox-site.js";

const ways: readonly { way: string; options: DovecotOptions }[] = [
  { way: "NOTIFY and QRESYNC", options: {} },
  { way: "IDLE and QRESYNC", options: { without: ["NOTIFY"] } },
  { way: "IDLE and CONDSTORE", options: { without: ["NOTIFY", "QRESYNC"] } },
  { way: "IDLE alone", options: { without: ["NOTIFY", "QRESYNC", "CONDSTORE"] } },
];

describe.skipIf(!dovecotIsThere()).each(ways)(
  "a source and a mailbox in front of Dovecot with $way",
  ({ options }) => {
    let dovecot: Dovecot;
    let other: ImapFlow;
    beforeAll(async () => {
      dovecot = await Dovecot.start(options);
      other = await dovecot.client("alice");
      await other.mailboxOpen("INBOX");
    });
    afterAll(() => dovecot.remove());

    /** Both as an integrator makes them, with a device that has logged in. */
    async function made() {
      const connections = new ImapConnections({ host: dovecot.host, port: dovecot.imapPort, tls: "none" });
      const folders = new ImapFolders(connections);
      const mailbox = new ImapMailbox(connections, folders);
      const source = imapChangeSource(connections, folders, { pollMs: 1_000 });
      const authenticate = imapAuthentication(connections);
      const login = await authenticate({ kind: "basic", user: "alice", password: passwordOf("alice") });
      if (login.kind !== "user") throw new Error("the login is refused");
      const ref = { user: login.user, login: login.login };
      const inbox = (await mailbox.folders(ref)).find(({ kind }) => kind === "inbox")?.id ?? "";
      const close = async (): Promise<void> => {
        source.close();
        await connections.close();
      };
      return { mailbox, source, ref, inbox, close };
    }

    test("each change that is told moves the marker, and is among the changes that are read", async () => {
      const { mailbox, source, ref, inbox, close } = await made();
      const known = new Map<string, string>();
      let cursor: string | undefined;
      const read = async (): Promise<number> => {
        let changed = 0;
        for (let more = true; more; ) {
          const page = await mailbox.changes(ref, inbox, { cursor, sinceMs: undefined, limit: 10 });
          if (page.kind !== "page") throw new Error(page.kind);
          for (const change of page.changes) {
            changed += 1;
            if (change.kind === "gone") known.delete(change.id);
            else known.set(change.id, change.version);
          }
          ({ cursor, more } = page);
        }
        return changed;
      };
      await read();
      let told: () => void = () => {};
      const stop = await source.watch(ref, [inbox], () => told());
      const actions: readonly (() => Promise<unknown>)[] = [
        () => dovecot.deliver("alice", "Delivered"),
        () => store(other, "INBOX", plainMail("Stored")),
        () => other.messageFlagsAdd("1:*", ["\\Seen"]),
        () => other.messageFlagsAdd("1", ["\\Deleted"]),
        () => other.messageDelete("1"),
        () => other.messageMove("1:*", "Trash"),
      ];
      const sizes = [1, 2, 2, 1, 1, 0];
      let marker = await source.marker(ref, inbox);
      for (const [index, action] of actions.entries()) {
        await other.noop();
        const isTold = new Promise<void>((resolve) => {
          told = resolve;
        });
        await action();
        await within(`change ${index} to be told`, isTold);
        let changed = await read();
        // Another may have been told late; the marker is what a device is woken by.
        for (let looks = 0; changed === 0 && looks < 20; looks += 1) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          changed = await read();
        }
        const present = await source.marker(ref, inbox);
        // That a message is removed which was marked as deleted is nothing to a device.
        if (index !== 4) {
          expect(changed).toBeGreaterThan(0);
          expect(present).not.toBe(marker);
        }
        expect(known.size).toBe(sizes[index]);
        marker = present;
      }
      expect(await read()).toBe(0);
      expect(await source.marker(ref, inbox)).toBe(marker);
      stop();
      await close();
    });

    test("what the mailbox writes is in the marker at once, and told to the other devices", async () => {
      const { mailbox, source, ref, inbox, close } = await made();
      await dovecot.deliver("alice", "To be read");
      const page = await mailbox.changes(ref, inbox, { cursor: undefined, sinceMs: undefined, limit: 10 });
      const [item] = page.kind === "page" ? page.changes : [];
      let told: () => void = () => {};
      const isTold = new Promise<void>((resolve) => {
        told = resolve;
      });
      const stop = await source.watch(ref, [inbox], () => told());
      const before = await source.marker(ref, inbox);
      const updated = await mailbox.update(
        ref,
        inbox,
        item?.id ?? "",
        { kind: "email-flags", read: true },
        undefined,
      );
      expect(updated).toMatchObject({ kind: "updated", flags: { read: true } });
      expect(await source.marker(ref, inbox)).not.toBe(before);
      await within("the others to be told", isTold);
      stop();
      await close();
    });
  },
);
