import { type RenderView, readBodyPreferences } from "../../application-data/index.js";
import { isAtLeast, type ProtocolVersion } from "../../protocol/version.js";
import {
  AirSync,
  child,
  childElements,
  childInteger,
  childText,
  Search,
  text,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { type PhotoWishes, readPhotoWishes } from "../searching/photo-allowance.js";
import { type ResultRange, readRange } from "../searching/result-range.js";
import { type MailboxCriteria, readCriteria } from "./criteria.js";
import { SearchStatus, type StoreAnswer } from "./status.js";

/** A search of the mailbox's items. */
export interface MailboxSearchRequest {
  readonly kind: "mailbox";
  readonly criteria: MailboxCriteria;
  readonly deep: boolean;
  readonly range: ResultRange;
  readonly view: RenderView;
}

/** A search of the address list. */
export interface AddressListRequest {
  readonly kind: "address-list";
  readonly text: string;
  readonly range: ResultRange;
  /** Undefined: no photos are wanted. */
  readonly photos: PhotoWishes | undefined;
}

/** What a request asks for. */
export type SearchRequest =
  | MailboxSearchRequest
  | AddressListRequest
  /** What can be told without looking. */
  | { readonly kind: "refused"; readonly status: StoreAnswer["status"] };

/** The results that are sent without a Range, and the only ones that can be asked for ([MS-ASCMD] 2.2.3.143.3). */
const defaultRange: ResultRange = { first: 0, last: 99 };

/** Undefined for a document that is no such request. */
export function readSearch(
  document: WbxmlElement | undefined,
  version: ProtocolVersion,
): SearchRequest | undefined {
  const stores = childElements(document).filter(({ tag }) => tag === Search.Store);
  const [store] = stores;
  const name = childText(store, Search.Name)?.trim().toLowerCase();
  if (document?.tag !== Search.Search || store === undefined || name === undefined) return undefined;
  if (stores.length > 1) return refused(SearchStatus.InvalidRequest);
  const query = child(store, Search.Query);
  const options = child(store, Search.Options);
  const range = readRange(childText(options, Search.Range), defaultRange);
  switch (name) {
    case "mailbox":
      if (query === undefined || range === undefined) return refused(SearchStatus.InvalidRequest);
      return readMailbox(query, options, range, version);
    case "gal":
      if (range === undefined) return refused(SearchStatus.InvalidRequest);
      return readAddressList(query, options, range, version);
    case "document library":
    case "documentlibrary":
      return refused(SearchStatus.Blocked);
    default:
      return refused(SearchStatus.InvalidRequest);
  }
}

function readMailbox(
  query: WbxmlElement,
  options: WbxmlElement | undefined,
  range: ResultRange,
  version: ProtocolVersion,
): SearchRequest {
  const criteria = readCriteria(query, version);
  if (typeof criteria === "number") return refused(criteria);
  const bodies = options && readBodyPreferences(options, version);
  if (bodies?.kind === "invalid") {
    return refused(bodies.syncStatus === 164 ? bodies.syncStatus : SearchStatus.InvalidRequest);
  }
  const mime = childInteger(options, AirSync.MIMESupport);
  const mimeSupport = mime?.kind === "integer" && (mime.value === 1 || mime.value === 2) ? mime.value : 0;
  const view: RenderView = {
    bodies: bodies?.bodies ?? [],
    withBody: true,
    mimeSupport,
    ...(bodies?.bodyPart && { bodyPart: bodies.bodyPart }),
  };
  const deep = child(options, Search.DeepTraversal) !== undefined;
  return { kind: "mailbox", criteria, deep, range, view };
}

function readAddressList(
  query: WbxmlElement | undefined,
  options: WbxmlElement | undefined,
  range: ResultRange,
  version: ProtocolVersion,
): SearchRequest {
  const wanted = text(query)?.trim();
  if (wanted === undefined || wanted === "") return refused(SearchStatus.InvalidRequest);
  const picture = isAtLeast(version, "14.1") ? child(options, Search.Picture) : undefined;
  const photos =
    picture && readPhotoWishes(picture, { maxSize: Search.MaxSize, maxPictures: Search.MaxPictures });
  if (photos === "invalid") return refused(SearchStatus.InvalidRequest);
  return { kind: "address-list", text: wanted, range, photos };
}

function refused(status: StoreAnswer["status"]): SearchRequest {
  return { kind: "refused", status };
}
