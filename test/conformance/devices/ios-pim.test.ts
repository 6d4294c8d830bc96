/** Quirks of the calendars and contacts of iPhones. */
import { describe, expect, it } from "vitest";
import { iphone as anIphone } from "./iphone.js";
import { basic, ShapedDevice, type Site, user } from "./line.js";
import { folderSync, keyOf, setUp, statusOf, syncOf } from "./requests.js";
import { site } from "./sites.js";
import { all, namesIn, type Tree, textOf, textsOf } from "./tree.js";

function iphone(on: Site, version = "16.1"): ShapedDevice {
  return anIphone(on, { "ms-asprotocolversion": version, "user-agent": "Apple-iPhone14C5/2206.66" });
}

/** Of a capture of iOS 17.6: bias -60, the names all zero. */
const berlin = ((): string => {
  const blob = Buffer.alloc(172);
  blob.writeInt32LE(-60, 0);
  const systemTime = (at: number, month: number): void => {
    blob.writeUInt16LE(month, at + 2);
    blob.writeUInt16LE(5, at + 6);
    blob.writeUInt16LE(month === 10 ? 3 : 2, at + 8);
  };
  systemTime(68, 10);
  systemTime(152, 3);
  blob.writeInt32LE(-60, 168);
  return blob.toString("base64");
})();

/** An appointment as iOS 17.6 adds it: what there is none of is an empty element. */
function appointment(...rest: readonly Tree[]): Tree {
  return [
    "ApplicationData",
    ["Calendar:Timezone", berlin],
    ["Calendar:AllDayEvent", "0"],
    ["Calendar:StartTime", "20240819T070000Z"],
    ["Calendar:EndTime", "20240819T080000Z"],
    ["Calendar:Subject", "Dentist"],
    ["Calendar:Sensitivity", "0"],
    ["Calendar:BusyStatus", "2"],
    ["Calendar:Reminder"],
    ["Calendar:MeetingStatus", "0"],
    ["Calendar:Attendees"],
    ["Calendar:Recurrence"],
    ["AirSyncBase:Location"],
    ["Calendar:ClientUid", "8E3A1C5E-7D9B-4C4B-9C1D-1B2C3D4E5F60"],
    ...rest,
  ];
}

const add = (data: Tree, clientId = "1"): Tree => ["Commands", ["Add", ["ClientId", clientId], data]];
const change = (id: string, ...data: readonly Tree[]): Tree => [
  "Commands",
  ["Change", ["ServerId", id], ["ApplicationData", ...data]],
];

async function calendarOf(phone: ShapedDevice): Promise<string> {
  return await setUp(phone, "calendar", ["GetChanges"], ["WindowSize", "25"]);
}

