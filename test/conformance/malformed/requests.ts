/** Right requests of every command, with what they do and how their answers say that it was done. */
import type { ProtocolVersion } from "../../../src/protocol/version.js";
import { certificates } from "../../fixtures/certificates.js";
import { all, type Tree, textOf, textsOf } from "../devices/tree.js";
import { user, type World } from "../statuses/world.js";

/** A request that a command takes. */
export interface RightRequest {
  readonly command: string;
  /** What is asked for; names the test. */
  readonly asks: string;
  /** Default 12.1. */
  readonly since?: ProtocolVersion;
  readonly before?: (world: World) => unknown;
  readonly tree: (world: World) => Tree | Promise<Tree>;
  /** Whether the answer to a variant says that what it asks for was done. Undefined for a request that changes nothing. */
  readonly claims?: (answer: Tree | undefined, sent: Tree, world: World) => boolean;
  /** Whether it was done. */
  readonly isDone?: (world: World, answer: Tree | undefined, sent: Tree) => boolean | Promise<boolean>;
}

const message = Buffer.from(
  `From: ${user}\r\nTo: bob@example.com\r\nSubject: Hi\r\nMessage-ID: <1@phone>\r\n\r\nHi\r\n`,
);

/** Whether an element of the answer has the Status. */
function has(answer: Tree | undefined, name: string, status: number): boolean {
  return all(answer, name).some(([, ...children]) =>
    children.some(
      (child) =>
        Array.isArray(child) && child[0] === "Status" && textOf(child as Tree, "Status") === `${status}`,
    ),
  );
}

function ids({ mailbox }: World, folder: string): readonly string[] {
  return [...mailbox.snapshot(user, folder).keys()];
}

async function folderNames({ mailbox }: World): Promise<string> {
  const folders = await mailbox.folders({ user });
  return JSON.stringify(folders.map(({ id, name, parentId }) => [id, name, parentId]));
}

const atFirst = new WeakMap<World, string>();

/** Remembers how the folders are. */
async function rememberFolders(world: World): Promise<void> {
  atFirst.set(world, await folderNames(world));
}

async function areFoldersChanged(world: World): Promise<boolean> {
  return (await folderNames(world)) !== atFirst.get(world);
}

function folderRequest(command: string, ...fields: readonly Tree[]): RightRequest {
  return {
    command,
    asks: "a folder",
    before: rememberFolders,
    tree: ({ folderKey }) => [`FolderHierarchy:${command}`, ["SyncKey", folderKey], ...fields],
    claims: (answer) => has(answer, command, 1),
    isDone: areFoldersChanged,
  };
}

/** A Sync of a folder that the device has, with one command. */
function syncRequest(
  folder: string,
  command: (world: World) => Tree,
  wishes: Omit<RightRequest, "command" | "tree">,
): RightRequest {
  return {
    command: "Sync",
    tree: async (world) => {
      await world.device.syncAll(folder);
      return [
        "AirSync:Sync",
        [
          "Collections",
          [
            "Collection",
            ["SyncKey", world.key(folder)],
            ["CollectionId", folder],
            ["GetChanges", "1"],
            ["WindowSize", "10"],
            [
              "Options",
              ["FilterType", "0"],
              ["AirSyncBase:BodyPreference", ["Type", "1"], ["TruncationSize", "100"]],
            ],
            ["Commands", command(world)],
          ],
        ],
      ];
    },
    ...wishes,
  };
}

/** A Sync that is held. */
function hangingSync(since: ProtocolVersion, interval: Tree): RightRequest {
  return {
    command: "Sync",
    asks: `what changes (${interval[0]})`,
    since,
    tree: async (world) => {
      await world.device.syncAll("inbox");
      const collection: Tree = ["Collection", ["SyncKey", world.key("inbox")], ["CollectionId", "inbox"]];
      return ["AirSync:Sync", ["Collections", collection], interval, ["WindowSize", "10"]];
    },
  };
}

