/**
 * A user's day with two phones, over sockets: the first sets the account up from the e-mail address alone and does everything that a mail app
 * does; the other is pushed each change, is told in which folder, and gets exactly that change.
 */
import { afterEach, describe, expect, it } from "vitest";
import { flagChange, readChange } from "../../../src/client/index.js";
import { isAtLeast, type ProtocolVersion } from "../../../src/protocol/version.js";
import { Contacts, Tasks, textElement } from "../../../src/wbxml/index.js";
import { all, namesIn, type Tree, textOf, textsOf } from "../devices/tree.js";
import type { DiscoveryForm } from "./find-server.js";
import { MailService } from "./mail-service.js";
import { type Brought, ScriptedPhone } from "./scripted-phone.js";

const alice = "alice@example.com";
const bob = "bob@example.com";

const invitation = [
  `From: ${bob}`,
  `To: ${alice}`,
  "Subject: Review",
  "Message-ID: <invitation@example.com>",
  "Content-Type: text/calendar; method=REQUEST; charset=utf-8",
  "",
  "BEGIN:VCALENDAR",
  "METHOD:REQUEST",
  "VERSION:2.0",
  "BEGIN:VEVENT",
  "UID:review-1@example.com",
  "DTSTAMP:20260101T000000Z",
  "DTSTART:20260108T090000Z",
  "DTEND:20260108T100000Z",
  "SUMMARY:Review",
  `ORGANIZER:mailto:${bob}`,
  `ATTENDEE;RSVP=TRUE:mailto:${alice}`,
  "END:VEVENT",
  "END:VCALENDAR",
  "",
].join("\r\n");

const replyMessage = Buffer.from(
  [
    `From: ${alice}`,
    `To: ${bob}`,
    "Subject: Re: Plans",
    "Message-ID: <reply@phone>",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b"',
    "",
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHere they are.",
    "--b\r\nContent-Type: text/plain; name=plans.txt\r\nContent-Disposition: attachment; filename=plans.txt\r\nContent-Transfer-Encoding: base64\r\n\r\nUGxhbiBCCg==",
    "--b--\r\n",
  ].join("\r\n"),
);

interface Day {
  readonly service: MailService;
  readonly hers: ScriptedPhone;
  readonly other: ScriptedPhone;
  /** Which mails there were: those of the inbox. */
  readonly plans: string;
  readonly invited: string;
}

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function begin(version: ProtocolVersion, form: DiscoveryForm): Promise<Day> {
  const service = await MailService.start();
  open.push(service);
  const { mailbox } = service;
  mailbox.createFolder(alice, { name: "Project" });
  const plans = mailbox.deliver(
    alice,
    `From: ${bob}\r\nTo: ${alice}\r\nSubject: Plans\r\nMessage-ID: <plans@example.com>\r\n\r\nWhat are the plans?\r\n`,
  );
  const invited = mailbox.deliver(alice, invitation);
  // Named, so that what she sends has a mailbox to arrive in.
  mailbox.deliver(bob, "Subject: Welcome\r\n\r\nHello\r\n");
  const hers = await ScriptedPhone.setUp(service, alice, "PHONE1", version, form);
  const other = await ScriptedPhone.setUp(service, alice, "PHONE2", version, form);
  open.push(hers, other);
  return { service, hers, other, plans, invited };
}

/** What phones wait for, and what the other phone watches beside it. */
const usual = ["inbox", "calendar", "contacts", "tasks"] as const;
const watched = [...usual, "sent", "deleted", "Project"] as const;

interface Pushed {
  /** By the folder's kind or name, in what order ever. */
  readonly folders: Readonly<Record<string, Brought>>;
}

/**
 * Lets the first phone do something while both wait. The other one's Ping is answered and names the folders; its Syncs bring what is returned. The first
 * phone's own Ping is not answered.
 */
async function push(day: Day, act: () => Promise<unknown>): Promise<Pushed["folders"]> {
  const { service, hers, other } = day;
  await other.hold(...watched.map((kind) => other.folder(kind)));
  await hers.hold(...usual.map((kind) => hers.folder(kind)));
  await act();
  await service.clock.advance(1_000);
  const told = await other.told();
  expect(hers.isHeld).toBe(true);
  hers.letGo();
  const folders: Record<string, Brought> = {};
  for (const kind of watched) {
    const id = other.folder(kind);
    const brought = await other.sync(id);
    const isChanged = brought.added.length + brought.changed.length + brought.deleted.length > 0;
    // What is told is what there is, neither more nor less.
    expect([kind, isChanged]).toEqual([kind, told.includes(id)]);
    if (isChanged) folders[kind] = brought;
  }
  return folders;
}

