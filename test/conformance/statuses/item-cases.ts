import { document as documentOf, type Tree } from "../devices/tree.js";
import { answering, casesAt, type StatusCase, user, type World, without } from "./world.js";

type Wished = NonNullable<StatusCase["tree"]>;

const whole = casesAt("Sync");
const collection = casesAt("Collection");

/** A Sync of one folder with its present key. */
function sync(folder: string, ...rest: readonly Tree[]): Wished {
  return (world) => syncTree([["SyncKey", world.key(folder)], ["CollectionId", folder], ...rest]);
}

function syncTree(fields: readonly Tree[], ...rest: readonly Tree[]): Tree {
  return ["AirSync:Sync", ["Collections", ["Collection", ...fields]], ...rest];
}

const inbox: Tree = ["CollectionId", "inbox"];
const commands = (...sent: readonly Tree[]): Tree => ["Commands", ...sent];
const add = (id: string, name: string): Tree => [
  "Add",
  ["ClientId", id],
  ["ApplicationData", ["Contacts:FirstName", name]],
];
const change = (id: string): Tree => [
  "Change",
  ["ServerId", id],
  ["ApplicationData", ["Contacts:FirstName", "Eve"]],
];
const draft = (...to: readonly Tree[]): Wished =>
  sync(
    "drafts",
    commands([
      "Add",
      ["ClientId", "1"],
      ["ApplicationData", ...to, ["Email:Subject", "Hi"], ["Email2:Send"]],
    ]),
  );
const sent = draft(["Email:To", "bob@example.com"]);
const refusing = (reason: string): Partial<StatusCase> => ({
  before: ({ mailbox }) =>
    Object.defineProperty(mailbox.submission, "submit", { value: async () => ({ kind: "refused", reason }) }),
});
const added = casesAt("Add");
/** A daily series of which the first occurrences are left out. */
const seriesWithout =
  (count: number): Wished =>
  async (world) => {
    await world.device.syncAll("calendar");
    const firstMs = Date.UTC(2027, 0, 5, 9);
    const left = Array.from({ length: count }, (_, day): Tree => {
      const start = new Date(firstMs + day * 86_400_000).toISOString().replace(/[-:]|\.000/g, "");
      return ["Exception", ["Deleted", "1"], ["ExceptionStartTime", start]];
    });
    const series: Tree = [
      "ApplicationData",
      ["Calendar:StartTime", "20270105T090000Z"],
      ["Calendar:EndTime", "20270105T100000Z"],
      ["Calendar:Subject", "Team"],
      ["Calendar:Recurrence", ["Type", "0"], ["Interval", "1"]],
      ["Calendar:Exceptions", ...left],
    ];
    return syncTree([
      ["SyncKey", world.key("calendar")],
      ["CollectionId", "calendar"],
      commands(["Add", ["ClientId", "1"], series]),
    ]);
  };
const waiting = (name: string, value: string): Wished => {
  return (world) => syncTree([["SyncKey", world.key("inbox")], inbox], [name, value]);
};

