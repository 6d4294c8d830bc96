import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timeZoneOf } from "../../../src/mailbox/time-zone/time-zone.js";
import { readTimeZone } from "../../../src/mailbox/time-zone/time-zone-rules.js";
import { parseMessage } from "../../../src/mime/parse-message.js";

const at = (text: string): number => Date.parse(text);

function message(lines: readonly string[], { method = "REQUEST", disposition = "" } = {}): Uint8Array {
  return new TextEncoder().encode(
    [
      "From: Olga <olga@example.org>",
      "To: alice@example.com",
      "Subject: Planning",
      "MIME-Version: 1.0",
      'Content-Type: multipart/alternative; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain; charset=utf-8",
      "",
      "See you",
      "--b",
      `Content-Type: text/calendar; charset=utf-8; method=${method}`,
      ...(disposition === "" ? [] : [`Content-Disposition: ${disposition}; filename=invite.ics`]),
      "",
      ...lines,
      "--b--",
      "",
    ].join("\r\n"),
  );
}

function calendar(event: readonly string[], { method = "REQUEST", more = [] as readonly string[] } = {}) {
  const own = (name: string) => event.some((line) => line.startsWith(name));
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    `METHOD:${method}`,
    ...more,
    "BEGIN:VEVENT",
    ...(own("UID") ? [] : ["UID:meeting-1"]),
    ...(own("DTSTAMP") ? [] : ["DTSTAMP:20261101T120000Z"]),
    ...event,
    "END:VEVENT",
    "END:VCALENDAR",
  ];
}

async function parse(event: readonly string[], options: Parameters<typeof calendar>[1] = {}) {
  return parseMessage(message(calendar(event, options), options), { receivedMs: 1 });
}

async function request(...event: string[]) {
  const { meetingRequest } = await parse(event);
  if (meetingRequest === undefined) throw new Error("No meeting request");
  return meetingRequest;
}

const simple = ["DTSTART:20261201T090000Z", "DTEND:20261201T100000Z"];