const nothing: Brought = { added: [], changed: [], deleted: [] };

describe.each<[ProtocolVersion, DiscoveryForm]>([
  ["12.1", "xml-after-redirect"],
  ["14.1", "xml"],
  ["16.1", "json"],
])("two phones of version %s, whose server is found in %s", (version, form) => {
  const isNew = isAtLeast(version, "14.0");

  it("a mail that is read and flagged", async () => {
    const day = await begin(version, form);
    const { hers, plans } = day;
    const inbox = hers.folder("inbox");
    const read = await push(day, () => hers.sync(inbox, [readChange(plans, true)]));
    expect(read).toEqual({
      inbox: { ...nothing, changed: [{ id: plans, data: ["ApplicationData", ["Read", "1"]] }] },
    });
    const flagged = await push(day, () => hers.sync(inbox, [flagChange(plans, true)]));
    expect(Object.keys(flagged)).toEqual(["inbox"]);
    const [change] = flagged["inbox"]?.changed ?? [];
    expect([change?.id, namesIn(change?.data), textOf(change?.data, "Status")]).toEqual([
      plans,
      ["Flag"],
      "2",
    ]);
    expect(day.service.faults).toEqual([]);
  });

  it("a mail that is moved", async () => {
    const day = await begin(version, form);
    const { hers, plans } = day;
    let moved: string | undefined;
    const pushed = await push(day, async () => {
      const answer = await hers.command("MoveItems", [
        "Move:MoveItems",
        [
          "Move",
          ["SrcMsgId", plans],
          ["SrcFldId", hers.folder("inbox")],
          ["DstFldId", hers.folder("Project")],
        ],
      ]);
      expect(textOf(answer, "Status")).toBe("3");
      moved = textOf(answer, "DstMsgId");
    });
    expect(Object.keys(pushed).sort()).toEqual(["Project", "inbox"]);
    expect(pushed["inbox"]).toEqual({ ...nothing, deleted: [plans] });
    expect(pushed["Project"]).toMatchObject({ changed: [], deleted: [] });
    const [added] = pushed["Project"]?.added ?? [];
    expect([added?.id, textOf(added?.data, "Subject")]).toEqual([moved, "Plans"]);
  });

  it("a reply with an attachment, which reaches the other user as well", async () => {
    const day = await begin(version, form);
    const { service, hers, plans } = day;
    const his = await ScriptedPhone.setUp(service, bob, "PHONE3", version, form);
    open.push(his);
    await his.hold(his.folder("inbox"));
    await day.other.hold(day.other.folder("sent"));
    await hers.sendMail("SmartReply", "reply-1", replyMessage, { folder: hers.folder("inbox"), item: plans });
    await service.clock.advance(1_000);
    expect(await day.other.told()).toEqual([day.other.folder("sent")]);
    expect(await his.told()).toEqual([his.folder("inbox")]);
    for (const [phone, kind] of [
      [day.other, "sent"],
      [his, "inbox"],
    ] as const) {
      const { added } = await phone.sync(phone.folder(kind));
      const [reply] = added;
      expect(added).toHaveLength(1);
      expect(textOf(reply?.data, "Subject")).toBe("Re: Plans");
      const body = textOf(all(reply?.data, "Body")[0], "Data");
      expect(body).toMatch(/^Here they are\.[\s\S]*> What are the plans\?/);
      expect(textsOf(reply?.data, "DisplayName")).toEqual(["plans.txt"]);
      const reference = textOf(reply?.data, "FileReference") ?? "";
      expect((await phone.attachment(reference)).toString()).toBe("Plan B\n");
    }
    // That it was answered is a change of the mail, which both phones are told.
    for (const phone of [day.other, hers]) {
      const { changed } = await phone.sync(phone.folder("inbox"));
      expect(changed.map(({ id }) => id)).toEqual([plans]);
      expect(textOf(changed[0]?.data, "LastVerbExecuted")).toBe(isNew ? "1" : undefined);
    }
  });

  it("a search, and an attachment of what it finds; neither is a change that is pushed", async () => {
    const day = await begin(version, form);
    const { service, hers, other } = day;
    service.mailbox.deliver(alice, replyMessage);
    for (const phone of [hers, other]) await phone.sync(phone.folder("inbox"));
    for (const phone of [hers, other]) await phone.hold(...usual.map((kind) => phone.folder(kind)));
    const query: readonly Tree[] = [
      ["AirSync:Class", "Email"],
      ["AirSync:CollectionId", hers.folder("inbox")],
      ["FreeText", "plans"],
    ];
    const found =
      version === "16.1"
        ? await hers.command("Find", [
            "Find:Find",
            ["SearchId", "1"],
            ["ExecuteSearch", ["MailBoxSearchCriterion", ["Query", ...query], ["Options", ["Range", "0-9"]]]],
          ])
        : await hers.command("Search", [
            "Search:Search",
            [
              "Store",
              ["Name", "Mailbox"],
              ["Query", ["And", ...query]],
              ["Options", ["RebuildResults"], ["Range", "0-9"]],
            ],
          ]);
    expect(textOf(found, "Total")).toBe("2");
    expect(textsOf(found, "Subject").toSorted()).toEqual(["Plans", "Re: Plans"]);
    const item = all(found, "Result").find((result) => textOf(result, "Subject") === "Re: Plans");
    const place: readonly Tree[] =
      version === "16.1"
        ? [
            ["AirSync:CollectionId", textOf(item, "CollectionId") ?? ""],
            ["AirSync:ServerId", textOf(item, "ServerId") ?? ""],
          ]
        : [["Search:LongId", textOf(item, "LongId") ?? ""]];
    const fetched = await hers.command("ItemOperations", [
      "ItemOperations:ItemOperations",
      ["Fetch", ["Store", "Mailbox"], ...place],
    ]);
    expect((await hers.attachment(textOf(fetched, "FileReference") ?? "")).toString()).toBe("Plan B\n");
    await service.clock.advance(1_000);
    expect([hers.isHeld, other.isHeld]).toEqual([true, true]);
  });

  it("a meeting that is accepted", async () => {
    const day = await begin(version, form);
    const { service, hers, other, invited } = day;
    const own = ["contacts", "tasks"].map((kind) => hers.folder(kind));
    await other.hold(...watched.map((kind) => other.folder(kind)));
    await hers.hold(...own);
    const answer = await hers.command("MeetingResponse", [
      "MeetingResponse:MeetingResponse",
      [
        "Request",
        ["UserResponse", "1"],
        ["CollectionId", hers.folder("inbox")],
        ["RequestId", invited],
        ...(isAtLeast(version, "16.0") ? [["SendResponse"] as const] : []),
      ],
    ]);
    expect(textOf(answer, "Status")).toBe("1");
    const calendarId = textOf(answer, "CalendarId");
    await service.clock.advance(1_000);
    const told = ["calendar", "deleted", "inbox"].map((kind) => other.folder(kind)).sort();
    expect(await other.told()).toEqual(told);
    expect(hers.isHeld).toBe(true);
    for (const phone of [other, hers]) {
      expect(await phone.sync(phone.folder("inbox"))).toEqual({ ...nothing, deleted: [invited] });
      const { added, changed, deleted } = await phone.sync(phone.folder("calendar"));
      expect([added.map(({ id }) => id), changed, deleted]).toEqual([[calendarId], [], []]);
      expect(textOf(added[0]?.data, "Subject")).toBe("Review");
      expect(textOf(added[0]?.data, "StartTime")).toBe("20260108T090000Z");
      expect(textOf(added[0]?.data, "ResponseType")).toBe(isNew ? "3" : undefined);
      expect(await phone.sync(phone.folder("deleted"))).toMatchObject({
        added: [{}],
        changed: [],
        deleted: [],
      });
    }
    // From 16.0 on the server tells the organizer; before that the phone sends the answer itself.
    const sent = service.mailbox.submission.sent.map(({ recipients }) => recipients);
    expect(sent).toEqual(isAtLeast(version, "16.0") ? [[bob]] : []);
  });

  it("a contact and a task that are made", async () => {
    const day = await begin(version, form);
    const { hers } = day;
    const contact = await push(day, () =>
      hers.sync(hers.folder("contacts"), [
        {
          kind: "add",
          clientId: "c1",
          data: [textElement(Contacts.FirstName, "Ann"), textElement(Contacts.LastName, "Alpha")],
        },
      ]),
    );
    expect(Object.keys(contact)).toEqual(["contacts"]);
    expect(contact["contacts"]).toMatchObject({ changed: [], deleted: [] });
    expect(contact["contacts"]?.added.map(({ data }) => textOf(data, "LastName"))).toEqual(["Alpha"]);
    const task = await push(day, () =>
      hers.sync(hers.folder("tasks"), [
        {
          kind: "add",
          clientId: "t1",
          data: [textElement(Tasks.Subject, "Water the plants"), textElement(Tasks.Complete, false)],
        },
      ]),
    );
    expect(Object.keys(task)).toEqual(["tasks"]);
    expect(task["tasks"]?.added.map(({ data }) => textOf(data, "Subject"))).toEqual(["Water the plants"]);
    // What she made is hers already: nothing comes back to her.
    for (const kind of ["contacts", "tasks"]) expect(await hers.sync(hers.folder(kind))).toEqual(nothing);
  });
});
