import { changesDraft, type DraftEdit, parseDraft } from "../../application-data/index.js";
import { digestOf } from "../../state/digest-of.js";
import { inTurn } from "../../sync-state/collection-turns.js";
import { isOnDevice, outdatedItem } from "../../sync-state/known-version.js";
import { AirSync, child, Email2, emptyElement, type WbxmlElement } from "../../wbxml/index.js";
import { wholeMail } from "../sending/carried-mail.js";
import { applyFlags } from "./apply-flags.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { commandHash } from "./command-hash.js";
import { composeDraft, type DraftDesk } from "./compose-draft.js";
import { readItem } from "./read-item.js";
import { rejected } from "./replace-item.js";
import type { ClientCommand } from "./request.js";
import { repeatedReferences, type StoredDraft, saveDraft } from "./save-draft.js";
import { sendDraft } from "./send-draft.js";
import { SyncStatus } from "./status.js";

type WritingCommand = Extract<ClientCommand, { kind: "add" | "change" }>;

/** Times that a draft is read again because it changed while the device's edit was worked in. */
const maxAttempts = 4;

/** Whether a command asks for its draft to be sent (email2:Send, [MS-ASEMAIL] 2.2.2.69). Some devices put the element one step too deep. */
export function isSent({ element, applicationData }: WritingCommand): boolean {
  return child(element, Email2.Send) !== undefined || child(applicationData, Email2.Send) !== undefined;
}

/** What an id begins with that was never in the mailbox: of a draft that was sent as it was added. */
const sentMark = "sent-";

/** A draft of which a device has not learned what became of it, with what it made of it since. */
export async function changeAddedDraft(
  command: Extract<ClientCommand, { kind: "add" }>,
  serverId: string,
  desk: DraftDesk,
  work: CollectionWork,
): Promise<CommandResult> {
  if (!serverId.startsWith(sentMark)) return changeDraft(command, serverId, true, desk, work);
  return isSent(command) ? sentResult(serverId) : addDraft(command, desk, work);
}

/** The device learns of an item that it has, and in the same answer that it is gone: so its own draft goes, whatever it does with drafts that it sent. */
function sentResult(serverId?: string): CommandResult {
  const named = serverId === undefined ? {} : { serverId };
  return { status: SyncStatus.Success, item: outdatedItem, recheck: true, ...named };
}

/** Stores or sends a draft that a device added. */
export async function addDraft(
  command: Extract<ClientCommand, { kind: "add" }>,
  desk: DraftDesk,
  work: CollectionWork,
): Promise<CommandResult> {
  const edit = editOf(command, true, work);
  if (edit.kind === "invalid") return { status: SyncStatus.InvalidItem };
  const { context, collection } = work;
  const { user, id: deviceId } = context.device;
  const { collectionId, syncKey } = collection;
  // A ClientId is unique in its request alone, a key in the whole history of the collection.
  const token = digestOf([user, deviceId, collectionId, syncKey, command.clientId]);
  if (!isSent(command)) return saveDraft(edit, undefined, token, desk, work);
  const sendToken = digestOf([token, commandHash(command.element)]);
  const prepare = (): ReturnType<typeof composeDraft> =>
    composeDraft(edit, undefined, sendToken, desk, context);
  const status = await sendDraft(sendToken, prepare, undefined, desk, work);
  return status === SyncStatus.Success ? sentResult(`${sentMark}${sendToken.slice(0, 32)}`) : { status };
}

/**
 * Changes, or sends, a draft that is there.
 *
 * @param isWhole whether the device sends the whole of it, as in an Add whose answer it did not get.
 */
export async function changeDraft(
  command: WritingCommand,
  serverId: string,
  isWhole: boolean,
  desk: DraftDesk,
  work: CollectionWork,
): Promise<CommandResult> {
  const edit = editOf(command, isWhole, work);
  if (edit.kind === "invalid") return rejected(SyncStatus.InvalidItem);
  if (!isSent(command) && !changesDraft(edit)) {
    return applyFlags(serverId, { kind: "email-flags", ...edit.flags }, work);
  }
  const id = currentId(serverId, work);
  const { state, device } = work.context;
  const draft = { id, edit, isWhole, hash: commandHash(command.element) };
  // Two devices of one user may send it at the same time: it goes out once.
  return inTurn(state, [device.user, "#drafts", `${work.collection.collectionId}\n${id}`], () =>
    isSent(command) ? sendChanged(draft, desk, work) : storeChanged(draft, desk, work),
  );
}

