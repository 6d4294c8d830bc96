/**
 * Requests that are nearly right: of every command, with elements left out, doubled, moved, emptied or filled with nonsense. Whatever comes is
 * answered in the protocol's own way: no fault of the library, nothing that is held for ever, nothing that is left behind.
 */
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { createDirectPush } from "../../src/index.js";
import type { ProtocolVersion } from "../../src/protocol/version.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../src/testing/index.js";
import type { WbxmlElement } from "../../src/wbxml/index.js";
import { until } from "../contract/deadline.js";
import { document, type Tree, textOf, treeOf } from "./devices/tree.js";

const user = "alice@example.com";
const message = Buffer.from(
  `From: ${user}\r\nTo: bob@example.com\r\nSubject: Hi\r\nMessage-ID: <1@x>\r\n\r\nHi\r\n`,
);
const invitation = [
  "From: bob@example.com\r\nSubject: Review\r\nContent-Type: text/calendar; method=REQUEST\r\n",
  "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@x\r\nDTSTART:20260108T090000Z\r\nDTEND:20260108T100000Z",
  "SUMMARY:Review\r\nORGANIZER:mailto:bob@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
].join("\r\n");

/** What the right requests are about. */
interface Known {
  readonly mail: string;
  readonly meeting: string;
  readonly appointment: string;
  readonly folderKey: string;
  readonly inboxKey: string;
  readonly calendarKey: string;
  readonly contactsKey: string;
}

/** Requests as they should be. */
function requests(known: Known): readonly (readonly [command: string, tree: Tree])[] {
  const { mail, meeting, appointment } = known;
  const place: readonly Tree[] = [
    ["AirSync:CollectionId", "inbox"],
    ["AirSync:ServerId", mail],
  ];
  return [
    [
      "Sync",
      syncTree("inbox", known.inboxKey, [
        "Change",
        ["ServerId", mail],
        ["ApplicationData", ["Email:Read", "1"]],
      ]),
    ],
    ["Sync", syncTree("calendar", known.calendarKey, ["Add", ["ClientId", "1"], appointmentData])],
    ["Sync", syncTree("calendar", known.calendarKey, ["Change", ["ServerId", appointment], appointmentData])],
    [
      "Sync",
      syncTree("contacts", known.contactsKey, [
        "Add",
        ["ClientId", "1"],
        ["ApplicationData", ["Contacts:FirstName", "Ann"], ["Contacts:Birthday", "1980-05-01T11:00:00.000Z"]],
      ]),
    ],
    ["FolderSync", ["FolderHierarchy:FolderSync", ["SyncKey", known.folderKey]]],
    [
      "FolderCreate",
      [
        "FolderHierarchy:FolderCreate",
        ["SyncKey", known.folderKey],
        ["ParentId", "0"],
        ["DisplayName", "New"],
        ["Type", "12"],
      ],
    ],
    [
      "FolderUpdate",
      [
        "FolderHierarchy:FolderUpdate",
        ["SyncKey", known.folderKey],
        ["ServerId", "project"],
        ["ParentId", "0"],
        ["DisplayName", "Renamed"],
      ],
    ],
    ["FolderDelete", ["FolderHierarchy:FolderDelete", ["SyncKey", known.folderKey], ["ServerId", "project"]]],
    [
      "MoveItems",
      ["Move:MoveItems", ["Move", ["SrcMsgId", mail], ["SrcFldId", "inbox"], ["DstFldId", "deleted"]]],
    ],
    [
      "GetItemEstimate",
      [
        "GetItemEstimate:GetItemEstimate",
        [
          "Collections",
          [
            "Collection",
            ["AirSync:SyncKey", known.inboxKey],
            ["CollectionId", "inbox"],
            ["AirSync:Options", ["AirSync:FilterType", "3"]],
          ],
        ],
      ],
    ],
    [
      "ItemOperations",
      [
        "ItemOperations:ItemOperations",
        [
          "Fetch",
          ["Store", "Mailbox"],
          ...place,
          ["Options", ["AirSyncBase:BodyPreference", ["Type", "1"], ["TruncationSize", "10"]]],
        ],
        ["EmptyFolderContents", ["AirSync:CollectionId", "deleted"], ["Options", ["DeleteSubFolders"]]],
        ["Move", ["ConversationId", Buffer.alloc(16)], ["DstFldId", "deleted"], ["Options", ["MoveAlways"]]],
      ],
    ],
    [
      "Search",
      [
        "Search:Search",
        [
          "Store",
          ["Name", "Mailbox"],
          [
            "Query",
            [
              "And",
              ["AirSync:Class", "Email"],
              ["AirSync:CollectionId", "inbox"],
              ["FreeText", "hi"],
              ["GreaterThan", ["Email:DateReceived"], ["Value", "2020-01-01T00:00:00.000Z"]],
            ],
          ],
          ["Options", ["RebuildResults"], ["DeepTraversal"], ["Range", "0-9"]],
        ],
      ],
    ],
    [
      "Search",
      [
        "Search:Search",
        [
          "Store",
          ["Name", "GAL"],
          ["Query", "ali"],
          ["Options", ["Range", "0-9"], ["Picture", ["MaxSize", "1000"]]],
        ],
      ],
    ],
    [
      "Find",
      [
        "Find:Find",
        ["SearchId", "1"],
        [
          "ExecuteSearch",
          [
            "MailBoxSearchCriterion",
            ["Query", ["AirSync:Class", "Email"], ["FreeText", "hi"]],
            ["Options", ["Range", "0-9"]],
          ],
        ],
      ],
    ],
    [
      "ResolveRecipients",
      [
        "ResolveRecipients:ResolveRecipients",
        ["To", "ali"],
        [
          "Options",
          ["CertificateRetrieval", "2"],
          [
            "Availability",
            ["StartTime", "2026-01-05T00:00:00.000Z"],
            ["EndTime", "2026-01-06T00:00:00.000Z"],
          ],
        ],
      ],
    ],
    [
      "ValidateCert",
      ["ValidateCert:ValidateCert", ["Certificates", ["Certificate", "MIIB"]], ["CheckCRL", "0"]],
    ],
    [
      "Settings",
      [
        "Settings:Settings",
        [
          "Oof",
          [
            "Set",
            ["OofState", "1"],
            [
              "OofMessage",
              ["AppliesToInternal"],
              ["Enabled", "1"],
              ["ReplyMessage", "Away"],
              ["BodyType", "Text"],
            ],
          ],
        ],
        ["UserInformation", ["Get"]],
        ["DeviceInformation", ["Set", ["Model", "Phone"]]],
      ],
    ],
    [
      "MeetingResponse",
      [
        "MeetingResponse:MeetingResponse",
        [
          "Request",
          ["UserResponse", "1"],
          ["CollectionId", "inbox"],
          ["RequestId", meeting],
          ["SendResponse"],
        ],
      ],
    ],
    ["SendMail", ["ComposeMail:SendMail", ["ClientId", "1"], ["SaveInSentItems"], ["Mime", message]]],
    [
      "SmartReply",
      [
        "ComposeMail:SmartReply",
        ["ClientId", "2"],
        ["Source", ["FolderId", "inbox"], ["ItemId", mail]],
        ["Mime", message],
      ],
    ],
    [
      "SmartForward",
      [
        "ComposeMail:SmartForward",
        ["ClientId", "3"],
        ["Source", ["FolderId", "inbox"], ["ItemId", mail]],
        ["ReplaceMime"],
        ["Mime", message],
      ],
    ],
    [
      "Ping",
      [
        "Ping:Ping",
        ["HeartbeatInterval", "600"],
        ["Folders", ["Folder", ["Id", "inbox"], ["Class", "Email"]]],
      ],
    ],
    [
      "Provision",
      [
        "Provision:Provision",
        ["Settings:DeviceInformation", ["Set", ["Model", "Phone"]]],
        [
          "Policies",
          ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"], ["PolicyKey", "1"], ["Status", "1"]],
        ],
      ],
    ],
  ];
}

