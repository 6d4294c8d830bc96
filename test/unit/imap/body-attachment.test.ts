import { createHash, randomBytes } from "node:crypto";
import { ImapConnections, ImapFolders, ImapMailbox } from "direct-push/imap";
import { afterEach, describe, expect, test } from "vitest";
import { itemIdOf } from "../../../src/imap/items-id.js";
import { fileReferenceOf } from "../../../src/mailbox/item-reference.js";
import { ScriptedImapServer } from "./scripted-imap-server.js";
import { alice } from "./scripted-watch.js";

const UID = 5;

let server: ScriptedImapServer;
let connections: ImapConnections;
afterEach(async () => {
  await connections.close();
  await server.close();
});

/** Stands for content: to compare that byte by byte takes a test runner long. */
function digestOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function inLines(content: Buffer): string {
  return content.toString("base64").replaceAll(/.{76}/g, "$&\r\n");
}

const usual = "IMAP4rev1 IDLE ENABLE CONDSTORE QRESYNC ESEARCH UIDPLUS MOVE";

/**
 * A server with one mail that has one attachment.
 *
 * @param told what the server answers where its size is asked for; undefined for a server that cannot tell.
 */
async function attached(encoded: string, encoding = "BASE64", told?: readonly string[]) {
  const capabilities = told === undefined ? usual : `${usual} BINARY`;
  server = await ScriptedImapServer.start((command) => {
    if (command === `UID FETCH ${UID} (UID BINARY.SIZE[2])`) return told;
    if (/^(?:SELECT|EXAMINE) /.test(command)) {
      return [
        "* 1 EXISTS",
        "* OK [UIDVALIDITY 7] so",
        `* OK [UIDNEXT ${UID + 1}] so`,
        "* OK [HIGHESTMODSEQ 9] so",
      ];
    }
    if (command.startsWith("STATUS ")) return ["* STATUS INBOX (UIDVALIDITY 7)"];
    if (command.includes("BODYSTRUCTURE")) {
      const text = '("TEXT" "PLAIN" NIL NIL NIL "7BIT" 2 1 NIL NIL NIL NIL)';
      const file = `("APPLICATION" "OCTET-STREAM" ("NAME" "f.bin") NIL NIL "${encoding}" ${encoded.length} NIL ("ATTACHMENT" ("FILENAME" "f.bin")) NIL NIL)`;
      return [`* 1 FETCH (UID ${UID} BODYSTRUCTURE (${text}${file} "MIXED" NIL NIL NIL NIL))`];
    }
    const [, from, length] = /BODY\.PEEK\[2\]<(\d+)\.(\d+)>/.exec(command) ?? [];
    if (from === undefined) return undefined;
    const piece = encoded.slice(Number(from), Number(from) + Number(length));
    return [`* 1 FETCH (UID ${UID} BODY[2]<${from}> {${piece.length}}\r\n${piece})`];
  }, capabilities);
  connections = new ImapConnections({ host: "127.0.0.1", port: server.port, tls: "none" });
  const folders = new ImapFolders(connections, { makeMissing: false });
  const mailbox = new ImapMailbox(connections, folders);
  const folder = (await mailbox.folders(alice)).find(({ kind }) => kind === "inbox")?.id ?? "";
  const item = itemIdOf({ uidValidity: 7n, uid: UID });
  const reference = fileReferenceOf({ folder, item, attachment: "2" });
  const opened = async (range?: { readonly first: number; readonly last: number }) => {
    const attachment = await mailbox.attachment(alice, reference, range);
    if (attachment.kind !== "attachment") throw new Error(attachment.kind);
    return attachment;
  };
  const open = async (range?: { readonly first: number; readonly last: number }) => {
    const { sizeBytes, content } = await opened(range);
    const pieces: Uint8Array[] = [];
    for await (const piece of content) pieces.push(piece);
    return { sizeBytes, content: digestOf(Buffer.concat(pieces)) };
  };
  /** How much of the attachment was sent so far. */
  const sent = (): number => {
    const pieces = server.commands.flatMap((command) => {
      const [, from, length] = /BODY\.PEEK\[2\]<(\d+)\.(\d+)>/.exec(command) ?? [];
      return from === undefined ? [] : [Math.min(Number(length), encoded.length - Number(from))];
    });
    return pieces.reduce((sum, piece) => sum + piece, 0);
  };
  return { open, opened, sent };
}

/** What the end of an attachment is looked at by, to know its size. */
const endBytes = 1_024;

/** The server's word for the size of the attachment. */
function toldSize(sizeBytes: number): readonly string[] {
  return [`* 1 FETCH (UID ${UID} BINARY.SIZE[2] ${sizeBytes})`];
}

