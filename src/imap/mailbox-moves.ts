import createDebug from "debug";
import type { CopyResponseObject, ImapFlow } from "imapflow";
import type { WriteRefusal, WrittenItem } from "../mailbox/mailbox.js";
import { itemFlagsOf, versionOf } from "./flags.js";
import { itemIdOf, type MessageId } from "./items-id.js";
import { refusable } from "./mailbox-refusal.js";
import { canExpungeByUid, currentState, isRev2, removeMessages } from "./mailbox-writes.js";

const debug = createDebug("direct-push:imap");

type Removal = { readonly kind: "done" } | WriteRefusal;

/** Moves a message of the selected folder to another one. */
export async function moveMessage(
  client: ImapFlow,
  uid: number,
  toPath: string,
): Promise<({ readonly kind: "moved" } & WrittenItem) | WriteRefusal> {
  const state = await currentState(client, uid);
  if (state === undefined) return { kind: "not-found" };
  const isAtOnce = client.capabilities.has("MOVE") || isRev2(client);
  const arrival = canExpungeByUid(client) ? undefined : await expected(client, uid, toPath);
  const moved = await refusable<CopyResponseObject>(client, "move a mail", () =>
    isAtOnce
      ? client.messageMove(String(uid), toPath, { uid: true })
      : client.messageCopy(String(uid), toPath, { uid: true }),
  );
  if (moved.kind !== "done") return moved;
  const copy = copyOf(moved.value, uid);
  if (!isAtOnce) {
    const removed = await removeCopied(client, uid, () => takeBack(client, toPath, copy));
    if (removed.kind !== "done") return removed;
  }
  const message = copy ?? (await newestIn(client, toPath, arrival ?? anyMessage));
  if (message === undefined) return { kind: "not-found" };
  const { flags } = state;
  return { kind: "moved", id: itemIdOf(message), version: versionOf(flags), flags: itemFlagsOf(flags) };
}

/** Removes a message that was copied. Where the server does not let it go the copy is removed again: the mail would be in two folders, and one more at each attempt. */
async function removeCopied(
  client: ImapFlow,
  uid: number,
  removeCopy: () => Promise<void>,
): Promise<Removal> {
  let removed: Removal | undefined;
  let failure: unknown;
  try {
    removed = await removeMessages(client, String(uid));
    if (removed.kind === "done") return removed;
  } catch (error) {
    failure = error;
  }
  // Without this answer nothing is removed: rather two of a mail than none. One that is marked as deleted does not show.
  if (client.usable) {
    if ((await currentState(client, uid)) === undefined) return { kind: "done" };
    await removeCopy();
  }
  if (removed === undefined) throw failure;
  return removed;
}

/** Removes a copy whose UID the server has told: another mail may look like it. */
async function takeBack(client: ImapFlow, path: string, copy: MessageId | undefined): Promise<void> {
  if (copy === undefined) return;
  try {
    const { uidValidity } = await client.mailboxOpen(path);
    if (uidValidity === copy.uidValidity) await removeMessages(client, String(copy.uid));
  } catch (error) {
    debug("the copy of a mail that stays stays as well: %O", error);
  }
}

/** What is known of a copy before it is made, on a server that does not tell its UID. */
interface ExpectedCopy {
  readonly messageId: string | undefined;
  readonly fromUid: number;
}

const anyMessage: ExpectedCopy = { messageId: undefined, fromUid: 1 };

async function expected(client: ImapFlow, uid: number, toPath: string): Promise<ExpectedCopy> {
  const message = await client.fetchOne(String(uid), { uid: true, envelope: true }, { uid: true });
  const next = await client.status(toPath, { uidNext: true });
  return {
    messageId: message === false ? undefined : message.envelope?.messageId,
    fromUid: (next === false ? undefined : next.uidNext) ?? 1,
  };
}

/** What COPYUID tells (RFC 4315) that a message became. */
function copyOf({ uidValidity, uidMap }: CopyResponseObject, uid: number): MessageId | undefined {
  const copy = uidMap?.get(uid);
  return uidValidity === undefined || copy === undefined ? undefined : { uidValidity, uid: copy };
}

/** The newest in a folder with the Message-ID that is expected, or the newest at all. Selects the folder. */
async function newestIn(
  client: ImapFlow,
  path: string,
  { messageId, fromUid }: ExpectedCopy,
): Promise<MessageId | undefined> {
  const opened = await client.mailboxOpen(path, { readOnly: true });
  const query = {
    uid: `${fromUid}:*`,
    ...(messageId === undefined ? {} : { header: { "Message-ID": messageId } }),
  };
  const found = await client.search(query, { uid: true });
  const uid = Array.isArray(found) ? found.filter((one) => one >= fromUid).at(-1) : undefined;
  return uid === undefined ? undefined : { uidValidity: opened.uidValidity, uid };
}