/** What a repeat of a command that took effect is told beside its Status. */
export async function repeatDraft(
  command: WritingCommand,
  id: string,
  work: CollectionWork,
): Promise<Pick<CommandResult, "data">> {
  const edit = editOf(command, command.kind === "add", work);
  if (edit.kind === "invalid" || isSent(command)) return {};
  return repeatedReferences(edit, id, work);
}

/** A device's edit of one draft. */
interface ChangedDraft {
  readonly id: string;
  readonly edit: DraftEdit;
  /** The edit is the whole draft: nothing of the stored one stays. */
  readonly isWhole: boolean;
  readonly hash: string;
}

function editOf(
  { applicationData, element }: WritingCommand,
  isNew: boolean,
  { context }: CollectionWork,
): ReturnType<typeof parseDraft> {
  const data: WbxmlElement = applicationData ?? emptyElement(AirSync.ApplicationData);
  if (applicationData === undefined && child(element, Email2.Send) === undefined) {
    return { kind: "invalid", reason: "there is no ApplicationData" };
  }
  return parseDraft(data, isNew, { version: context.device.version, nowMs: context.clock.now() });
}

/** The draft may have got another id by a change whose answer the device does not have. */
function currentId(serverId: string, { applied }: CollectionWork): string {
  const last = applied.findLast(
    ({ command, serverId: id }) => command === `=${serverId}` && id !== undefined,
  );
  return last?.serverId ?? serverId;
}

async function storeChanged(
  draft: ChangedDraft,
  desk: DraftDesk,
  work: CollectionWork,
): Promise<CommandResult> {
  const { id, edit, hash } = draft;
  const { context, collection } = work;
  const { collectionId, syncKey } = collection;
  const token = digestOf([context.device.user, context.device.id, collectionId, syncKey, id, hash]);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const found = await readDraft(draft, work);
    if (typeof found === "number") return rejected(found);
    const saved = await saveDraft(edit, found.stored, token, desk, work);
    if (saved.status === SyncStatus.Success) return saved;
    const isOvertaken = saved.status === SyncStatus.Conflict && !found.isServersTurn;
    if (!isOvertaken) return rejected(saved.status);
  }
  return rejected(SyncStatus.Conflict);
}

async function sendChanged(
  draft: ChangedDraft,
  desk: DraftDesk,
  work: CollectionWork,
): Promise<CommandResult> {
  const { id, edit, hash } = draft;
  const { context, collection } = work;
  const token = digestOf([context.device.user, collection.collectionId, id, hash]);
  const prepare = async (): ReturnType<typeof composeDraft> => {
    const found = await readDraft(draft, work);
    if (typeof found === "number") return { kind: "refused", status: found };
    if (found.isServersTurn) return { kind: "refused", status: SyncStatus.Conflict };
    return composeDraft(edit, found.stored.item, token, desk, context);
  };
  const status = await sendDraft(token, prepare, id, desk, work);
  if (status === SyncStatus.Success) return sentResult();
  const isOfDraft = status === SyncStatus.Conflict || status === SyncStatus.ObjectNotFound;
  if (isOfDraft || status === SyncStatus.InvalidItem) return rejected(status);
  if (!changesDraft(edit)) return { status };
  // What the user wrote is kept although it cannot be sent.
  const saved = await storeChanged(draft, desk, work);
  return saved.status === SyncStatus.Success ? { ...saved, status, isKept: true } : { ...saved, status };
}

/** The draft as it is; a Status when it cannot be had. */
async function readDraft(
  { id, isWhole }: ChangedDraft,
  work: CollectionWork,
): Promise<{ readonly stored: StoredDraft; readonly isServersTurn: boolean } | SyncStatus> {
  const { context, collection, settings } = work;
  const { mailbox, mailboxRef } = context;
  const known = await work.known.get(id);
  const before = await mailbox.itemVersion(mailboxRef, collection.collectionId, id);
  const item = before === undefined ? "not-found" : await readItem(id, wholeMail, work);
  if (before === undefined || item === "not-found") return SyncStatus.ObjectNotFound;
  if (item === "unreadable" || item.class !== "Email") return SyncStatus.InvalidItem;
  const isConflict = isOnDevice(known) && known[0] !== before.version;
  const isServersTurn = isConflict && settings.conflict === "server-wins";
  // The mailbox, which knows whether this very edit is the one that it has stored, decides.
  const expectedVersion = isServersTurn ? known[0] : before.version;
  const stored = { item: isWhole ? undefined : item, replaced: { id, expectedVersion } };
  return { stored, isServersTurn };
}
