/**
 * Elements of later versions than the request's ([MS-ASWBXML] 2.1.2.1). What asks for something to be done is refused, or to pass it over would be
 * success for what was not done; what is only about how much is told is passed over, as devices send it in any version. Each element is one or the other.
 */
import { describe, expect, it } from "vitest";
import type { CalendarItem } from "../../src/mailbox/items/calendar.js";
import { isAtLeast, type ProtocolVersion, protocolVersions } from "../../src/protocol/version.js";
import { codePages } from "../../src/wbxml/code-pages/code-pages.js";
import { isTagInVersion } from "../../src/wbxml/index.js";
import type { Tree } from "./devices/tree.js";
import { user, World } from "./statuses/world.js";

/** A request with an element, what it gets from the version on that has it, and what before. */
interface LaterElement {
  readonly name: string;
  readonly since: ProtocolVersion;
  readonly command: string;
  readonly tree: (world: World) => Tree | Promise<Tree>;
  /** The element of the answer that has the Status. */
  readonly at: string;
  /** What is before `since`. */
  readonly refused: number;
  /** What is then; undefined: it is not mentioned. */
  readonly taken: number | undefined;
}

const message = Buffer.from(
  `From: ${user}\r\nTo: bob@example.com\r\nSubject: Hi\r\nMessage-ID: <1@phone>\r\n\r\nHi\r\n`,
);
const store: Tree = ["Store", "Mailbox"];

const send =
  (...extra: readonly Tree[]) =>
  (): Tree => ["ComposeMail:SendMail", ["ClientId", "1"], ["Mime", message], ...extra];

const answer =
  (...extra: readonly Tree[]) =>
  ({ invited }: World): Tree => [
    "MeetingResponse:MeetingResponse",
    ["Request", ["UserResponse", "1"], ["CollectionId", "inbox"], ["RequestId", invited], ...extra],
  ];

/** A Sync of a folder that the device has. */
const sync = (folder: string, command: (world: World) => Tree) => async (world: World) => {
  await world.device.syncAll(folder);
  const place: readonly Tree[] = [
    ["SyncKey", world.key(folder)],
    ["CollectionId", folder],
  ];
  return [
    "AirSync:Sync",
    ["Collections", ["Collection", ...place, ["Commands", command(world)]]],
  ] satisfies Tree;
};

const appointment =
  (...extra: readonly Tree[]) =>
  (): Tree => [
    "Add",
    ["ClientId", "1"],
    [
      "ApplicationData",
      ["Calendar:StartTime", "20270105T090000Z"],
      ["Calendar:EndTime", "20270105T100000Z"],
      ["Calendar:Subject", "Team"],
      ...extra,
    ],
  ];

const task =
  (...recurrence: readonly Tree[]) =>
  (): Tree => [
    "Add",
    ["ClientId", "1"],
    [
      "ApplicationData",
      ["Tasks:Subject", "Rent"],
      ["Tasks:UtcStartDate", "2027-01-05T00:00:00.000Z"],
      ["Tasks:StartDate", "2027-01-05T00:00:00.000Z"],
      ["Tasks:UtcDueDate", "2027-01-05T00:00:00.000Z"],
      ["Tasks:DueDate", "2027-01-05T00:00:00.000Z"],
      ["Tasks:Recurrence", ["Start", "2027-01-05T00:00:00.000Z"], ...recurrence],
    ],
  ];

const yearlyTask = (extra: Tree): (() => Tree) =>
  task(["Type", "5"], ["DayOfMonth", "5"], ["MonthOfYear", "1"], extra);

const draft =
  (...extra: readonly Tree[]) =>
  (): Tree => [
    "Add",
    ["ClientId", "1"],
    ["ApplicationData", ["Email:To", "bob@example.com"], ["Email:Subject", "Hi"], ...extra],
  ];

const draftWithAttachment = [
  `From: ${user}\r\nTo: bob@example.com\r\nSubject: Hi\r\nMIME-Version: 1.0`,
  "Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nabc",
].join("\r\n");

