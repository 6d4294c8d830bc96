/** A meeting between two users, over sockets: what the one's phone answers or calls off is seen in the other's calendar. */
import { afterEach, describe, expect, it } from "vitest";
import { isAtLeast, type ProtocolVersion } from "../../../src/protocol/version.js";
import { Calendar, element, textElement } from "../../../src/wbxml/index.js";
import { type Tree, textOf, textsOf } from "../devices/tree.js";
import { MailService } from "./mail-service.js";
import { ScriptedPhone } from "./scripted-phone.js";

const alice = "alice@example.com";
const bob = "bob@example.com";
const uid = "040000008200E00074C5B7101A82E008-1";

/** What a phone sends itself: every invitation and cancellation, and below 16.0 answers as well. */
function calendarMail(method: string, from: string, to: string, lines: readonly string[]): Buffer {
  return Buffer.from(
    [
      `From: ${from}`,
      `To: ${to}`,
      "Subject: Review",
      `Message-ID: <${method}.${from}>`,
      `Content-Type: text/calendar; charset=utf-8; method=${method}`,
      "",
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      `METHOD:${method}`,
      "BEGIN:VEVENT",
      `UID:${uid}`,
      "DTSTART:20260108T090000Z",
      "DTEND:20260108T100000Z",
      "SUMMARY:Review",
      `ORGANIZER:mailto:${alice}`,
      ...lines,
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ].join("\r\n"),
  );
}

const appointment = [
  textElement(Calendar.Timezone, Buffer.alloc(172).toString("base64")),
  textElement(Calendar.DtStamp, "20260101T000000Z"),
  textElement(Calendar.StartTime, "20260108T090000Z"),
  textElement(Calendar.Subject, "Review"),
  textElement(Calendar.UID, uid),
  textElement(Calendar.OrganizerEmail, alice),
  element(Calendar.Attendees, [
    element(Calendar.Attendee, [textElement(Calendar.Email, bob), textElement(Calendar.Name, "Bob")]),
  ]),
  textElement(Calendar.EndTime, "20260108T100000Z"),
  textElement(Calendar.BusyStatus, 2),
  textElement(Calendar.Reminder, 15),
  textElement(Calendar.MeetingStatus, 1),
];

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function phoneOf(service: MailService, user: string, version: ProtocolVersion): Promise<ScriptedPhone> {
  const phone = await ScriptedPhone.setUp(service, user, `PHONE${open.length}`, version, "xml");
  open.push(phone);
  return phone;
}

/** Lets a phone do something while another waits for its inbox and calendar; what the calendar then brings. */
async function seen(
  service: MailService,
  waiting: ScriptedPhone,
  act: () => Promise<unknown>,
): Promise<{ readonly told: readonly string[]; readonly items: readonly Tree[] }> {
  const kinds = ["calendar", "inbox"];
  await waiting.hold(...kinds.map((kind) => waiting.folder(kind)));
  await act();
  await service.clock.advance(1_000);
  const told = await waiting.told();
  const { added, changed } = await waiting.sync(waiting.folder("calendar"));
  return {
    told: kinds.filter((kind) => told.includes(waiting.folder(kind))),
    items: [...added, ...changed].map(({ data }) => data),
  };
}

describe.each<ProtocolVersion>(["12.1", "14.1", "16.1"])(
  "a meeting with a phone of version %s",
  (version) => {
    async function begin(): Promise<
      Record<"hers" | "his", ScriptedPhone> & { readonly service: MailService }
    > {
      const service = await MailService.start();
      open.push(service);
      const hers = await phoneOf(service, alice, "14.1");
      const his = await phoneOf(service, bob, version);
      await hers.sync(hers.folder("calendar"), [{ kind: "add", clientId: "c1", data: appointment }]);
      const invitation = calendarMail("REQUEST", alice, bob, [
        "DTSTAMP:20260101T000000Z",
        `ATTENDEE;RSVP=TRUE:mailto:${bob}`,
      ]);
      await hers.sendMail("SendMail", "invite", invitation);
      return { service, hers, his };
    }

    async function accept(his: ScriptedPhone): Promise<void> {
      const inbox = his.folder("inbox");
      const { added } = await his.sync(inbox);
      const answer = await his.command("MeetingResponse", [
        "MeetingResponse:MeetingResponse",
        [
          "Request",
          ["UserResponse", "1"],
          ["CollectionId", inbox],
          ["RequestId", added[0]?.id ?? ""],
          ...(isAtLeast(version, "16.0") ? [["SendResponse"] as const] : []),
        ],
      ]);
      expect(textOf(answer, "Status")).toBe("1");
      if (isAtLeast(version, "16.0")) return;
      const reply = calendarMail("REPLY", bob, alice, [
        "DTSTAMP:20260101T000100Z",
        `ATTENDEE;PARTSTAT=ACCEPTED:mailto:${bob}`,
      ]);
      await his.sendMail("SendMail", "reply", reply);
    }

    it("that is accepted shows so in the organizer's calendar", async () => {
      const { service, hers, his } = await begin();
      const { told, items } = await seen(service, hers, () => accept(his));
      expect(told).toEqual(["calendar", "inbox"]);
      expect(items).toHaveLength(1);
      expect(textsOf(items[0], "AttendeeStatus")).toEqual(["3"]);
      expect(textOf(items[0], "MeetingStatus")).toBe("1");
      const { added } = await hers.sync(hers.folder("inbox"));
      expect(textOf(added[0]?.data, "MessageClass")).toBe("IPM.Schedule.Meeting.Resp.Pos");
      expect(service.faults).toEqual([]);
    });

    it("that is called off shows so in the calendar of who accepted it", async () => {
      const { service, hers, his } = await begin();
      await accept(his);
      const { added } = await his.sync(his.folder("calendar"));
      expect(added.map(({ data }) => textOf(data, "MeetingStatus"))).toEqual(["3"]);
      await his.sync(his.folder("inbox"));
      const cancellation = calendarMail("CANCEL", alice, bob, [
        "DTSTAMP:20260102T000000Z",
        "SEQUENCE:1",
        "STATUS:CANCELLED",
        `ATTENDEE:mailto:${bob}`,
      ]);
      const { told, items } = await seen(service, his, () =>
        hers.sendMail("SendMail", "cancel", cancellation),
      );
      expect(told).toEqual(["calendar", "inbox"]);
      expect(items).toHaveLength(1);
      const [item] = items;
      expect([textOf(item, "MeetingStatus"), textOf(item, "BusyStatus"), textOf(item, "Reminder")]).toEqual([
        "7",
        "0",
        undefined,
      ]);
      expect(service.faults).toEqual([]);
    });
  },
);
