import { describe, expect, it } from "vitest";
import type { Attendee, CalendarItem } from "../../../../src/mailbox/items/calendar.js";
import type { EmailItem } from "../../../../src/mailbox/items/email.js";
import { followedMeeting } from "../../../../src/mailbox/items/followed-meeting.js";
import { occurrencesWithin } from "../../../../src/mailbox/items/occurrences.js";
import { timeZoneOf } from "../../../../src/mailbox/time-zone/time-zone.js";
import { parseMessage } from "../../../../src/mime/parse-message.js";

const at = (text: string): number => Date.parse(text);
const alice = "alice@example.com";
const bob = "bob@example.org";
const start = at("2026-12-01T09:00Z");
const uid = "planning-1";
const newYork = timeZoneOf("America/New_York", 2026) ?? "";

interface MailWish {
  readonly method: "REPLY" | "COUNTER" | "CANCEL" | "REQUEST";
  readonly from?: string;
  readonly lines?: readonly string[];
  readonly stamp?: string;
}

/** A mail as it arrives, read as a mailbox reads it. */
async function mail({
  method,
  from = bob,
  lines = [],
  stamp = "20261105T120000Z",
}: MailWish): Promise<EmailItem> {
  const own = (name: string): boolean => lines.some((line) => line.startsWith(name));
  const raw = [
    `From: Somebody <${from}>`,
    "To: someone@example.com",
    "Subject: Planning",
    `Content-Type: text/calendar; charset=utf-8; method=${method}`,
    "",
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    `METHOD:${method}`,
    "BEGIN:VEVENT",
    ...(own("UID") ? [] : [`UID:${uid}`]),
    `DTSTAMP:${stamp}`,
    ...(own("DTSTART") ? [] : ["DTSTART:20261201T090000Z", "DTEND:20261201T100000Z"]),
    `ORGANIZER:mailto:${alice}`,
    ...lines,
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  const parsed = await parseMessage(new TextEncoder().encode(raw.join("\r\n")), { receivedMs: 1 });
  return { ...parsed, dateReceivedMs: 1, read: false };
}

const reply = (partStat: string, wish: Partial<MailWish> = {}): Promise<EmailItem> =>
  mail({
    method: "REPLY",
    ...wish,
    lines: [`ATTENDEE;PARTSTAT=${partStat}:mailto:${bob}`, ...(wish.lines ?? [])],
  });
const cancel = (wish: Partial<MailWish> = {}): Promise<EmailItem> =>
  mail({ method: "CANCEL", from: alice, ...wish });

const daily = { type: "daily", interval: 1, end: { kind: "occurrences", count: 5 } } as const;
const second = start + 86_400_000;
const ofSecond = ["RECURRENCE-ID:20261202T090000Z", "DTSTART:20261202T090000Z", "DTEND:20261202T100000Z"];

const fromSecondOn = ofSecond.map((line) =>
  line.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE"),
);

/** As the organizer has it. */
const organized: CalendarItem = {
  class: "Calendar",
  uid,
  subject: "Planning",
  startTimeMs: start,
  endTimeMs: start + 3_600_000,
  meetingStatus: 1,
  attendees: [
    { email: "Bob@Example.org", name: "Bob" },
    { email: "carol@example.org", name: "Carol", status: "declined" },
  ],
};

/** As one who was invited has it. */
const invited: CalendarItem = {
  ...organized,
  meetingStatus: 3,
  organizerEmail: "Alice@example.com",
  reminderMinutes: 15,
  busyStatus: "busy",
  responseType: "accepted",
  dtStampMs: at("2026-11-01T12:00Z"),
  sequence: 1,
};

const bobIn = (item: CalendarItem | undefined): Attendee | undefined =>
  item?.attendees?.find(({ name }) => name === "Bob");

describe("an answer to the organizer", () => {
  it.each([
    ["ACCEPTED", "accepted"],
    ["TENTATIVE", "tentative"],
    ["DECLINED", "declined"],
  ])("%s is what the attendee says, and nothing else changes", async (partStat, status) => {
    const followed = followedMeeting(await reply(partStat), organized);
    const answered = { email: "Bob@Example.org", name: "Bob", status, answeredMs: at("2026-11-05T12:00Z") };
    expect(followed).toEqual({ ...organized, attendees: [answered, organized.attendees?.[1]] });
  });

  it("counts in the order in which answers were made, not in which they arrive", async () => {
    const older = await reply("DECLINED", { stamp: "20261104T120000Z" });
    const newer = await reply("ACCEPTED", { stamp: "20261106T120000Z" });
    const afterNewer = followedMeeting(newer, organized) ?? organized;
    expect(followedMeeting(older, afterNewer)).toBeUndefined();
    const afterOlder = followedMeeting(older, organized) ?? organized;
    expect(bobIn(afterOlder)?.status).toBe("declined");
    expect(followedMeeting(newer, afterOlder)).toEqual(afterNewer);
    // The same one again is no step back.
    expect(followedMeeting(newer, afterNewer)).toEqual(afterNewer);
  });

  it("proposes another time, until the attendee answers again", async () => {
    const counter = await mail({
      method: "COUNTER",
      lines: [
        "DTSTART:20261203T100000Z",
        "DTEND:20261203T110000Z",
        `ATTENDEE;PARTSTAT=TENTATIVE:mailto:${bob}`,
      ],
    });
    const proposed = followedMeeting(counter, organized) ?? organized;
    expect(bobIn(proposed)).toMatchObject({
      status: "tentative",
      proposedStartTimeMs: at("2026-12-03T10:00Z"),
      proposedEndTimeMs: at("2026-12-03T11:00Z"),
    });
    expect(proposed.startTimeMs).toBe(start);
    const answered = followedMeeting(await reply("ACCEPTED", { stamp: "20261107T120000Z" }), proposed);
    expect(bobIn(answered)).not.toHaveProperty("proposedStartTimeMs");
    expect(bobIn(answered)?.status).toBe("accepted");
  });

  it("about one occurrence is about that one alone", async () => {
    const series: CalendarItem = { ...organized, recurrence: daily };
    const followed = followedMeeting(await reply("DECLINED", { lines: ofSecond }), series);
    expect(followed?.attendees).toEqual(series.attendees);
    expect(followed?.exceptions).toMatchObject([{ deleted: false, originalStartMs: second }]);
    const [exception] = followed?.exceptions ?? [];
    const answers =
      exception?.deleted === false ? exception.attendees?.map(({ status }) => status) : undefined;
    expect(answers).toEqual(["declined", "declined"]);
  });

  it("about one day of an all-day series is about that day, whatever the time zone", async () => {
    const lines = ["RECURRENCE-ID;VALUE=DATE:20261202", "DTSTART;VALUE=DATE:20261202"];
    const days: CalendarItem = {
      ...organized,
      startTimeMs: at("2026-12-01T00:00Z"),
      endTimeMs: at("2026-12-02T00:00Z"),
      allDayEvent: true,
      timezone: newYork,
      recurrence: daily,
    };
    const followed = followedMeeting(await reply("DECLINED", { lines }), days);
    expect(followed?.exceptions).toMatchObject([{ originalStartMs: at("2026-12-02T00:00Z") }]);
  });

  it("about one that takes no time, in a time zone", async () => {
    const series: CalendarItem = { ...organized, endTimeMs: start, timezone: newYork, recurrence: daily };
    const followed = followedMeeting(await reply("DECLINED", { lines: ofSecond }), series);
    expect(followed?.exceptions).toHaveLength(1);
  });

  it("about an occurrence that was changed keeps the change; about one that was removed it changes nothing", async () => {
    const changed = { deleted: false, originalStartMs: second, subject: "Moved" } as const;
    const third = { deleted: true, originalStartMs: second + 86_400_000 } as const;
    const series: CalendarItem = { ...organized, recurrence: daily, exceptions: [third, changed] };
    const followed = followedMeeting(await reply("ACCEPTED", { lines: ofSecond }), series);
    expect(followed?.exceptions?.[0]).toBe(third);
    expect(followed?.exceptions?.[1]).toMatchObject({ ...changed, attendees: [{ status: "accepted" }, {}] });
    const removed: CalendarItem = {
      ...series,
      exceptions: [{ deleted: true, originalStartMs: second }],
    };
    expect(followedMeeting(await reply("ACCEPTED", { lines: ofSecond }), removed)).toBeUndefined();
  });

  it.each<[string, Promise<EmailItem>, CalendarItem]>([
    ["from somebody who is not invited", reply("ACCEPTED", { from: "mallory@example.net" }), organized],
    [
      "that somebody gives for another",
      mail({
        method: "REPLY",
        from: "carol@example.org",
        lines: [`ATTENDEE;PARTSTAT=ACCEPTED:mailto:${bob}`],
      }),
      organized,
    ],
    ["to another meeting", reply("ACCEPTED", { lines: ["UID:planning-2"] }), organized],
    ["to a meeting that is another's", reply("ACCEPTED"), invited],
    ["to an earlier revision", reply("ACCEPTED", { lines: ["SEQUENCE:1"] }), { ...organized, sequence: 2 }],
    ["where nobody is invited", reply("ACCEPTED"), { ...organized, attendees: [] }],
    [
      "about a day on which the series has nothing",
      reply("ACCEPTED", { lines: ["RECURRENCE-ID:20261202T093000Z"] }),
      { ...organized, recurrence: daily },
    ],
    [
      "about a day after the end of the series",
      reply("ACCEPTED", { lines: ["RECURRENCE-ID:20261206T090000Z"] }),
      { ...organized, recurrence: daily },
    ],
    ["that is an invitation", mail({ method: "REQUEST", from: alice }), organized],
  ])("%s changes nothing", async (_, arriving, stored) => {
    const arrived = await arriving;
    expect(arrived.meetingRequest).toBeDefined();
    expect(followedMeeting(arrived, stored)).toBeUndefined();
  });

  it.each([
    [
      "of an assistant (SENT-BY)",
      `ATTENDEE;PARTSTAT=ACCEPTED;SENT-BY="mailto:eve@example.org":mailto:${bob}`,
    ],
    [
      "of a deputy (DELEGATED-FROM)",
      `ATTENDEE;PARTSTAT=ACCEPTED;DELEGATED-FROM="mailto:${bob}":mailto:eve@example.org`,
    ],
  ])("%s is not believed: anyone could say so", async (_, attendee) => {
    const arrived = await mail({ method: "REPLY", from: "eve@example.org", lines: [attendee] });
    expect(arrived.messageClass).toBe("IPM.Schedule.Meeting.Resp.Pos");
    expect(followedMeeting(arrived, organized)).toBeUndefined();
  });

  it("that an assistant sends on behalf of the attendee counts (From is the attendee)", async () => {
    const attendee = `ATTENDEE;PARTSTAT=DECLINED;SENT-BY="mailto:eve@example.org":mailto:${bob}`;
    const arrived = await mail({ method: "REPLY", lines: [attendee] });
    expect(bobIn(followedMeeting(arrived, organized))?.status).toBe("declined");
  });

  it("that hands the invitation on (DELEGATED) says neither yes nor no", async () => {
    const attendee = `ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:eve@example.org":mailto:${bob}`;
    const arrived = await mail({ method: "REPLY", lines: [attendee] });
    expect(arrived.messageClass).toBe("IPM.Note");
    expect(followedMeeting(arrived, organized)).toBeUndefined();
  });

  it("is nothing in a mail that is about no meeting", () => {
    const plain = {
      class: "Email",
      subject: "",
      from: bob,
      to: alice,
      dateReceivedMs: 1,
      read: false,
    } as const;
    expect(followedMeeting(plain, organized)).toBeUndefined();
  });
});

describe("a cancellation", () => {
  it("leaves the meeting in the calendar, cancelled, free and silent", async () => {
    const followed = followedMeeting(await cancel({ lines: ["SEQUENCE:2"] }), invited);
    const { reminderMinutes: _, ...silent } = invited;
    const dtStampMs = at("2026-11-05T12:00Z");
    expect(followed).toEqual({ ...silent, meetingStatus: 7, busyStatus: "free", sequence: 2, dtStampMs });
  });

  it("without a revision counts by its date", async () => {
    expect(followedMeeting(await cancel(), invited)?.meetingStatus).toBe(7);
    expect(followedMeeting(await cancel({ stamp: "20261031T120000Z" }), invited)).toBeUndefined();
  });

  it("of one occurrence leaves the others", async () => {
    const series: CalendarItem = { ...invited, recurrence: daily };
    const followed = followedMeeting(await cancel({ lines: ["SEQUENCE:2", ...ofSecond] }), series);
    expect(followed).toMatchObject({
      meetingStatus: 3,
      busyStatus: "busy",
      reminderMinutes: 15,
      sequence: 1,
    });
    expect(followed?.exceptions).toEqual([
      {
        deleted: false,
        originalStartMs: second,
        meetingStatus: 7,
        busyStatus: "free",
        reminderMinutes: null,
        dtStampMs: at("2026-11-05T12:00Z"),
      },
    ]);
  });

  it("from one occurrence on ends the series with that one, which is cancelled", async () => {
    const exception = (originalStartMs: number) =>
      ({ deleted: false, originalStartMs, subject: "Other" }) as const;
    const series: CalendarItem = {
      ...invited,
      recurrence: { type: "daily" },
      exceptions: [exception(start), exception(second + 86_400_000)],
    };
    const arrived = await cancel({ lines: ["SEQUENCE:2", ...fromSecondOn] });
    const followed = followedMeeting(arrived, series);
    expect(followed).toMatchObject({
      meetingStatus: 3,
      sequence: 1,
      recurrence: { type: "daily", end: { kind: "until", untilMs: second } },
      exceptions: [
        { originalStartMs: start, subject: "Other" },
        { originalStartMs: second, meetingStatus: 7, busyStatus: "free" },
      ],
    });
    expect(followed?.exceptions).toHaveLength(2);
    if (followed === undefined) throw new Error("it was not followed");
    const left = occurrencesWithin(followed, start, start + 30 * 86_400_000) ?? [];
    expect(left.map(({ startMs }) => startMs).toSorted()).toEqual([start, second]);
    // It comes twice.
    expect(followedMeeting(arrived, followed)).toEqual(followed);
  });

  it("from an occurrence on that the user has removed ends the series before the next", async () => {
    const series: CalendarItem = {
      ...invited,
      recurrence: daily,
      exceptions: [{ deleted: true, originalStartMs: second }],
    };
    const followed = followedMeeting(await cancel({ lines: ["SEQUENCE:2", ...fromSecondOn] }), series);
    expect(followed).toEqual({
      ...series,
      recurrence: { type: "daily", interval: 1, end: { kind: "until", untilMs: second } },
    });
  });

  it("from the first occurrence on is one of the whole series", async () => {
    const ofFirst = ["RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000Z"];
    const series: CalendarItem = { ...invited, recurrence: daily };
    const followed = followedMeeting(await cancel({ lines: ["SEQUENCE:2", ...ofFirst] }), series);
    expect(followed).toMatchObject({ meetingStatus: 7, busyStatus: "free", recurrence: daily });
    expect(followed?.exceptions).toBeUndefined();
  });

  it("from an occurrence on that the series has not changes nothing", async () => {
    const line = "RECURRENCE-ID;RANGE=THISANDFUTURE:20261202T110000Z";
    const series: CalendarItem = { ...invited, recurrence: daily };
    expect(followedMeeting(await cancel({ lines: ["SEQUENCE:2", line] }), series)).toBeUndefined();
  });

  it("from one occurrence on cancels a later one to which alone the user was invited, and no earlier one", async () => {
    const third: CalendarItem = {
      ...invited,
      startTimeMs: second + 86_400_000,
      endTimeMs: second + 90_000_000,
    };
    const arrived = await cancel({ lines: ["SEQUENCE:2", ...fromSecondOn] });
    expect(followedMeeting(arrived, third)?.meetingStatus).toBe(7);
    expect(followedMeeting(arrived, invited)).toBeUndefined();
  });

  it("of the one occurrence to which the user was invited cancels that, and of another nothing", async () => {
    const alone: CalendarItem = { ...invited, startTimeMs: second, endTimeMs: second + 3_600_000 };
    const arrived = await cancel({ lines: ["SEQUENCE:2", ...ofSecond] });
    expect(followedMeeting(arrived, alone)?.meetingStatus).toBe(7);
    expect(followedMeeting(arrived, invited)).toBeUndefined();
  });

  it.each<[string, Promise<EmailItem>, CalendarItem]>([
    ["from another than the organizer", cancel({ from: bob, lines: ["SEQUENCE:2"] }), invited],
    ["by another organizer", cancel({ lines: ["SEQUENCE:2"] }), { ...invited, organizerEmail: bob }],
    ["of a meeting whose organizer is not known", cancel({ lines: ["SEQUENCE:2"] }), withoutOrganizer()],
    ["of an earlier revision", cancel({ lines: ["SEQUENCE:0"] }), invited],
    [
      "of a revision that was announced again",
      cancel({ lines: ["SEQUENCE:1"], stamp: "20261031T120000Z" }),
      invited,
    ],
    ["of the user's own meeting", cancel({ lines: ["SEQUENCE:2"] }), { ...invited, meetingStatus: 1 }],
    [
      "of an occurrence that the user has removed",
      cancel({ lines: ["SEQUENCE:2", ...ofSecond] }),
      { ...invited, recurrence: daily, exceptions: [{ deleted: true, originalStartMs: second }] },
    ],
  ])("%s changes nothing", async (_, arriving, stored) => {
    const arrived = await arriving;
    expect(arrived.messageClass).toBe("IPM.Schedule.Meeting.Canceled");
    expect(followedMeeting(arrived, stored)).toBeUndefined();
  });
});

function withoutOrganizer(): CalendarItem {
  const { organizerEmail: _, ...rest } = invited;
  return rest;
}