const attachment: Tree = [
  "AirSyncBase:Attachments",
  [
    "Add",
    ["ClientId", "a"],
    ["Method", "1"],
    ["Content", Buffer.from("abc")],
    ["DisplayName", "a.txt"],
    ["ContentType", "text/plain"],
  ],
];

const elements: readonly LaterElement[] = [
  {
    name: "AirSync:HeartbeatInterval",
    since: "14.0",
    command: "Sync",
    // Out of bounds, so that it is answered at once.
    tree: (world) => [
      "AirSync:Sync",
      ["Collections", ["Collection", ["SyncKey", world.key("inbox")], ["CollectionId", "inbox"]]],
      ["HeartbeatInterval", "1"],
    ],
    at: "Sync",
    refused: 4,
    taken: 14,
  },
  {
    name: "ItemOperations:Move",
    since: "14.0",
    command: "ItemOperations",
    tree: () => [
      "ItemOperations:ItemOperations",
      ["Move", ["ConversationId", Buffer.alloc(16)], ["DstFldId", "project"], ["Options", ["MoveAlways"]]],
    ],
    at: "ItemOperations",
    refused: 2,
    taken: 1,
  },
  {
    name: "ResolveRecipients:Availability",
    since: "14.0",
    command: "ResolveRecipients",
    tree: () => [
      "ResolveRecipients:ResolveRecipients",
      ["To", "carol"],
      ["Options", ["Availability", ["StartTime", "2027-01-05T00:00:00.000Z"]]],
    ],
    at: "ResolveRecipients",
    refused: 5,
    taken: 1,
  },
  {
    name: "Search:ConversationId",
    since: "14.0",
    command: "Search",
    tree: () => [
      "Search:Search",
      [
        "Store",
        ["Name", "Mailbox"],
        ["Query", ["And", ["AirSync:Class", "Email"], ["ConversationId", Buffer.alloc(16)]]],
      ],
    ],
    at: "Store",
    refused: 2,
    taken: 1,
  },
  {
    name: "Calendar:CalendarType",
    since: "14.0",
    command: "Sync",
    tree: sync(
      "calendar",
      appointment([
        "Calendar:Recurrence",
        ["Type", "5"],
        ["DayOfMonth", "5"],
        ["MonthOfYear", "1"],
        ["CalendarType", "8"],
      ]),
    ),
    at: "Add",
    refused: 6,
    taken: 1,
  },
  ...(
    [
      ["ResponseRequested", "0"],
      ["DisallowNewTimeProposal", "1"],
    ] as const
  ).map(
    ([name, value]): LaterElement => ({
      name: `Calendar:${name}`,
      since: "14.0",
      command: "Sync",
      tree: sync("calendar", appointment([`Calendar:${name}`, value])),
      at: "Add",
      refused: 6,
      taken: 1,
    }),
  ),
  {
    name: "Calendar:IsLeapMonth",
    since: "14.0",
    command: "Sync",
    tree: sync(
      "calendar",
      appointment([
        "Calendar:Recurrence",
        ["Type", "5"],
        ["DayOfMonth", "5"],
        ["MonthOfYear", "1"],
        ["IsLeapMonth", "1"],
      ]),
    ),
    at: "Add",
    refused: 6,
    taken: 1,
  },
  {
    name: "Calendar:FirstDayOfWeek",
    since: "14.1",
    command: "Sync",
    // Every other week: which days those are depends on where a week begins.
    tree: sync(
      "calendar",
      appointment([
        "Calendar:Recurrence",
        ["Type", "1"],
        ["Interval", "2"],
        ["DayOfWeek", "3"],
        ["FirstDayOfWeek", "1"],
      ]),
    ),
    at: "Add",
    refused: 6,
    taken: 1,
  },
  ...(
    [
      ["CalendarType", "14.0", yearlyTask(["CalendarType", "8"])],
      ["IsLeapMonth", "14.0", yearlyTask(["IsLeapMonth", "1"])],
      [
        "FirstDayOfWeek",
        "14.1",
        task(["Type", "1"], ["Interval", "2"], ["DayOfWeek", "3"], ["FirstDayOfWeek", "1"]),
      ],
    ] as const
  ).map(
    ([name, since, command]): LaterElement => ({
      name: `Tasks:${name}`,
      since,
      command: "Sync",
      tree: sync("tasks", command),
      at: "Add",
      refused: 6,
      taken: 1,
    }),
  ),
  {
    name: "Email:Categories",
    since: "14.0",
    command: "Sync",
    tree: sync("inbox", ({ plans }) => [
      "Change",
      ["ServerId", plans],
      ["ApplicationData", ["Email:Categories", ["Category", "Red"]]],
    ]),
    at: "Change",
    refused: 6,
    taken: undefined,
  },
  {
    name: "MeetingResponse:InstanceId",
    since: "14.1",
    command: "MeetingResponse",
    tree: answer(["InstanceId", "2027-01-08T09:00:00.000Z"]),
    at: "Result",
    refused: 2,
    taken: 146,
  },
  {
    name: "RightsManagement:RemoveRightsManagementProtection",
    since: "14.1",
    command: "ItemOperations",
    tree: ({ plans }) => [
      "ItemOperations:ItemOperations",
      [
        "Fetch",
        store,
        ["AirSync:CollectionId", "inbox"],
        ["AirSync:ServerId", plans],
        ["RightsManagement:RemoveRightsManagementProtection"],
      ],
    ],
    at: "Fetch",
    refused: 2,
    taken: 168,
  },
  {
    name: "Settings:RightsManagementInformation",
    since: "14.1",
    command: "Settings",
    tree: () => ["Settings:Settings", ["RightsManagementInformation", ["Get"]]],
    at: "Settings",
    refused: 2,
    taken: 1,
  },
  {
    name: "ComposeMail:AccountId",
    since: "14.1",
    command: "SendMail",
    tree: send(["AccountId", "2"]),
    at: "SendMail",
    refused: 103,
    taken: 166,
  },
  {
    name: "RightsManagement:TemplateID",
    since: "14.1",
    command: "SendMail",
    tree: send(["RightsManagement:TemplateID", "c0ffee00-0000-0000-0000-000000000001"]),
    at: "SendMail",
    refused: 103,
    taken: 168,
  },
  {
    name: "ComposeMail:Forwardees",
    since: "16.0",
    command: "SmartForward",
    // The message goes to others than the Forwardees.
    tree: ({ plans }) => [
      "ComposeMail:SmartForward",
      ["ClientId", "1"],
      ["Source", ["FolderId", "inbox"], ["ItemId", plans]],
      ["Mime", message],
      ["Forwardees", ["Forwardee", ["Email", "carol@example.com"]]],
    ],
    at: "SmartForward",
    refused: 103,
    taken: 178,
  },
  {
    name: "MeetingResponse:SendResponse",
    since: "16.0",
    command: "MeetingResponse",
    tree: answer(["SendResponse"]),
    at: "Result",
    refused: 2,
    taken: 1,
  },
  {
    name: "AirSyncBase:Location",
    since: "16.0",
    command: "Sync",
    tree: sync("calendar", appointment(["AirSyncBase:Location", ["DisplayName", "Room 1"]])),
    at: "Add",
    refused: 6,
    taken: 1,
  },
  {
    name: "AirSyncBase:InstanceId",
    since: "16.0",
    command: "Sync",
    tree: sync("calendar", ({ mailbox }) => {
      const startTimeMs = Date.UTC(2027, 0, 5, 9);
      const id = mailbox.addItem(user, "calendar", {
        class: "Calendar",
        startTimeMs,
        endTimeMs: startTimeMs + 3_600_000,
        recurrence: { type: "daily", interval: 1 },
      });
      return ["Delete", ["ServerId", id], ["AirSyncBase:InstanceId", "2027-01-06T09:00:00.000Z"]];
    }),
    at: "Delete",
    refused: 6,
    taken: undefined,
  },
  {
    name: "Email2:Send",
    since: "16.0",
    command: "Sync",
    tree: sync("drafts", draft(["Email2:Send"])),
    at: "Add",
    refused: 6,
    taken: 1,
  },
  {
    name: "Email2:Bcc",
    since: "16.0",
    command: "Sync",
    tree: sync("drafts", draft(["Email2:Bcc", "carol@example.com"])),
    at: "Add",
    refused: 6,
    taken: 1,
  },
  {
    name: "AirSyncBase:Add",
    since: "16.0",
    command: "Sync",
    tree: sync("drafts", draft(attachment)),
    at: "Add",
    refused: 6,
    taken: 1,
  },
  {
    name: "AirSyncBase:Delete",
    since: "16.0",
    command: "Sync",
    tree: async (world) => {
      const folder = "drafts";
      const id = world.mailbox.deliver(user, draftWithAttachment, { folder });
      const item = await world.mailbox.item({ user }, folder, id, { bodies: [], withBody: true });
      const reference = (item?.class === "Email" && item.attachments?.[0]?.fileReference) || "";
      const removed: Tree = ["AirSyncBase:Attachments", ["Delete", ["FileReference", reference]]];
      return sync(folder, () => ["Change", ["ServerId", id], ["ApplicationData", removed]])(world);
    },
    at: "Change",
    refused: 6,
    taken: undefined,
  },
  ...["ProposedStartTime", "ProposedEndTime"].map(
    (name): LaterElement => ({
      name: `MeetingResponse:${name}`,
      since: "16.1",
      command: "MeetingResponse",
      tree: answer([
        "SendResponse",
        ["ProposedStartTime", "20270109T090000Z"],
        ["ProposedEndTime", "20270109T100000Z"],
      ]),
      at: "Result",
      refused: 2,
      taken: 1,
    }),
  ),
  {
    name: "Provision:AccountOnlyRemoteWipe",
    since: "16.1",
    command: "Provision",
    tree: () => ["Provision:Provision", ["AccountOnlyRemoteWipe", ["Status", "1"]]],
    at: "Provision",
    refused: 2,
    taken: 1,
  },
];