describe("a message with an invitation", () => {
  it("becomes a meeting request with all that the calendar says", async () => {
    const mail = await parse([
      "DTSTART;TZID=Europe/Berlin:20261201T100000",
      "DTEND;TZID=Europe/Berlin:20261201T110000",
      "LOCATION:Room 1\\, left",
      'ORGANIZER;CN="Olga, Boss":mailto:olga@example.org',
      "ATTENDEE;CN=Alice;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:MAILTO:alice@example.com",
      "ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:bob@example.com",
      "ATTENDEE;CUTYPE=ROOM;CN=Room 1:mailto:room1@example.com",
      "CLASS:PRIVATE",
      "X-MICROSOFT-CDO-INTENDEDSTATUS:OOF",
      "X-MICROSOFT-DISALLOW-COUNTER:TRUE",
      "BEGIN:VALARM",
      "ACTION:DISPLAY",
      "TRIGGER:-PT15M",
      "END:VALARM",
    ]);
    expect(mail.messageClass).toBe("IPM.Schedule.Meeting.Request");
    expect(mail.contentClass).toBe("urn:content-classes:calendarmessage");
    expect(mail.body?.plain?.data.trim()).toBe("See you");
    expect(mail.attachments).toBeUndefined();
    expect(mail.meetingRequest).toEqual({
      uid: "meeting-1",
      dtStampMs: at("2026-11-01T12:00:00Z"),
      startTimeMs: at("2026-12-01T09:00:00Z"),
      endTimeMs: at("2026-12-01T10:00:00Z"),
      instanceType: "single",
      location: { displayName: "Room 1, left" },
      organizer: '"Olga, Boss" <olga@example.org>',
      responseRequested: true,
      meetingMessageType: "initial",
      disallowNewTimeProposal: true,
      sensitivity: "private",
      busyStatus: "out-of-office",
      reminderSeconds: 900,
      timezone: timeZoneOf("Europe/Berlin", 2026),
      attendees: [
        { email: "alice@example.com", name: "Alice", status: "not-responded", type: "required" },
        { email: "bob@example.com", name: "bob@example.com", status: "accepted", type: "optional" },
        { email: "room1@example.com", name: "Room 1", type: "resource" },
      ],
    });
  });

  it("keeps a calendar that was attached among the attachments", async () => {
    const raw = message(calendar(simple), { disposition: "attachment" });
    const { attachments, meetingRequest } = await parseMessage(raw);
    expect(attachments?.map(({ displayName }) => displayName)).toEqual(["invite.ics"]);
    expect(meetingRequest?.uid).toBe("meeting-1");
  });

  it.each([
    ["REQUEST", "ACCEPTED", "IPM.Schedule.Meeting.Request"],
    ["CANCEL", "ACCEPTED", "IPM.Schedule.Meeting.Canceled"],
    ["REPLY", "ACCEPTED", "IPM.Schedule.Meeting.Resp.Pos"],
    ["REPLY", "declined", "IPM.Schedule.Meeting.Resp.Neg"],
    ["REPLY", "TENTATIVE", "IPM.Schedule.Meeting.Resp.Tent"],
    ["COUNTER", "NEEDS-ACTION", "IPM.Schedule.Meeting.Resp.Tent"],
    ["REPLY", "NEEDS-ACTION", "IPM.Note"],
    ["PUBLISH", "ACCEPTED", "IPM.Note"],
    ["constructor", "ACCEPTED", "IPM.Note"],
  ])("with method %s and PARTSTAT %s is %s", async (method, status, messageClass) => {
    const mail = await parse([...simple, `ATTENDEE;PARTSTAT=${status}:mailto:bob@example.com`], { method });
    expect(mail.messageClass).toBe(messageClass);
    expect(mail.meetingRequest !== undefined).toBe(messageClass !== "IPM.Note");
  });

  it("tells an update, and what an attendee proposes", async () => {
    expect(await request(...simple, "SEQUENCE:2")).toMatchObject({
      meetingMessageType: "full-update",
      sequence: 2,
    });
    for (const line of ["SEQUENCE:-1", "SEQUENCE:99999999999999999999"]) {
      expect(await request(...simple, line)).not.toHaveProperty("sequence");
    }
    const { meetingRequest } = await parse(simple, { method: "COUNTER" });
    expect(meetingRequest?.proposedStartTimeMs).toBe(at("2026-12-01T09:00:00Z"));
    expect(meetingRequest?.proposedEndTimeMs).toBe(at("2026-12-01T10:00:00Z"));
  });

  it("has all-day meetings as dates", async () => {
    expect(await request("DTSTART;VALUE=DATE:20261201")).toMatchObject({
      allDayEvent: true,
      startTimeMs: at("2026-12-01T00:00:00Z"),
      endTimeMs: at("2026-12-02T00:00:00Z"),
    });
    const outlook = await request(
      "DTSTART;TZID=Europe/Berlin:20261201T000000",
      "DTEND;TZID=Europe/Berlin:20261203T000000",
      "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
    );
    expect(outlook).toMatchObject({
      allDayEvent: true,
      startTimeMs: at("2026-12-01T00:00:00Z"),
      endTimeMs: at("2026-12-03T00:00:00Z"),
    });
  });

  it("takes a duration for an end, and none for none", async () => {
    expect((await request("DTSTART:20261201T090000Z", "DURATION:PT45M")).endTimeMs).toBe(
      at("2026-12-01T09:45:00Z"),
    );
    expect((await request("DTSTART:20261201T090000Z")).endTimeMs).toBe(at("2026-12-01T09:00:00Z"));
  });

  it.each(["W. Europe Standard Time", "/example.org/Tz/Europe/Berlin", "/Europe/Berlin"])(
    "knows the zone %s",
    async (tzid) => {
      const { startTimeMs, timezone } = await request(`DTSTART;TZID="${tzid}":20260701T100000`);
      expect(new Date(startTimeMs).toISOString()).toBe("2026-07-01T08:00:00.000Z");
      expect(timezone).toBe(timeZoneOf("Europe/Berlin", 2026));
    },
  );

  const customized = [
    "BEGIN:VTIMEZONE",
    "TZID:Customized Time Zone",
    "BEGIN:STANDARD",
    "DTSTART:16011104T020000",
    "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11",
    "TZOFFSETFROM:-0400",
    "TZOFFSETTO:-0500",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:16010311T020000",
    "RRULE:FREQ=YEARLY;BYDAY=SU;BYMONTHDAY=8,9,10,11,12,13,14;BYMONTH=3",
    "TZOFFSETFROM:-0500",
    "TZOFFSETTO:-0400",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
  ];

  it("goes by the calendar's own definition of a zone that has no known name", async () => {
    const start = ["DTSTART;TZID=Customized Time Zone:20260701T100000"];
    const { meetingRequest } = await parse(start, { more: customized });
    expect(meetingRequest?.startTimeMs).toBe(at("2026-07-01T14:00:00Z"));
    expect({ ...readTimeZone(meetingRequest?.timezone), standardName: "" }).toEqual({
      ...readTimeZone(timeZoneOf("America/New_York", 2026)),
      standardName: "",
    });
    const winter = await parse(["DTSTART;TZID=Customized Time Zone:20261215T100000"], { more: customized });
    expect(winter.meetingRequest?.startTimeMs).toBe(at("2026-12-15T15:00:00Z"));
  });

  it.each([
    ["FREQ=DAILY", { type: "daily" }],
    ["FREQ=DAILY;INTERVAL=3;COUNT=5", { type: "daily", interval: 3, end: { kind: "occurrences", count: 5 } }],
    ["FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", { type: "daily", dayOfWeek: 62 }],
    ["FREQ=WEEKLY", { type: "weekly", dayOfWeek: 4, firstDayOfWeek: 1 }],
    [
      "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
      { type: "weekly", interval: 2, dayOfWeek: 3, firstDayOfWeek: 0 },
    ],
    ["FREQ=MONTHLY", { type: "monthly", dayOfMonth: 1 }],
    ["FREQ=MONTHLY;BYMONTHDAY=15", { type: "monthly", dayOfMonth: 15 }],
    ["FREQ=MONTHLY;BYMONTHDAY=-1", { type: "monthly-nth", weekOfMonth: 5, dayOfWeek: 127 }],
    ["FREQ=MONTHLY;BYDAY=2TU", { type: "monthly-nth", weekOfMonth: 2, dayOfWeek: 4 }],
    ["FREQ=MONTHLY;BYDAY=-1FR", { type: "monthly-nth", weekOfMonth: 5, dayOfWeek: 32 }],
    ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", { type: "monthly-nth", weekOfMonth: 5, dayOfWeek: 62 }],
    ["FREQ=YEARLY", { type: "yearly", dayOfMonth: 1, monthOfYear: 12 }],
    [
      "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
      { type: "yearly-nth", weekOfMonth: 5, dayOfWeek: 1, monthOfYear: 3 },
    ],
    [
      "FREQ=DAILY;UNTIL=20261224T090000Z",
      { type: "daily", end: { kind: "until", untilMs: at("2026-12-24T09:00:00Z") } },
    ],
    [
      "FREQ=DAILY;UNTIL=20261224",
      { type: "daily", end: { kind: "until", untilMs: at("2026-12-24T22:59:59Z") } },
    ],
  ])("has the series %s", async (rule, recurrence) => {
    const made = await request("DTSTART;TZID=Europe/Berlin:20261201T100000", `RRULE:${rule}`);
    expect(made.recurrence).toEqual(recurrence);
    expect(made.instanceType).toBe("master");
  });

  it.each([
    "FREQ=HOURLY",
    "FREQ=SECONDLY",
    "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
    "FREQ=DAILY;BYMONTH=3",
    "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9,15",
    "FREQ=MONTHLY;BYMONTHDAY=1,15",
    "FREQ=MONTHLY;BYMONTHDAY=-2",
    "FREQ=MONTHLY;BYDAY=MO",
    "FREQ=MONTHLY;BYDAY=5MO",
    "FREQ=MONTHLY;BYDAY=1MO,3MO",
    "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
    "FREQ=YEARLY;BYYEARDAY=100",
    "FREQ=YEARLY;BYWEEKNO=20",
    "FREQ=YEARLY;BYDAY=20MO",
    "FREQ=DAILY;COUNT=5000",
  ])("has the first occurrence alone of the series %s, which the protocol cannot express", async (rule) => {
    const made = await request(...simple, `RRULE:${rule}`);
    expect(made.recurrence).toBeUndefined();
    expect(made.instanceType).toBe("single");
    expect(made.startTimeMs).toBe(at("2026-12-01T09:00:00Z"));
  });

  it("names the instance that it is about, and what is left out of a series", async () => {
    const instance = await request(...simple, "RECURRENCE-ID;TZID=Europe/Berlin:20261130T100000");
    expect(instance).toMatchObject({
      instanceType: "exception",
      recurrenceIdMs: at("2026-11-30T09:00:00Z"),
    });
    expect(instance.recurrenceRange).toBeUndefined();
    const fromThere = await request(...simple, "RECURRENCE-ID;RANGE=THISANDFUTURE:20261130T090000Z");
    expect(fromThere).toMatchObject({
      recurrenceIdMs: at("2026-11-30T09:00:00Z"),
      recurrenceRange: "this-and-future",
    });
    const series = await request(...simple, "RRULE:FREQ=DAILY", "EXDATE:20261202T090000Z,20261203T090000Z");
    expect(series.deletedOccurrencesMs).toEqual([at("2026-12-02T09:00:00Z"), at("2026-12-03T09:00:00Z")]);
  });

  it.each([
    ["no UID", ["UID:", ...simple]],
    ["no start", ["DTEND:20261201T100000Z"]],
    ["a start that is no time", ["DTSTART:soon"]],
    ["a start in the year 0", ["DTSTART:00000101T000000Z"]],
  ])("with %s is a plain mail", async (_, event) => {
    const mail = await parse(event);
    expect(mail.messageClass).toBe("IPM.Note");
    expect(mail.attachments).toHaveLength(1);
  });

  it.each([
    [["BEGIN:VCALENDAR"]],
    [["nothing"]],
    [["BEGIN:VCALENDAR", "METHOD:REQUEST", "BEGIN:VEVENT", "END:VCALENDAR"]],
    [["BEGIN:VEVENT", ...simple, "END:VEVENT"]],
  ])("that cannot be read is a plain mail: %j", async (lines) => {
    const mail = await parseMessage(message(lines));
    expect(mail.messageClass).toBe("IPM.Note");
    expect(mail.subject).toBe("Planning");
  });

  it("never rejects, whatever the lines of the calendar are", async () => {
    const names = [
      "DTSTART",
      "DTEND",
      "RRULE",
      "EXDATE",
      "DURATION",
      "ATTENDEE",
      "ORGANIZER",
      "RECURRENCE-ID",
    ];
    const values = [
      "20261201T100000",
      "FREQ=DAILY;UNTIL=x",
      "P1D",
      "mailto:x",
      ";;",
      "FREQ=;BYDAY=,",
      "-1",
      "",
    ];
    const line = fc
      .tuple(
        fc.constantFrom(...names),
        fc.constantFrom("", ";TZID=X", ";TZID=Europe/Berlin", ";VALUE=DATE", ";CN="),
        fc.oneof(fc.constantFrom(...values), fc.string({ maxLength: 20 })),
      )
      .map(([name, parameters, value]) => `${name}${parameters}:${value}`);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 6 }), async (lines) => {
        expect((await parse([...simple.slice(1), ...lines])).subject).toBe("Planning");
      }),
      { numRuns: 150 },
    );
  });
});

