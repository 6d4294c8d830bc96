import type { ImapFlow } from "imapflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { itemIdOf } from "../../src/imap/items-id.js";
import type { EmailItem } from "../../src/mailbox/items/email.js";
import type { BodyPreference } from "../../src/mailbox/mailbox.js";
import { Dovecot, dovecotIsThere } from "./dovecot.js";
import { fill, type ImapSite, imapSite, plainMail, store } from "./imap-mailbox-site.js";
import { malformedMails } from "./imap-malformed-mails.js";

const ref = { user: "alice" };
const preference = (type: BodyPreference["type"], truncationBytes?: number): BodyPreference => ({
  type,
  truncationBytes,
  allOrNone: false,
  previewCharacters: 0,
});

describe.skipIf(!dovecotIsThere())("mail on Dovecot", () => {
  let dovecot: Dovecot;
  let site: ImapSite;
  let other: ImapFlow;
  let inbox = "";
  beforeAll(async () => {
    dovecot = await Dovecot.start({ users: ["alice", "full"], quota: "*:storage=20M" });
    site = imapSite(dovecot);
    other = await dovecot.client(ref.user);
    inbox = await folder("inbox");
  });
  afterAll(async () => {
    await site.connections.close();
    await dovecot.remove();
  });

  async function folder(kind: string, of: { readonly user: string } = ref): Promise<string> {
    const found = (await site.mailbox.folders(of)).find((one) => one.kind === kind);
    return found?.id ?? expect.fail(`no ${kind}`);
  }

  async function put(message: string | Buffer): Promise<string> {
    const uid = await store(other, "INBOX", message);
    const status = await other.status("INBOX", { uidValidity: true });
    return itemIdOf({ uidValidity: status === false ? 0n : (status.uidValidity ?? 0n), uid });
  }

  async function read(id: string, ...bodies: BodyPreference[]): Promise<EmailItem> {
    const item = await site.mailbox.item(ref, inbox, id, { bodies, withBody: true });
    if (item?.class !== "Email") expect.fail(`${id} is not there`);
    return item;
  }

  test.each(malformedMails)("that has $name is shown as well as it can be", async ({ message, shows }) => {
    const id = await put(message);
    const html = await read(id, preference("html"), preference("plain"));
    const plain = await read(id, preference("plain", 500));
    const mime = await read(id, preference("mime", 100));
    expect(mime.body?.mime?.data.length).toBeGreaterThan(0);
    expect(plain.subject).toBe(html.subject);
    const text = `${html.subject}|${html.from}|${html.body?.html?.data ?? html.body?.plain?.data ?? ""}`;
    for (const piece of shows.text) expect(text).toContain(piece);
    const names = (html.attachments ?? []).map(({ displayName }) => displayName);
    expect(names).toEqual(shows.attachments ?? []);
    for (const { fileReference } of html.attachments ?? []) {
      const opened = await site.mailbox.attachment(ref, fileReference);
      if (opened.kind !== "attachment") expect.fail(`${fileReference} is ${opened.kind}`);
      let length = 0;
      for await (const piece of opened.content) length += piece.length;
      expect(length).toBe(opened.sizeBytes);
    }
  });

  test("is fetched no further than it is wanted", async () => {
    const text = Array.from({ length: 20_000 }, (_, line) => `Line ${line} of a long mail.`).join("\r\n");
    const big = Buffer.alloc(3_000_000, 7).toString("base64").replaceAll(/.{76}/g, "$&\r\n");
    const message = [
      "From: carol@example.com",
      "Subject: Big",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      text,
      "--b",
      'Content-Type: application/octet-stream; name="big.bin"',
      "Content-Transfer-Encoding: base64",
      "",
      big,
      "--b--",
      "",
    ];
    const id = await put(message.join("\r\n"));
    const { item, received } = await counted(() => read(id, preference("plain", 2_000)));
    expect(item.body?.plain?.data.length).toBeGreaterThanOrEqual(2_000);
    expect(item.body?.plain?.fullSizeBytes).toBe(text.length);
    expect(item.attachments?.map(({ displayName }) => displayName)).toEqual(["big.bin"]);
    expect(received).toBeLessThan(8_000);

    const reference = item.attachments?.[0]?.fileReference ?? "";
    const ranges = [2_000_000, 2_100_000, 1_000_000].map((first) => ({ first, last: first + 999 }));
    const costs: number[] = [];
    for (const range of ranges) {
      const part = await counted(async () => {
        const opened = await site.mailbox.attachment(ref, reference, range);
        const pieces: Uint8Array[] = [];
        if (opened.kind === "attachment") for await (const piece of opened.content) pieces.push(piece);
        return Buffer.concat(pieces);
      });
      expect(part.item).toEqual(Buffer.alloc(1_000, 7));
      costs.push(part.received);
    }
    // The first finds out that the lines before it are regular; then what was seen is not read again.
    const [first, next, before] = costs;
    expect(first).toBeLessThan(3_000_000);
    expect(next).toBeLessThan(250_000);
    expect(before).toBeLessThan(110_000);
  });

  test.each<[string, string, (regular: string) => string, "once" | "twice"]>([
    ["base64", "base64", (regular) => regular, "once"],
    // BINARY tells the size of what is written in an unusual way,
    ["base64 with lines that differ", "base64", (regular) => regular.replace("\r\n", ""), "once"],
    // and not that of what is broken.
    [
      "base64 that has other things in it",
      "base64",
      (regular) => `${regular.slice(0, 400_000)}?!${regular.slice(400_000)}`,
      "twice",
    ],
    [
      "quoted-printable",
      "quoted-printable",
      (regular) => regular.replaceAll("=", "=3D").replaceAll("\r\n", "=\r\n"),
      "once",
    ],
  ])("gives a long attachment in %s, read as often as it must be", async (_what, encoding, write, times) => {
    const content = Buffer.from(Array.from({ length: 600_001 }, (_, index) => (index * index) % 251));
    const regular = content.toString("base64").replaceAll(/.{76}/g, "$&\r\n");
    const encoded = write(regular);
    const message = [
      "From: carol@example.com",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      `Content-Type: application/octet-stream; name="long.bin"`,
      `Content-Transfer-Encoding: ${encoding}`,
      "",
      encoded,
      "--b--",
      "",
    ];
    const id = await put(message.join("\r\n"));
    const reference = (await read(id)).attachments?.[0]?.fileReference ?? "";
    const { item, received } = await counted(async () => {
      const opened = await site.mailbox.attachment(ref, reference);
      if (opened.kind !== "attachment") return expect.fail(opened.kind);
      const pieces: Uint8Array[] = [];
      for await (const piece of opened.content) pieces.push(piece);
      return { sizeBytes: opened.sizeBytes, bytes: Buffer.concat(pieces) };
    });
    const right = encoding === "base64" ? content : Buffer.from(regular.replaceAll("\r\n", ""), "latin1");
    expect(item.sizeBytes).toBe(right.length);
    expect(item.bytes.equals(right)).toBe(true);
    expect(Math.round(received / encoded.length)).toBe(times === "once" ? 1 : 2);
  });

  test("costs as much in a folder of 5,000 as in one of 50, to find what changed", async () => {
    const costs: { sent: number; received: number }[] = [];
    for (const [name, count] of [
      ["Small", 50],
      ["Large", 5_000],
    ] as const) {
      const added = await site.mailbox.addFolder(ref, { parentId: null, name, kind: "user-mail" });
      const id = added.kind === "created" ? added.id : expect.fail(added.kind);
      await fill(other, name, count);
      const from = await cursorAtEnd(id);
      await other.mailboxOpen(name);
      await other.messageFlagsAdd("10", ["\\Seen"]);
      await other.messageDelete("20");
      await other.mailboxClose();
      await store(other, name, plainMail("New"));
      const query = { cursor: from, sinceMs: undefined, limit: 100 };
      const { item, sent, received } = await counted(() => site.mailbox.changes(ref, id, query));
      expect(item.kind === "page" && item.changes.map(({ kind }) => kind)).toEqual([
        "present",
        "gone",
        "present",
      ]);
      costs.push({ sent, received });
    }
    const [small, large] = costs;
    expect(large?.sent).toBeLessThan((small?.sent ?? 0) + 50);
    expect(large?.received).toBeLessThan((small?.received ?? 0) + 100);
  });

  test("that there is no room for is refused as such", async () => {
    const full = { user: "full" };
    const [sent, received] = [await folder("sent", full), await folder("inbox", full)];
    const item = (bytes: number): EmailItem => ({
      class: "Email",
      subject: "",
      from: "",
      to: "",
      dateReceivedMs: Date.UTC(2026, 10, 2),
      read: true,
      body: { native: "plain", mime: { data: Buffer.from(plainMail("Big", "x".repeat(bytes))) } },
    });
    const first = await site.mailbox.create(full, received, item(12_000_000), "one");
    expect(first.kind).toBe("created");
    expect(await site.mailbox.create(full, sent, item(12_000_000), "two")).toEqual({
      kind: "quota-exceeded",
    });
    if (first.kind !== "created") return;
    expect((await site.mailbox.move(full, received, first.id, sent)).kind).toBe("moved");
  });

  test("is searched for by words, fields, dates and folders", async () => {
    const added = await site.mailbox.addFolder(ref, { parentId: null, name: "Finds", kind: "user-mail" });
    const id = added.kind === "created" ? added.id : expect.fail(added.kind);
    for (const [day, subject, text] of [
      [1, "Angebot für Möbel", "Ein Sofa"],
      [2, "Rechnung", "Möbel und Sofa"],
      [3, "Sofa", "Nichts"],
    ] as const) {
      const message = Buffer.from(
        plainMail(subject, text).replace("\r\n\r\n", "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"),
      );
      await store(other, "Finds", message, { dateMs: Date.UTC(2026, 9, day, 12) });
    }
    const none = { afterMs: undefined, beforeMs: undefined, conversationId: undefined, first: 0, limit: 10 };
    const find = async (query: object): Promise<readonly string[] | string> => {
      const found = await site.mailbox.search(ref, {
        expression: undefined,
        folders: [id],
        ...none,
        ...query,
      });
      if (found.kind !== "found") return found.kind;
      return await Promise.all(
        found.items.map(async ({ item }) => {
          const mail = await site.mailbox.item(ref, id, item, { bodies: [], withBody: true });
          return mail?.class === "Email" ? mail.subject : "";
        }),
      );
    };
    const word = (text: string, field?: string): object => ({
      kind: "text",
      text,
      ...(field === undefined ? {} : { in: field }),
    });
    expect(await find({ expression: word("sofa") })).toEqual(["Sofa", "Rechnung", "Angebot für Möbel"]);
    expect(await find({ expression: word("MÖBEL", "body") })).toEqual(["Rechnung"]);
    expect(await find({ expression: word("carol", "participants"), limit: 1 })).toEqual(["Sofa"]);
    const both = { kind: "all", of: [word("Sofa"), word("Möbel")] };
    expect(await find({ expression: both })).toEqual(["Rechnung", "Angebot für Möbel"]);
    const but = { kind: "all", of: [word("Sofa"), { kind: "not", of: word("Möbel") }] };
    expect(await find({ expression: but })).toEqual(["Sofa"]);
    expect(await find({ expression: { kind: "any", of: [word("Rechnung"), word("Angebot")] } })).toHaveLength(
      2,
    );
    expect(await find({ afterMs: Date.UTC(2026, 9, 1, 13), beforeMs: Date.UTC(2026, 9, 3, 11) })).toEqual([
      "Rechnung",
    ]);
    const many = Array.from({ length: 100 }, () => word("x"));
    expect(await find({ expression: { kind: "any", of: many } })).toBe("too-complex");
    expect(await find({ expression: word(" ") })).toBe("too-complex");
  });

  async function cursorAtEnd(id: string): Promise<string> {
    let cursor: string | undefined;
    for (;;) {
      const page = await site.mailbox.changes(ref, id, { cursor, sinceMs: undefined, limit: 512 });
      if (page.kind !== "page") expect.fail(page.kind);
      cursor = page.cursor;
      if (!page.more) return cursor;
    }
  }

  /** What a call costs on the connection of the pool, which one at a time uses. */
  async function counted<T>(
    call: () => Promise<T>,
  ): Promise<{ readonly item: T; readonly sent: number; readonly received: number }> {
    const stats = (): Promise<{ sent: number; received: number }> =>
      site.connections.use(ref, async (client) => client.stats());
    const before = await stats();
    const item = await call();
    const after = await stats();
    return { item, sent: after.sent - before.sent, received: after.received - before.received };
  }
});