describe("an attachment in base64", () => {
  const content = randomBytes(400_001);
  const whole = { sizeBytes: content.length, content: digestOf(content) };

  test.each([
    ["that cannot tell its size", undefined],
    ["that tells its size", toldSize(content.length)],
    ["that will not tell its size", ["NO [UNKNOWN-CTE] Not today"]],
  ])("that is long is read once, from a server %s", async (_server, told) => {
    const encoded = inLines(content);
    const { open, sent } = await attached(encoded, "BASE64", told);
    expect(await open()).toEqual(whole);
    expect(sent()).toBeLessThanOrEqual(encoded.length + endBytes);
    const before = sent();
    expect(await open()).toEqual(whole);
    expect(sent() - before).toBe(encoded.length);
    expect(server.commands.filter((command) => command.includes("BINARY"))).toHaveLength(told ? 1 : 0);
  });

  test.each([
    ["shorter", (text: string) => `${text.slice(0, 300_000)}    ${text.slice(300_004)}`],
    ["longer", (text: string) => text.replace(/^((?:.{76}\r\n){3000})(.{76})\r\n(.{76})\r\n/, "$1$2AA$3AA")],
  ])(
    "whose middle makes it %s than its ends say never passes for whole, and is right when it is asked for again",
    async (_kind, mend) => {
      const encoded = mend(inLines(content));
      const right = Buffer.from(encoded, "base64");
      const { open, opened, sent } = await attached(encoded);
      expect(right.length).not.toBe(content.length);
      const { sizeBytes, content: pieces } = await opened();
      expect(sizeBytes).toBe(content.length);
      let received = 0;
      const read = async (): Promise<void> => {
        for await (const piece of pieces) received += piece.length;
      };
      await expect(read()).rejects.toMatchObject({ code: "ERR_MAILBOX_UNAVAILABLE" });
      expect(received).toBeLessThan(sizeBytes);
      expect(await open()).toEqual({ sizeBytes: right.length, content: digestOf(right) });
      const before = sent();
      expect(await open()).toEqual({ sizeBytes: right.length, content: digestOf(right) });
      expect(sent() - before).toBe(encoded.length);
    },
  );

  test("whose lines differ in the middle and have the usual length together is right from anywhere", async () => {
    const lines = inLines(content).split("\r\n");
    lines[3_000] = `${lines[3_000]}${lines[4_000]?.slice(-4)}`;
    lines[4_000] = lines[4_000]?.slice(0, -4) ?? "";
    const encoded = lines.join("\r\n");
    const right = Buffer.from(encoded, "base64");
    expect(right.length).toBe(content.length);
    const { open } = await attached(encoded);
    for (const first of [200_000, 150_000, 300_000, 200_000]) {
      expect((await open({ first, last: first + 99 })).content).toBe(
        digestOf(right.subarray(first, first + 100)),
      );
    }
  });

  test("whose middle differs has the size that the server tells", async () => {
    const regular = inLines(content);
    const encoded = `${regular.slice(0, 300_000)}    ${regular.slice(300_004)}`;
    const right = Buffer.from(encoded, "base64");
    const { open, sent } = await attached(encoded, "BASE64", toldSize(right.length));
    expect(await open()).toEqual({ sizeBytes: right.length, content: digestOf(right) });
    expect(sent()).toBeLessThanOrEqual(encoded.length + endBytes);
  });

  test("that is not long is read once, from anywhere", async () => {
    const short = content.subarray(0, 250_001);
    const encoded = inLines(short);
    const { open, sent } = await attached(encoded);
    const range = { first: 100_000, last: 200_000 };
    expect(await open(range)).toEqual({
      sizeBytes: short.length,
      content: digestOf(short.subarray(100_000, 200_001)),
    });
    expect(sent()).toBe(encoded.length);
    expect(await open()).toEqual({ sizeBytes: short.length, content: digestOf(short) });
    expect(sent()).toBe(2 * encoded.length);
  });

  test("is read from where a range begins, once the lines before it were seen", async () => {
    const encoded = inLines(content);
    const { open, sent } = await attached(encoded);
    const range = { first: 350_000, last: 350_099 };
    expect((await open(range)).content).toBe(digestOf(content.subarray(350_000, 350_100)));
    expect(sent()).toBeLessThanOrEqual(encoded.length + endBytes);
    const before = sent();
    expect((await open(range)).content).toBe(digestOf(content.subarray(350_000, 350_100)));
    expect(sent() - before).toBeLessThanOrEqual(96 * 1_024);
  });

  test("whose lines differ is right all the same", async () => {
    const text = content.toString("base64");
    const { open } = await attached(`${text.slice(0, 101)}\r\n${text.slice(101)}`);
    const range = { first: 350_000, last: 350_099 };
    expect((await open(range)).content).toBe(digestOf(content.subarray(350_000, 350_100)));
    expect(await open()).toEqual({ sizeBytes: content.length, content: digestOf(content) });
  });
});

test("an attachment in quoted-printable has the size that it is read with", async () => {
  const { open } = await attached("Gr=C3=B6=C3=9Fe =\r\nund mehr", "QUOTED-PRINTABLE");
  expect(await open()).toEqual({ sizeBytes: 16, content: digestOf(Buffer.from("Größe und mehr")) });
});

test.each([
  ["that tells its size", true, 1],
  ["that cannot tell its size", false, 2],
])("a long one in quoted-printable, from a server %s, is right", async (_server, canTell, times) => {
  const line = "Gr=C3=B6=C3=9Fe und mehr, immer wieder, bis die Zeile ein Ende hat=\r\n";
  const encoded = line.repeat(8_000);
  const content = Buffer.from("Größe und mehr, immer wieder, bis die Zeile ein Ende hat".repeat(8_000));
  const told = canTell ? toldSize(content.length) : undefined;
  const { open, sent } = await attached(encoded, "QUOTED-PRINTABLE", told);
  expect(await open()).toEqual({ sizeBytes: content.length, content: digestOf(content) });
  expect(sent()).toBe(times * encoded.length);
});

test("an attachment without an encoding is read in pieces, each once", async () => {
  const content = "x".repeat(250_000);
  const { open, sent } = await attached(content, "7BIT");
  expect((await open()).content).toBe(digestOf(Buffer.from(content)));
  expect(sent()).toBe(content.length);
});
