import { describe, expect, it, vi } from "vitest";
import { meetingResponse } from "../../../src/commands/meeting-response/index.js";
import { longIdOf } from "../../../src/mailbox/item-reference.js";
import type { CalendarItem } from "../../../src/mailbox/items/calendar.js";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import { parseMessage } from "../../../src/mime/parse-message.js";
import {
  AirSyncBase,
  children,
  childText,
  element,
  emptyElement,
  MeetingResponse,
  Search,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { until } from "../../contract/deadline.js";
import { type BenchWishes, CommandBench, documentOf } from "./command-context.js";

type Wish = Partial<Record<"response" | "id" | "folder" | "longId" | "instance", string>> & {
  readonly send?: readonly (WbxmlElement | undefined)[];
};

function request(...wishes: Wish[]): WbxmlElement {
  const optional = (tag: number, value: string | undefined) =>
    value === undefined ? undefined : textElement(tag, value);
  const requests = wishes.map((wish) =>
    element(MeetingResponse.Request, [
      optional(MeetingResponse.UserResponse, wish.response ?? "1"),
      optional(
        MeetingResponse.CollectionId,
        wish.longId === undefined ? (wish.folder ?? "inbox") : undefined,
      ),
      optional(MeetingResponse.RequestId, wish.id),
      optional(Search.LongId, wish.longId),
      optional(MeetingResponse.InstanceId, wish.instance),
      wish.send &&
        (wish.send.length === 0
          ? emptyElement(MeetingResponse.SendResponse)
          : element(MeetingResponse.SendResponse, wish.send)),
    ]),
  );
  return element(MeetingResponse.MeetingResponse, requests);
}

const invitation = (extra: readonly string[] = [], organizer = "olga@example.org") =>
  [
    "From: Olga <olga@example.org>",
    "To: alice@example.com",
    "Subject: Plänning",
    "Content-Type: text/calendar; method=REQUEST; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    "BEGIN:VCALENDAR",
    "METHOD:REQUEST",
    "BEGIN:VEVENT",
    "UID:meeting-1",
    "DTSTAMP:20261101T120000Z",
    "DTSTART:20261201T090000Z",
    "DTEND:20261201T100000Z",
    `ORGANIZER;CN=Olga:mailto:${organizer}`,
    "ATTENDEE;CN=Alice;RSVP=TRUE:mailto:alice@example.com",
    ...extra,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");

function setUp(wishes: BenchWishes = {}, raw = invitation()) {
  const bench = new CommandBench(wishes);
  const { mailbox, user } = bench;
  const id = mailbox.deliver(user, raw);
  const answer = async (...wanted: Wish[]) => {
    const sent = await bench.send(meetingResponse, request(...wanted));
    // Parsers are loaded when they are first needed, which no fake clock can hurry.
    await until("an outcome", () => sent.outcome !== undefined);
    return children(documentOf(sent), MeetingResponse.Result).map((result) => ({
      status: childText(result, MeetingResponse.Status),
      calendarId: childText(result, MeetingResponse.CalendarId),
    }));
  };
  const inFolder = (folder: string) => [...mailbox.snapshot(user, folder).keys()];
  const view = { bodies: [], withBody: true };
  const appointments = async (): Promise<CalendarItem[]> => {
    const items = await Promise.all(
      inFolder("calendar").map((item) => mailbox.item({ user }, "calendar", item, view)),
    );
    return items.filter((item): item is CalendarItem & MailboxItem => item?.class === "Calendar");
  };
  const sentMails = mailbox.submission.sent;
  return { bench, id, answer, inFolder, appointments, sentMails };
}

describe("MeetingResponse", () => {
  it.each(["12.1", "14.0", "14.1", "16.0", "16.1"] as const)(
    "in version %s puts an accepted meeting into the calendar and its request among the deleted mails",
    async (version) => {
      const { id, answer, inFolder, appointments, sentMails } = setUp({ version });
      const [result] = await answer({ id });
      expect(result).toEqual({ status: "1", calendarId: inFolder("calendar")[0] });
      expect(await appointments()).toMatchObject([
        {
          subject: "Plänning",
          uid: "meeting-1",
          startTimeMs: Date.parse("2026-12-01T09:00:00Z"),
          endTimeMs: Date.parse("2026-12-01T10:00:00Z"),
          meetingStatus: 3,
          responseType: "accepted",
          busyStatus: "busy",
          organizerName: "Olga",
          organizerEmail: "olga@example.org",
          attendees: [{ email: "alice@example.com", name: "Alice" }],
        },
      ]);
      expect(inFolder("inbox")).toEqual([]);
      expect(inFolder("deleted")).toHaveLength(1);
      // The device tells the organizer itself unless it asks for that.
      expect(sentMails).toEqual([]);
    },
  );

  it("keeps a tentative meeting as such, and tells the organizer of a declined one without keeping it", async () => {
    const tentative = setUp();
    await tentative.answer({ id: tentative.id, response: "2" });
    expect(await tentative.appointments()).toMatchObject([
      { responseType: "tentative", busyStatus: "tentative" },
    ]);
    const declined = setUp();
    expect(await declined.answer({ id: declined.id, response: "3", send: [] })).toEqual([{ status: "1" }]);
    expect(declined.inFolder("calendar")).toEqual([]);
    expect(declined.inFolder("inbox")).toEqual([]);
    expect(declined.sentMails).toHaveLength(1);
  });

  it("sends the organizer an answer that calendars understand, with the user's words", async () => {
    const { id, answer, sentMails } = setUp();
    const body = element(AirSyncBase.Body, [
      textElement(AirSyncBase.Type, 1),
      textElement(AirSyncBase.Data, "Gern, ich komme früher"),
    ]);
    await answer({ id, send: [body] });
    const [mail] = sentMails;
    expect(mail).toMatchObject({ sender: "alice@example.com", recipients: ["olga@example.org"] });
    const read = await parseMessage(mail?.message ?? new Uint8Array());
    expect(read).toMatchObject({
      subject: "Accepted: Plänning",
      messageClass: "IPM.Schedule.Meeting.Resp.Pos",
      meetingRequest: { uid: "meeting-1", startTimeMs: Date.parse("2026-12-01T09:00:00Z") },
    });
    expect(read.body?.plain?.data).toContain("Gern, ich komme früher");
  });

  it("proposes another time, unless the organizer wants none", async () => {
    const times = [
      textElement(MeetingResponse.ProposedStartTime, "20261202T090000Z"),
      textElement(MeetingResponse.ProposedEndTime, "20261202T100000Z"),
    ];
    const { id, answer, sentMails } = setUp();
    expect(await answer({ id, response: "2", send: times })).toMatchObject([{ status: "1" }]);
    const read = await parseMessage(sentMails[0]?.message ?? new Uint8Array());
    expect(read.meetingRequest?.proposedStartTimeMs).toBe(Date.parse("2026-12-02T09:00:00Z"));
    const closed = setUp({}, invitation(["X-MICROSOFT-DISALLOW-COUNTER:TRUE"]));
    expect(await closed.answer({ id: closed.id, response: "2", send: times })).toMatchObject([
      { status: "2" },
    ]);
    expect(closed.inFolder("inbox")).toHaveLength(1);
    const half = setUp();
    expect(await half.answer({ id: half.id, send: times.slice(1) })).toMatchObject([{ status: "2" }]);
  });

  it("answers a repeat like the first request, and sends nothing twice", async () => {
    const { id, answer, inFolder, sentMails } = setUp();
    const first = await answer({ id, send: [] });
    expect(await answer({ id, send: [] })).toEqual(first);
    expect(inFolder("calendar")).toHaveLength(1);
    expect(sentMails).toHaveLength(1);
  });

  it("does not take an answer for a repeat that somebody has changed since", async () => {
    const { bench, id, answer, appointments } = setUp();
    const [first] = await answer({ id });
    const accept = { id: first?.calendarId ?? "", folder: "calendar" };
    await answer(accept);
    const [accepted] = await appointments();
    if (accepted === undefined) throw new Error("No appointment");
    const item = { ...accepted, responseType: "tentative" } as const;
    bench.mailbox.updateItem(bench.user, "calendar", accept.id, { kind: "replace", item });
    expect(await answer(accept)).toMatchObject([{ status: "1" }]);
    expect(await appointments()).toMatchObject([{ responseType: "accepted" }]);
    bench.mailbox.removeItem(bench.user, "calendar", accept.id);
    expect(await answer(accept)).toEqual([{ status: "2" }]);
  });

  /** An invitation that was answered tentatively, whose appointment others have removed and another device has made anew. */
  async function answeredElsewhere(responseType: "accepted" | "tentative") {
    const server = setUp();
    const { bench, answer, appointments } = server;
    const id = bench.mailbox.deliver(bench.user, invitation(), { folder: "deleted" });
    const wish = { id, folder: "deleted", response: "2", send: [] };
    const [first] = await answer(wish);
    const [answered] = await appointments();
    if (answered === undefined) throw new Error("No appointment");
    bench.mailbox.removeItem(bench.user, "calendar", first?.calendarId ?? "");
    const again = bench.mailbox.addItem(bench.user, "calendar", { ...answered, responseType });
    return { ...server, wish, again };
  }

  it("takes an answer for a repeat that another device has given alike since, to an appointment made anew", async () => {
    const { wish, again, answer, inFolder, sentMails } = await answeredElsewhere("tentative");
    expect(await answer(wish)).toEqual([{ status: "1", calendarId: again }]);
    expect(await answer(wish)).toEqual([{ status: "1", calendarId: again }]);
    expect(inFolder("calendar")).toEqual([again]);
    expect(sentMails).toHaveLength(1);
  });

  it("does not take an answer for a repeat that another device has given otherwise since, to an appointment made anew", async () => {
    const { wish, answer, appointments, sentMails } = await answeredElsewhere("accepted");
    await answer(wish);
    expect(await appointments()).toMatchObject([{ responseType: "tentative" }]);
    expect(sentMails).toHaveLength(2);
  });

  it("answers a repeat of a refusal like the first request", async () => {
    const { id, answer, sentMails } = setUp();
    const refusal = { id, response: "3", send: [] };
    expect(await answer(refusal)).toEqual([{ status: "1" }]);
    expect(await answer(refusal)).toEqual([{ status: "1" }]);
    expect(sentMails).toHaveLength(1);
  });

  it("answers a repeat of a refusal like the first request where the request is among the deleted mails", async () => {
    const { bench, answer, sentMails } = setUp();
    const id = bench.mailbox.deliver(bench.user, invitation(), { folder: "deleted" });
    const wish = { id, folder: "deleted", response: "3", send: [] };
    for (let time = 0; time < 2; time += 1) expect(await answer(wish)).toMatchObject([{ status: "1" }]);
    expect(sentMails).toHaveLength(1);
  });

  it("answers a repeat for an occurrence like the first request, and sends nothing twice", async () => {
    const { id, answer, sentMails } = setUp({}, invitation(["RRULE:FREQ=DAILY"]));
    const [series] = await answer({ id });
    const place = { id: series?.calendarId ?? "", folder: "calendar", send: [] };
    for (const response of ["3", "2"]) {
      const wish = { ...place, response, instance: "2026-12-03T09:00:00.000Z" };
      const first = await answer(wish);
      expect(first).toMatchObject([{ status: "1" }]);
      expect(await answer(wish)).toEqual(first);
    }
    expect(sentMails).toHaveLength(2);
  });

  it("changes its answer in the calendar, each time telling the organizer, from 14.0 on", async () => {
    const { id, answer, inFolder, appointments, sentMails } = setUp();
    const [first] = await answer({ id, send: [] });
    const inCalendar = { id: first?.calendarId ?? "", folder: "calendar", send: [] };
    await answer({ ...inCalendar, response: "2" });
    await answer({ ...inCalendar, response: "1" });
    await answer({ ...inCalendar, response: "2" });
    expect(await appointments()).toMatchObject([{ responseType: "tentative" }]);
    expect(sentMails).toHaveLength(4);
    await answer({ ...inCalendar, response: "3" });
    expect(inFolder("calendar")).toEqual([]);
    const outlook = setUp({ version: "14.0" });
    const [kept] = await outlook.answer({ id: outlook.id });
    await outlook.answer({ id: kept?.calendarId ?? "", folder: "calendar", response: "3" });
    expect(outlook.inFolder("calendar")).toEqual([]);
    const old = setUp({ version: "12.1" });
    const [known] = await old.answer({ id: old.id });
    const refused = await old.answer({ id: known?.calendarId ?? "", folder: "calendar", response: "3" });
    expect(refused).toEqual([{ status: "2" }]);
  });

  it("updates the appointment of an earlier request to the same meeting, and names the revision that it answers", async () => {
    const { bench, id, answer, appointments, sentMails } = setUp();
    await answer({ id, send: [] });
    const update = bench.mailbox.deliver(bench.user, invitation(["LOCATION:Room 2", "SEQUENCE:1"]));
    await answer({ id: update, send: [] });
    expect(await appointments()).toMatchObject([{ location: { displayName: "Room 2" }, sequence: 1 }]);
    const answers = await Promise.all(
      sentMails.map(({ message }) => parseMessage(message, { receivedMs: 0 })),
    );
    expect(answers.map(({ meetingRequest }) => meetingRequest?.sequence)).toEqual([undefined, 1]);
  });

  it("answers for one occurrence of a series", async () => {
    const { id, answer, appointments } = setUp({}, invitation(["RRULE:FREQ=DAILY"]));
    const [series] = await answer({ id });
    const occurrence = { id: series?.calendarId ?? "", folder: "calendar" };
    await answer({ ...occurrence, response: "3", instance: "2026-12-03T09:00:00.000Z" });
    await answer({ ...occurrence, response: "2", instance: "2026-12-04T09:00:00.000Z" });
    expect(await appointments()).toMatchObject([
      {
        responseType: "accepted",
        exceptions: [
          { deleted: true, originalStartMs: Date.parse("2026-12-03T09:00:00Z") },
          { deleted: false, originalStartMs: Date.parse("2026-12-04T09:00:00Z"), responseType: "tentative" },
        ],
      },
    ]);
  });

  it("gives 146 for an occurrence of what is no series, and 104 for one that is no date", async () => {
    const { id, answer } = setUp();
    expect(await answer({ id, instance: "2026-12-03T09:00:00.000Z" })).toEqual([{ status: "146" }]);
    expect(await answer({ id, instance: "tomorrow" })).toEqual([{ status: "104" }]);
    const old = setUp({ version: "14.0" });
    expect(await old.answer({ id: old.id, instance: "2026-12-03T09:00:00.000Z" })).toEqual([{ status: "2" }]);
  });

  it("gives 2 for what is no meeting request, is the user's own meeting, or is not there", async () => {
    const { bench, id, answer, inFolder } = setUp();
    const plain = bench.mailbox.deliver(bench.user, "Subject: Hello\r\n\r\nHello");
    const own = bench.mailbox.deliver(bench.user, invitation([], "Alice@example.com"));
    const results = await answer(
      { id: plain },
      { id: own },
      { id: "nothing" },
      { id, folder: "nowhere" },
      { id, response: "4" },
      { longId: "junk" },
      {},
    );
    expect(results.map(({ status }) => status)).toEqual(["2", "2", "2", "2", "2", "2", "2"]);
    expect(inFolder("inbox")).toHaveLength(3);
  });

  it("takes a search result", async () => {
    const { id, answer } = setUp();
    expect(await answer({ longId: longIdOf({ folder: "inbox", item: id }) })).toMatchObject([
      { status: "1" },
    ]);
  });

  it("gives 103 for more than 100 requests, and for none", async () => {
    const { bench, id } = setUp();
    for (const document of [request(), request(...Array.from({ length: 101 }, () => ({ id })))]) {
      const sent = await bench.send(meetingResponse, document);
      expect(sent.outcome).toEqual({ kind: "common-status", status: 103 });
    }
  });

  it("gives 4 where the mail server does not take the answer, and changes nothing", async () => {
    const { bench, id, answer, inFolder } = setUp();
    bench.mailbox.submission.submit = async () => ({ kind: "refused", reason: "failed" });
    expect(await answer({ id, send: [] })).toEqual([{ status: "4" }]);
    expect([inFolder("calendar"), inFolder("inbox")]).toEqual([[], [id]]);
  });

  it("has the changed occurrences of a series, and keeps what the user has answered to them", async () => {
    const override = (subject: string, hour: number): readonly string[] => [
      "RRULE:FREQ=DAILY",
      "END:VEVENT",
      "BEGIN:VEVENT",
      "UID:meeting-1",
      "RECURRENCE-ID:20261202T090000Z",
      `SUMMARY:${subject}`,
      `DTSTART:20261202T${hour}0000Z`,
      `DTEND:20261202T${hour + 1}0000Z`,
    ];
    const { bench, id, answer, appointments } = setUp({}, invitation(override("Later", 14)));
    await answer({ id });
    const originalStartMs = Date.parse("2026-12-02T09:00:00Z");
    const startTimeMs = Date.parse("2026-12-02T14:00:00Z");
    const [series] = await appointments();
    expect(series?.exceptions).toMatchObject([{ originalStartMs, startTimeMs, subject: "Later" }]);
    const [item = ""] = bench.mailbox.snapshot(bench.user, "calendar").keys();
    await answer({ folder: "calendar", id: item, response: "2", instance: "2026-12-02T09:00:00.000Z" });
    const again = bench.mailbox.deliver(bench.user, invitation(override("Latest", 15)));
    await answer({ id: again });
    const [updated] = await appointments();
    expect(updated?.exceptions).toMatchObject([
      { originalStartMs, startTimeMs: startTimeMs + 3_600_000, subject: "Latest", responseType: "tentative" },
    ]);
  });

  it("is 2 for one occurrence and all later ones, whose times are in no series that there is", async () => {
    const { bench, id, answer, appointments } = setUp({}, invitation(["RRULE:FREQ=DAILY"]));
    await answer({ id });
    const before = await appointments();
    const line = "RECURRENCE-ID;RANGE=THISANDFUTURE:20261202T090000Z";
    const range = bench.mailbox.deliver(bench.user, invitation([line]));
    for (const response of ["1", "2", "3"]) {
      const told = await answer({ id: range, response, send: [] });
      expect(told).toEqual([{ status: "2", calendarId: undefined }]);
    }
    expect(await appointments()).toEqual(before);
    expect(bench.mailbox.submission.sent).toEqual([]);
    expect([...bench.mailbox.snapshot(bench.user, "inbox").keys()]).toContain(range);
  });

  it("is unavailable while the mailbox is, and gives 3 where the calendar takes no item", async () => {
    const { bench, id, answer } = setUp();
    bench.mailbox.faults.failWith(new Error("down"), ["create"]);
    const sent = await bench.send(meetingResponse, request({ id }));
    await until("an outcome", () => sent.outcome !== undefined);
    expect(sent.outcome?.kind).toBe("unavailable");
    bench.mailbox.faults.recover();
    expect(await answer({ id })).toMatchObject([{ status: "1" }]);
    const none = setUp();
    none.bench.mailbox.deleteFolder(none.bench.user, "calendar");
    expect(await none.answer({ id: none.id })).toEqual([{ status: "3" }]);
  });

  it.each(["create", "move", "folders"] as const)(
    "tells the organizer once when the mailbox fails after that, in %s",
    async (method) => {
      const { bench, id, answer, appointments, inFolder } = setUp();
      const { mailbox, user } = bench;
      const submit = mailbox.submission.submit.bind(mailbox.submission);
      vi.spyOn(mailbox.submission, "submit").mockImplementation(async (...call) => {
        const result = await submit(...call);
        mailbox.faults.failWith(new Error("down"), [method]);
        return result;
      });
      const sent = await bench.send(meetingResponse, request({ id, send: [] }));
      await until("an outcome", () => sent.outcome !== undefined);
      expect(sent.outcome?.kind).toBe("unavailable");
      mailbox.faults.recover();
      expect(await answer({ id, send: [] })).toMatchObject([{ status: "1" }]);
      expect(mailbox.submission.sent).toHaveLength(1);
      expect(await appointments()).toHaveLength(1);
      expect(mailbox.snapshot(user, "inbox").size).toBe(0);
      expect(inFolder("deleted")).toHaveLength(1);
    },
  );

  it.each(["1", "2", "3"])(
    "tells the organizer once when the request mail cannot be put away: %s",
    async (response) => {
      const { bench, id, answer, appointments, inFolder, sentMails } = setUp();
      bench.mailbox.faults.failWith(new Error("down"), ["move"]);
      for (let time = 0; time < 2; time += 1) {
        const sent = await bench.send(meetingResponse, request({ id, response, send: [] }));
        await until("an outcome", () => sent.outcome !== undefined);
        expect(sent.outcome?.kind).toBe("unavailable");
      }
      bench.mailbox.faults.recover();
      expect(await answer({ id, response, send: [] })).toMatchObject([{ status: "1" }]);
      expect(sentMails).toHaveLength(1);
      expect(await appointments()).toHaveLength(response === "3" ? 0 : 1);
      expect(inFolder("deleted")).toHaveLength(1);
    },
  );

  it("waits for a process that is at the mail to the organizer, and not for ever", async () => {
    const { bench, id, answer, sentMails } = setUp();
    const { state, clock } = bench;
    const write = state.write.bind(state);
    // The process ends when the mail is out, before anything more is noted.
    vi.spyOn(state, "write").mockImplementation(async (...call) => {
      if (/"(submitted|done)"/.test(call[1])) throw new Error("gone");
      return write(...call);
    });
    vi.spyOn(bench.mailbox, "create").mockRejectedValue(new Error("gone"));
    const sent = await bench.send(meetingResponse, request({ id, send: [] }));
    await until("an outcome", () => sent.outcome !== undefined);
    expect(sent.outcome?.kind).toBe("unavailable");
    vi.restoreAllMocks();
    const repeat = await bench.send(meetingResponse, request({ id, send: [] }));
    await until("an outcome", () => repeat.outcome !== undefined);
    expect(repeat.outcome?.kind).toBe("unavailable");
    expect(sentMails).toHaveLength(1);
    await clock.advance(120_000);
    expect(await answer({ id, send: [] })).toMatchObject([{ status: "1" }]);
  });

  it("is offered where the mailbox finds meetings and mail can be sent", () => {
    const { mailbox, submission } = new CommandBench().context();
    expect(meetingResponse.supportedBy?.(mailbox, submission)).toBe(true);
    expect(meetingResponse.supportedBy?.(mailbox, undefined)).toBe(false);
    const { meetingByUid: _, ...without } = mailbox as typeof mailbox & { meetingByUid: unknown };
    expect(meetingResponse.supportedBy?.(without, submission)).toBe(false);
  });
});
