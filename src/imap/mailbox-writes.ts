import type { ImapFlow, MailboxObject } from "imapflow";
import type { LastVerb } from "../mailbox/items/email.js";
import type { ItemUpdate, ItemVersion, WriteRefusal } from "../mailbox/mailbox.js";
import {
  flagOfVerb,
  forwardedKeyword,
  hasFlag,
  isDeleted,
  itemFlagsOf,
  type MessageState,
  versionOf,
} from "./flags.js";
import { keywordChanges } from "./flags-keywords.js";
import { messageStateOf } from "./items-read.js";
import { refusable } from "./mailbox-refusal.js";

const notFound: WriteRefusal = { kind: "not-found" };
const maxAttempts = 3;

/** A message of the selected folder as it is now, and its modification sequence; undefined when it is not there, or marked as deleted. */
export async function currentState(
  client: ImapFlow,
  uid: number,
): Promise<(MessageState & { readonly modSeq: bigint | undefined }) | undefined> {
  const query = { uid: true, flags: true, internalDate: true };
  const message = await client.fetchOne(String(uid), query, { uid: true });
  if (message === false || message.uid !== uid) return undefined;
  const state = messageStateOf(message);
  return state === undefined || isDeleted(state.flags) ? undefined : { ...state, modSeq: message.modseq };
}

/** A mail's flags. */
export type FlagsUpdate = Extract<ItemUpdate, { readonly kind: "email-flags" }>;

/** Changes the flags of a message in the selected folder. */
export async function updateFlags(
  client: ImapFlow,
  uid: number,
  update: FlagsUpdate,
  expectedVersion: string | undefined,
): Promise<({ readonly kind: "updated" } & ItemVersion) | WriteRefusal> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await currentState(client, uid);
    if (before === undefined) return notFound;
    if (expectedVersion !== undefined && versionOf(before.flags) !== expectedVersion) {
      return { kind: "version-mismatch" };
    }
    const wanted = flagChanges(before.flags, update);
    // Somebody who changes the version meanwhile is to be seen.
    const unchangedSince = expectedVersion === undefined ? undefined : before.modSeq;
    const refusal = await storeChanges(client, uid, wanted, unchangedSince);
    if (refusal !== undefined) return refusal;
    const after = await currentState(client, uid);
    if (after === undefined) return notFound;
    if (attempt === maxAttempts || isStored(after.flags, wanted)) {
      return { kind: "updated", version: versionOf(after.flags), flags: itemFlagsOf(after.flags) };
    }
  }
}

interface FlagChanges {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

function flagChanges(flags: ReadonlySet<string>, { read, flag, categories }: FlagsUpdate): FlagChanges {
  const keywords = categories === undefined ? { add: [], remove: [] } : keywordChanges(flags, categories);
  const add = [...keywords.add];
  const remove = [...keywords.remove];
  const set = (name: string, on: boolean | undefined): void => {
    if (on !== undefined && on !== hasFlag(flags, name)) (on ? add : remove).push(name);
  };
  set("\\Seen", read);
  // IMAP has no flag for "done": what is done needs no attention any more.
  set("\\Flagged", flag === undefined ? undefined : flag?.status === "active");
  return { add, remove };
}

async function storeChanges(
  client: ImapFlow,
  uid: number,
  { add, remove }: FlagChanges,
  unchangedSince: bigint | undefined,
): Promise<WriteRefusal | undefined> {
  const options = { uid: true, ...(unchangedSince === undefined ? {} : { unchangedSince }) };
  if (remove.length > 0) {
    const removed = await refusable(client, "remove flags", () =>
      client.messageFlagsRemove(String(uid), [...remove], options),
    );
    if (removed.kind !== "done") return removed;
  }
  // The first of the two moves the sequence on.
  const added = remove.length > 0 ? { uid: true } : options;
  const [system, keywords] = [add.filter(isSystem), add.filter((flag) => !isSystem(flag))];
  if (system.length > 0) {
    const stored = await refusable(client, "set flags", () =>
      client.messageFlagsAdd(String(uid), system, added),
    );
    if (stored.kind !== "done") return stored;
  }
  // A folder may take no new keywords; the mail is flagged as well as it can be then.
  if (keywords.length > 0) {
    await client.messageFlagsAdd(String(uid), keywords, system.length > 0 ? { uid: true } : added);
  }
  return undefined;
}

function isSystem(flag: string): boolean {
  return flag.startsWith("\\");
}

function isStored(flags: ReadonlySet<string>, { add, remove }: FlagChanges): boolean {
  return (
    add.filter(isSystem).every((flag) => hasFlag(flags, flag)) &&
    remove.every((flag) => !hasFlag(flags, flag))
  );
}

/** Marks a message of the selected folder as answered or forwarded. */
export async function markVerb(
  client: ImapFlow,
  uid: number,
  verb: LastVerb["executed"],
): Promise<{ readonly kind: "updated" } | { readonly kind: "not-found" }> {
  if ((await currentState(client, uid)) === undefined) return { kind: "not-found" };
  const flag = flagOfVerb(verb);
  if (flag === undefined) return { kind: "updated" };
  // Not every folder takes the keyword of a forward: then there is nothing that it could be noted in.
  const store = (): Promise<boolean> => client.messageFlagsAdd(String(uid), [flag], { uid: true });
  if (flag === forwardedKeyword) await store();
  else await refusable(client, "mark a mail as answered", store);
  return { kind: "updated" };
}

/** Removes a message of the selected folder for good. */
export async function deleteMessage(
  client: ImapFlow,
  uid: number,
): Promise<{ readonly kind: "deleted" } | WriteRefusal> {
  if ((await currentState(client, uid)) === undefined) return notFound;
  const removed = await removeMessages(client, String(uid));
  return removed.kind === "done" ? { kind: "deleted" } : removed;
}

/**
 * Removes messages of the selected folder. Without UIDPLUS (RFC 4315) they are only marked: EXPUNGE would take with it what others have marked.
 *
 * @param uids a sequence set of UIDs.
 */
export async function removeMessages(
  client: ImapFlow,
  uids: string,
): Promise<{ readonly kind: "done" } | WriteRefusal> {
  const removed = await refusable(client, "delete a mail", () =>
    canExpungeByUid(client)
      ? client.messageDelete(uids, { uid: true })
      : client.messageFlagsAdd(uids, ["\\Deleted"], { uid: true, silent: true }),
  );
  return removed.kind === "done" ? { kind: "done" } : removed;
}

/** Whether single messages can be expunged: with UIDPLUS, which is a part of IMAP4rev2. */
export function canExpungeByUid(client: ImapFlow): boolean {
  return client.capabilities.has("UIDPLUS") || isRev2(client);
}

/** Whether the server speaks IMAP4rev2, which has MOVE and UIDPLUS. */
export function isRev2(client: ImapFlow): boolean {
  return [...client.enabled].some((name) => name.toUpperCase() === "IMAP4REV2");
}

/** Removes every message of the selected folder for good. */
export async function emptySelected(
  client: ImapFlow,
  opened: MailboxObject,
): Promise<WriteRefusal | undefined> {
  if (opened.exists === 0) return undefined;
  // What arrives meanwhile stays. Where single messages cannot be expunged, what others have marked goes as well: it is to go in any case.
  const all = `1:${opened.uidNext - 1}`;
  const removed = await refusable(client, "empty a folder", () => client.messageDelete(all, { uid: true }));
  return removed.kind === "done" ? undefined : removed;
}
