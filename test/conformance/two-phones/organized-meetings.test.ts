/**
 * A meeting that a phone makes, moves and calls off, over sockets. From 16.0 on the phone says so in Sync alone, and the server tells those who are invited; before, the phone
 * sends the mails itself, and the server sends none.
 */
import { afterEach, describe, expect, it } from "vitest";
import { isAtLeast, type ProtocolVersion } from "../../../src/protocol/version.js";
import { AirSyncBase, Calendar, element, textElement, type WbxmlElement } from "../../../src/wbxml/index.js";
import { textOf, textsOf } from "../devices/tree.js";
import { MailService } from "./mail-service.js";
import { type Brought, ScriptedPhone } from "./scripted-phone.js";

const alice = "alice@example.com";
const bob = "bob@example.com";

function attendee(email: string, name: string): WbxmlElement {
  return element(Calendar.Attendee, [
    textElement(Calendar.Email, email),
    textElement(Calendar.Name, name),
    textElement(Calendar.AttendeeType, 1),
  ]);
}

/** The meeting as a phone of a version makes it. */
function meetingOf(
  version: ProtocolVersion,
  start = "20260108T090000Z",
  end = "20260108T100000Z",
): WbxmlElement[] {
  const isOfServer = isAtLeast(version, "16.0");
  const place = isOfServer
    ? element(AirSyncBase.Location, [textElement(AirSyncBase.DisplayName, "Room 4")])
    : textElement(Calendar.Location, "Room 4");
  return [
    textElement(Calendar.Timezone, Buffer.alloc(172).toString("base64")),
    textElement(Calendar.StartTime, start),
    textElement(Calendar.Subject, "Review"),
    ...(isOfServer
      ? []
      : [textElement(Calendar.UID, "review-1"), textElement(Calendar.OrganizerEmail, alice)]),
    element(Calendar.Attendees, [attendee(bob, "Bob")]),
    place,
    textElement(Calendar.EndTime, end),
    textElement(Calendar.BusyStatus, 2),
    textElement(Calendar.Reminder, 15),
    textElement(Calendar.MeetingStatus, 1),
    textElement(Calendar.ResponseRequested, 1),
  ];
}

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

interface Two {
  readonly service: MailService;
  readonly hers: ScriptedPhone;
  readonly his: ScriptedPhone;
}

async function begin(version: ProtocolVersion, his: ProtocolVersion = version): Promise<Two> {
  const service = await MailService.start();
  open.push(service);
  const phones: ScriptedPhone[] = [];
  for (const [user, spoken] of [
    [alice, version],
    [bob, his],
  ] as const) {
    const phone = await ScriptedPhone.setUp(service, user, `PHONE${open.length}`, spoken, "xml");
    open.push(phone);
    phones.push(phone);
  }
  const [first, second] = phones;
  if (first === undefined || second === undefined) throw new Error("There are no phones");
  return { service, hers: first, his: second };
}

/** Lets her phone do something while his waits for its inbox; what is then new there. */
async function mailed({ service, his }: Two, act: () => Promise<unknown>): Promise<Brought["added"]> {
  const inbox = his.folder("inbox");
  await his.hold(inbox);
  await act();
  await service.clock.advance(1_000);
  expect(await his.told()).toEqual([inbox]);
  return (await his.sync(inbox)).added;
}

async function accept(his: ScriptedPhone, mail: string): Promise<void> {
  const answer = await his.command("MeetingResponse", [
    "MeetingResponse:MeetingResponse",
    [
      "Request",
      ["UserResponse", "1"],
      ["CollectionId", his.folder("inbox")],
      ["RequestId", mail],
      ["SendResponse"],
    ],
  ]);
  expect(textOf(answer, "Status")).toBe("1");
}

