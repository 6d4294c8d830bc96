import { type RenderView, readBodyPreferences } from "../../application-data/index.js";
import type { ByteRange } from "../../mailbox/abilities/attachments.js";
import { readLongId } from "../../mailbox/item-reference.js";
import { CommonStatus } from "../../protocol/status.js";
import type { ProtocolVersion } from "../../protocol/version.js";
import {
  AirSync,
  AirSyncBase,
  bytes,
  child,
  childElements,
  childFlag,
  childInteger,
  childText,
  DocumentLibrary,
  ItemOperations,
  RightsManagement,
  Search,
  type Tag,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { asksForLater } from "../later-elements.js";
import { ItemOperationsStatus } from "./status.js";

/** What a Fetch wants. */
export type FetchTarget =
  | { readonly kind: "item"; readonly folder: string; readonly id: string }
  | { readonly kind: "attachment"; readonly fileReference: string; readonly range: ByteRange | undefined }
  /** What can be told without looking at the mailbox. */
  | { readonly kind: "refused"; readonly status: number };

/** A Fetch, with what of it is told back ([MS-ASCMD] 2.2.3.67.1). */
export interface FetchOperation {
  readonly kind: "fetch";
  readonly target: FetchTarget;
  readonly names: FetchNames;
  readonly view: RenderView;
  /** The properties that are wanted; undefined for all. */
  readonly schema: ReadonlySet<Tag> | undefined;
}

/** How a Fetch names what it wants; in the order in which that is told back. */
export type FetchNames = readonly { readonly tag: Tag; readonly name: string }[];

/** One operation of a request. */
export type Operation =
  | FetchOperation
  | {
      readonly kind: "empty-folder";
      /** Undefined when the request does not say. */
      readonly folder: string | undefined;
      readonly withSubfolders: boolean;
    }
  | {
      readonly kind: "move";
      readonly conversationId: Uint8Array | undefined;
      readonly toFolder: string | undefined;
      /** Whether what comes later moves as well. */
      readonly always: boolean;
    };

const nameTags: readonly Tag[] = [
  AirSync.CollectionId,
  AirSync.ServerId,
  Search.LongId,
  DocumentLibrary.LinkId,
  AirSyncBase.FileReference,
];

/** The operations in their order; undefined for a document that is no such request. */
export function readOperations(
  document: WbxmlElement | undefined,
  version: ProtocolVersion,
): readonly Operation[] | undefined {
  if (asksForLater(document, version)) return undefined;
  const operations: Operation[] = [];
  for (const operation of childElements(document)) {
    if (operation.tag === ItemOperations.Fetch) operations.push(readFetch(operation, version));
    else if (operation.tag === ItemOperations.EmptyFolderContents)
      operations.push(readEmptyFolder(operation));
    else if (operation.tag === ItemOperations.Move) operations.push(readMove(operation));
    else return undefined;
  }
  return operations.length === 0 ? undefined : operations;
}

function readEmptyFolder(operation: WbxmlElement): Operation {
  const options = child(operation, ItemOperations.Options);
  return {
    kind: "empty-folder",
    folder: childText(operation, AirSync.CollectionId) || undefined,
    withSubfolders: isSet(options, ItemOperations.DeleteSubFolders),
  };
}

function readMove(operation: WbxmlElement): Operation {
  const id = child(operation, ItemOperations.ConversationId);
  return {
    kind: "move",
    conversationId: id && bytes(id),
    toFolder: childText(operation, ItemOperations.DstFldId) || undefined,
    always: isSet(child(operation, ItemOperations.Options), ItemOperations.MoveAlways),
  };
}

/** An empty element says yes. */
function isSet(options: WbxmlElement | undefined, tag: Tag): boolean {
  return child(options, tag) !== undefined && childFlag(options, tag) !== false;
}

function readFetch(fetch: WbxmlElement, version: ProtocolVersion): FetchOperation {
  const options = child(fetch, ItemOperations.Options);
  const bodies = options && readBodyPreferences(options, version);
  const names = nameTags.flatMap((tag) => {
    const name = childText(fetch, tag);
    return name ? [{ tag, name }] : [];
  });
  const part = bodies?.kind === "bodies" ? bodies.bodyPart : undefined;
  const schema = child(options, ItemOperations.Schema);
  return {
    kind: "fetch",
    target: bodies?.kind === "invalid" ? refusedBodies(bodies.syncStatus) : readTarget(fetch, names, version),
    names,
    view: {
      bodies: bodies?.kind === "bodies" ? bodies.bodies : [],
      withBody: true,
      mimeSupport: mimeSupportOf(options),
      ...(part && { bodyPart: part }),
    },
    schema: schema && new Set(childElements(schema).map(({ tag }) => tag)),
  };
}

function readTarget(fetch: WbxmlElement, names: FetchNames, version: ProtocolVersion): FetchTarget {
  const store = childText(fetch, ItemOperations.Store)?.trim().toLowerCase();
  if (store === undefined || store === "") return refused(ItemOperationsStatus.ProtocolError);
  if (store !== "mailbox") return refused(ItemOperationsStatus.UnknownStore);
  if (asksForLater(fetch, version)) return refused(ItemOperationsStatus.ProtocolError);
  if (child(fetch, RightsManagement.RemoveRightsManagementProtection) !== undefined) {
    return refused(CommonStatus.IrmFeatureDisabled);
  }
  const nameOf = (tag: Tag): string | undefined => names.find((name) => name.tag === tag)?.name;
  const [folder, id] = [nameOf(AirSync.CollectionId), nameOf(AirSync.ServerId)];
  const [longId, fileReference] = [nameOf(Search.LongId), nameOf(AirSyncBase.FileReference)];
  const isOne = [id, longId, fileReference].filter((name) => name !== undefined).length === 1;
  if (!isOne) return refused(ItemOperationsStatus.ProtocolError);
  if (fileReference !== undefined) return attachmentTarget(fileReference, fetch);
  if (longId !== undefined) {
    const place = readLongId(longId);
    if (place === undefined) return refused(ItemOperationsStatus.NotFound);
    return { kind: "item", folder: place.folder, id: place.item };
  }
  if (folder === undefined || id === undefined) return refused(ItemOperationsStatus.ProtocolError);
  return { kind: "item", folder, id };
}

function attachmentTarget(fileReference: string, fetch: WbxmlElement): FetchTarget {
  const sent = childText(child(fetch, ItemOperations.Options), ItemOperations.Range);
  if (!sent) return { kind: "attachment", fileReference, range: undefined };
  const [, first = "", last = ""] = /^\s*(\d{1,15})\s*-\s*(\d{1,15})\s*$/.exec(sent) ?? [];
  if (first === "" || Number(first) > Number(last)) return refused(ItemOperationsStatus.InvalidRange);
  return { kind: "attachment", fileReference, range: { first: Number(first), last: Number(last) } };
}

/** The Status of a Sync for body preferences that are wrong, as this command has it. */
function refusedBodies(syncStatus: 4 | 6 | 164): FetchTarget {
  return refused(syncStatus === 164 ? syncStatus : ItemOperationsStatus.ProtocolError);
}

function refused(status: number): FetchTarget {
  return { kind: "refused", status };
}

function mimeSupportOf(options: WbxmlElement | undefined): RenderView["mimeSupport"] {
  const sent = childInteger(options, AirSync.MIMESupport);
  if (sent?.kind !== "integer") return 0;
  return sent.value === 1 || sent.value === 2 ? sent.value : 0;
}