const appointmentData: Tree = [
  "ApplicationData",
  ["Calendar:StartTime", "20260105T090000Z"],
  ["Calendar:EndTime", "20260105T100000Z"],
  ["Calendar:Subject", "Team"],
  [
    "Calendar:Recurrence",
    ["Type", "1"],
    ["Interval", "1"],
    ["DayOfWeek", "2"],
    ["Until", "20260301T000000Z"],
  ],
  ["Calendar:Attendees", ["Attendee", ["Email", "bob@example.com"], ["Name", "Bob"]]],
  ["Calendar:Exceptions", ["Exception", ["ExceptionStartTime", "20260112T090000Z"], ["Deleted", "1"]]],
];

function syncTree(id: string, key: string, command: Tree): Tree {
  return [
    "AirSync:Sync",
    [
      "Collections",
      [
        "Collection",
        ["SyncKey", key],
        ["CollectionId", id],
        ["GetChanges", "1"],
        ["WindowSize", "10"],
        [
          "Options",
          ["FilterType", "0"],
          ["AirSyncBase:BodyPreference", ["Type", "2"], ["TruncationSize", "100"]],
        ],
        ["Commands", command],
      ],
    ],
    ["HeartbeatInterval", "600"],
  ];
}

/** One way to spoil a document, at a place that counts its elements from the root. */
interface Damage {
  readonly at: number;
  readonly how: "omit" | "double" | "empty" | "text" | "bytes" | "reverse" | "nest" | "unknown";
  readonly text: string;
}

