import { addedAttachmentList, type DraftEdit } from "../../application-data/index.js";
import type { ReplacedDraft } from "../../mailbox/abilities/drafts.js";
import type { EmailItem } from "../../mailbox/items/email.js";
import { knownItem, outdatedItem } from "../../sync-state/known-version.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { composeDraft, type DraftDesk } from "./compose-draft.js";
import { SyncStatus } from "./status.js";
import { statusOfRefusal } from "./status-of-refusal.js";

/** A draft as it is in the mailbox. */
export interface StoredDraft {
  /** Undefined where nothing of it is to stay. */
  readonly item: EmailItem | undefined;
  readonly replaced: ReplacedDraft;
}

/**
 * Stores a draft with a device's edit worked in. From then on the device has it so, unless the mailbox has given it another id or its
 * attachments other references.
 *
 * @returns a Status other than success where it is refused; whether the device then needs the server's draft is up to the caller.
 * @throws what the mailbox throws.
 */
export async function saveDraft(
  edit: DraftEdit,
  stored: StoredDraft | undefined,
  token: string,
  desk: DraftDesk,
  work: CollectionWork,
): Promise<CommandResult> {
  const { context, collection, session } = work;
  const composed = await composeDraft(edit, stored?.item, token, desk, context);
  if (composed.kind === "refused") return { status: composed.status };
  const { collectionId } = collection;
  const saved = await desk.drafts.saveDraft(
    context.mailboxRef,
    collectionId,
    composed.item,
    stored?.replaced,
    token,
  );
  if (saved.kind !== "saved") return { status: statusOfRefusal(saved) };
  const success = { status: SyncStatus.Success, serverId: saved.id };
  // It is another item now: the device is told of the one that is gone, and of the new one.
  if (stored !== undefined && saved.id !== stored.replaced.id) {
    return { ...success, recheck: true, item: outdatedItem };
  }
  const references = await newReferences(edit, stored, saved.id, work);
  // The mailbox may have answered with a draft of an earlier run, changed since.
  const recheck = session.position.cursor === undefined || references.areOthers;
  const item = references.areOthers ? outdatedItem : knownItem(saved);
  const { attachments } = references;
  return { ...success, item, recheck, ...(attachments === undefined ? {} : { data: [attachments] }) };
}

/** What the attachments are called now; `areOthers` when some that stayed are called otherwise. */
async function newReferences(
  { attachments: { added, removed } }: DraftEdit,
  stored: StoredDraft | undefined,
  id: string,
  { context, collection }: CollectionWork,
): Promise<{
  readonly attachments: ReturnType<typeof addedAttachmentList>;
  readonly areOthers: boolean;
}> {
  const kept = (stored?.item?.attachments ?? []).filter(
    ({ fileReference }) => !removed.includes(fileReference),
  );
  if (kept.length === 0 && added.length === 0) return { attachments: undefined, areOthers: false };
  const { mailbox, mailboxRef } = context;
  const view = { bodies: [], withBody: false };
  const item = await mailbox.item(mailboxRef, collection.collectionId, id, view);
  const listed = (item?.class === "Email" ? item.attachments : undefined) ?? [];
  const isThere = (reference: string): boolean =>
    listed.some(({ fileReference }) => fileReference === reference);
  return {
    attachments: addedAttachmentList(added, listed),
    areOthers: !kept.every(({ fileReference }) => isThere(fileReference)),
  };
}

/** What a repeat is told of the attachments that it adds. Throws what the mailbox throws. */
export async function repeatedReferences(
  edit: DraftEdit,
  id: string,
  work: CollectionWork,
): Promise<Pick<CommandResult, "data">> {
  const { attachments } = await newReferences(edit, undefined, id, work);
  return attachments === undefined ? {} : { data: [attachments] };
}
