import fc from "fast-check";
import { contactTags } from "../../../src/application-data/contact/contact-tags.js";
import type { ItemBody } from "../../../src/mailbox/items/body.js";
import type { Attendee, CalendarException, CalendarItem } from "../../../src/mailbox/items/calendar.js";
import type { ContactItem, ContactTexts } from "../../../src/mailbox/items/contact.js";
import type { NoteItem } from "../../../src/mailbox/items/note.js";
import type { Recurrence, RecurrencePattern, TaskRecurrence } from "../../../src/mailbox/items/recurrence.js";
import type { TaskItem } from "../../../src/mailbox/items/task.js";
import type { ItemLocation } from "../../../src/mailbox/items/values.js";
import { isAtLeast, type ProtocolVersion } from "../../../src/protocol/version.js";

/** The time of every request in these tests. */
export const nowMs: number = Date.UTC(2026, 2, 1, 12, 34, 56);

/** Pacific time ([MS-ASDTYPE] 3.6.4). */
export const pacificTimezone: string =
  "4AEAACgARwBNAFQALQAwADgAOgAwADAAKQAgAFAAYQBjAGkAZgBpAGMAIABUAGkAbQBlACAAKABVAFMAIAAmACAAQwAAAAsAAAABAAIAAAAAAAAAAAAAACgARwBNAFQALQAwADgAOgAwADAAKQAgAFAAYQBjAGkAZgBpAGMAIABUAGkAbQBlACAAKABVAFMAIAAmACAAQwAAAAMAAAACAAIAAAAAAAAAxP///w==";

const someText = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((value) => !value.includes("\0"));
const textList = fc.array(someText, { minLength: 1, maxLength: 4 });
const secondMs = fc
  .integer({ min: Date.UTC(1990, 0, 1) / 1000, max: Date.UTC(2090, 0, 1) / 1000 })
  .map((second) => second * 1000);
const midnightMs = fc
  .integer({ min: Date.UTC(1990, 0, 1) / 86_400_000, max: Date.UTC(2090, 0, 1) / 86_400_000 })
  .map((day) => day * 86_400_000);
const anyMs = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2090, 0, 1) });
const date = midnightMs.map((ms) => new Date(ms).toISOString().slice(0, 10));
const sensitivity = fc.constantFrom("normal", "personal", "private", "confidential");
const importance = fc.constantFrom("low", "normal", "high");

/** A body in one format, `kinds` of which are told apart. */
function arbitraryBody(kinds: readonly ("plain" | "html" | "rtf")[]): fc.Arbitrary<ItemBody> {
  return fc
    .tuple(fc.constantFrom(...kinds), someText)
    .map(([native, data]) => ({ native, [native]: { data } }) as unknown as ItemBody);
}

/** A contact with every property that a device can set. */
export const arbitraryContact: fc.Arbitrary<ContactItem> = fc
  .tuple(
    fc.record(
      Object.fromEntries(Object.keys(contactTags).map((name) => [name, someText])) as Record<
        keyof ContactTexts,
        typeof someText
      >,
      { requiredKeys: ["fileAs"] },
    ),
    fc.record(
      {
        anniversary: date,
        birthday: date,
        categories: textList,
        children: textList,
        body: arbitraryBody(["plain"]),
      },
      { requiredKeys: [] },
    ),
    fc.option(fc.base64String({ minLength: 4, maxLength: 40 }), { nil: undefined }),
  )
  .map(([texts, rest, picture]) => ({
    class: "Contacts",
    ...texts,
    ...rest,
    ...(picture === undefined ? {} : { picture }),
  }));

/** A note. */
export const arbitraryNote: fc.Arbitrary<NoteItem> = fc.record(
  {
    class: fc.constant("Notes" as const),
    subject: someText,
    messageClass: fc.constantFrom("IPM.StickyNote", "IPM.StickyNote.Blue"),
    lastModifiedDateMs: secondMs,
    categories: textList,
    body: arbitraryBody(["plain"]),
  },
  { requiredKeys: ["class", "messageClass", "lastModifiedDateMs"] },
);

const dayOfWeek = fc.integer({ min: 1, max: 127 });
const dayOfMonth = fc.integer({ min: 1, max: 31 });
const weekOfMonth = fc.integer({ min: 1, max: 5 });
const monthOfYear = fc.integer({ min: 1, max: 12 });

