import { document as documentOf, type Tree } from "../devices/tree.js";
import { answering, casesAt, type StatusCase, user, type World } from "./world.js";

type Fields = Readonly<Record<string, string | undefined>>;

/** A request with the device's key, and other fields. */
function asked(command: string, usual: Fields, fields: Fields = {}): NonNullable<StatusCase["tree"]> {
  return ({ folderKey }) => [
    `FolderHierarchy:${command}`,
    ...Object.entries({ SyncKey: folderKey, ...usual, ...fields }).flatMap(([name, text]) =>
      text === undefined ? [] : [[name, text] as const],
    ),
  ];
}

const sync = casesAt("FolderSync");

/** FolderSync ([MS-ASCMD] 2.2.1.5). */
export const folderSyncCases: readonly StatusCase[] = [
  sync(1, "the tree", ["FolderHierarchy:FolderSync", ["SyncKey", "0"]]),
  sync(9, "an unknown key", ["FolderHierarchy:FolderSync", ["SyncKey", "4711"]]),
  sync(9, "an empty key", ["FolderHierarchy:FolderSync", ["SyncKey"]]),
  sync(10, "no key", ["FolderHierarchy:FolderSync"]),
  sync(10, "a text in the place of the key", ["FolderHierarchy:FolderSync", "0"]),
];

const created = casesAt("FolderCreate");
const create = (fields?: Fields) =>
  asked("FolderCreate", { ParentId: "0", DisplayName: "New", Type: "12" }, fields);

/** FolderCreate ([MS-ASCMD] 2.2.1.3). */
export const folderCreateCases: readonly StatusCase[] = [
  created(1, "made", create()),
  created(2, "a name that is taken", create({ DisplayName: "Project" })),
  created(3, "the recipient cache", create({ Type: "19" })),
  created(3, "below the recipient cache", create({ ParentId: "RI" })),
  created(3, "the user may not", create(), { mailbox: answering("addFolder", { kind: "forbidden" }) }),
  created(5, "no such parent", create({ ParentId: "nowhere" })),
  created(6, "an id that no device can use", create(), {
    mailbox: answering("addFolder", { kind: "created", id: "x".repeat(65) }),
  }),
  created(9, "an unknown key", create({ SyncKey: "4711" })),
  created(9, "key 0", create({ SyncKey: "0" })),
  created(10, "no key", create({ SyncKey: undefined })),
  created(10, "no name", create({ DisplayName: undefined })),
  created(10, "a name of 257 characters", create({ DisplayName: "x".repeat(257) })),
  created(10, "the type of a default folder", create({ Type: "2" })),
  created(10, "no type", create({ Type: undefined })),
  created(113, "a full mailbox", create(), { mailbox: answering("addFolder", { kind: "quota-exceeded" }) }),
  created(151, "too many folders", create(), {
    mailbox: answering("addFolder", { kind: "too-many-folders" }),
  }),
];

const updated = casesAt("FolderUpdate");
const update = (fields?: Fields) =>
  asked("FolderUpdate", { ServerId: "project", ParentId: "0", DisplayName: "Renamed" }, fields);

/** FolderUpdate ([MS-ASCMD] 2.2.1.6). */
export const folderUpdateCases: readonly StatusCase[] = [
  updated(1, "renamed", update()),
  updated(2, "a name that is taken", update({ DisplayName: "Inbox" })),
  updated(2, "a default folder", update({ ServerId: "calendar" })),
  updated(2, "the user may not", update(), { mailbox: answering("updateFolder", { kind: "forbidden" }) }),
  updated(3, "the recipient cache", update({ ServerId: "RI" })),
  updated(4, "no such folder", update({ ServerId: "nowhere" })),
  updated(5, "no such parent", update({ ParentId: "nowhere" })),
  updated(5, "below itself", update({ ParentId: "below" })),
  updated(9, "an unknown key", update({ SyncKey: "4711" })),
  updated(10, "no parent", update({ ParentId: undefined })),
  updated(10, "what the mailbox cannot store", update(), {
    mailbox: answering("updateFolder", { kind: "invalid", reason: "no" }),
  }),
];

const removed = casesAt("FolderDelete");
const remove = (fields?: Fields) => asked("FolderDelete", { ServerId: "project" }, fields);

/** FolderDelete ([MS-ASCMD] 2.2.1.4). */
export const folderDeleteCases: readonly StatusCase[] = [
  removed(1, "removed", remove()),
  removed(3, "a default folder", remove({ ServerId: "inbox" })),
  removed(3, "the user may not", remove(), { mailbox: answering("removeFolder", { kind: "forbidden" }) }),
  removed(4, "no such folder", remove({ ServerId: "nowhere" })),
  removed(9, "an unknown key", remove({ SyncKey: "4711" })),
  removed(10, "no folder", remove({ ServerId: undefined })),
];

const pinged = casesAt("Ping");
const ping = (seconds: string | undefined, ...ids: readonly string[]): Tree => [
  "Ping:Ping",
  ...(seconds === undefined ? [] : [["HeartbeatInterval", seconds] as const]),
  ...(ids.length === 0
    ? []
    : [["Folders", ...ids.map((id): Tree => ["Folder", ["Id", id], ["Class", "Email"]])] as const]),
];
const inbox = ping("480", "inbox");