/** Whether a Sync's answer says nothing against a command that succeeds in silence. */
function isSilentSuccess(answer: Tree | undefined, name: string): boolean {
  if (answer === undefined) return true;
  const [collection] = all(answer, "Collection");
  const responses = all(collection, "Responses")[0];
  return collection !== undefined && has(collection, "Collection", 1) && all(responses, name).length === 0;
}

const syncRequests: readonly RightRequest[] = [
  syncRequest(
    "contacts",
    () => [
      "Add",
      ["ClientId", "1"],
      ["ApplicationData", ["Contacts:FirstName", "Eve"], ["Contacts:LastName", "N"]],
    ],
    {
      asks: "a contact more",
      claims: (answer) => has(all(answer, "Responses")[0], "Add", 1),
      isDone: (world) => ids(world, "contacts").length === 2,
    },
  ),
  syncRequest(
    "calendar",
    () => [
      "Add",
      ["ClientId", "1"],
      [
        "ApplicationData",
        ["Calendar:StartTime", "20270105T090000Z"],
        ["Calendar:EndTime", "20270105T100000Z"],
        ["Calendar:Subject", "Team"],
        ["Calendar:Recurrence", ["Type", "1"], ["Interval", "1"], ["DayOfWeek", "2"]],
        ["Calendar:Attendees", ["Attendee", ["Email", "bob@example.com"], ["Name", "Bob"]]],
      ],
    ],
    {
      asks: "an appointment more",
      claims: (answer) => has(all(answer, "Responses")[0], "Add", 1),
      isDone: (world) => ids(world, "calendar").length === 1,
    },
  ),
  syncRequest(
    "inbox",
    ({ plans }) => ["Change", ["ServerId", plans], ["ApplicationData", ["Email:Read", "1"]]],
    {
      asks: "a mail to be read",
      claims: (answer, sent, { plans }) =>
        isSilentSuccess(answer, "Change") &&
        all(sent, "Email:Read").length > 0 &&
        textOf(all(sent, "Change")[0], "ServerId") === plans,
      isDone: ({ mailbox, plans }) => mailbox.snapshot(user, "inbox").get(plans)?.flags?.read === true,
    },
  ),
  syncRequest("contacts", ({ note }) => ["Delete", ["ServerId", note]], {
    asks: "a contact to go",
    claims: (answer, sent, { note }) =>
      isSilentSuccess(answer, "Delete") && textOf(all(sent, "Delete")[0], "ServerId") === note,
    isDone: (world) => !ids(world, "contacts").includes(world.note),
  }),
  syncRequest("inbox", ({ plans }) => ["Fetch", ["ServerId", plans]], {
    asks: "a mail",
    claims: (answer) => has(all(answer, "Responses")[0], "Fetch", 1),
    isDone: (_world, answer) => all(all(answer, "Fetch")[0], "ApplicationData").length > 0,
  }),
  syncRequest(
    "drafts",
    () => [
      "Add",
      ["ClientId", "1"],
      ["ApplicationData", ["Email:To", "bob@example.com"], ["Email:Subject", "Hi"], ["Email2:Send"]],
    ],
    {
      asks: "a draft to be sent",
      since: "16.0",
      claims: (answer, sent) =>
        has(all(answer, "Responses")[0], "Add", 1) && all(sent, "Email2:Send").length > 0,
      isDone: ({ mailbox }) => mailbox.submission.sent.length === 1,
    },
  ),
];

const hangingSyncs: readonly RightRequest[] = [
  hangingSync("12.1", ["Wait", "10"]),
  hangingSync("14.0", ["HeartbeatInterval", "600"]),
];

const store: Tree = ["Store", "Mailbox"];