/** What is about how much is told, beside an answer that is right without it. */
const passedOver = new Set([
  // How a body is wanted, beside the body.
  "AirSyncBase:Preview",
  "AirSyncBase:BodyPartPreference",
  // Photos beside people, which iOS asks for in any version.
  "ResolveRecipients:Picture",
  "ResolveRecipients:MaxSize",
  "ResolveRecipients:MaxPictures",
  "Search:Picture",
  "Search:MaxSize",
  "Search:MaxPictures",
  // Not offered in any version, which docs/protocol.md says.
  "AirSync:ConversationMode",
  "AirSync:MaxItems",
  "RightsManagement:RightsManagementSupport",
  // What a device tells of itself is welcome.
  "Settings:EnableOutboundSMS",
  "Settings:MobileOperator",
]);

/** Inside an element that is refused. */
const within = new Set([
  "ResolveRecipients:StartTime",
  "ResolveRecipients:EndTime",
  "ItemOperations:DstFldId",
  "ItemOperations:ConversationId",
  "ItemOperations:MoveAlways",
]);

/** Only ever in answers. */
const answers = new Set([
  "ResolveRecipients:MergedFreeBusy",
  "ResolveRecipients:Data",
  "Gal:Picture",
  "Gal:Status",
  "Gal:Data",
  "AirSyncBase:BodyPart",
  "AirSyncBase:Status",
  "Settings:PrimarySmtpAddress",
  "Settings:Accounts",
  "Settings:Account",
  "Settings:AccountId",
  "Settings:AccountName",
  "Settings:UserDisplayName",
  "Settings:SendDisabled",
]);