/** Sync ([MS-ASCMD] 2.2.1.21). */
export const syncCases: readonly StatusCase[] = [
  collection(1, "begun", syncTree([["SyncKey", "0"], inbox])),
  collection(3, "another key", syncTree([["SyncKey", "4711"], inbox])),
  added(1, "a series with 1,000 exceptions", seriesWithout(1_000), { version: "14.1" }),
  added(6, "a series with 1,001 exceptions", seriesWithout(1_001), { version: "14.1" }),
  whole(4, "nothing in it", ["AirSync:Sync"]),
  whole(4, "no key", syncTree([inbox])),
  whole(4, "no folder", syncTree([["SyncKey", "0"]])),
  whole(4, "a folder twice", (world) => {
    const one: Tree = ["Collection", ["SyncKey", world.key("inbox")], inbox];
    return ["AirSync:Sync", ["Collections", one, one]];
  }),
  whole(4, "both intervals", (world) =>
    syncTree([["SyncKey", world.key("inbox")], inbox], ["Wait", "10"], ["HeartbeatInterval", "600"]),
  ),
  whole(4, "a filter that the class does not have", sync("inbox", ["Options", ["FilterType", "8"]])),
  whole(
    4,
    "201 commands",
    sync("contacts", commands(...Array.from({ length: 201 }, (_, id) => add(`${id}`, "Ann")))),
  ),
  whole(4, "ConversationMode for contacts", sync("contacts", ["ConversationMode", "1"])),
  whole(4, "an Add to the recipient cache", sync("RI", commands(add("1", "Ann")))),
  whole(
    6,
    "a body of a type that there is not",
    sync("inbox", ["Options", ["AirSyncBase:BodyPreference", ["Type", "9"]]]),
  ),
  whole(12, "no FolderSync yet", syncTree([["SyncKey", "0"], inbox]), {
    options: { policy: { enforce: false } },
  }),
  collection(
    12,
    "no such folder",
    syncTree([
      ["SyncKey", "0"],
      ["CollectionId", "nowhere"],
    ]),
  ),
  whole(13, "no body, of which nothing is kept", undefined, { isBare: true }),
  whole(13, "Partial, of which nothing is kept", syncTree([["SyncKey", "0"], inbox], ["Partial"]), {
    isBare: true,
  }),
  whole(14, "too short a wait", waiting("HeartbeatInterval", "1")),
  whole(14, "too long a wait", waiting("Wait", "60")),
  whole(
    15,
    "too many folders",
    (world) => {
      const one = (folder: string): Tree => [
        "Collection",
        ["SyncKey", world.key(folder)],
        ["CollectionId", folder],
      ];
      return ["AirSync:Sync", ["Collections", one("inbox"), one("contacts")]];
    },
    { options: { limits: { maxSyncCollections: 1 } } },
  ),
  whole(16, "a mailbox that fails while it is held", waiting("HeartbeatInterval", "600"), {
    while: async ({ mailbox, clock }) => {
      mailbox.faults.failWith(new Error("down"));
      mailbox.deliver(user, "Subject: New\r\n\r\n");
      await clock.advance(60_000);
    },
  }),
  whole(
    164,
    "a message part in plain text",
    sync("inbox", ["Options", ["AirSyncBase:BodyPartPreference", ["Type", "1"]]]),
  ),
  added(1, "stored", sync("contacts", commands(add("1", "Ann")))),
  added(
    6,
    "a mail that is no draft",
    sync("inbox", commands(["Add", ["ClientId", "1"], ["ApplicationData", ["Email:Subject", "Hi"]]])),
  ),
  added(6, "what the mailbox cannot store", sync("contacts", commands(add("1", "Ann"))), {
    before: ({ mailbox }) => answering("create", { kind: "invalid", reason: "no" })(mailbox),
  }),
  added(9, "a full mailbox", sync("contacts", commands(add("1", "Ann"))), {
    before: ({ mailbox }) => answering("create", { kind: "quota-exceeded" })(mailbox),
  }),
  casesAt("Change")(7, "a conflict", (world) => sync("contacts", commands(change(world.note)))(world), {
    before: ({ mailbox, note }) =>
      mailbox.updateItem(user, "contacts", note, {
        kind: "replace",
        item: { class: "Contacts", fileAs: "Bea" },
      }),
  }),
  casesAt("Change")(8, "no such item", sync("contacts", commands(change("nothing")))),
  casesAt("Fetch")(1, "an item", (world) =>
    sync("inbox", commands(["Fetch", ["ServerId", world.plans]]))(world),
  ),
  casesAt("Fetch")(8, "no such item", sync("inbox", commands(["Fetch", ["ServerId", "nothing"]]))),
  added(183, "a draft to nobody", draft()),
  added(115, "quota-exceeded", sent, refusing("quota-exceeded")),
  added(117, "reply-not-allowed", sent, refusing("reply-not-allowed")),
  added(120, "failed", sent, refusing("failed")),
  added(122, "too-large", sent, refusing("too-large")),
  added(167, "sending-disabled", sent, refusing("sending-disabled")),
];