const pattern: fc.Arbitrary<RecurrencePattern> = fc.oneof(
  fc.record({ type: fc.constant("daily" as const), dayOfWeek }, { requiredKeys: ["type"] }),
  fc.record({ type: fc.constant("weekly" as const), dayOfWeek }),
  fc.record({ type: fc.constant("monthly" as const), dayOfMonth }),
  fc.record({ type: fc.constant("monthly-nth" as const), weekOfMonth, dayOfWeek }),
  fc.record({ type: fc.constant("yearly" as const), dayOfMonth, monthOfYear }),
  fc.record(
    { type: fc.constant("yearly-nth" as const), weekOfMonth, monthOfYear, dayOfWeek },
    { requiredKeys: ["type", "weekOfMonth", "monthOfYear"] },
  ),
);

/** A recurrence as a device of `version` can see it; `until` makes the dates of its end. */
function arbitraryRecurrence(
  version: ProtocolVersion,
  until: fc.Arbitrary<number>,
): fc.Arbitrary<Recurrence> {
  const details = fc.record(
    {
      interval: fc.integer({ min: 0, max: 999 }),
      end: fc.oneof(
        fc.record({ kind: fc.constant("occurrences" as const), count: fc.integer({ min: 1, max: 999 }) }),
        fc.record({ kind: fc.constant("until" as const), untilMs: until }),
      ),
      ...(isAtLeast(version, "14.0")
        ? { calendarType: fc.constantFrom(0, 1, 12, 14, 15, 20), isLeapMonth: fc.constant(true) }
        : {}),
    },
    { requiredKeys: [] },
  );
  const firstDayOfWeek = isAtLeast(version, "14.1") ? { firstDayOfWeek: fc.integer({ min: 0, max: 6 }) } : {};
  return fc
    .tuple(pattern, details, fc.record(firstDayOfWeek))
    .map(([days, more, week]) => ({ ...days, ...more, ...week }) as Recurrence);
}

/** A task as a device of `version` can set it. */
export function arbitraryTask(version: ProtocolVersion): fc.Arbitrary<TaskItem> {
  const recurrence: fc.Arbitrary<TaskRecurrence> = fc
    .tuple(
      arbitraryRecurrence(version, anyMs),
      fc.record(
        { startMs: anyMs, regenerate: fc.constant(true), deadOccur: fc.constant(true) },
        { requiredKeys: ["startMs"] },
      ),
    )
    .map(([series, rest]) => ({ ...series, ...rest }));
  const details = fc.record(
    {
      class: fc.constant("Tasks" as const),
      subject: someText,
      importance,
      sensitivity,
      startDateMs: anyMs,
      utcStartDateMs: anyMs,
      dueDateMs: anyMs,
      utcDueDateMs: anyMs,
      reminderSet: fc.boolean(),
      reminderTimeMs: anyMs,
      categories: textList,
      recurrence,
      ordinalDateMs: anyMs,
      subOrdinalDate: someText,
      body: arbitraryBody(["plain"]),
    },
    { requiredKeys: ["class", "importance", "sensitivity", "reminderSet"] },
  );
  const completion = fc.oneof(
    fc.constant({ complete: false }),
    fc.record({ complete: fc.constant(true), dateCompletedMs: anyMs }),
  );
  return fc.tuple(details, completion).map(([task, complete]) => ({ ...task, ...complete }));
}

function arbitraryLocation(version: ProtocolVersion): fc.Arbitrary<ItemLocation> {
  const displayName = { displayName: someText };
  if (!isAtLeast(version, "16.0")) return fc.record(displayName);
  const number = fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 })
    .map((value) => value + 0);
  return fc.record(
    {
      ...displayName,
      annotation: someText,
      street: someText,
      city: someText,
      state: someText,
      country: someText,
      postalCode: someText,
      latitude: number,
      longitude: number,
      accuracy: number,
      altitude: number,
      altitudeAccuracy: number,
      locationUri: someText,
    },
    { requiredKeys: ["displayName"] },
  );
}

