import { type MailboxSubject, mailboxContract } from "direct-push/testing";
import type { ImapFlow } from "imapflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { itemIdOf } from "../../src/imap/items-id.js";
import { Dovecot, dovecotIsThere } from "./dovecot.js";
import type { DovecotOptions } from "./dovecot-configuration.js";
import { type ImapSite, imapSite, type PoolBounds, plainMail, store } from "./imap-mailbox-site.js";

interface Server extends Pick<DovecotOptions, "without"> {
  readonly name: string;
  readonly bounds?: PoolBounds;
}

const servers: readonly Server[] = [
  { name: "with QRESYNC", without: [] },
  // Nothing that has a connection may wait for another.
  { name: "through one connection", without: [], bounds: { maxConnections: 1, waitMs: 2_000 } },
  { name: "without QRESYNC", without: ["QRESYNC"] },
  { name: "without CONDSTORE", without: ["QRESYNC", "CONDSTORE"] },
  { name: "without UIDPLUS and MOVE", without: ["UIDPLUS", "MOVE"] },
];

const ref = { user: "alice" };

describe.skipIf(!dovecotIsThere()).each(servers)("a mailbox on Dovecot $name", ({ without, bounds }) => {
  let dovecot: Dovecot;
  let site: ImapSite;
  let other: ImapFlow;
  let next = 0;
  beforeAll(async () => {
    dovecot = await Dovecot.start(without === undefined ? {} : { without });
    site = imapSite(dovecot, {}, bounds);
    other = await dovecot.client(ref.user);
  });
  afterAll(async () => {
    await site.connections.close();
    await dovecot.remove();
  });

  async function make(): Promise<MailboxSubject> {
    const { folders, mailbox } = site;
    next += 1;
    const add = async (name: string): Promise<string> => {
      const made = await mailbox.addFolder(ref, {
        parentId: null,
        name: `${name} ${next}`,
        kind: "user-mail",
      });
      return made.kind === "created" ? made.id : expect.fail(made.kind);
    };
    const [folder, otherFolder] = [await add("Contract"), await add("Other")];
    const path = (await folders.find(ref, folder))?.path ?? "";
    const idOf = async (uid: number): Promise<string> => {
      const status = await other.status(path, { uidValidity: true });
      return itemIdOf({ uidValidity: (status === false ? undefined : status.uidValidity) ?? 0n, uid });
    };
    const content = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256));
    return {
      mailbox,
      ref,
      folder,
      otherFolder,
      add: async (dateMs) => idOf(await store(other, path, plainMail("Contract"), { dateMs })),
      remove: async (id) => {
        await other.mailboxOpen(path);
        await other.messageDelete(String(Number.parseInt(id.split("-")[1] ?? "", 36)), { uid: true });
        await other.mailboxClose();
      },
      newItem: () => ({
        class: "Email",
        subject: "New",
        from: "alice@example.com",
        to: "",
        dateReceivedMs: Date.UTC(2026, 10, 3),
        read: true,
        body: { native: "plain", mime: { data: Buffer.from(plainMail("New")) } },
      }),
      addAttachment: async () => {
        const lines = content.toString("base64").match(/.{1,76}/g) ?? [];
        const message = [
          "From: carol@example.com",
          "MIME-Version: 1.0",
          'Content-Type: multipart/mixed; boundary="b"',
          "",
          "--b",
          "Content-Type: text/plain",
          "",
          "Attached.",
          "--b",
          'Content-Type: application/octet-stream; name="file.bin"',
          "Content-Disposition: attachment",
          "Content-Transfer-Encoding: base64",
          "",
          ...lines,
          "--b--",
          "",
        ].join("\r\n");
        const id = await idOf(await store(other, path, message));
        const item = await mailbox.item(ref, folder, id, { bodies: [], withBody: true });
        const [attachment] = item?.class === "Email" ? (item.attachments ?? []) : [];
        return { fileReference: attachment?.fileReference ?? "", content };
      },
      close: async () => {
        for (const { id, kind } of await mailbox.folders(ref)) {
          if (kind === "user-mail") await mailbox.removeFolder(ref, id);
          if (kind === "drafts") await mailbox.emptyFolder(ref, id, { withSubfolders: false });
        }
      },
    };
  }

  for (const { name, run } of mailboxContract(make)) test(name, run);
});