describe("iOS: the calendar", () => {
  it("adds an appointment with empty elements for none: Reminder, Attendees, Recurrence, Location", async () => {
    const on = await site();
    const phone = iphone(on);
    const key = await calendarOf(phone);
    const heard = await phone.ask("Sync", syncOf("calendar", key, ["GetChanges"], add(appointment())));
    const id = textOf(all(heard.tree, "Responses")[0], "ServerId") ?? "";
    expect(textOf(all(heard.tree, "Responses")[0], "Status")).toBe("1");
    const stored = await on.mailbox.item({ user }, "calendar", id, { bodies: [], withBody: true });
    expect(stored).toMatchObject({ class: "Calendar", subject: "Dentist", timezone: berlin });
    for (const none of ["reminderMinutes", "recurrence", "location"]) expect(stored).not.toHaveProperty(none);
  });

  it("sends the time zone with names that are all zero, and gets it back as it was", async () => {
    const on = await site();
    const phone = iphone(on);
    const key = await calendarOf(phone);
    await phone.ask("Sync", syncOf("calendar", key, add(appointment())));
    const other = new ShapedDevice(on, {
      query: (command) => `Cmd=${command}&User=alice&DeviceId=OTHER&DeviceType=x`,
      headers: { authorization: basic(user), "ms-asprotocolversion": "14.1" },
    });
    await other.ask("FolderSync", folderSync());
    const start = keyOf(await other.ask("Sync", syncOf("calendar", "0")));
    const { tree } = await other.ask("Sync", syncOf("calendar", start));
    expect(textOf(tree, "Timezone")).toBe(berlin);
    expect(textOf(tree, "StartTime")).toBe("20240819T070000Z");
  });

  it("turns a series into one appointment by an empty Recurrence", async () => {
    const on = await site();
    const phone = iphone(on);
    const id = on.mailbox.addItem(user, "calendar", {
      class: "Calendar",
      subject: "Daily",
      startTimeMs: Date.UTC(2024, 7, 19, 7),
      endTimeMs: Date.UTC(2024, 7, 19, 8),
      recurrence: { type: "daily", interval: 1 },
    });
    const key = await calendarOf(phone);
    await phone.ask("Sync", syncOf("calendar", key, change(id, ["Calendar:Recurrence"])));
    const stored = await on.mailbox.item({ user }, "calendar", id, { bodies: [], withBody: true });
    expect(stored).toMatchObject({ subject: "Daily" });
    expect(stored).not.toHaveProperty("recurrence");
  });

  it("cancels a meeting of its own without naming attendees (iOS 6): they are still there to be told", async () => {
    const on = await site();
    const phone = iphone(on, "14.1");
    const attendees = [{ name: "Bob", email: "bob@example.com" }];
    const id = on.mailbox.addItem(user, "calendar", {
      class: "Calendar",
      subject: "Review",
      startTimeMs: Date.UTC(2024, 7, 19, 7),
      endTimeMs: Date.UTC(2024, 7, 19, 8),
      organizerEmail: user,
      meetingStatus: 1,
      attendees,
    });
    // The phone names what it knows in Supported, and Attendees is not among it: they stay.
    await phone.ask("FolderSync", folderSync());
    const supported: Tree = ["Supported", ["Calendar:MeetingStatus"], ["Calendar:Subject"]];
    const start = keyOf(await phone.ask("Sync", syncOf("calendar", "0", supported)));
    const key = keyOf(await phone.ask("Sync", syncOf("calendar", start)));
    const cancelled = change(
      id,
      ["Calendar:StartTime", "20240819T070000Z"],
      ["Calendar:EndTime", "20240819T080000Z"],
      ["Calendar:Subject", "Review"],
      ["Calendar:MeetingStatus", "5"],
    );
    expect(statusOf(await phone.ask("Sync", syncOf("calendar", key, cancelled)))).toBe("1");
    const stored = await on.mailbox.item({ user }, "calendar", id, { bodies: [], withBody: true });
    expect(stored).toMatchObject({ meetingStatus: 5, attendees });
  });

  it("writes an all-day event as its midnight and its time zone before 16.0 (iOS 5): the day is the same everywhere", async () => {
    const on = await site();
    const phone = iphone(on, "14.1");
    const key = await calendarOf(phone);
    const data: Tree = [
      "ApplicationData",
      ["Calendar:Timezone", berlin],
      ["Calendar:AllDayEvent", "1"],
      ["Calendar:StartTime", "20240818T220000Z"],
      ["Calendar:EndTime", "20240819T220000Z"],
      ["Calendar:Subject", "Holiday"],
    ];
    await phone.ask("Sync", syncOf("calendar", key, add(data)));
    const newer = iphone(on, "16.1");
    const start = keyOf(await newer.ask("Sync", syncOf("calendar", "0")));
    const { tree } = await newer.ask("Sync", syncOf("calendar", start));
    expect(textOf(tree, "StartTime")).toBe("20240819T000000Z");
    expect(textOf(tree, "EndTime")).toBe("20240820T000000Z");
    expect(textOf(tree, "Timezone")).toBeUndefined();
  });
});