/** Pages of commands and of a class of items that are not there at all before. */
const wholePages = new Set(["ComposeMail", "Find", "Notes"]);

/** Inside an element of an item that is refused, or that means nothing alone. */
const withinItems = new Set([
  "Email:Category",
  ...["ClientId", "Content"].map((name) => `AirSyncBase:${name}`),
  ...["Annotation", "Street", "City", "State", "Country", "PostalCode", "LocationUri"].map(
    (name) => `AirSyncBase:${name}`,
  ),
  ...["Latitude", "Longitude", "Accuracy", "Altitude", "AltitudeAccuracy"].map(
    (name) => `AirSyncBase:${name}`,
  ),
]);

/** What an item has from the server alone, by the item's page: in a Change it is what it is in any other version, which is tried below. */
const ofServer: readonly (readonly [name: string, value: string])[] = [
  ["Calendar:AppointmentReplyTime", "20270105T090000Z"],
  ["Calendar:ResponseType", "3"],
  ["Calendar:OnlineMeetingConfLink", "sip:a@example.com"],
  ["Calendar:OnlineMeetingExternalLink", "https://example.com"],
  ["Email2:UmCallerID", "1"],
  ["Email2:UmUserNotes", "1"],
  ["Email2:ConversationId", "1"],
  ["Email2:ConversationIndex", "1"],
  ["Email2:LastVerbExecuted", "1"],
  ["Email2:LastVerbExecutionTime", "2027-01-05T09:00:00.000Z"],
  ["Email2:ReceivedAsBcc", "1"],
  ["Email2:Sender", "bob@example.com"],
  ["Email2:AccountId", "1"],
  ["Email2:IsDraft", "1"],
  ["RightsManagement:RightsManagementLicense", ""],
];

