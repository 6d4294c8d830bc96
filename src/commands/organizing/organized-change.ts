import type { CalendarItem } from "../../mailbox/items/calendar.js";
import type { MailSubmission } from "../../mailbox/mail-submission.js";
import { isAtLeast } from "../../protocol/version.js";
import {
  forgetUnsentNotices,
  noteUnsentNotices,
  readUnsentNotices,
  type UnsentNotices,
} from "../../state/unsent-notices.js";
import type { CommandContext } from "../command.js";
import { senderAddresses, sendingDisabled } from "../sending/outgoing-mail.js";
import { userInformation } from "../user-information.js";
import type { Announcement } from "./announce-meeting.js";
import { meetingNotices } from "./meeting-notices.js";
import { revisedMeeting } from "./meeting-revision.js";
import { guestsOf, hasAttendees, invitedTo, isOrganizer, type Organizer } from "./organizer.js";

/** What a device makes of an appointment. */
export interface AppointmentChange {
  /** Undefined for a new one. */
  readonly before: CalendarItem | undefined;
  /** With a UID if it was not there before. */
  readonly after: CalendarItem;
  /** Of the command; the same for a repeat. */
  readonly token: string;
}

/** A change as it is to be stored, and what of it is to be told once it is. */
export type OrganizedChange<Item = CalendarItem> =
  | {
      readonly kind: "organized";
      readonly item: Item;
      /** Undefined: nobody is to be told. */
      readonly announcement: Announcement | undefined;
      /** What is to be noted before it is stored. */
      readonly unsent: UnsentNotices | undefined;
    }
  /** The user may not send. */
  | { readonly kind: "refused"; readonly status: number };

/**
 * What a change of an appointment means for those who are invited to it. From 16.0 on the server tells them, as devices do themselves before ([MS-ASCAL] 2.2.2.4);
 * but not of what the user is invited to, and not where the mailbox does it by itself.
 *
 * @throws what the mailbox or the store throws.
 */
export async function organizedChange(
  change: AppointmentChange,
  context: CommandContext,
): Promise<OrganizedChange> {
  const { before, after, token } = change;
  const untold = { kind: "organized", item: after, announcement: undefined, unsent: undefined } as const;
  const submission = announcingSubmission(context);
  if (submission === undefined || !(isMeeting(before) || isMeeting(after))) return untold;
  const unnamed = { addresses: await senderAddresses(context, submission), name: "" };
  if (!isOrganizer(unnamed, before ?? after)) return untold;
  const { state, device, clock } = context;
  const { uid = token } = after;
  const pending = before === undefined ? undefined : await readUnsentNotices(state, device.user, uid);
  const isUnsure = pending !== undefined && (pending.token !== token || pending.isAfterUnsent === true);
  const unsure = isUnsure ? pending.invited : undefined;
  const notices = meetingNotices({ before, after, organizer: unnamed, nowMs: clock.now(), unsure });
  // What a run has stored that ended there is told as it would have been.
  const isStored = notices.length === 0 && pending?.token === token && before !== undefined;
  if (notices.length === 0 && !isStored) return untold;
  if (unnamed.addresses.length === 0) return { kind: "refused", status: sendingDisabled(context) };
  const organizer = { ...unnamed, name: await nameOf(context) };
  const isInvitation = invitedTo(before, organizer).size === 0;
  const common = { token, organizer, submission, isInvitation };
  if (isStored) {
    return {
      ...untold,
      announcement: { ...common, meeting: before, notices: pending.notices },
      unsent: pending,
    };
  }
  const item = revisedMeeting(before, { ...after, uid }, organizer);
  const people = [before, after].flatMap((one) => everybody(one, organizer));
  const invited = [...new Set([...people, ...(pending?.invited ?? [])])];
  const unsent = { uid, token, notices, invited, ...(isUnsure && { isAfterUnsent: true as const }) };
  return { kind: "organized", item, announcement: { ...common, meeting: item, notices }, unsent };
}

/**
 * What is to be told of a meeting that is about to be removed; undefined: nothing.
 *
 * @throws what the mailbox or the store throws.
 */
export async function removedMeeting(
  meeting: CalendarItem,
  token: string,
  context: CommandContext,
): Promise<Announcement | undefined> {
  const submission = announcingSubmission(context);
  if (submission === undefined || !isMeeting(meeting)) return undefined;
  const organizer = { addresses: await senderAddresses(context, submission), name: await nameOf(context) };
  if (!isOrganizer(organizer, meeting)) return undefined;
  const { state, device, clock } = context;
  const { uid = token } = meeting;
  const pending = await readUnsentNotices(state, device.user, uid);
  const after = { ...meeting, uid, meetingStatus: (meeting.meetingStatus ?? 0) | cancelledMeeting };
  const transition = { before: meeting, after, organizer, nowMs: clock.now(), unsure: pending?.invited };
  const notices = meetingNotices(transition);
  if (notices.length === 0) return undefined;
  const revised = revisedMeeting(meeting, after, organizer);
  return { meeting: revised, notices, token, organizer, submission, isInvitation: false };
}

/** Notes what is to be told, before the change is stored: a process may end in between. */
export async function noteUnsent(
  { unsent }: { readonly unsent: UnsentNotices | undefined },
  { state, device }: CommandContext,
): Promise<void> {
  if (unsent !== undefined) await noteUnsentNotices(state, device.user, unsent);
}

/** Takes back what was noted of a change that was not stored after all. That of an earlier one stays: all are told once more how the meeting is. */
export async function forgetUnsent(
  { unsent }: { readonly unsent: UnsentNotices | undefined },
  { state, device }: CommandContext,
): Promise<void> {
  if (unsent !== undefined && unsent.isAfterUnsent !== true) {
    await forgetUnsentNotices(state, device.user, unsent);
  }
}

/** A meeting (1) that is called off (4). */
const cancelledMeeting = 5;

/** Undefined where the server tells nobody of meetings. */
function announcingSubmission({ device, submission }: CommandContext): MailSubmission | undefined {
  if (!isAtLeast(device.version, "16.0") || submission?.announcesMeetings === true) return undefined;
  return submission;
}

/** Whether there is, or was, anybody to be told: whose last attendee was taken off has a revision. */
function isMeeting(item: CalendarItem | undefined): boolean {
  return hasAttendees(item) || item?.sequence !== undefined;
}

async function nameOf(context: CommandContext): Promise<string> {
  return (await userInformation(context)).displayName ?? "";
}

function everybody(item: CalendarItem | undefined, organizer: Organizer): readonly string[] {
  return [...invitedTo(item, organizer).values(), ...guestsOf(item, organizer).values()];
}
