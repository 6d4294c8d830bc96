import type { CalendarItem } from "../../mailbox/items/calendar.js";
import type { WriteRefusal, WrittenItem } from "../../mailbox/mailbox.js";
import { digestOf } from "../../state/digest-of.js";
import { Calendar, textElement } from "../../wbxml/index.js";
import type { Announcement } from "../organizing/announce-meeting.js";
import { forgetUnsent, noteUnsent, organizedChange } from "../organizing/organized-change.js";
import type { CollectionWork, CommandResult } from "./collection-work.js";
import { commandToken } from "./command-hash.js";
import { readItem } from "./read-item.js";
import type { ClientCommand } from "./request.js";
import { isSameItem } from "./same-item.js";

/** An appointment that was stored, with what its device is told beside, or why it was not. */
export type AddedAppointment =
  | ({
      readonly kind: "created";
      readonly result: Pick<CommandResult, "data" | "announcement">;
    } & WrittenItem)
  | WriteRefusal
  /** The user may not send, and nobody could be told of it. */
  | { readonly kind: "not-sendable"; readonly status: number };

/**
 * Stores an appointment of a device of version 16.0 or newer, which leaves the UID and the organizer to the server ([MS-ASCAL] 2.2.2.46), and those who are invited to be told by it.
 *
 * @param creationToken the same for a repeat.
 */
export async function addAppointment(
  item: CalendarItem,
  creationToken: string,
  command: Extract<ClientCommand, { kind: "add" }>,
  work: CollectionWork,
): Promise<AddedAppointment> {
  const { context, collection } = work;
  const { mailbox, mailboxRef } = context;
  const token = commandToken(command.element, work);
  const uid = item.uid ?? digestOf(["uid", creationToken]);
  const organized = await organizedChange({ before: undefined, after: { ...item, uid }, token }, context);
  if (organized.kind === "refused") return { kind: "not-sendable", status: organized.status };
  await noteUnsent(organized, context);
  const created = await mailbox.create(mailboxRef, collection.collectionId, organized.item, creationToken);
  if (created.kind !== "created") {
    await forgetUnsent(organized, context);
    return created;
  }
  const { announcement } = organized;
  if (announcement === undefined) return { ...created, result: { data: [uidElement(uid)] } };
  const stored = await storedAnnouncement(created.id, organized.item, announcement, work);
  if (stored === undefined) await forgetUnsent(organized, context);
  const data = [uidElement(stored?.meeting.uid ?? uid)];
  return { ...created, result: { data, ...(stored && { announcement: stored }) } };
}

/** What is to be told is what is stored: the mailbox may have taken another version of it before. Undefined when it is gone. */
async function storedAnnouncement(
  id: string,
  sent: CalendarItem,
  announcement: Announcement,
  work: CollectionWork,
): Promise<Announcement | undefined> {
  const stored = await readItem(id, { bodies: [], withBody: true }, work);
  if (stored === "unreadable") return announcement;
  if (stored === "not-found" || stored.class !== "Calendar") return undefined;
  if (isSameItem(stored, sent)) return announcement;
  const { token } = announcement;
  const organized = await organizedChange({ before: undefined, after: stored, token }, work.context);
  return organized.kind === "organized" ? organized.announcement : undefined;
}

/** What a repeat of an Add is told of the appointment that it made. Throws what the mailbox throws. */
export async function repeatedAppointment(
  id: string,
  work: CollectionWork,
): Promise<Pick<CommandResult, "data">> {
  const stored = await readItem(id, { bodies: [], withBody: false }, work);
  const uid = typeof stored === "string" || stored.class !== "Calendar" ? undefined : stored.uid;
  return uid === undefined ? {} : { data: [uidElement(uid)] };
}

function uidElement(uid: string): ReturnType<typeof textElement> {
  return textElement(Calendar.UID, uid);
}