/** Inside an element of the server's: a meeting request, an attachment, a licence. */
const withinServer = new Set([
  "Email:DisallowNewTimeProposal",
  "Email2:UmAttDuration",
  "Email2:UmAttOrder",
  "Email2:CalendarType",
  "Email2:IsLeapMonth",
  "Email2:FirstDayOfWeek",
  "Email2:MeetingMessageType",
  ...["EditAllowed", "ReplyAllowed", "ReplyAllAllowed", "ForwardAllowed", "ModifyRecipientsAllowed"].map(
    (name) => `RightsManagement:${name}`,
  ),
  ...["ExtractAllowed", "PrintAllowed", "ExportAllowed", "ProgrammaticAccessAllowed", "Owner"].map(
    (name) => `RightsManagement:${name}`,
  ),
  ...["ContentExpiryDate", "ContentOwner", "TemplateName", "TemplateDescription"].map(
    (name) => `RightsManagement:${name}`,
  ),
  ...["RightsManagementTemplates", "RightsManagementTemplate"].map((name) => `RightsManagement:${name}`),
]);

/** Of an item, passed over: it is the same item without it. */
const passedOverInItems = new Set([
  // Of the recipient cache, a folder that there is not before.
  "Contacts:WeightedRank",
  "Contacts:Alias",
  // By what a device knows its own appointment, beside the ClientId of the command.
  "Calendar:ClientUid",
]);

describe.each(elements)("$name ($since)", ({ since, command, tree, at, refused, taken }) => {
  const ask = async (version: ProtocolVersion): Promise<readonly string[]> => {
    const one = { code: 0, at, why: "", tree, version };
    const world = await World.of(one);
    try {
      const found = await world.statuses(command, one);
      if (!isAtLeast(version, since)) expect(world.mailbox.submission.sent).toEqual([]);
      return found;
    } finally {
      await world.close();
    }
  };
  // Before 14.0 mails are sent without a document.
  const takesDocument = (version: ProtocolVersion): boolean =>
    !["SendMail", "SmartForward"].includes(command) || isAtLeast(version, "14.0");
  const earlier = protocolVersions.filter((version) => !isAtLeast(version, since) && takesDocument(version));

  it.each(earlier)("is refused in %s", async (version) => {
    expect(await ask(version)).toEqual([String(refused)]);
  });

  it("is taken once the version has it", async () => {
    expect(await ask(since)).toEqual(taken === undefined ? [] : [String(taken)]);
  });
});