const operations = casesAt("ItemOperations");
const fetched = casesAt("Fetch");
const emptied = casesAt("EmptyFolderContents");
const conversation = casesAt("Move");
const operation = (...content: readonly Tree[]): Tree => ["ItemOperations:ItemOperations", ...content];
const store: Tree = ["Store", "Mailbox"];
const item = (folder: string, id: string, ...options: readonly Tree[]): Tree =>
  operation([
    "Fetch",
    store,
    ["AirSync:CollectionId", folder],
    ["AirSync:ServerId", id],
    ...(options.length === 0 ? [] : [["Options", ...options] as const]),
  ]);
const plans =
  (...options: readonly Tree[]): Wished =>
  (world) =>
    item("inbox", world.plans, ...options);
const attachment = (...options: readonly Tree[]): Wished => {
  return async (world) =>
    operation([
      "Fetch",
      store,
      ["AirSyncBase:FileReference", await world.attachment()],
      ...(options.length === 0 ? [] : [["Options", ...options] as const]),
    ]);
};
const emptyFolder = (id: string): Tree => operation(["EmptyFolderContents", ["AirSync:CollectionId", id]]);
const moveAll = (to: string, ...options: readonly Tree[]): Tree =>
  operation(["Move", ["ConversationId", Buffer.alloc(16)], ["DstFldId", to], ["Options", ...options]]);
const always: Tree = ["MoveAlways"];
/** An attachment that fails before there is anything of it. */
function content(sizeBytes: number): object {
  const chunks = new ReadableStream({ start: (controller) => controller.error(new Error("gone")) });
  return { kind: "attachment", contentType: "text/plain", sizeBytes, content: chunks };
}

/** ItemOperations ([MS-ASCMD] 2.2.1.10). */
export const itemOperationsCases: readonly StatusCase[] = [
  operations(1, "each operation has its own", plans()),
  operations(2, "no operation", operation()),
  operations(2, "an operation that there is not", operation(["Version", "1"])),
  operations(11, "101 operations", operation(...Array.from({ length: 101 }, (): Tree => ["Fetch", store]))),
  fetched(1, "an item", plans()),
  fetched(1, "an attachment", attachment()),
  fetched(2, "nothing named", operation(["Fetch", store])),
  fetched(2, "no Store", operation(["Fetch", ["AirSync:CollectionId", "inbox"], ["AirSync:ServerId", "1"]])),
  fetched(2, "a body of a type that there is not", plans(["AirSyncBase:BodyPreference", ["Type", "9"]])),
  fetched(6, "no such item", item("inbox", "nothing")),
  fetched(8, "a range beyond the end", attachment(["Range", "10-20"])),
  fetched(8, "a range that is none", attachment(["Range", "all"])),
  fetched(
    9,
    "another store",
    operation(["Fetch", ["Store", "DocumentLibrary"], ["DocumentLibrary:LinkId", "x"]]),
  ),
  fetched(10, "an empty attachment", attachment(), { mailbox: answering("attachment", content(0)) }),
  fetched(12, "an attachment that cannot be read", attachment(), {
    mailbox: answering("attachment", content(3)),
  }),
  fetched(14, "an item that cannot be read", plans(), {
    before: ({ mailbox, plans: id }) => mailbox.poison(user, "inbox", id),
  }),
  fetched(15, "no such attachment", operation(["Fetch", store, ["AirSyncBase:FileReference", "nothing"]])),
  fetched(15, "a mailbox without attachments", attachment(), { mailbox: without("attachment") }),
  fetched(16, "an attachment that the user may not have", attachment(), {
    mailbox: answering("attachment", { kind: "forbidden" }),
  }),
  fetched(164, "a message part in plain text", plans(["AirSyncBase:BodyPartPreference", ["Type", "1"]])),
  fetched(168, "a mail without its rights management", ({ plans: id }) =>
    operation([
      "Fetch",
      store,
      ["AirSync:CollectionId", "inbox"],
      ["AirSync:ServerId", id],
      ["RightsManagement:RemoveRightsManagementProtection"],
    ]),
  ),
  emptied(1, "a folder", emptyFolder("project")),
  emptied(2, "no folder named", operation(["EmptyFolderContents"])),
  emptied(3, "a mailbox that cannot", emptyFolder("project"), { mailbox: without("emptyFolder") }),
  emptied(6, "no such folder", emptyFolder("nowhere")),
  emptied(16, "the user may not", emptyFolder("project"), {
    mailbox: answering("emptyFolder", { kind: "forbidden" }),
  }),
  conversation(1, "a conversation", moveAll("project", always), {
    mailbox: answering("moveConversation", { kind: "moved" }),
  }),
  conversation(2, "no conversation named", operation(["Move", ["DstFldId", "project"], ["Options", always]])),
  conversation(6, "no such conversation", moveAll("project", always)),
  conversation(16, "a mailbox that cannot", moveAll("project", always), {
    mailbox: without("moveConversation"),
  }),
  conversation(155, "not for good", moveAll("project")),
  conversation(156, "to a folder without mail", moveAll("contacts", always)),
];

