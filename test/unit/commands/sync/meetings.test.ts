import { describe, expect, it } from "vitest";
import { timeZoneOf } from "../../../../src/mailbox/time-zone/time-zone.js";
import { Calendar, childText, textElement } from "../../../../src/wbxml/index.js";
import { calendarOf } from "./calendar-text.js";
import { alice, bob, carol, daily, dayMs, MeetingBench, review } from "./meeting-bench.js";
import { changeOccurrence, deleteOccurrence, said } from "./meeting-requests.js";
import { addCommand, changeCommand, dataOf, deleteCommand } from "./sync-bench.js";

/** Below 16.0 a place is another element. */
const { place: _place, ...unplaced } = review;

describe("a new meeting", () => {
  it("invites everybody, with all that a calendar needs", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make({ ...review, people: [bob, [carol, 2], ["room4@example.com", 3]] });
    const { uid = "" } = await bench.stored(id);
    expect(bench.news()).toEqual([{ what: "REQUEST 0", to: [bob, carol, "room4@example.com"] }]);
    const [mail] = bench.out;
    if (mail === undefined) throw new Error("No mail went out");
    expect(mail.sender).toBe(alice);
    expect(calendarOf(mail)).toEqual([
      "BEGIN:VCALENDAR",
      "PRODID:-//direct-push//Meetings//EN",
      "VERSION:2.0",
      "METHOD:REQUEST",
      "BEGIN:VEVENT",
      `UID:${uid}`,
      "DTSTAMP:20260101T000000Z",
      "SEQUENCE:0",
      "DTSTART:20260108T090000Z",
      "DTEND:20260108T100000Z",
      "SUMMARY:Review",
      "LOCATION:Room 4",
      "DESCRIPTION:Bring the plans",
      `ORGANIZER:mailto:${alice}`,
      "ATTENDEE;CN=bob;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:bob@example.com",
      "ATTENDEE;CN=carol;ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:carol@example.com",
      "ATTENDEE;CN=room4;CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:room4@example.com",
      "STATUS:CONFIRMED",
      "TRANSP:OPAQUE",
      "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY",
      "BEGIN:VALARM",
      "ACTION:DISPLAY",
      "DESCRIPTION:Reminder",
      "TRIGGER:-PT15M",
      "END:VALARM",
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ]);
    const read = await bench.lastMail();
    expect(read).toMatchObject({
      messageClass: "IPM.Schedule.Meeting.Request",
      subject: "Review",
      to: '"bob" <bob@example.com>',
      cc: '"carol" <carol@example.com>, "room4" <room4@example.com>',
      meetingRequest: { uid, sequence: 0, responseRequested: true, meetingMessageType: "initial" },
    });
    expect(bench.ids("sent")).toHaveLength(1);
    expect(bench.ids("inbox", bob)).toHaveLength(1);
  });

  it("is given back with what the server decides about", async () => {
    const bench = await MeetingBench.begin();
    const answer = await bench.up([addCommand("c1", said(review))]);
    const [id = ""] = bench.ids();
    expect(answer.responses).toEqual([`Add c1 ${id} 1`]);
    const { uid = "" } = await bench.stored(id);
    expect(childText(dataOf(answer, "Responses", id), Calendar.UID)).toBe(uid);
    const given = dataOf(answer, "Commands", id);
    expect(childText(given, Calendar.OrganizerEmail)).toBe(alice);
    expect(childText(given, Calendar.ResponseType)).toBe("1");
    expect(await bench.stored(id)).toMatchObject({ organizerEmail: alice, meetingStatus: 1, sequence: 0 });
  });

  it("asks for no answer where the user wants none", async () => {
    const bench = await MeetingBench.begin();
    await bench.make({ ...review, answers: 0 });
    expect((await bench.lastMail()).meetingRequest?.responseRequested).toBe(false);
  });

  it("is told in its time zone, or as whole days", async () => {
    const bench = await MeetingBench.begin();
    const timezone = timeZoneOf("Europe/Berlin", 2026) ?? "";
    await bench.make({ ...daily, timezone });
    const [zoned] = bench.out;
    const lines = zoned === undefined ? [] : calendarOf(zoned);
    expect(lines).toContain("DTSTART;TZID=Europe/Berlin:20260108T100000");
    expect(lines).toContain("RRULE:FREQ=DAILY");
    expect(lines).toContain("BEGIN:VTIMEZONE");
    expect((await bench.lastMail()).meetingRequest).toMatchObject({
      startTimeMs: Date.UTC(2026, 0, 8, 9),
      recurrence: { type: "daily" },
    });
    await bench.make({ ...review, start: "20260108T000000Z", end: "20260109T000000Z", allDay: true }, "c2");
    const whole = bench.out.at(-1);
    expect(whole === undefined ? [] : calendarOf(whole)).toContain("DTSTART;VALUE=DATE:20260108");
  });

  it.each([
    ["nobody is invited", { ...review, people: [] }, {}],
    ["nobody but the user is", { ...review, people: ["Alice@Example.com"] }, {}],
    ["nobody has an address", { ...review, people: ["somebody"] }, {}],
    ["the user is invited to it", { ...review, status: 3 }, {}],
    ["the phone sends its mails itself", unplaced, { version: "14.1" }],
  ] as const)("is told to nobody where %s", async (_why, meeting, wishes) => {
    const bench = await MeetingBench.begin(wishes);
    await bench.up([addCommand("c1", said(meeting))], wishes);
    expect(bench.ids()).toHaveLength(1);
    expect(bench.out).toEqual([]);
  });

  it("is told to nobody where the mailbox does so by itself", async () => {
    const bench = await MeetingBench.begin();
    Object.assign(bench.mailbox.submission, { announcesMeetings: true });
    const id = await bench.make();
    await bench.up([deleteCommand(id)]);
    expect(bench.out).toEqual([]);
  });

  it("has a UID also where nobody is invited", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make({ subject: "Alone", start: review.start ?? "", end: review.end ?? "" });
    expect((await bench.stored(id)).uid).toMatch(/^[\w-]{20,300}$/);
  });
});