describe("an element of a later version that says what is so without it", () => {
  it.each<readonly [string, Tree]>([
    ["ResponseRequested", ["Calendar:ResponseRequested", "1"]],
    ["DisallowNewTimeProposal", ["Calendar:DisallowNewTimeProposal", "0"]],
    [
      "FirstDayOfWeek of each week",
      ["Calendar:Recurrence", ["Type", "1"], ["Interval", "1"], ["DayOfWeek", "3"], ["FirstDayOfWeek", "1"]],
    ],
  ])("is passed over: %s", async (_name, extra) => {
    const tree = sync("calendar", appointment(extra));
    const one = { code: 1, at: "Add", why: "", tree, version: "12.1" } as const;
    const world = await World.of(one);
    try {
      expect(await world.statuses("Sync", one)).toEqual(["1"]);
    } finally {
      await world.close();
    }
  });
});

describe.each(ofServer)("%s, which is the server's", (name, value) => {
  const isMail = !name.startsWith("Calendar:");
  const added: CalendarItem = {
    class: "Calendar",
    subject: "Team",
    startTimeMs: Date.UTC(2027, 0, 5, 9),
    endTimeMs: Date.UTC(2027, 0, 5, 10),
  };
  const changed = async (version: ProtocolVersion): Promise<readonly unknown[]> => {
    let id = "";
    const tree = sync(isMail ? "inbox" : "calendar", ({ plans }) => [
      "Change",
      ["ServerId", isMail ? plans : id],
      [
        "ApplicationData",
        isMail ? ["Email:Read", "1"] : ["Calendar:Subject", "Other"],
        ...(isMail ? [] : ([["Calendar:StartTime", "20270105T090000Z"]] as const)),
        ...(isMail ? [] : ([["Calendar:EndTime", "20270105T100000Z"]] as const)),
        [name, value],
      ],
    ]);
    const one = { code: 0, at: "Change", why: "", tree, version } as const;
    const world = await World.of({
      ...one,
      mailbox: (mailbox) => {
        id = mailbox.addItem(user, "calendar", added);
      },
    });
    try {
      const statuses = await world.statuses("Sync", one);
      const view = { bodies: [], withBody: false };
      const folder = isMail ? "inbox" : "calendar";
      const item = await world.mailbox.item({ user }, folder, isMail ? world.plans : id, view);
      const isDone =
        item?.class === "Email" ? item.read : item?.class === "Calendar" && item.subject === "Other";
      const kept = item?.class === "Calendar" ? [item.responseType, item.appointmentReplyTimeMs] : [];
      return [statuses, isDone, kept];
    } finally {
      await world.close();
    }
  };

  it("is nothing that a Change can set, and the same Status and the same item in every version", async () => {
    const found = await Promise.all(protocolVersions.map(changed));
    const [statuses, isDone, kept] = found[0] ?? [];
    for (const one of found) expect(one).toEqual([statuses, isDone, kept]);
    // Refused, and nothing done; or passed over, and the rest done.
    expect([
      [["6"], false],
      [[], true],
    ]).toContainEqual([statuses, isDone]);
    expect(kept).toEqual(isMail ? [] : [undefined, undefined]);
  });
});

