import type { CalendarItem } from "../../../../src/mailbox/items/calendar.js";
import type { OutgoingMail } from "../../../../src/mailbox/mail-submission.js";
import { calendarOf } from "./calendar-text.js";

/** What somebody who is invited knows of a meeting, as a calendar program makes it of the mails. */
interface KnownMeeting {
  start: string;
  subject: string;
  place: string;
  readonly removed: Set<string>;
  /** By original start, when it is instead. */
  readonly moved: Map<string, string>;
}

type Event = ReadonlyMap<string, readonly string[]>;

/** Somebody who is invited, and believes what they are told (RFC 5546); what is older than what they know would be ignored, and is a fault here. */
export class ToldAttendee {
  readonly address: string;
  /** What was told too late. */
  readonly faults: { readonly uid: string; readonly words: string }[] = [];
  readonly #meetings = new Map<string, KnownMeeting>();
  readonly #revisions = new Map<string, readonly [sequence: number, stamp: string]>();
  readonly #isClockSteady: boolean;

  /** @param isClockSteady whether what was written later has a later time. */
  constructor(address: string, isClockSteady = true) {
    this.address = address;
    this.#isClockSteady = isClockSteady;
  }

  /** A mail went out; it may be for others. */
  hears(mail: OutgoingMail): void {
    if (!mail.recipients.includes(this.address)) return;
    const lines = calendarOf(mail);
    const [method = ""] = valuesOf(lines, "METHOD");
    const events = eventsOf(lines);
    const [first] = events;
    if (first === undefined) return;
    const uid = firstOf(first, "UID");
    for (const event of events) this.#check(event);
    if (method === "CANCEL") this.#cancelled(uid, first);
    else for (const event of events) this.#requested(uid, event);
  }

  /** What is known of a meeting, in words; undefined: that there is none. */
  knows(uid: string): string | undefined {
    const known = this.#meetings.get(uid);
    return known && described(known);
  }

  get meetings(): readonly string[] {
    return [...this.#meetings.keys()];
  }

  #check(event: Event): void {
    const uid = firstOf(event, "UID");
    const name = `${uid} ${firstOf(event, "RECURRENCE-ID")}`;
    const revision = [
      Number(firstOf(event, "SEQUENCE")),
      this.#isClockSteady ? firstOf(event, "DTSTAMP") : "",
    ] as const;
    const known = this.#revisions.get(name);
    const isOld =
      known !== undefined && (revision[0] < known[0] || (revision[0] === known[0] && revision[1] < known[1]));
    if (isOld) this.faults.push({ uid, words: `${name}: ${revision.join(" ")} after ${known.join(" ")}` });
    this.#revisions.set(name, revision);
  }

  #cancelled(uid: string, event: Event): void {
    const instance = firstOf(event, "RECURRENCE-ID");
    if (instance === "") {
      this.#meetings.delete(uid);
      return;
    }
    const known = this.#meetings.get(uid);
    known?.removed.add(instance);
    known?.moved.delete(instance);
  }

  #requested(uid: string, event: Event): void {
    const instance = firstOf(event, "RECURRENCE-ID");
    const start = firstOf(event, "DTSTART");
    if (instance === "") {
      const known: KnownMeeting = {
        start,
        subject: firstOf(event, "SUMMARY"),
        place: firstOf(event, "LOCATION"),
        removed: new Set(event.get("EXDATE") ?? []),
        moved: new Map(),
      };
      this.#meetings.set(uid, known);
      return;
    }
    const known = this.#meetings.get(uid);
    known?.removed.delete(instance);
    known?.moved.set(instance, start);
  }
}

/** What all who are invited to a meeting have to know, in the words of {@link ToldAttendee.knows}. */
export function meetingInWords(meeting: CalendarItem): string {
  const text = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const exceptions = meeting.exceptions ?? [];
  const changed = exceptions.filter((one) => !one.deleted);
  return described({
    start: text(meeting.startTimeMs),
    subject: meeting.subject ?? "",
    place: meeting.location?.displayName ?? "",
    removed: new Set(
      exceptions.filter(({ deleted }) => deleted).map(({ originalStartMs }) => text(originalStartMs)),
    ),
    moved: new Map(
      changed.map(
        (one) => [text(one.originalStartMs), text(one.startTimeMs ?? one.originalStartMs)] as const,
      ),
    ),
  });
}

function described({ start, subject, place, removed, moved }: KnownMeeting): string {
  const moves = [...moved].map(([from, to]) => `${from} at ${to}`);
  return [subject, place, start, "without", ...[...removed].sort(), "and", ...moves.sort()].join(" ");
}

function eventsOf(lines: readonly string[]): readonly Event[] {
  const events: Map<string, string[]>[] = [];
  for (const line of lines) {
    if (line === "BEGIN:VEVENT") events.push(new Map());
    const [, name = "", value = ""] = /^([A-Z-]+)(?:;[^:]*)?:(.*)$/.exec(line) ?? [];
    const event = events.at(-1);
    // An alarm has properties of the same names, and stands last.
    if (event !== undefined && name !== "") event.set(name, [...(event.get(name) ?? []), value]);
  }
  return events;
}

function firstOf(event: Event, name: string): string {
  return event.get(name)?.[0] ?? "";
}

function valuesOf(lines: readonly string[], name: string): readonly string[] {
  return lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1));
}
