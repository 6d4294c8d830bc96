import {
  AirSync,
  element,
  optionalElement,
  optionalEmpty,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import type { SyncStatus } from "./status.js";

/** What became of one collection. */
export type CollectionReply =
  | {
      readonly kind: "synced";
      readonly collectionId: string;
      /** Equal to the presented one when nothing was sent or taken. */
      readonly syncKey: string;
      /** Nothing was sent or taken: the collection may be left out of the answer. */
      readonly isQuiet: boolean;
      /** The presented key was answered before: which of the answers the device has got is not known. */
      readonly replay: boolean;
      readonly moreAvailable: boolean;
      /** Children of Responses. */
      readonly responses: readonly WbxmlElement[];
      /** Children of Commands. */
      readonly commands: readonly WbxmlElement[];
    }
  | {
      readonly kind: "failed";
      readonly collectionId: string;
      /** What the device presented, or "0" when it must start over. */
      readonly syncKey: string;
      readonly status: Exclude<SyncStatus, 1>;
    };

/** An answer for the whole request alone ([MS-ASCMD] 2.2.3.177.17). */
export type FailedSync =
  | { readonly status: 4 | 5 | 6 | 12 | 13 | 16 | 164 }
  /** The nearest interval that is accepted, in the unit of the request; or the most collections of one request. */
  | { readonly status: 14 | 15; readonly limit: number };

/** The answer to a request that failed as a whole: Status, then Limit. */
export function encodeFailedSync(failed: FailedSync): WbxmlElement {
  return element(AirSync.Sync, [
    textElement(AirSync.Status, failed.status),
    "limit" in failed ? textElement(AirSync.Limit, failed.limit) : undefined,
  ]);
}

/** The answer with its collections. SyncKey, CollectionId and Status come first: clients read them so. */
export function encodeSync(collections: readonly CollectionReply[]): WbxmlElement {
  return element(AirSync.Sync, [element(AirSync.Collections, collections.map(encodeCollection))]);
}

function encodeCollection(reply: CollectionReply): WbxmlElement {
  const head = [
    textElement(AirSync.SyncKey, reply.syncKey),
    textElement(AirSync.CollectionId, reply.collectionId),
    textElement(AirSync.Status, reply.kind === "synced" ? 1 : reply.status),
  ];
  if (reply.kind === "failed") return element(AirSync.Collection, head);
  return element(AirSync.Collection, [
    ...head,
    optionalEmpty(AirSync.MoreAvailable, reply.moreAvailable),
    optionalElement(AirSync.Responses, reply.responses),
    optionalElement(AirSync.Commands, reply.commands),
  ]);
}