describe("occurrences in the mail of their series", () => {
  const series = [...simple, "SUMMARY:Planning", "LOCATION:Room 1", "RRULE:FREQ=DAILY;COUNT=5"];

  /** A series with other events beside it. */
  async function withOverrides(own: readonly string[], ...others: readonly (readonly string[])[]) {
    const more = others.flatMap((lines) => [
      "BEGIN:VEVENT",
      ...(lines.some((line) => line.startsWith("UID")) ? [] : ["UID:meeting-1"]),
      ...lines,
      "END:VEVENT",
    ]);
    const parsed = await parse(own, { more });
    if (parsed.meetingRequest === undefined) throw new Error("No meeting request");
    return parsed.meetingRequest;
  }

  it("are carried with what differs from the series", async () => {
    const meeting = await withOverrides(series, [
      "RECURRENCE-ID:20261202T090000Z",
      "DTSTART:20261202T140000Z",
      "DTEND:20261202T153000Z",
      "SUMMARY:Planning, later",
      "LOCATION:Room 1",
      "TRANSP:TRANSPARENT",
    ]);
    expect(meeting).toMatchObject({ instanceType: "master", startTimeMs: at("2026-12-01T09:00Z") });
    expect(meeting.changedOccurrences).toEqual([
      {
        deleted: false,
        originalStartMs: at("2026-12-02T09:00Z"),
        startTimeMs: at("2026-12-02T14:00Z"),
        endTimeMs: at("2026-12-02T15:30Z"),
        subject: "Planning, later",
        busyStatus: "free",
      },
    ]);
    expect(meeting.deletedOccurrencesMs).toBeUndefined();
  });

  it("lack what the series has and they have not", async () => {
    const { changedOccurrences } = await withOverrides(
      [...series, "DESCRIPTION:Bring paper"],
      [
        "RECURRENCE-ID:20261203T090000Z",
        "DTSTART:20261203T090000Z",
        "DTEND:20261203T100000Z",
        "SUMMARY:Planning",
      ],
    );
    expect(changedOccurrences).toMatchObject([{ location: null, body: null }]);
  });

  it("that are cancelled are deleted, as those of EXDATE are", async () => {
    const meeting = await withOverrides(
      [...series, "EXDATE:20261204T090000Z"],
      ["RECURRENCE-ID:20261203T090000Z", "STATUS:CANCELLED", "DTSTART:20261203T090000Z"],
    );
    expect(meeting.deletedOccurrencesMs).toEqual([at("2026-12-04T09:00Z"), at("2026-12-03T09:00Z")]);
    expect(meeting.changedOccurrences).toBeUndefined();
  });

  it("of whole days are dates", async () => {
    const days = ["DTSTART;VALUE=DATE:20261201", "RRULE:FREQ=DAILY", "SUMMARY:Trip"];
    const { changedOccurrences } = await withOverrides(days, [
      "RECURRENCE-ID;VALUE=DATE:20261202",
      "DTSTART:20261202T100000Z",
      "DTEND:20261202T110000Z",
      "SUMMARY:Trip",
    ]);
    expect(changedOccurrences).toEqual([
      {
        deleted: false,
        originalStartMs: at("2026-12-02T00:00Z"),
        startTimeMs: at("2026-12-02T10:00Z"),
        endTimeMs: at("2026-12-02T11:00Z"),
        allDayEvent: false,
      },
    ]);
  });

  it("of another meeting, without a place, or of no series are none of it", async () => {
    const other = ["UID:other", "RECURRENCE-ID:20261202T090000Z", "DTSTART:20261202T140000Z"];
    const placeless = ["DTSTART:20261202T140000Z"];
    expect((await withOverrides(series, other, placeless)).changedOccurrences).toBeUndefined();
    const single = await withOverrides(simple, [
      "RECURRENCE-ID:20261201T090000Z",
      "DTSTART:20261202T140000Z",
    ]);
    expect(single.changedOccurrences).toBeUndefined();
  });

  it("are 256 at most", async () => {
    const many = Array.from({ length: 300 }, (_, day) => {
      const text = new Date(at("2026-12-01T09:00Z") + day * 86_400_000).toISOString();
      const stamp = text.replaceAll(/[-:]|\.\d{3}/g, "");
      return [`RECURRENCE-ID:${stamp}`, `DTSTART:${stamp}`, "SUMMARY:Other"];
    });
    const meeting = await withOverrides([...simple, "RRULE:FREQ=DAILY"], ...many);
    expect(meeting.changedOccurrences).toHaveLength(256);
  });
});
