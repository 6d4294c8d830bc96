import type { FolderKind, ItemClass } from "../mailbox/folder.js";

const classes: Readonly<Record<FolderKind, ItemClass>> = {
  inbox: "Email",
  drafts: "Email",
  deleted: "Email",
  sent: "Email",
  outbox: "Email",
  tasks: "Tasks",
  calendar: "Calendar",
  contacts: "Contacts",
  notes: "Notes",
  "recipient-cache": "Contacts",
  "user-mail": "Email",
  "user-calendar": "Calendar",
  "user-contacts": "Contacts",
  "user-tasks": "Tasks",
  "user-notes": "Notes",
};

const itemClasses: readonly string[] = ["Email", "Calendar", "Contacts", "Tasks", "Notes"];

/** The class of the items in a folder of this kind. */
export function classOfFolder(kind: FolderKind): ItemClass {
  return classes[kind];
}

/** Narrows the text of a stored record to a class. */
export function isItemClass(text: string): text is ItemClass {
  return itemClasses.includes(text);
}