describe("a meeting that is changed", () => {
  it.each([
    ["another time", { start: "20260109T090000Z", end: "20260109T100000Z" }, "REQUEST 1"],
    ["another length", { end: "20260108T110000Z" }, "REQUEST 1"],
    ["another place", { place: "Room 5" }, "REQUEST 1"],
    ["a recurrence", { recurrence: [textElement(Calendar.Type, 0)] }, "REQUEST 1"],
    ["another subject", { subject: "Review of plans" }, "REQUEST 0"],
    ["another text", { text: "Bring nothing" }, "REQUEST 0"],
  ] as const)("tells everybody of %s", async (_what, change, what) => {
    const bench = await MeetingBench.begin();
    const id = await bench.make({ ...review, people: [bob, carol] });
    bench.news();
    const answer = await bench.up([changeCommand(id, said({ ...review, people: [bob, carol], ...change }))]);
    expect(answer).toMatchObject({ status: "1", responses: [] });
    expect(bench.news()).toEqual([{ what, to: [bob, carol] }]);
  });

  it("tells nobody of what is the user's own business", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make();
    bench.news();
    const own = [
      textElement(Calendar.Sensitivity, 2),
      textElement(Calendar.Reminder, 5),
      textElement(Calendar.BusyStatus, 0),
    ];
    await bench.up([changeCommand(id, own)]);
    await bench.up([changeCommand(id, said(review))]);
    expect(bench.news()).toEqual([]);
    expect(await bench.stored(id)).toMatchObject({ sensitivity: "private", reminderMinutes: 15 });
  });

  it("invites who is new, and calls it off for who is not invited any more", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make({ ...review, people: [bob] });
    bench.news();
    await bench.up([changeCommand(id, said({ people: [bob, carol] }))]);
    expect(bench.news()).toEqual([{ what: "REQUEST 0", to: [bob, carol] }]);
    await bench.up([changeCommand(id, said({ people: [carol] }))]);
    expect(bench.news()).toEqual([
      { what: "REQUEST 0", to: [carol] },
      { what: "CANCEL 0", to: [bob] },
    ]);
    expect((await bench.lastMail()).messageClass).toBe("IPM.Schedule.Meeting.Canceled");
    await bench.up([changeCommand(id, said({ people: [] }))]);
    expect(bench.news()).toEqual([{ what: "CANCEL 1", to: [carol] }]);
    await bench.up([changeCommand(id, said({ people: [carol] }))]);
    expect(bench.news()).toEqual([{ what: "REQUEST 2", to: [carol] }]);
  });

  it("asks anew who had answered when it is another time, and not else", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make();
    const attendees = [{ email: bob, name: "bob", type: "required", status: "accepted" } as const];
    await bench.alter(id, { attendees });
    await bench.up([]);
    await bench.up([changeCommand(id, said({ subject: "Plans" }))]);
    expect(await bench.stored(id)).toMatchObject({ attendees, sequence: 0 });
    const answer = await bench.up([changeCommand(id, said({ end: "20260108T113000Z" }))]);
    expect(await bench.stored(id)).toMatchObject({ attendees: [{ status: "not-responded" }], sequence: 1 });
    // The phone shows the old answers until it is told.
    expect(answer.changes).toEqual([id]);
  });

  it("is called off by its status, once, and can be on again", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make();
    bench.news();
    await bench.up([changeCommand(id, said({ status: 5 }))]);
    expect(bench.news()).toEqual([{ what: "CANCEL 1", to: [bob] }]);
    expect(calendarOf(bench.out[1] as NonNullable<(typeof bench.out)[0]>)).toContain("STATUS:CANCELLED");
    await bench.up([changeCommand(id, said({ status: 1 }))]);
    expect(bench.news()).toEqual([{ what: "REQUEST 2", to: [bob] }]);
    await bench.up([changeCommand(id, said({ status: 5 }))]);
    bench.news();
    await bench.up([deleteCommand(id)]);
    expect(bench.news()).toEqual([]);
  });

  it("is left to its organizer where that is somebody else", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make();
    bench.news();
    await bench.alter(id, { organizerEmail: bob, meetingStatus: 3 });
    await bench.up([]);
    await bench.up([changeCommand(id, said({ subject: "Mine", status: 1 }))]);
    await bench.up([deleteCommand(id)]);
    expect(bench.news()).toEqual([]);
  });
});