const result = casesAt("Result");
const answers = casesAt("MeetingResponse");

function answer(id: (world: World) => string, ...more: readonly Tree[]): Wished {
  return (world) => [
    "MeetingResponse:MeetingResponse",
    ["Request", ["UserResponse", "1"], ["CollectionId", "inbox"], ["RequestId", id(world)], ...more],
  ];
}
const invited = ({ invited: id }: World): string => id;

/** MeetingResponse ([MS-ASCMD] 2.2.1.11). */
export const meetingResponseCases: readonly StatusCase[] = [
  result(1, "accepted", answer(invited)),
  result(
    2,
    "what is no meeting request",
    answer(({ plans: id }) => id),
  ),
  result(
    2,
    "the user's own meeting",
    answer(({ own }) => own),
  ),
  result(
    2,
    "no such item",
    answer(() => "nothing"),
  ),
  result(2, "an answer that there is not", ({ invited: id }) => [
    "MeetingResponse:MeetingResponse",
    ["Request", ["UserResponse", "4"], ["CollectionId", "inbox"], ["RequestId", id]],
  ]),
  result(3, "a calendar that takes no appointment", answer(invited), {
    before: ({ mailbox }) => answering("create", { kind: "forbidden" })(mailbox),
  }),
  result(
    4,
    "a mail server that does not take the answer",
    answer(invited, ["SendResponse"]),
    refusing("failed"),
  ),
  answers(103, "no request", ["MeetingResponse:MeetingResponse"]),
  answers(103, "101 requests", [
    "MeetingResponse:MeetingResponse",
    ...Array.from({ length: 101 }, (): Tree => ["Request", ["UserResponse", "1"]]),
  ]),
  result(104, "an occurrence that is no date", answer(invited, ["InstanceId", "tomorrow"])),
  result(
    146,
    "an occurrence of what is no series",
    answer(invited, ["InstanceId", "2026-01-08T09:00:00.000Z"]),
  ),
];

const message = (to: string, id = "1"): Buffer =>
  Buffer.from(`From: ${user}\r\n${to}Subject: Hi\r\nMessage-ID: <${id}@phone>\r\n\r\nHi\r\n`);
const toBob = message("To: bob@example.com\r\n");
const send = (...fields: readonly Tree[]): Tree => ["ComposeMail:SendMail", ...fields];
const clientId: Tree = ["ClientId", "c1"];
const mime: Tree = ["Mime", toBob];
const about = (...fields: readonly Tree[]): Tree => ["Source", ...fields];
const smart = (name: "SmartReply" | "SmartForward", source: Tree, ...more: readonly Tree[]): Tree => [
  `ComposeMail:${name}`,
  clientId,
  source,
  ...(more.length === 0 ? [mime] : more),
];
const original = (world: World, ...more: readonly Tree[]): Tree =>
  about(["FolderId", "inbox"], ["ItemId", world.plans], ...more);
