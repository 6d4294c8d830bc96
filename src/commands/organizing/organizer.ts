import { isMailAddress } from "../../icalendar/meeting-people.js";
import type { CalendarItem } from "../../mailbox/items/calendar.js";
import { occurrenceItem } from "../../mailbox/items/occurrence-item.js";

/** A user who organizes meetings. */
export interface Organizer {
  /** The addresses that are the user's own, the primary one first; at least one. */
  readonly addresses: readonly string[];
  readonly name: string;
}

/** Bits of a MeetingStatus ([MS-ASCAL] 2.2.2.28). */
const received = 2;
const cancelled = 4;

/** By address in lower case, the addresses of those who are invited. */
export type Invited = ReadonlyMap<string, string>;

/** Whether a meeting is the user's own, and not one that the user is invited to. */
export function isOrganizer({ addresses }: Organizer, item: CalendarItem): boolean {
  const { meetingStatus = 0, organizerEmail = "" } = item;
  if ((meetingStatus & received) !== 0) return false;
  return organizerEmail.trim() === "" || isAmong(addresses, organizerEmail);
}

/** Whom an appointment invites; nobody when it is called off or not there. The organizer is not told, and nobody without an address can be. */
export function invitedTo(item: CalendarItem | undefined, { addresses }: Organizer): Invited {
  const isOff = item === undefined || isCancelled(item);
  const found = new Map<string, string>();
  for (const { email } of isOff ? [] : (item.attendees ?? [])) {
    const address = email.trim();
    if (isMailAddress(address) && !isAmong(addresses, address)) found.set(address.toLowerCase(), address);
  }
  return found;
}

/** Those who are invited to single occurrences of a series and not to the whole of it. */
export function guestsOf(item: CalendarItem | undefined, organizer: Organizer): Invited {
  const all = invitedTo(item, organizer);
  if (item === undefined || isCancelled(item)) return new Map();
  const invited = (item.exceptions ?? []).flatMap(({ originalStartMs }) => [
    ...invitedTo(occurrenceItem(item, originalStartMs), organizer),
  ]);
  return new Map(invited.filter(([address]) => !all.has(address)));
}

/** Whether an appointment, or one of its occurrences, has people to be invited. */
export function hasAttendees(item: CalendarItem | undefined): boolean {
  const { attendees = [], exceptions = [] } = item ?? {};
  return attendees.length > 0 || exceptions.some((one) => !one.deleted && (one.attendees ?? []).length > 0);
}

/** Whether a meeting is called off. */
export function isCancelled({ meetingStatus = 0 }: CalendarItem): boolean {
  return (meetingStatus & cancelled) !== 0;
}

function isAmong(addresses: readonly string[], address: string): boolean {
  const wanted = address.trim().toLowerCase();
  return addresses.some((one) => one.trim().toLowerCase() === wanted);
}