const itemOperationsRequests: readonly RightRequest[] = [
  {
    command: "ItemOperations",
    asks: "a mail",
    tree: ({ plans }) => [
      "ItemOperations:ItemOperations",
      [
        "Fetch",
        store,
        ["AirSync:CollectionId", "inbox"],
        ["AirSync:ServerId", plans],
        ["Options", ["AirSyncBase:BodyPreference", ["Type", "1"], ["TruncationSize", "10"]]],
      ],
    ],
    claims: (answer) => has(answer, "Fetch", 1),
    isDone: (_world, answer) => all(answer, "Subject").length > 0,
  },
  {
    command: "ItemOperations",
    asks: "an attachment",
    tree: async (world) => [
      "ItemOperations:ItemOperations",
      [
        "Fetch",
        store,
        ["AirSyncBase:FileReference", await world.attachment()],
        ["Options", ["Range", "0-1"]],
      ],
    ],
    claims: (answer) => has(answer, "Fetch", 1),
    isDone: (_world, answer) => all(answer, "Data").length > 0,
  },
  {
    command: "ItemOperations",
    asks: "a folder to be emptied",
    before: ({ mailbox }) => mailbox.deliver(user, "Subject: Old\r\n\r\n", { folder: "deleted" }),
    tree: () => [
      "ItemOperations:ItemOperations",
      ["EmptyFolderContents", ["AirSync:CollectionId", "deleted"], ["Options", ["DeleteSubFolders"]]],
    ],
    claims: (answer) => has(answer, "EmptyFolderContents", 1),
    isDone: (world) => ids(world, "deleted").length === 0,
  },
  {
    command: "ItemOperations",
    asks: "several things",
    since: "14.0",
    tree: ({ plans }) => [
      "ItemOperations:ItemOperations",
      ["Fetch", store, ["AirSync:CollectionId", "inbox"], ["AirSync:ServerId", plans]],
      ["EmptyFolderContents", ["AirSync:CollectionId", "deleted"]],
      ["Move", ["ConversationId", Buffer.alloc(16)], ["DstFldId", "deleted"], ["Options", ["MoveAlways"]]],
    ],
  },
  {
    command: "ItemOperations",
    asks: "a conversation to be moved",
    since: "14.0",
    tree: async ({ mailbox, plans }) => {
      const item = await mailbox.item({ user }, "inbox", plans, { bodies: [], withBody: false });
      const id = item?.class === "Email" ? item.conversationId : undefined;
      return [
        "ItemOperations:ItemOperations",
        [
          "Move",
          ["ConversationId", id ?? Buffer.alloc(16)],
          ["DstFldId", "project"],
          ["Options", ["MoveAlways"]],
        ],
      ];
    },
    claims: (answer) => has(answer, "Move", 1),
    isDone: (world) => ids(world, "project").length === 1,
  },
];

function sendingRequest(
  command: "SendMail" | "SmartReply" | "SmartForward",
  ...fields: readonly Tree[]
): RightRequest {
  return {
    command,
    asks: "a mail to go out",
    since: "14.0",
    tree: ({ plans }) => [
      `ComposeMail:${command}`,
      ["ClientId", "1"],
      ...(command === "SendMail"
        ? []
        : [["Source", ["FolderId", "inbox"], ["ItemId", plans]] satisfies Tree]),
      ["SaveInSentItems"],
      ...fields,
      ["Mime", message],
    ],
    claims: (answer) => answer === undefined,
    isDone: (world, _answer, sent) => {
      const copies = all(sent, "SaveInSentItems").length > 0 ? 1 : 0;
      return world.mailbox.submission.sent.length === 1 && ids(world, "sent").length === copies;
    },
  };
}

