import type { ImapFlow, ListResponse } from "imapflow";
import type { MailboxFolder } from "../mailbox/folder.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { INBOX_ID, idOfObject, type PathIds } from "./imap-folders-ids.js";
import { isVirtual, kindOf } from "./imap-folders-kinds.js";
import { readObjectIds } from "./imap-folders-object-ids.js";

/** A folder with its place on the IMAP server. */
export interface ImapFolder extends MailboxFolder {
  /** As imapflow takes it: in Unicode, with the namespace's prefix. */
  readonly path: string;
  readonly delimiter: string;
  /** The same as the server writes it. */
  readonly listedAs: string;
  /** False for a folder that only has others below it, and no mails. */
  readonly selectable: boolean;
  /** Undefined where the server did not say it with the list. */
  readonly uidValidity: bigint | undefined;
}

/** The folders of a mailbox at one time. */
export interface ImapFolderListing {
  /** Parents before children. */
  readonly folders: readonly ImapFolder[];
  readonly byId: ReadonlyMap<string, ImapFolder>;
  readonly prefix: string;
  readonly delimiter: string;
}

const LONGEST_NAME = 256;

/** Which of the folders are listed. */
export interface ListingChoice {
  readonly onlySubscribed: boolean;
}

/** Lists the user's own folders that devices may see. */
export async function listFolders(
  client: ImapFlow,
  mailbox: MailboxRef,
  pathIds: PathIds,
  choice: ListingChoice,
): Promise<ImapFolderListing> {
  const { prefix = "" } = client.namespace ?? {};
  const delimiter = client.namespace?.delimiter ?? "";
  const entries = (await client.list()).filter((entry) => isShown(client, entry, choice));
  const selectable = entries.filter(isSelectable);
  const { ids, uidValidities } = await readObjectIds(
    client,
    selectable.map(({ pathAsListed }) => pathAsListed),
  );
  const places = placesOf(entries, prefix);
  const withoutObject = [...places.keys()].filter((path) => {
    const entry = places.get(path);
    return path !== "INBOX" && (entry === undefined || !ids.has(entry.pathAsListed));
  });
  const byPath = await pathIds.idsOf(mailbox, withoutObject);
  const idOf = (path: string): string => {
    if (path === "INBOX") return INBOX_ID;
    const objectId = ids.get(places.get(path)?.pathAsListed ?? "");
    return objectId === undefined ? (byPath.get(path) ?? "") : idOfObject(objectId);
  };
  const folders = [...places].map(([path, entry]): ImapFolder => {
    const parent = parentOf(path, delimiter, prefix);
    const canSelect = entry !== undefined && isSelectable(entry);
    return {
      id: idOf(path),
      parentId: parent === undefined ? null : idOf(parent),
      name: nameOf(path, delimiter),
      kind: canSelect ? kindOf(path === "INBOX" ? "\\Inbox" : entry.specialUse) : "user-mail",
      path,
      delimiter,
      listedAs: entry?.pathAsListed ?? path,
      selectable: canSelect,
      uidValidity: entry === undefined ? undefined : uidValidities.get(entry.pathAsListed),
    };
  });
  return { folders, byId: new Map(folders.map((folder) => [folder.id, folder])), prefix, delimiter };
}

function isShown(client: ImapFlow, entry: ListResponse, { onlySubscribed }: ListingChoice): boolean {
  if (isVirtual(entry.specialUse)) return false;
  if (isForeign(client, entry.path)) return false;
  return !onlySubscribed || entry.subscribed || entry.path === "INBOX";
}

/** Whether a folder lies in what other users share. */
function isForeign(client: ImapFlow, path: string): boolean {
  const { other, shared } = client.namespaces ?? {};
  const prefixes = [...(other || []), ...(shared || [])].map(({ prefix }) => prefix);
  return prefixes.some((prefix) => prefix !== "" && path.startsWith(prefix));
}

function isSelectable({ flags }: ListResponse): boolean {
  return ![...flags].some((flag) => /^\\(noselect|nonexistent)$/i.test(flag));
}

/**
 * The paths to show, parents first, each with what the server said of it. A folder that cannot be opened is shown when one that can is
 * below it; one that the server does not even list is made up then.
 */
function placesOf(entries: readonly ListResponse[], prefix: string): Map<string, ListResponse | undefined> {
  const listed = new Map(entries.map((entry) => [entry.path, entry]));
  const places = new Map<string, ListResponse | undefined>();
  const add = (path: string, delimiter: string): void => {
    if (places.has(path)) return;
    const parent = parentOf(path, delimiter, prefix);
    if (parent !== undefined) add(parent, delimiter);
    places.set(path, listed.get(path));
  };
  for (const entry of entries) if (isSelectable(entry)) add(entry.path, entry.delimiter);
  return places;
}

/** Undefined for a folder at the root, which with a namespace like `INBOX.` is below the inbox only by name. */
function parentOf(path: string, delimiter: string, prefix: string): string | undefined {
  if (delimiter === "") return undefined;
  const end = path.lastIndexOf(delimiter);
  const isAtRoot = end < 0 || (prefix !== "" && path.startsWith(prefix) && end < prefix.length);
  return isAtRoot ? undefined : path.slice(0, end);
}

function nameOf(path: string, delimiter: string): string {
  const name = delimiter === "" ? path : path.slice(path.lastIndexOf(delimiter) + 1);
  return path === "INBOX" ? "Inbox" : name.slice(0, LONGEST_NAME);
}
