import type { AddedAttachment, DraftEdit } from "../../application-data/index.js";
import { draftsOf, type MailboxDrafts } from "../../mailbox/abilities/drafts.js";
import type { EmailItem } from "../../mailbox/items/email.js";
import { htmlToText } from "../../mailbox/items/html-to-text.js";
import type { DraftContent, DraftHeaders } from "../../mailbox/mail-draft.js";
import type { CarriedAttachment, MailSubmission } from "../../mailbox/mail-submission.js";
import { isAtLeast } from "../../protocol/version.js";
import type { CommandContext } from "../command.js";
import { hasWholeMime, loadAttachment, maxCarriedBytes } from "../sending/carried-mail.js";
import { type RefusedMail, senderAddresses, sendingDisabled } from "../sending/outgoing-mail.js";
import type { CollectionWork } from "./collection-work.js";
import { SyncStatus } from "./status.js";

/** What drafts are written with. */
export interface DraftDesk {
  readonly drafts: MailboxDrafts;
  readonly submission: MailSubmission;
}

/** Undefined where a device cannot write drafts: below 16.0, outside of the Drafts folder, and where they can be neither kept nor sent. */
export async function draftDesk({
  context,
  collection,
  folders,
}: CollectionWork): Promise<DraftDesk | undefined> {
  const { device, mailbox, submission } = context;
  const drafts = draftsOf(mailbox);
  if (!isAtLeast(device.version, "16.0") || drafts === undefined || submission === undefined)
    return undefined;
  const folder = (await folders()).find(({ id }) => id === collection.collectionId);
  return folder?.kind === "drafts" ? { drafts, submission } : undefined;
}

const invalidItem: RefusedMail = { kind: "refused", status: SyncStatus.InvalidItem };

/**
 * A draft with a device's edit worked in, as a message. What cannot be had of the stored one, such as an attachment that is to stay, refuses the edit.
 *
 * @param stored the draft as it is; undefined for a new one.
 * @param token names the message if nothing else does.
 * @throws what the mailbox throws.
 */
export async function composeDraft(
  edit: DraftEdit,
  stored: EmailItem | undefined,
  token: string,
  { submission }: DraftDesk,
  context: CommandContext,
): Promise<{ readonly kind: "draft"; readonly item: EmailItem } | RefusedMail> {
  const from = await senderAddresses(context, submission);
  if (from.length === 0) return { kind: "refused", status: sendingDisabled(context) };
  const whole = stored !== undefined && hasWholeMime(stored) ? stored.body?.mime?.data : undefined;
  const base = edit.body?.type === "mime" ? edit.body.message : whole;
  const content =
    base !== undefined && !changesContent(edit) ? undefined : await contentOf(edit, stored, context);
  if (content === "unreadable") return invalidItem;
  const composed = await submission.composer.composeDraft({
    base,
    headers: { ...(base === undefined && stored !== undefined ? headersOf(stored) : {}), ...edit.headers },
    content,
    senderAddresses: from,
    nowMs: context.clock.now(),
    token,
  });
  return composed.kind === "draft"
    ? { kind: "draft", item: withFlags(composed.item, edit, stored) }
    : invalidItem;
}

function changesContent({ body, attachments }: DraftEdit): boolean {
  const isWritten = body !== undefined && body.type !== "mime";
  return isWritten || attachments.added.length > 0 || attachments.removed.length > 0;
}

async function contentOf(
  { body, attachments }: DraftEdit,
  stored: EmailItem | undefined,
  context: CommandContext,
): Promise<DraftContent | "unreadable"> {
  const kept = await keptAttachments(stored, attachments.removed, context);
  if (kept === "unreadable") return kept;
  return { ...textOf(body, stored), attachments: [...kept, ...attachments.added.map(carried)] };
}

function textOf(body: DraftEdit["body"], stored: EmailItem | undefined): Pick<DraftContent, "text" | "html"> {
  if (body?.type === "html") return { text: htmlToText(body.data), html: body.data };
  if (body?.type === "plain") return { text: body.data, html: undefined };
  const html = stored?.body?.html?.data;
  return { text: stored?.body?.plain?.data ?? (html === undefined ? "" : htmlToText(html)), html };
}

function carried({ clientId: _, ...attachment }: AddedAttachment): CarriedAttachment {
  return attachment;
}

/** A reference that no attachment has is of an older draft: which one the user took away is not known, and it must not go out. */
async function keptAttachments(
  stored: EmailItem | undefined,
  removed: readonly string[],
  context: CommandContext,
): Promise<readonly CarriedAttachment[] | "unreadable"> {
  const attachments = stored?.attachments ?? [];
  const isThere = (reference: string): boolean =>
    attachments.some(({ fileReference }) => fileReference === reference);
  if (!removed.every(isThere)) return "unreadable";
  const kept = attachments.filter(({ fileReference }) => !removed.includes(fileReference));
  if (kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > maxCarriedBytes) return "unreadable";
  const loaded: CarriedAttachment[] = [];
  for (const attachment of kept) {
    const one = await loadAttachment(attachment, context);
    if (one === undefined) return "unreadable";
    loaded.push(one);
  }
  return loaded;
}

/** The headers of a draft whose message the mailbox does not give. */
function headersOf(stored: EmailItem): DraftHeaders {
  const { from, to, cc = "", bcc = "", replyTo = "", subject, importance = "normal" } = stored;
  return { from, to, cc, bcc, replyTo, subject, importance };
}

function withFlags(item: EmailItem, { flags }: DraftEdit, stored: EmailItem | undefined): EmailItem {
  const read = flags.read ?? stored?.read ?? true;
  const flag = flags.flag === undefined ? stored?.flag : flags.flag;
  const categories = flags.categories ?? stored?.categories;
  return {
    ...item,
    read,
    ...(flag === undefined || flag === null ? {} : { flag }),
    ...(categories === undefined ? {} : { categories }),
  };
}