/** Requests that look something up. */
const lookups: readonly RightRequest[] = [
  { command: "FolderSync", asks: "the tree", tree: () => ["FolderHierarchy:FolderSync", ["SyncKey", "0"]] },
  {
    command: "GetItemEstimate",
    asks: "how much there is",
    tree: async (world) => {
      await world.device.syncAll("inbox");
      return [
        "GetItemEstimate:GetItemEstimate",
        [
          "Collections",
          [
            "Collection",
            ["AirSync:SyncKey", world.key("inbox")],
            ["CollectionId", "inbox"],
            ["AirSync:Options", ["AirSync:FilterType", "3"]],
          ],
        ],
      ];
    },
    claims: (answer) => has(answer, "Response", 1),
    isDone: (_world, answer) => all(answer, "Estimate").length > 0,
  },
  {
    command: "Search",
    asks: "mails",
    tree: () => [
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
            ["FreeText", "plans"],
            ["GreaterThan", ["Email:DateReceived"], ["Value", "2020-01-01T00:00:00.000Z"]],
          ],
        ],
        ["Options", ["RebuildResults"], ["DeepTraversal"], ["Range", "0-9"]],
      ],
    ],
    claims: (answer) => has(answer, "Store", 1),
    isDone: (_world, answer) => all(answer, "Total").length === 1,
  },
  {
    command: "Search",
    asks: "people",
    tree: () => [
      "Search:Search",
      [
        "Store",
        ["Name", "GAL"],
        ["Query", "bob"],
        ["Options", ["Range", "0-9"], ["Picture", ["MaxSize", "1000"], ["MaxPictures", "1"]]],
      ],
    ],
    claims: (answer) => has(answer, "Store", 1),
    isDone: (_world, answer) => all(answer, "Total").length === 1,
  },
  {
    command: "Find",
    asks: "mails",
    since: "16.1",
    tree: () => [
      "Find:Find",
      ["SearchId", "1"],
      [
        "ExecuteSearch",
        [
          "MailBoxSearchCriterion",
          ["Query", ["AirSync:Class", "Email"], ["AirSync:CollectionId", "inbox"], ["FreeText", "plans"]],
          ["Options", ["Range", "0-9"], ["DeepTraversal"]],
        ],
      ],
    ],
    claims: (answer) => has(answer, "Response", 1),
    isDone: (_world, answer) => all(answer, "Total").length === 1,
  },
  {
    command: "Find",
    asks: "people",
    since: "16.1",
    tree: () => [
      "Find:Find",
      ["SearchId", "1"],
      [
        "ExecuteSearch",
        [
          "GalSearchCriterion",
          ["Query", "bob"],
          ["Options", ["Range", "0-9"], ["Picture", ["MaxSize", "1000"], ["MaxPictures", "1"]]],
        ],
      ],
    ],
    claims: (answer) => has(answer, "Response", 1),
    isDone: (_world, answer) => all(answer, "Total").length === 1,
  },
  {
    command: "ResolveRecipients",
    asks: "a recipient",
    tree: () => [
      "ResolveRecipients:ResolveRecipients",
      ["To", "carol"],
      ["Options", ["CertificateRetrieval", "2"], ["MaxCertificates", "9"], ["MaxAmbiguousRecipients", "9"]],
    ],
    claims: (answer) => has(answer, "Response", 1),
    isDone: (_world, answer) => all(answer, "Recipient").length > 0,
  },
  {
    command: "ResolveRecipients",
    asks: "when someone is free",
    since: "14.0",
    tree: () => [
      "ResolveRecipients:ResolveRecipients",
      ["To", "carol"],
      [
        "Options",
        ["Availability", ["StartTime", "2027-01-05T00:00:00.000Z"], ["EndTime", "2027-01-06T00:00:00.000Z"]],
      ],
    ],
    claims: (answer) => has(answer, "Availability", 1),
    isDone: (_world, answer) => all(answer, "MergedFreeBusy").length > 0,
  },
  {
    command: "ValidateCert",
    asks: "whether certificates are good",
    tree: () => [
      "ValidateCert:ValidateCert",
      ["CertificateChain", ["Certificate", certificates.sub]],
      ["Certificates", ["Certificate", certificates.alice]],
      ["CheckCRL", "0"],
    ],
  },
  {
    command: "Settings",
    asks: "who the user is",
    tree: () => [
      "Settings:Settings",
      ["UserInformation", ["Get"]],
      ["DeviceInformation", ["Set", ["Model", "X"]]],
    ],
    claims: (answer) => has(answer, "UserInformation", 1),
    isDone: (_world, answer) => all(answer, "SMTPAddress").length > 0,
  },
  {
    command: "Ping",
    asks: "what changes",
    tree: async (world) => {
      await world.device.syncAll("inbox");
      return [
        "Ping:Ping",
        ["HeartbeatInterval", "600"],
        ["Folders", ["Folder", ["Id", "inbox"], ["Class", "Email"]]],
      ];
    },
  },
  {
    command: "Provision",
    asks: "the policy",
    tree: () => [
      "Provision:Provision",
      ["Settings:DeviceInformation", ["Set", ["Model", "Phone"]]],
      ["Policies", ["Policy", ["PolicyType", "MS-EAS-Provisioning-WBXML"]]],
    ],
    claims: (answer) => has(answer, "Policy", 1),
    isDone: (_world, answer) =>
      all(answer, "EASProvisionDoc").length === 1 && all(answer, "PolicyKey").length === 1,
  },
];