function arbitraryAttendees(version: ProtocolVersion): fc.Arbitrary<Attendee[]> {
  const status = fc.constantFrom("unknown", "tentative", "accepted", "declined", "not-responded");
  const attendee = fc.record(
    {
      email: someText,
      name: someText,
      type: fc.constantFrom("required", "optional", "resource"),
      ...(isAtLeast(version, "16.0") ? {} : { status }),
    },
    { requiredKeys: ["email", "name", "type"] },
  );
  return fc.array(attendee as fc.Arbitrary<Attendee>, { minLength: 1, maxLength: 3 });
}

const busyStatus = fc.constantFrom("free", "tentative", "busy", "out-of-office");

function arbitraryExceptions(version: ProtocolVersion): fc.Arbitrary<CalendarException[]> {
  const deleted = fc.record({ deleted: fc.constant(true as const), originalStartMs: secondMs });
  const changed = fc.record(
    {
      deleted: fc.constant(false as const),
      originalStartMs: secondMs,
      subject: fc.option(someText),
      startTimeMs: secondMs,
      endTimeMs: secondMs,
      allDayEvent: fc.constant(false),
      location: fc.option(arbitraryLocation(version)),
      body: fc.option(arbitraryBody(["plain"])),
      categories: textList,
      sensitivity,
      busyStatus,
      reminderMinutes: isAtLeast(version, "14.1")
        ? fc.option(fc.integer({ min: 0, max: 9999 }))
        : fc.integer({ min: 0, max: 9999 }),
      dtStampMs: secondMs,
      meetingStatus: fc.constantFrom(0, 1, 3, 5, 7),
      ...(isAtLeast(version, "14.0") ? { attendees: arbitraryAttendees(version) } : {}),
    },
    { requiredKeys: ["deleted", "originalStartMs"] },
  );
  const any: fc.Arbitrary<CalendarException> = fc.oneof(deleted, changed as fc.Arbitrary<CalendarException>);
  return fc.array(any, { minLength: 1, maxLength: 3 });
}

/** An appointment as a device of `version` can set it, all-day events without exceptions. */
export function arbitraryCalendarItem(version: ProtocolVersion): fc.Arbitrary<CalendarItem> {
  const before16 = !isAtLeast(version, "16.0");
  const timed = fc.record({ allDayEvent: fc.constant(false), timezone: fc.constant(pacificTimezone) });
  // From 16.0 on an all-day event has no time zone on the wire.
  const allDay = fc.record({
    allDayEvent: fc.constant(true),
    ...(before16 ? { timezone: fc.constant(pacificTimezone) } : {}),
  });
  return fc.oneof(timed, allDay).chain((kind) => {
    const time = kind.allDayEvent ? midnightMs : secondMs;
    const settableBefore16 = {
      uid: someText,
      organizerName: someText,
      organizerEmail: someText,
      ...(kind.allDayEvent ? {} : { exceptions: arbitraryExceptions(version) }),
    };
    const details = fc.record(
      {
        recurrence: arbitraryRecurrence(version, time),
        subject: someText,
        location: arbitraryLocation(version),
        body: arbitraryBody(["plain"]),
        categories: textList,
        reminderMinutes: fc.integer({ min: 0, max: 99_999 }),
        attendees: arbitraryAttendees(version),
        sensitivity,
        busyStatus,
        meetingStatus: fc.constantFrom(0, 1, 3, 5, 7, 9, 11, 13, 15),
        ...(before16 ? settableBefore16 : {}),
        ...(isAtLeast(version, "14.0")
          ? { responseRequested: fc.boolean(), disallowNewTimeProposal: fc.boolean() }
          : {}),
      },
      { requiredKeys: ["sensitivity", "busyStatus", "meetingStatus"] },
    );
    const times = fc
      .tuple(time, time)
      .map(([a, b]) => ({ startTimeMs: Math.min(a, b), endTimeMs: Math.max(a, b) }));
    return fc
      .tuple(times, details, before16 ? secondMs : fc.constant(nowMs))
      .map(([startAndEnd, more, dtStampMs]) =>
        asItem({ ...kind, ...startAndEnd, ...more, dtStampMs } as unknown as CalendarItem),
      );
  });
}

/** Exceptions are those of a series. */
function asItem(item: CalendarItem): CalendarItem {
  const { exceptions, ...rest } = item;
  const kept = exceptions !== undefined && item.recurrence !== undefined ? { exceptions } : {};
  return { ...rest, ...kept, class: "Calendar" };
}
