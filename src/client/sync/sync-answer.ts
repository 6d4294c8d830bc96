import {
  AirSync,
  child,
  childElements,
  childInteger,
  children,
  childText,
  type WbxmlElement,
} from "../../wbxml/index.js";

/** An item as the server sent it. */
export interface SyncItem {
  readonly serverId: string;
  /** The ApplicationData element: the fields of the item's class as its children, those that changed alone for some changes of mails. */
  readonly data: WbxmlElement;
}

/** What the server says to a command of the device's. Commands without an answer succeeded ([MS-ASCMD] 2.2.3.154). */
export interface SyncResponse {
  readonly kind: "add" | "change" | "delete" | "fetch";
  readonly status: number;
  /** Of an `add`, as it was sent. */
  readonly clientId: string | undefined;
  /** Absent for an `add` that failed. */
  readonly serverId: string | undefined;
  /** Of a `fetch`; the server's additions to an `add` in 16.0 and later. */
  readonly data: WbxmlElement | undefined;
}

/** One folder of a Sync answer. */
export interface AnsweredCollection {
  readonly folder: string;
  /** Undefined where a broken server sent none. */
  readonly syncKey: string | undefined;
  readonly status: number;
  readonly added: readonly SyncItem[];
  readonly changed: readonly SyncItem[];
  /** Deleted on the server. */
  readonly deleted: readonly string[];
  /** Still on the server, and outside of the filter from now on. */
  readonly filteredOut: readonly string[];
  readonly responses: readonly SyncResponse[];
  readonly moreAvailable: boolean;
}

/** What a Sync was answered. */
export type SyncAnswer =
  /** Nothing changed: an empty answer, or one without collections. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "collections"; readonly collections: readonly AnsweredCollection[] }
  /** The Sync failed as a whole. `limit` comes with 14 and 15. */
  | { readonly kind: "failed"; readonly status: number; readonly limit: number | undefined };

/** Reads what a Sync was answered ([MS-ASCMD] 2.2.1.21). */
export function readSync(document: WbxmlElement | undefined): SyncAnswer {
  const status = whole(document, AirSync.Status) ?? 1;
  const collections = children(child(document, AirSync.Collections), AirSync.Collection);
  if (status !== 1) return { kind: "failed", status, limit: whole(document, AirSync.Limit) };
  if (collections.length === 0) return { kind: "unchanged" };
  return { kind: "collections", collections: collections.map(readCollection) };
}

function readCollection(collection: WbxmlElement): AnsweredCollection {
  const commands = child(collection, AirSync.Commands);
  return {
    folder: childText(collection, AirSync.CollectionId) ?? "",
    syncKey: childText(collection, AirSync.SyncKey) || undefined,
    status: whole(collection, AirSync.Status) ?? 1,
    added: children(commands, AirSync.Add).flatMap(readItem),
    changed: children(commands, AirSync.Change).flatMap(readItem),
    deleted: serverIds(commands, AirSync.Delete),
    filteredOut: serverIds(commands, AirSync.SoftDelete),
    responses: childElements(child(collection, AirSync.Responses)).flatMap(readResponse),
    moreAvailable: child(collection, AirSync.MoreAvailable) !== undefined,
  };
}

function readItem(item: WbxmlElement): SyncItem[] {
  const serverId = childText(item, AirSync.ServerId);
  const data = child(item, AirSync.ApplicationData);
  return serverId === undefined || data === undefined ? [] : [{ serverId, data }];
}

function serverIds(commands: WbxmlElement | undefined, tag: number): string[] {
  return children(commands, tag).flatMap((gone) => childText(gone, AirSync.ServerId) ?? []);
}

const responseKinds: ReadonlyMap<number, SyncResponse["kind"]> = new Map([
  [AirSync.Add, "add"],
  [AirSync.Change, "change"],
  [AirSync.Delete, "delete"],
  [AirSync.Fetch, "fetch"],
]);

function readResponse(response: WbxmlElement): SyncResponse[] {
  const kind = responseKinds.get(response.tag);
  if (kind === undefined) return [];
  return [
    {
      kind,
      status: whole(response, AirSync.Status) ?? 1,
      clientId: childText(response, AirSync.ClientId),
      serverId: childText(response, AirSync.ServerId),
      data: child(response, AirSync.ApplicationData),
    },
  ];
}

function whole(parent: WbxmlElement | undefined, tag: number): number | undefined {
  const found = childInteger(parent, tag);
  return found?.kind === "integer" ? found.value : undefined;
}
