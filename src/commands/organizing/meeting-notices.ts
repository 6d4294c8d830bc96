import type { CalendarItem } from "../../mailbox/items/calendar.js";
import { occurrenceItem } from "../../mailbox/items/occurrence-item.js";
import { occurrencesWithin } from "../../mailbox/items/occurrences.js";
import type { MeetingNotice } from "../../state/unsent-notices.js";
import { attendeeTypes, meetingChange } from "./meeting-change.js";
import { guestsOf, type Invited, invitedTo, isCancelled, type Organizer } from "./organizer.js";

/** What became of a meeting that a user organizes. */
export interface MeetingTransition {
  /** Undefined: it was not there. */
  readonly before: CalendarItem | undefined;
  /** Undefined: it is removed. */
  readonly after: CalendarItem | undefined;
  readonly organizer: Organizer;
  readonly nowMs: number;
  /** Who may have been told of the meeting although it did not say so before. Given: all are told how it is now, whatever changed. */
  readonly unsure: readonly string[] | undefined;
}

/**
 * Whom the change of a meeting is told (RFC 5546, 3.2): those who are invited of what is new to them, those who are not any more that it does not take
 * place for them; of a series that is as it was, what is new about single occurrences. What is over is not called off.
 */
export function meetingNotices(transition: MeetingTransition): readonly MeetingNotice[] {
  const { before, after, organizer, unsure } = transition;
  const is = invitedTo(after, organizer);
  const was = withUnsure(invitedTo(before, organizer), unsure, guestsOf(after, organizer));
  const isTold = isNews({ before, after, was, is }, unsure !== undefined);
  const whole = isTold ? noticesTo(was, is, isOver(before ?? after, transition.nowMs)) : [];
  const told = new Set(isTold ? [...was.keys(), ...is.keys()] : []);
  return [...whole, ...occurrenceNotices(transition, told)];
}

/** What is new about occurrences for those who are not told of the series. */
function occurrenceNotices(
  { before, after, organizer, nowMs, unsure }: MeetingTransition,
  told: ReadonlySet<string>,
): readonly MeetingNotice[] {
  const views = [before, after].map((item) => (isSeriesOn(item) ? item : undefined));
  const [past, present] = views;
  const starts = new Set(
    views.flatMap((item) => (item?.exceptions ?? []).map(({ originalStartMs }) => originalStartMs)),
  );
  return [...starts].flatMap((originalStartMs) => {
    const [earlier, later] = [past, present].map((item) => item && occurrenceItem(item, originalStartMs));
    const was = without(invitedTo(earlier, organizer), told);
    const is = without(invitedTo(later, organizer), told);
    if (!isNews({ before: earlier, after: later, was, is }, unsure !== undefined)) return [];
    return noticesTo(was, is, isOver(earlier ?? later, nowMs)).map((notice) => ({
      ...notice,
      originalStartMs,
    }));
  });
}

function isSeriesOn(item: CalendarItem | undefined): boolean {
  return item?.recurrence !== undefined && !isCancelled(item);
}

interface Audience {
  readonly before: CalendarItem | undefined;
  readonly after: CalendarItem | undefined;
  readonly was: Invited;
  readonly is: Invited;
}

function isNews({ before, after, was, is }: Audience, isUnsure: boolean): boolean {
  if (was.size + is.size === 0) return false;
  const isSame = was.size === is.size && [...was.keys()].every((address) => is.has(address));
  if (isUnsure || !isSame || before === undefined || after === undefined) return true;
  return meetingChange(before, after) !== "none" || attendeeTypes(before) !== attendeeTypes(after);
}

function noticesTo(was: Invited, is: Invited, isPast: boolean): readonly MeetingNotice[] {
  const gone = isPast ? [] : [...without(was, new Set(is.keys())).values()];
  return [
    ...(is.size === 0 ? [] : [{ method: "request", recipients: [...is.values()] } as const]),
    ...(gone.length === 0 ? [] : [{ method: "cancel", recipients: gone } as const]),
  ];
}

/** Those who are invited to single occurrences were never told of the whole. */
function withUnsure(invited: Invited, unsure: readonly string[] = [], guests: Invited): Invited {
  const others = unsure.filter((address) => !guests.has(address.toLowerCase()));
  return new Map([...others.map((address) => [address.toLowerCase(), address] as const), ...invited]);
}

function without(invited: Invited, others: ReadonlySet<string>): Invited {
  return new Map([...invited].filter(([address]) => !others.has(address)));
}

/** Whether nothing of it is still to come. */
function isOver(item: CalendarItem | undefined, nowMs: number): boolean {
  if (item === undefined) return false;
  const { recurrence } = item;
  if (recurrence !== undefined && recurrence.end === undefined) return false;
  const left = occurrencesWithin(item, nowMs, Number.MAX_SAFE_INTEGER);
  return left !== undefined && left.length === 0;
}
