import type { ItemPlace } from "../../mailbox/item-reference.js";
import type { CalendarItem } from "../../mailbox/items/calendar.js";
import type { CommandContext } from "../command.js";
import { answeredAppointment, answeredOccurrence } from "./appointment.js";
import type { Meeting } from "./find-meeting.js";
import type { MeetingResponseRequest } from "./request.js";

/** The appointment as it is with the user's answer; undefined when it is removed. */
export function answeredItem(
  { response }: MeetingResponseRequest,
  { mail, appointment }: Meeting,
  instanceMs: number | undefined,
  nowMs: number,
): CalendarItem | undefined {
  if (instanceMs === undefined || appointment.recurrence === undefined) {
    return answeredAppointment(appointment, response, nowMs);
  }
  const invited = mail?.meetingRequest.recurrenceIdMs === undefined ? undefined : mail;
  const { startTimeMs, endTimeMs, location, sequence } = invited?.meetingRequest ?? {};
  const changed = {
    ...(sequence !== undefined && { sequence }),
    ...(invited !== undefined && { subject: invited.subject }),
    ...(startTimeMs !== undefined && { startTimeMs }),
    ...(endTimeMs !== undefined && { endTimeMs }),
    ...(location !== undefined && { location }),
  };
  return answeredOccurrence(appointment, instanceMs, changed, response, nowMs);
}

/** Puts the appointment into the calendar, or removes it. Where it is then, if there is one. */
export async function writeAppointment(
  { place, version }: Meeting,
  item: CalendarItem | undefined,
  token: string,
  { mailbox, mailboxRef }: CommandContext,
): Promise<ItemPlace | undefined | "refused"> {
  if (place !== undefined && item !== undefined) {
    const update = { kind: "replace", item } as const;
    const updated = await mailbox.update(mailboxRef, place.folder, place.item, update, version);
    return updated.kind === "updated" ? place : "refused";
  }
  if (place !== undefined) {
    const { kind } = await mailbox.delete(mailboxRef, place.folder, place.item);
    return kind === "deleted" || kind === "not-found" ? undefined : "refused";
  }
  if (item === undefined) return undefined;
  const calendar = (await mailbox.folders(mailboxRef)).find(({ kind }) => kind === "calendar");
  if (calendar === undefined) return "refused";
  const created = await mailbox.create(mailboxRef, calendar.id, item, `meeting ${token}`);
  return created.kind === "created" ? { folder: calendar.id, item: created.id } : "refused";
}
