import { meetingsOf } from "../../mailbox/abilities/meetings.js";
import type { ItemPlace } from "../../mailbox/item-reference.js";
import type { CalendarItem } from "../../mailbox/items/calendar.js";
import type { ItemView } from "../../mailbox/mailbox.js";
import { isAtLeast } from "../../protocol/version.js";
import type { CommandContext } from "../command.js";
import { type InvitationMail, invitedAppointment } from "./appointment.js";

/** What is answered. */
export interface Meeting {
  /** Undefined when it is answered in the calendar. */
  readonly mail: InvitationMail | undefined;
  /** Undefined when it is not in the calendar. */
  readonly place: ItemPlace | undefined;
  readonly version: string | undefined;
  readonly appointment: CalendarItem;
}

/** An appointment or an invitation with its text. */
export const meetingView: ItemView = {
  withBody: true,
  bodies: (["html", "plain"] as const).map((type) => ({
    type,
    truncationBytes: undefined,
    allOrNone: false,
    previewCharacters: 0,
  })),
};

/**
 * The meeting that a mail invites to, or that is in the calendar. Undefined for what cannot be answered: no request, not for the user to answer, about
 * one occurrence and all later ones, or in the calendar in 12.1. It should be so below 14.1 ([MS-ASCMD] 2.2.1.11), but Outlook answers in the calendar
 * with 14.0, and has no other way.
 */
export async function meetingAt(place: ItemPlace, context: CommandContext): Promise<Meeting | undefined> {
  const { mailbox, mailboxRef, device } = context;
  const folder = (await mailbox.folders(mailboxRef)).find(({ id }) => id === place.folder);
  const item = folder && (await mailbox.item(mailboxRef, place.folder, place.item, meetingView));
  if (item?.class === "Calendar") {
    // The bit 2: received, and not the user's own.
    const isInvited = ((item.meetingStatus ?? 0) & 2) !== 0 && isAtLeast(device.version, "14.0");
    const found = await mailbox.itemVersion(mailboxRef, place.folder, place.item);
    return isInvited ? { mail: undefined, place, version: found?.version, appointment: item } : undefined;
  }
  if (item?.class !== "Email" || item.meetingRequest === undefined) return undefined;
  const { meetingRequest, messageClass } = item;
  const isRequest = messageClass?.toLowerCase() === "ipm.schedule.meeting.request";
  if (!isRequest || meetingRequest.meetingMessageType === "delegated") return undefined;
  // A series has one rule: the times of these and of those before cannot both be kept.
  if (meetingRequest.recurrenceRange !== undefined) return undefined;
  const invitation = { ...item, meetingRequest };
  const known = await meetingsOf(mailbox)?.meetingByUid(mailboxRef, meetingRequest.uid);
  const stored = known && (await mailbox.item(mailboxRef, known.folder, known.item, meetingView));
  const version = known && (await mailbox.itemVersion(mailboxRef, known.folder, known.item))?.version;
  if (known === undefined || stored?.class !== "Calendar") {
    const appointment = invitedAppointment(invitation, undefined);
    return { mail: invitation, place: undefined, version: undefined, appointment };
  }
  // One occurrence of a series that is in the calendar: the rest of the series is as it was.
  const isPart = meetingRequest.recurrenceIdMs !== undefined && stored.recurrence !== undefined;
  const appointment = isPart ? stored : invitedAppointment(invitation, stored);
  return { mail: invitation, place: known, version, appointment };
}