/** All of them. */
export const rightRequests: readonly RightRequest[] = [
  ...syncRequests,
  ...hangingSyncs,
  folderRequest("FolderCreate", ["ParentId", "project"], ["DisplayName", "New"], ["Type", "12"]),
  folderRequest("FolderUpdate", ["ServerId", "below"], ["ParentId", "0"], ["DisplayName", "Renamed"]),
  folderRequest("FolderDelete", ["ServerId", "below"]),
  {
    command: "MoveItems",
    asks: "a mail elsewhere",
    tree: ({ plans }) => [
      "Move:MoveItems",
      ["Move", ["SrcMsgId", plans], ["SrcFldId", "inbox"], ["DstFldId", "project"]],
    ],
    claims: (answer) => has(answer, "Response", 3),
    isDone: (world) => !ids(world, "inbox").includes(world.plans) && ids(world, "project").length === 1,
  },
  ...itemOperationsRequests,
  {
    command: "Settings",
    asks: "an absence note",
    tree: () => [
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
    ],
    claims: (answer) => has(answer, "Oof", 1),
    isDone: async ({ mailbox }) => {
      const none = await mailbox.outOfOffice({ user: "nobody@example.com" });
      return JSON.stringify(await mailbox.outOfOffice({ user })) !== JSON.stringify(none);
    },
  },
  {
    command: "MeetingResponse",
    asks: "a meeting to be accepted",
    tree: ({ invited }) => [
      "MeetingResponse:MeetingResponse",
      ["Request", ["UserResponse", "1"], ["CollectionId", "inbox"], ["RequestId", invited]],
    ],
    claims: (answer) => has(answer, "Result", 1),
    isDone: (world) => ids(world, "calendar").length === 1,
  },
  {
    command: "MeetingResponse",
    asks: "a meeting at another time",
    since: "16.1",
    tree: ({ invited }) => [
      "MeetingResponse:MeetingResponse",
      [
        "Request",
        ["UserResponse", "2"],
        ["CollectionId", "inbox"],
        ["RequestId", invited],
        [
          "SendResponse",
          ["AirSyncBase:Body", ["Type", "1"], ["Data", "Later?"]],
          ["ProposedStartTime", "20270109T090000Z"],
          ["ProposedEndTime", "20270109T100000Z"],
        ],
      ],
    ],
    claims: (answer) => has(answer, "Result", 1),
    isDone: (world, _answer, sent) => {
      const mails = all(sent, "SendResponse").length > 0 ? 1 : 0;
      return ids(world, "calendar").length === 1 && world.mailbox.submission.sent.length === mails;
    },
  },
  sendingRequest("SendMail"),
  sendingRequest("SmartReply"),
  sendingRequest("SmartForward", ["ReplaceMime"]),
  ...lookups,
];

/** The versions in which a request is tried: the oldest that has it, and the newest. */
export function versionsOf({ since = "12.1" }: RightRequest): readonly ProtocolVersion[] {
  return [...new Set<ProtocolVersion>([since, "16.1"])];
}

/** Every Status in an answer. */
export function statusesIn(answer: Tree | undefined): readonly string[] {
  return textsOf(answer, "Status");
}