describe.each<ProtocolVersion>(["16.0", "16.1"])(
  "a meeting that a phone of version %s organizes",
  (version) => {
    async function invited(): Promise<
      Two & { readonly meeting: string; readonly invitation: Brought["added"] }
    > {
      const two = await begin(version);
      const { hers } = two;
      const calendar = hers.folder("calendar");
      let made: Brought | undefined;
      const invitation = await mailed(two, async () => {
        made = await hers.sync(calendar, [{ kind: "add", clientId: "m1", data: meetingOf(version) }]);
      });
      // What the server decides about: she is told in the same answer.
      const [given] = made?.changed ?? [];
      expect(textOf(given?.data, "OrganizerEmail")).toBe(alice);
      expect(textOf(given?.data, "UID")).not.toBe("");
      return { ...two, meeting: given?.id ?? "", invitation };
    }

    it("invites, and shows who accepts", async () => {
      const { service, hers, his, invitation } = await invited();
      expect(invitation).toHaveLength(1);
      const [mail] = invitation;
      expect(textOf(mail?.data, "MessageClass")).toBe("IPM.Schedule.Meeting.Request");
      expect(textOf(mail?.data, "Organizer")).toContain(alice);
      expect(textOf(mail?.data, "StartTime")).toBe("2026-01-08T09:00:00.000Z");
      const calendar = hers.folder("calendar");
      await hers.hold(calendar);
      await accept(his, mail?.id ?? "");
      await service.clock.advance(1_000);
      expect(await hers.told()).toEqual([calendar]);
      const { changed } = await hers.sync(calendar);
      expect(changed.map(({ data }) => textsOf(data, "AttendeeStatus"))).toEqual([["3"]]);
      const { added } = await his.sync(his.folder("calendar"));
      expect(added.map(({ data }) => [textOf(data, "Subject"), textOf(data, "DisplayName")])).toEqual([
        ["Review", "Room 4"],
      ]);
      expect(service.faults).toEqual([]);
    });

    it("moves it, which asks for another answer", async () => {
      const { service, hers, his, meeting, invitation } = await invited();
      await accept(his, invitation[0]?.id ?? "");
      await hers.sync(hers.folder("calendar"));
      const data = meetingOf(version, "20260109T090000Z", "20260109T100000Z");
      let moved: Brought | undefined;
      const two = { service, hers, his };
      const mails = await mailed(two, async () => {
        moved = await hers.sync(hers.folder("calendar"), [{ kind: "change", serverId: meeting, data }]);
      });
      expect(mails.map((mail) => textOf(mail.data, "StartTime"))).toEqual(["2026-01-09T09:00:00.000Z"]);
      expect(moved?.changed.map((item) => textsOf(item.data, "AttendeeStatus"))).toEqual([["5"]]);
      await accept(his, mails[0]?.id ?? "");
      const { added, changed } = await his.sync(his.folder("calendar"));
      const [appointment, ...others] = [...added, ...changed];
      expect(others).toEqual([]);
      expect(textOf(appointment?.data, "StartTime")).toBe("20260109T090000Z");
      const answered = await hers.sync(hers.folder("calendar"));
      expect(answered.changed.map((item) => textsOf(item.data, "AttendeeStatus"))).toEqual([["3"]]);
      expect(service.faults).toEqual([]);
    });

    it("calls it off, which shows in the calendar of who accepted", async () => {
      const two = await invited();
      const { service, hers, his, meeting, invitation } = two;
      await accept(his, invitation[0]?.id ?? "");
      await his.sync(his.folder("calendar"));
      await hers.sync(hers.folder("calendar"));
      const mails = await mailed(two, () =>
        hers.sync(hers.folder("calendar"), [{ kind: "delete", serverId: meeting }]),
      );
      expect(mails.map((mail) => textOf(mail.data, "MessageClass"))).toEqual([
        "IPM.Schedule.Meeting.Canceled",
      ]);
      const { changed } = await his.sync(his.folder("calendar"));
      expect(changed.map((item) => textOf(item.data, "MeetingStatus"))).toEqual(["7"]);
      expect(service.faults).toEqual([]);
    });

    it("tells nobody of what is her own business", async () => {
      const { service, hers, meeting } = await invited();
      const before = service.mailbox.submission.sent.length;
      const data = [
        textElement(Calendar.Reminder, 30),
        textElement(Calendar.BusyStatus, 1),
        textElement(Calendar.Sensitivity, 2),
        element(Calendar.Categories, [textElement(Calendar.Category, "Work")]),
      ];
      await hers.sync(hers.folder("calendar"), [{ kind: "change", serverId: meeting, data }]);
      expect(service.mailbox.submission.sent).toHaveLength(before);
    });
  },
);

describe.each<ProtocolVersion>(["12.1", "14.1"])(
  "a meeting that a phone of version %s organizes",
  (version) => {
    it("is announced by the phone, and not by the server", async () => {
      const { service, hers } = await begin(version);
      const calendar = hers.folder("calendar");
      await hers.sync(calendar, [{ kind: "add", clientId: "m1", data: meetingOf(version) }]);
      const [meeting = ""] = service.mailbox.snapshot(alice, "calendar").keys();
      const data = meetingOf(version, "20260109T090000Z", "20260109T100000Z");
      await hers.sync(calendar, [{ kind: "change", serverId: meeting, data }]);
      await hers.sync(calendar, [{ kind: "delete", serverId: meeting }]);
      expect(service.mailbox.snapshot(alice, "calendar").size).toBe(0);
      expect(service.mailbox.submission.sent).toEqual([]);
      expect(service.faults).toEqual([]);
    });
  },
);