describe("a meeting that is removed", () => {
  it("is called off", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make({ ...review, people: [bob, carol] });
    bench.news();
    await bench.up([deleteCommand(id)]);
    expect(bench.news()).toEqual([{ what: "CANCEL 1", to: [bob, carol] }]);
    expect((await bench.lastMail()).subject).toBe("Canceled: Review");
    expect(bench.ids()).toEqual([]);
  });

  it("is not called off once it is over", async () => {
    const bench = await MeetingBench.begin();
    const one = await bench.make();
    const series = await bench.make(daily, "c2");
    bench.news();
    await bench.clock.advance(10 * dayMs);
    await bench.up([deleteCommand(one), deleteCommand(series)]);
    expect(bench.news()).toEqual([{ what: "CANCEL 1", to: [bob] }]);
  });
});

describe("one occurrence of a meeting", () => {
  it("is called off alone, and stays so when all are told of something else", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make(daily);
    bench.news();
    await bench.up([deleteOccurrence(id, "20260110T090000Z")]);
    expect(bench.news()).toEqual([{ what: "CANCEL 1 20260110T090000Z", to: [bob] }]);
    expect((await bench.lastMail()).meetingRequest?.recurrenceIdMs).toBe(Date.UTC(2026, 0, 10, 9));
    expect((await bench.stored(id)).sequence).toBe(0);
    await bench.up([changeCommand(id, said({ subject: "Standup" }))]);
    expect(bench.news()).toEqual([{ what: "REQUEST 0", to: [bob] }]);
    expect((await bench.lastMail()).meetingRequest?.deletedOccurrencesMs).toEqual([Date.UTC(2026, 0, 10, 9)]);
  });

  it("is moved alone, and is told with the series from then on", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make(daily);
    bench.news();
    const later = { start: "20260110T130000Z", end: "20260110T140000Z" };
    await bench.up([changeOccurrence(id, "20260110T090000Z", later)]);
    await bench.up([changeOccurrence(id, "20260110T090000Z", { ...later, place: "Room 5" })]);
    await bench.up([changeOccurrence(id, "20260110T090000Z", { reminder: 0 })]);
    expect(bench.news()).toEqual([
      { what: "REQUEST 1 20260110T090000Z", to: [bob] },
      { what: "REQUEST 2 20260110T090000Z", to: [bob] },
    ]);
    expect((await bench.lastMail()).meetingRequest).toMatchObject({
      startTimeMs: Date.UTC(2026, 0, 10, 13),
      recurrenceIdMs: Date.UTC(2026, 0, 10, 9),
      location: { displayName: "Room 5" },
    });
    await bench.up([changeCommand(id, said({ subject: "Standup" }))]);
    expect((await bench.lastMail()).meetingRequest?.changedOccurrences).toMatchObject([
      { originalStartMs: Date.UTC(2026, 0, 10, 9), startTimeMs: Date.UTC(2026, 0, 10, 13), sequence: 2 },
    ]);
  });

  it("has guests of its own", async () => {
    const bench = await MeetingBench.begin();
    const id = await bench.make(daily);
    bench.news();
    await bench.up([changeOccurrence(id, "20260110T090000Z", { people: [bob, carol] })]);
    expect(bench.news()).toEqual([{ what: "REQUEST 0 20260110T090000Z", to: [bob, carol] }]);
    await bench.up([changeCommand(id, said({ subject: "Standup" }))]);
    expect(bench.news()).toEqual([
      { what: "REQUEST 0", to: [bob] },
      { what: "REQUEST 0 20260110T090000Z", to: [carol] },
    ]);
    await bench.up([deleteCommand(id)]);
    expect(bench.news()).toEqual([
      { what: "CANCEL 1", to: [bob] },
      { what: "CANCEL 1 20260110T090000Z", to: [carol] },
    ]);
  });
});
