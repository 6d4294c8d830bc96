import type { MailboxItem } from "../../mailbox/items/item.js";
import { CommonStatus } from "../../protocol/status.js";
import { forgetUnsentNotices } from "../../state/unsent-notices.js";
import type { CommandContext } from "../command.js";
import { type Announcement, announceMeeting } from "../organizing/announce-meeting.js";
import {
  noteUnsent,
  type OrganizedChange,
  organizedChange,
  removedMeeting,
} from "../organizing/organized-change.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { readItem } from "./read-item.js";
import type { ClientCommand } from "./request.js";

/** An item with what it means for those who are invited to it. */
export async function organizedItem(
  before: MailboxItem,
  after: MailboxItem,
  token: string,
  context: CommandContext,
): Promise<OrganizedChange<MailboxItem>> {
  if (before.class === "Calendar" && after.class === "Calendar") {
    return organizedChange({ before, after, token }, context);
  }
  return { kind: "organized", item: after, announcement: undefined, unsent: undefined };
}

/** What others, or a run that ended there, have left to be told of an item that stays as it is. */
export async function leftToTell(
  stored: MailboxItem,
  token: string,
  context: CommandContext,
): Promise<Pick<CommandResult, "announcement">> {
  const organized = await organizedItem(stored, stored, token, context);
  if (organized.kind === "refused" || organized.announcement === undefined) return {};
  await noteUnsent(organized, context);
  return { announcement: organized.announcement };
}

/**
 * Tells those who are invited to a meeting what a command has made of it, once it is stored. What the mail server refuses to send is answered with its Status; what the user has made is kept, and
 * told with the next change of it.
 *
 * @throws what the mailbox or the mail server throws: the command is repeated.
 */
export async function announced(
  result: CommandResult,
  announcement: Announcement,
  kind: ClientCommand["kind"],
  work: CollectionWork,
): Promise<CommandResult> {
  const refusal = await announceMeeting(announcement, work.context);
  if (refusal === undefined) {
    await forget(announcement, work);
    return result;
  }
  const { data: _, ...kept } = result;
  // A device that is not told the id of its new meeting does not have it: it gets it as any other.
  const unknown = kind === "add" ? { item: null, recheck: true } : {};
  return { ...kept, ...unknown, status: statusOf(refusal), isKept: true };
}

/**
 * Calls a meeting off that is about to be removed. That comes first: what cannot be called off stays.
 *
 * @returns the Status with which it cannot; undefined when all are told, or there is nobody to be.
 * @throws what the mailbox or the mail server throws: the command is repeated.
 */
export async function callOff(
  serverId: string,
  token: string,
  work: CollectionWork,
): Promise<number | undefined> {
  const { context, session } = work;
  if (session.itemClass !== "Calendar") return undefined;
  const meeting = await readItem(serverId, { bodies: [], withBody: true }, work);
  if (typeof meeting === "string" || meeting.class !== "Calendar") return undefined;
  const announcement = await removedMeeting(meeting, token, context);
  if (announcement === undefined) return undefined;
  const refusal = await announceMeeting(announcement, context);
  if (refusal !== undefined) return statusOf(refusal);
  const { uid = token } = meeting;
  await forgetUnsentNotices(context.state, context.device.user, { uid, token: undefined });
  return undefined;
}

async function forget({ meeting, token }: Announcement, { context }: CollectionWork): Promise<void> {
  const { uid = token } = meeting;
  await forgetUnsentNotices(context.state, context.device.user, { uid, token });
}

/** What a mail that cannot be sent is called where it is an item. */
function statusOf(status: number): number {
  const isOfRecipients =
    status === CommonStatus.MessageRecipientUnresolved || status === CommonStatus.MessageHasNoRecipient;
  return isOfRecipients ? CommonStatus.InvalidRecipients : status;
}