/** Ping ([MS-ASCMD] 2.2.1.13). */
export const pingCases: readonly StatusCase[] = [
  pinged(1, "nothing for as long as was asked", inbox, { while: ({ clock }) => clock.advance(480_000) }),
  pinged(1, "a newer Ping", inbox, {
    while: ({ device }) => void device.send("Ping", documentOf(ping("600", "inbox"))),
  }),
  pinged(2, "a mail that was there before", inbox, {
    before: ({ mailbox }) => mailbox.deliver(user, "Subject: New\r\n\r\n"),
  }),
  pinged(2, "a mail that comes while it is held", inbox, { while: deliver }),
  pinged(3, "no body, and no Ping before", undefined),
  pinged(3, "no folders, and no Ping before", ping("480")),
  pinged(4, "nothing in it", ["Ping:Ping"]),
  pinged(4, "a folder without an id", ["Ping:Ping", ["HeartbeatInterval", "480"], ["Folders", ["Folder"]]]),
  pinged(4, "an interval that is no number", ping("soon", "inbox")),
  pinged(4, "a text in the place of the folders", [
    "Ping:Ping",
    ["HeartbeatInterval", "480"],
    ["Folders", "inbox"],
  ]),
  pinged(5, "too short", ping("1", "inbox")),
  pinged(5, "too long", ping("86400", "inbox")),
  pinged(6, "too many folders", ping("480", "inbox", "calendar"), {
    options: { limits: { maxPingFolders: 1 } },
  }),
  pinged(7, "a folder that is gone", ping("480", "nowhere")),
  pinged(7, "another tree", inbox, { while: ({ mailbox }) => mailbox.createFolder(user, { name: "Other" }) }),
  pinged(8, "a mailbox that fails while it is held", inbox, {
    while: async (world) => {
      world.mailbox.faults.failWith(new Error("down"));
      world.mailbox.setRead(user, "inbox", world.plans);
      await world.clock.advance(60_000);
    },
  }),
  pinged(129, "a device that was erased", inbox, {
    before: async ({ directPush, device }) => {
      await directPush.wipeDevice(user, "DEVICE1", "device");
      await device.command("Provision", documentOf(["Provision:Provision", ["RemoteWipe", ["Status", "1"]]]));
    },
  }),
];

function deliver({ mailbox }: World): void {
  mailbox.deliver(user, "Subject: New\r\n\r\n");
}

const estimated = casesAt("GetItemEstimate");
const collection = casesAt("Response");
const estimate = (...fields: readonly Tree[]): Tree => [
  "GetItemEstimate:GetItemEstimate",
  ["Collections", ["Collection", ...fields]],
];
const of = (folder: string, ...options: readonly Tree[]): NonNullable<StatusCase["tree"]> => {
  return (world) =>
    estimate(
      ["AirSync:SyncKey", world.key(folder)],
      ["CollectionId", folder],
      ...(options.length === 0 ? [] : [["AirSync:Options", ...options] as const]),
    );
};

/** GetItemEstimate ([MS-ASCMD] 2.2.1.9). */
export const getItemEstimateCases: readonly StatusCase[] = [
  estimated(1, "each collection has its own", of("inbox")),
  collection(1, "counted", of("inbox")),
  collection(2, "no such folder", of("nowhere")),
  collection(2, "MaxItems for mail", of("inbox", ["MaxItems", "10"])),
  collection(3, "never synced", of("calendar")),
  collection(4, "another key", estimate(["AirSync:SyncKey", "4711"], ["CollectionId", "inbox"])),
  estimated(103, "no collection", ["GetItemEstimate:GetItemEstimate", ["Collections"]]),
  estimated(103, "a collection without its folder", estimate(["AirSync:SyncKey", "0"])),
  estimated(103, "a filter that there is not", of("inbox", ["FilterType", "9"])),
  estimated(103, "1,001 collections", [
    "GetItemEstimate:GetItemEstimate",
    ["Collections", ...Array.from({ length: 1_001 }, (): Tree => ["Collection", ["CollectionId", "inbox"]])],
  ]),
  estimated(110, "a filter of another class", of("inbox", ["FilterType", "8"])),
];

const moved = casesAt("Response");
const move = (from: string, ...to: readonly string[]): NonNullable<StatusCase["tree"]> => {
  return ({ plans }) => [
    "Move:MoveItems",
    ["Move", ["SrcMsgId", plans], ["SrcFldId", from], ...to.map((folder) => ["DstFldId", folder] as const)],
  ];
};

/** MoveItems ([MS-ASCMD] 2.2.1.12). */
export const moveItemsCases: readonly StatusCase[] = [
  moved(1, "no such source", move("nowhere", "project")),
  moved(1, "no such item in it", move("drafts", "project")),
  moved(2, "no such destination", move("inbox", "nowhere")),
  moved(2, "a destination for another class", move("inbox", "contacts")),
  moved(3, "moved", move("inbox", "project")),
  moved(4, "where it is", move("inbox", "inbox")),
  moved(5, "two destinations", move("inbox", "project", "deleted")),
  moved(5, "the user may not", move("inbox", "project"), {
    mailbox: answering("move", { kind: "forbidden" }),
  }),
  moved(7, "somebody else was faster", move("inbox", "project"), {
    mailbox: answering("move", { kind: "version-mismatch" }),
  }),
  casesAt("MoveItems")(103, "no move", ["Move:MoveItems"]),
  casesAt("MoveItems")(103, "no destination", move("inbox")),
  casesAt("MoveItems")(103, "1,001 moves", [
    "Move:MoveItems",
    ...Array.from(
      { length: 1_001 },
      (): Tree => ["Move", ["SrcMsgId", "1"], ["SrcFldId", "2"], ["DstFldId", "3"]],
    ),
  ]),
];