describe("iOS: contacts", () => {
  const picture = Buffer.from("a picture").toString("base64");

  it.each(["12.1", "14.1", "16.1"])(
    "edits a contact with an empty Picture (iOS 8.2), in %s: the picture stays",
    async (version) => {
      const on = await site();
      const phone = iphone(on, version);
      const id = on.mailbox.addItem(user, "contacts", { class: "Contacts", firstName: "Ann", picture });
      const key = await setUp(phone, "contacts");
      const edited = change(id, ["Contacts:FirstName", "Anna"], ["Contacts:Picture"]);
      expect(statusOf(await phone.ask("Sync", syncOf("contacts", key, edited)))).toBe("1");
      const stored = await on.mailbox.item({ user }, "contacts", id, { bodies: [], withBody: true });
      expect(stored).toMatchObject({ firstName: "Anna", picture });
    },
  );

  it("does not name Picture among what it supports (iOS 4): it gets and keeps it all the same", async () => {
    const on = await site();
    const phone = iphone(on, "14.0");
    const id = on.mailbox.addItem(user, "contacts", { class: "Contacts", firstName: "Ann", picture });
    await phone.ask("FolderSync", folderSync());
    const supported: Tree = ["Supported", ["Contacts:FirstName"], ["Contacts:LastName"]];
    const start = keyOf(await phone.ask("Sync", syncOf("contacts", "0", supported)));
    const heard = await phone.ask("Sync", syncOf("contacts", start));
    expect(textOf(heard.tree, "Picture")).toBe(picture);
    await phone.ask("Sync", syncOf("contacts", keyOf(heard), change(id, ["Contacts:FirstName", "Anna"])));
    const stored = await on.mailbox.item({ user }, "contacts", id, { bodies: [], withBody: true });
    expect(stored).toMatchObject({ firstName: "Anna", picture });
  });

  it("asks the address list with an empty Picture: photos without limits, and no error where there are none", async () => {
    const photo = Buffer.alloc(5_000, 7);
    const people = [
      { displayName: "Ann Alpha", emailAddress: "ann@example.com", photo },
      { displayName: "Anton Beta", emailAddress: "anton@example.com" },
    ];
    const on = await site({}, { people });
    const { tree } = await iphone(on, "14.1").ask("Search", [
      "Search:Search",
      ["Store", ["Name", "GAL"], ["Query", "an"], ["Options", ["Range", "0-99"], ["Picture"]]],
    ]);
    expect(textsOf(tree, "DisplayName")).toEqual(["Ann Alpha", "Anton Beta"]);
    const pictures = all(tree, "Picture").map((one) => textOf(one, "Status"));
    expect(pictures).toEqual(["1", "173"]);
  });
});

describe("iOS: meetings", () => {
  it("invitations of calendars that are not Outlook's keep their UID in the GlobalObjId, ended by a zero", async () => {
    const on = await site();
    const uid = "8E3A1C5E7D9B4C4B9C1D1B2C3D4E5F60";
    const ics = [
      "BEGIN:VCALENDAR",
      "METHOD:REQUEST",
      "VERSION:2.0",
      "BEGIN:VEVENT",
      `UID:${uid}`,
      "DTSTAMP:20240801T000000Z",
      "DTSTART:20240819T070000Z",
      "DTEND:20240819T080000Z",
      "SUMMARY:Review",
      "ORGANIZER:mailto:bob@example.com",
      `ATTENDEE;RSVP=TRUE:mailto:${user}`,
      "END:VEVENT",
      "END:VCALENDAR",
    ].join("\r\n");
    on.mailbox.deliver(
      user,
      `From: bob@example.com\r\nTo: ${user}\r\nSubject: Review\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n${ics}\r\n`,
    );
    const phone = iphone(on, "14.1");
    await phone.ask("FolderSync", folderSync());
    const key = keyOf(await phone.ask("Sync", syncOf("inbox", "0")));
    const { tree } = await phone.ask("Sync", syncOf("inbox", key));
    expect(textOf(tree, "MessageClass")).toBe("IPM.Schedule.Meeting.Request");
    const [request] = all(tree, "MeetingRequest");
    const object = Buffer.from(textOf(request, "GlobalObjId") ?? "", "base64");
    expect(object.subarray(40).toString("latin1")).toBe(`vCal-Uid\u0001\0\0\0${uid}\0`);
    expect(namesIn(request)).toContain("Organizer");
  });
});
