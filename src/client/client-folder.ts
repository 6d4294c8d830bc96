import { folderTypes } from "../protocol/folder-type.js";

/** What a folder is for; `other` is a Type that this client does not know. */
export type ClientFolderKind =
  | "inbox"
  | "drafts"
  | "deleted"
  | "sent"
  | "outbox"
  | "tasks"
  | "calendar"
  | "contacts"
  | "notes"
  | "user-mail"
  | "user-calendar"
  | "user-contacts"
  | "user-tasks"
  | "user-notes"
  | "recipient-cache"
  | "other";

/** The class of a folder's items ([MS-ASCMD] 2.2.3.27). */
export type ClientFolderClass = "Email" | "Calendar" | "Contacts" | "Tasks" | "Notes";

/** A folder as FolderSync told of it ([MS-ASCMD] 2.2.1.5). */
export interface ClientFolder {
  readonly id: string;
  /** `0` at the top. */
  readonly parentId: string;
  readonly name: string;
  /** The Type element ([MS-ASCMD] 2.2.3.186.3). */
  readonly type: number;
  readonly kind: ClientFolderKind;
  /** Undefined for folders that cannot be synced. */
  readonly class: ClientFolderClass | undefined;
}

const kindsByType: ReadonlyMap<number, ClientFolderKind> = new Map(
  Object.entries(folderTypes).map(([kind, { type }]) => [type, kind as keyof typeof folderTypes]),
);

const classes: Readonly<Record<ClientFolderKind, ClientFolderClass | undefined>> = {
  inbox: "Email",
  drafts: "Email",
  deleted: "Email",
  sent: "Email",
  outbox: "Email",
  "user-mail": "Email",
  tasks: "Tasks",
  "user-tasks": "Tasks",
  calendar: "Calendar",
  "user-calendar": "Calendar",
  contacts: "Contacts",
  "user-contacts": "Contacts",
  "recipient-cache": "Contacts",
  notes: "Notes",
  "user-notes": "Notes",
  other: undefined,
};

/** Type 1 is a folder that users made; its items are mails. */
const genericFolder = 1;

/** A folder with what its Type says of it. */
export function clientFolder(id: string, parentId: string, name: string, type: number): ClientFolder {
  const kind = type === genericFolder ? "user-mail" : (kindsByType.get(type) ?? "other");
  return { id, parentId, name, type, kind, class: classes[kind] };
}

/** What phones sync and wait for unless told otherwise: the inbox, the calendar and the contacts. */
export function isUsualFolder({ kind }: ClientFolder): boolean {
  return kind === "inbox" || kind === "calendar" || kind === "contacts";
}