const reply = { command: "SmartReply" } as const;
const forward = { command: "SmartForward" } as const;
const sending = casesAt("SendMail");
const replying = casesAt("SmartReply");
const forwarding = casesAt("SmartForward");
const forwardees: Tree = ["Forwardees", ["Forwardee", ["Email", "bob@example.com"]]];

/** SendMail, SmartReply and SmartForward ([MS-ASCMD] 2.2.1.17, 2.2.1.20, 2.2.1.19). */
export const sendingCases: readonly StatusCase[] = [
  sending(101, "no body", undefined),
  sending(103, "no ClientId", send(mime)),
  sending(103, "a ClientId of 41 characters", send(["ClientId", "x".repeat(41)], mime)),
  sending(103, "no message", send(clientId)),
  replying(103, "no source", ["ComposeMail:SmartReply", clientId, mime], reply),
  replying(
    104,
    "an occurrence that is no date",
    (world) => smart("SmartReply", original(world, ["InstanceId", "tomorrow"])),
    reply,
  ),
  replying(105, "a folder without an item", smart("SmartReply", about(["FolderId", "inbox"])), reply),
  sending(107, "what is no message", send(clientId, ["Mime", Buffer.from([0, 1, 2])])),
  sending(115, "quota-exceeded", send(clientId, mime), refusing("quota-exceeded")),
  sending(116, "recipient-unknown", send(clientId, mime), refusing("recipient-unknown")),
  sending(116, "a recipient that is no address", send(clientId, ["Mime", message("To: Bob\r\n")])),
  replying(117, "reply-not-allowed", (world) => smart("SmartReply", original(world)), {
    ...reply,
    ...refusing("reply-not-allowed"),
  }),
  sending(
    118,
    "the ClientId of another mail",
    send(clientId, ["Mime", message("To: bob@example.com\r\n", "2")]),
    {
      before: ({ device }) => device.command("SendMail", documentOf(send(clientId, mime))),
    },
  ),
  sending(119, "no recipient", send(clientId, ["Mime", message("")])),
  sending(120, "failed", send(clientId, mime), refusing("failed")),
  replying(121, "an original that cannot be read", (world) => smart("SmartReply", original(world)), {
    ...reply,
    before: ({ mailbox, plans: id }) => mailbox.poison(user, "inbox", id),
  }),
  sending(122, "too-large", send(clientId, mime), refusing("too-large")),
  replying(
    146,
    "an occurrence of what is no meeting",
    (world) => smart("SmartReply", original(world, ["InstanceId", "2026-01-08T09:00:00.000Z"])),
    reply,
  ),
  replying(
    147,
    "a source that is no mail",
    (world) => smart("SmartReply", about(["FolderId", "contacts"], ["ItemId", world.note])),
    reply,
  ),
  replying(
    150,
    "a source that is not there",
    smart("SmartReply", about(["FolderId", "inbox"], ["ItemId", "nothing"])),
    reply,
  ),
  sending(166, "an account", send(clientId, ["AccountId", "2"], mime)),
  sending(167, "sending-disabled", send(clientId, mime), refusing("sending-disabled")),
  sending(168, "a template of rights", send(clientId, mime, ["RightsManagement:TemplateID", "x"])),
  forwarding(
    178,
    "Forwardees beside a message",
    (world) => smart("SmartForward", original(world), mime, forwardees),
    forward,
  ),
  forwarding(
    179,
    "Forwardees without an address",
    (world) => smart("SmartForward", original(world), ["Forwardees", ["Forwardee", ["Name", "Bob"]]]),
    forward,
  ),
];