describe("attendees of one occurrence, which 12.1 does not have", () => {
  const attendees = (name: string): Tree => [
    "Calendar:Attendees",
    ["Attendee", ["Email", `${name}@example.com`], ["Name", name]],
  ];
  const series = (own: string): readonly Tree[] => [
    attendees("bob"),
    ["Calendar:Recurrence", ["Type", "0"], ["Interval", "1"]],
    [
      "Calendar:Exceptions",
      ["Exception", ["ExceptionStartTime", "20270106T090000Z"], ["Subject", "Other"], attendees(own)],
    ],
  ];

  it.each([
    ["12.1", "bob", 1],
    ["12.1", "carol", 6],
    ["14.0", "carol", 1],
  ] as const)("in %s are %s: Status %i", async (version, own, code) => {
    const tree = sync("calendar", appointment(...series(own)));
    const one = { code, at: "Add", why: "", tree, version };
    const world = await World.of(one);
    try {
      expect(await world.statuses("Sync", one)).toEqual([String(code)]);
    } finally {
      await world.close();
    }
  });

  it("stay when a device of 12.1 changes the occurrence", async () => {
    const startTimeMs = Date.UTC(2027, 0, 5, 9);
    const originalStartMs = startTimeMs + 86_400_000;
    const carol = { email: "carol@example.com", name: "Carol" };
    let id = "";
    const tree = sync("calendar", () => [
      "Change",
      ["ServerId", id],
      [
        "ApplicationData",
        ["Calendar:Subject", "Team"],
        ["Calendar:StartTime", "20270105T090000Z"],
        ["Calendar:EndTime", "20270105T100000Z"],
        ["Calendar:Recurrence", ["Type", "0"], ["Interval", "1"]],
        [
          "Calendar:Exceptions",
          ["Exception", ["ExceptionStartTime", "20270106T090000Z"], ["Subject", "Other"]],
        ],
      ],
    ]);
    const one = { code: 1, at: "Change", why: "", tree, version: "12.1" } as const;
    const world = await World.of({
      ...one,
      mailbox: (mailbox) => {
        id = mailbox.addItem(user, "calendar", {
          class: "Calendar",
          subject: "Team",
          startTimeMs,
          endTimeMs: startTimeMs + 3_600_000,
          recurrence: { type: "daily", interval: 1 },
          exceptions: [{ deleted: false, originalStartMs, attendees: [carol], responseType: "accepted" }],
        });
      },
    });
    try {
      expect(await world.statuses("Sync", one)).toEqual([]);
      const item = await world.mailbox.item({ user }, "calendar", id, { bodies: [], withBody: false });
      expect(item).toMatchObject({
        exceptions: [{ originalStartMs, subject: "Other", attendees: [carol], responseType: "accepted" }],
      });
    } finally {
      await world.close();
    }
  });
});

describe("every element that came after 12.1", () => {
  const later = codePages.flatMap(({ name, tags }) =>
    Object.entries(tags)
      .filter(([, tag]) => isTagInVersion(tag, "16.1") && !isTagInVersion(tag, "12.1"))
      .map(([token, tag]) => ({ page: name, name: `${name}:${token}`, tag })),
  );
  const refused = new Map(elements.map((element) => [element.name, element]));
  const server = new Set(ofServer.map(([name]) => name));
  const items = [withinItems, server, withinServer, passedOverInItems];
  const decided: readonly ReadonlySet<string>[] = [passedOver, within, answers, ...items];

  it("is refused, or known to do no harm when it is passed over", () => {
    const undecided = later.filter(
      ({ page, name }) =>
        !refused.has(name) && !decided.some((names) => names.has(name)) && !wholePages.has(page),
    );
    expect(undecided.map(({ name }) => name)).toEqual([]);
  });

  it("is decided once, and is one of them", () => {
    const names = [...decided.flatMap((some) => [...some]), ...refused.keys()];
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
    const there = new Set(later.map(({ name }) => name));
    expect(names.filter((name) => !there.has(name))).toEqual([]);
  });

  it("is refused before the version that the code pages say", () => {
    const tags = new Map(later.map(({ name, tag }) => [name, tag]));
    for (const { name, since } of elements) {
      const tag = tags.get(name) ?? 0;
      const first = protocolVersions.find((version) => isTagInVersion(tag, version));
      expect([name, first]).toEqual([name, since]);
    }
  });
});
