import { createHash } from "node:crypto";
import type { ImapFlow, MailboxObject } from "imapflow";
import { DirectPushError } from "../errors.js";
import type { EmailItem } from "../mailbox/items/email.js";
import type { WriteRefusal, WrittenItem } from "../mailbox/mailbox.js";
import { itemFlagsOf, versionOf } from "./flags.js";
import { keywordOf } from "./flags-keywords.js";
import { itemIdOf } from "./items-id.js";
import { refusalOf } from "./mailbox-refusal.js";
import { currentState, deleteMessage } from "./mailbox-writes.js";

/** What a stored message is known again by when its creation is repeated, whichever process the repeat comes to. */
const tokenHeader = "X-Direct-Push-Creation";
/** How many of the newest messages of a folder a repeated creation is looked for in: it follows within a day. */
const newestMessages = 300;

/** A message that is to be stored, and how. */
export interface StoredMessage {
  readonly bytes: Uint8Array;
  readonly flags: readonly string[];
  readonly receivedMs: number;
}

/** The message that an item is stored as; why it cannot be stored otherwise. */
export function messageOfItem(item: EmailItem): StoredMessage | WriteRefusal {
  const mime = item.body?.mime;
  if (mime === undefined || mime.fullSizeBytes !== undefined) {
    return { kind: "invalid", reason: "a mail is stored as a message, which the item does not have" };
  }
  const keywords = (item.categories ?? []).flatMap((category) => keywordOf(category) ?? []);
  const flags = [
    ...(item.read ? ["\\Seen"] : []),
    ...(item.flag?.status === "active" ? ["\\Flagged"] : []),
    ...(item.isDraft === true ? ["\\Draft"] : []),
    ...keywords,
  ];
  return { bytes: mime.data, flags, receivedMs: item.dateReceivedMs };
}

/** What names a creation in the stored message. */
export function creationName(user: string, folder: string, creationToken: string): string {
  const text = JSON.stringify([user, folder, creationToken]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 24);
}

/**
 * Stores a message in the selected folder, once for each name.
 *
 * @param name see {@link creationName}.
 */
export async function appendOnce(
  client: ImapFlow,
  opened: MailboxObject,
  message: StoredMessage,
  name: string,
): Promise<({ readonly kind: "created" } & WrittenItem) | WriteRefusal> {
  const before = await named(client, opened.uidNext, name);
  if (before !== undefined) return await createdItem(client, opened, before);
  const bytes = Buffer.concat([Buffer.from(`${tokenHeader}: ${name}\r\n`), withLineEnds(message.bytes)]);
  const { flags, receivedMs } = message;
  try {
    const appended = await client.append(opened.path, bytes, [...flags], new Date(receivedMs));
    const uid = appended === false ? undefined : appended.uid;
    return await createdItem(client, opened, uid ?? (await named(client, opened.uidNext, name)));
  } catch (error) {
    return refusalOf(error);
  }
}

/**
 * Stores a draft in the selected folder, once for each name, and removes the one in whose place it comes.
 *
 * @param name see {@link creationName}.
 */
export async function saveOnce(
  client: ImapFlow,
  opened: MailboxObject,
  message: StoredMessage,
  replaced: { readonly uid: number; readonly expectedVersion: string } | undefined,
  name: string,
): Promise<({ readonly kind: "saved" } & WrittenItem) | WriteRefusal> {
  const isRepeat = (await named(client, opened.uidNext, name)) !== undefined;
  if (replaced !== undefined && !isRepeat) {
    const before = await currentState(client, replaced.uid);
    if (before === undefined) return { kind: "not-found" };
    if (versionOf(before.flags) !== replaced.expectedVersion) return { kind: "version-mismatch" };
  }
  const stored = await appendOnce(client, opened, message, name);
  if (stored.kind !== "created") return stored;
  // What a first call left undone is done by its repeat.
  if (replaced !== undefined) await deleteMessage(client, replaced.uid);
  return { ...stored, kind: "saved" };
}

/** The UID of the message that was stored with a name. */
async function named(client: ImapFlow, uidNext: number, name: string): Promise<number | undefined> {
  const uid = `${Math.max(1, uidNext - newestMessages)}:*`;
  const found = await client.search({ uid, deleted: false, header: { [tokenHeader]: name } }, { uid: true });
  return Array.isArray(found) ? found.at(-1) : undefined;
}

/** Read back, since a server may leave flags out. */
async function createdItem(
  client: ImapFlow,
  { uidValidity }: MailboxObject,
  uid: number | undefined,
): Promise<({ readonly kind: "created" } & WrittenItem) | WriteRefusal> {
  const state = uid === undefined ? undefined : await currentState(client, uid);
  if (uid === undefined || state === undefined) {
    throw new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "The IMAP server does not find what it stored");
  }
  const { flags } = state;
  const id = itemIdOf({ uidValidity, uid });
  return { kind: "created", id, version: versionOf(flags), flags: itemFlagsOf(flags) };
}

/** IMAP takes lines that end in CR LF alone. */
function withLineEnds(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let bare = 0;
  for (let at = buffer.indexOf(0x0a); at >= 0; at = buffer.indexOf(0x0a, at + 1)) {
    if (buffer[at - 1] !== 0x0d) bare += 1;
  }
  if (bare === 0) return buffer;
  const whole = Buffer.alloc(buffer.length + bare);
  let length = 0;
  for (const [at, byte] of buffer.entries()) {
    if (byte === 0x0a && buffer[at - 1] !== 0x0d) whole[length++] = 0x0d;
    whole[length++] = byte;
  }
  return whole;
}