const nonsense = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "-1",
    "1",
    "99999999999999999999",
    "1e9",
    "NaN",
    " 1 ",
    "2026-13-45T99:99:99.999Z",
  ),
  fc.constantFrom(
    "99991231T235959Z",
    "\u0000",
    "x".repeat(2_000),
    "../..",
    "inbox",
    "0-999999",
    "\u{1f4ce}",
    "[]",
    "<a>",
  ),
  fc.string({ maxLength: 20 }),
);
const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(30),
  how: fc.constantFrom("omit", "double", "empty", "text", "bytes", "reverse", "nest", "unknown"),
  text: nonsense,
});

function spoiled(root: WbxmlElement, { at, how, text }: Damage): WbxmlElement {
  let place = at;
  const walk = (element: WbxmlElement): readonly WbxmlElement[] => {
    const isHere = place === 0;
    place -= 1;
    if (isHere) return spoiledHere(element, how, text);
    const { content } = element;
    return [Array.isArray(content) ? { ...element, content: content.flatMap(walk) } : element];
  };
  const [whole] = Array.isArray(root.content)
    ? [{ ...root, content: (root.content as readonly WbxmlElement[]).flatMap(walk) }]
    : [root];
  return whole;
}

function spoiledHere(element: WbxmlElement, how: Damage["how"], text: string): readonly WbxmlElement[] {
  const { tag, content } = element;
  switch (how) {
    case "omit":
      return [];
    case "double":
      return [element, element];
    case "empty":
      return [{ tag, content: null }];
    case "text":
      return [{ tag, content: text }];
    case "bytes":
      return [{ tag, content: Buffer.from(text) }];
    case "reverse":
      return [Array.isArray(content) ? { tag, content: [...content].reverse() } : element];
    case "nest":
      return [{ tag, content: [element, element] }];
    case "unknown":
      return [{ tag: (tag & 0xff00) | 0x3f, content: [element] }, element];
  }
}

async function answered(version: ProtocolVersion, which: number, damages: readonly Damage[]): Promise<void> {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock, epoch: "test" });
  const faults: unknown[] = [];
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    submission: mailbox.submission,
    clock,
    authenticate: async () => ({ kind: "user", user }),
  });
  directPush.events.on("requestFailed", ({ error, command }) => faults.push([command, error]));
  directPush.events.on("sourceFailed", ({ error }) => faults.push(error));
  const device = new InProcessDevice(directPush, { version });
  mailbox.createFolder(user, { name: "Project", id: "project" });
  const mail = mailbox.deliver(user, message);
  const meeting = mailbox.deliver(user, invitation);
  const appointment = mailbox.addItem(user, "calendar", {
    class: "Calendar",
    startTimeMs: 0,
    endTimeMs: 3_600_000,
  });
  await device.folderSync();
  for (const folder of ["inbox", "calendar", "contacts"]) await device.syncAll(folder);
  const [inboxKey, calendarKey, contactsKey] = ["inbox", "calendar", "contacts"].map((id) =>
    device.syncKeyOf(id),
  );
  const known = {
    mail,
    meeting,
    appointment,
    folderKey: device.folderSyncKey,
    inboxKey: inboxKey ?? "",
    calendarKey: calendarKey ?? "",
    contactsKey: contactsKey ?? "",
  };
  const all = requests(known);
  const [command, tree] = all[which % all.length] ?? ["", ["Ping:Ping"]];
  const sent = damages.reduce(spoiled, document(tree));
  const exchange = device.send(command, sent);
  // Whatever may be held is held for less than an hour.
  await clock.advance(3_600_000);
  await until(`${command} to be answered`, () => exchange.isAnswered);
  const { status, document: answer } = await exchange.answer;
  expect(faults).toEqual([]);
  expect([200, 400, 501], `${command}: HTTP ${status}`).toContain(status);
  expect(textOf(treeOf(answer), "Status"), command).not.toBe("110");
  // And it did no harm to what comes after it.
  expect((await device.folderSync("0")).status).toBe(200);
  await directPush.close();
  expect([clock.pendingTimers, mailbox.openWatches]).toEqual([0, 0]);
}

beforeAll(async () => {
  // As they are, they are right; and what is loaded at the first need is loaded by then.
  const nothing = { mail: "", meeting: "", appointment: "" };
  const keys = { folderKey: "", inboxKey: "", calendarKey: "", contactsKey: "" };
  await import("../../src/mime/mail-composer.js");
  for (let which = 0; which < requests({ ...nothing, ...keys }).length; which += 1) {
    await answered("16.1", which, []);
  }
}, 120_000);

it.each(["12.1", "14.1", "16.1"] as const)(
  "requests of version %s that are nearly right are answered in the protocol's own way",
  { timeout: 120_000 },
  async (version) => {
    const damages = fc.array(damage, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000), damages, (which, spoilt) => answered(version, which, spoilt)),
      { numRuns: 120 },
    );
  },
);
