import type { SearchExpression } from "../../mailbox/abilities/mail-search.js";
import { AirSync, child, childElements, childText, Find, type WbxmlElement } from "../../wbxml/index.js";
import { readKeywordQuery } from "../searching/keyword-query.js";
import { type PhotoWishes, readPhotoWishes } from "../searching/photo-allowance.js";
import { type ResultRange, readRange } from "../searching/result-range.js";

interface AnyFind {
  /** By which the device tells its searches apart. */
  readonly searchId: string;
  readonly range: ResultRange;
}

/** A search for mails. */
export interface FindItems extends AnyFind {
  readonly kind: "items";
  readonly expression: SearchExpression;
  /** Empty: the whole mailbox. */
  readonly folders: readonly string[];
  readonly deep: boolean;
}

/** A search for people. */
export interface FindPeople extends AnyFind {
  readonly kind: "people";
  readonly text: string;
  /** Undefined: no photos are wanted. */
  readonly photos: PhotoWishes | undefined;
}

/** What a request asks for. */
export type FindRequest = FindItems | FindPeople;

/** Results that are sent without a Range, and the greatest place that a Range may name ([MS-ASCMD] 2.2.3.143.1). */
const defaultRange: ResultRange = { first: 0, last: 99 };
const lastPlace = 999;
/** Most results of one answer, which may have fewer than were asked for. */
const maxResults = 100;

/** Undefined for a request that is not valid. */
export function readFind(document: WbxmlElement | undefined): FindRequest | undefined {
  if (document?.tag !== Find.Find) return undefined;
  const searchId = childText(document, Find.SearchId)?.trim();
  const criteria = childElements(child(document, Find.ExecuteSearch));
  const [criterion] = criteria;
  if (!searchId || criterion === undefined || criteria.length > 1) return undefined;
  const options = child(criterion, Find.Options);
  const range = readRange(childText(options, Find.Range), defaultRange);
  if (range === undefined || range.last > lastPlace) return undefined;
  const page = { first: range.first, last: Math.min(range.last, range.first + maxResults - 1) };
  switch (criterion.tag) {
    case Find.MailBoxSearchCriterion:
      return readItems(criterion, options, { searchId, range: page });
    case Find.GalSearchCriterion:
      return readPeople(criterion, options, { searchId, range: page });
    default:
      return undefined;
  }
}

function readItems(
  criterion: WbxmlElement,
  options: WbxmlElement | undefined,
  common: AnyFind,
): FindItems | undefined {
  const query = child(criterion, Find.Query);
  const itemClass = childText(query, AirSync.Class)?.trim() || "Email";
  const keywords = readKeywordQuery(childText(query, Find.FreeText) ?? "");
  if (itemClass !== "Email" || keywords.kind !== "expression") return undefined;
  const folder = childText(query, AirSync.CollectionId)?.trim();
  const deep = child(options, Find.DeepTraversal) !== undefined;
  return { kind: "items", ...common, expression: keywords.expression, folders: folder ? [folder] : [], deep };
}

function readPeople(
  criterion: WbxmlElement,
  options: WbxmlElement | undefined,
  common: AnyFind,
): FindPeople | undefined {
  const text = childText(criterion, Find.Query)?.trim();
  const picture = child(options, Find.Picture);
  const tags = { maxSize: Find.MaxSize, maxPictures: Find.MaxPictures };
  const photos = picture && readPhotoWishes(picture, tags);
  if (!text || photos === "invalid") return undefined;
  return { kind: "people", ...common, text, photos };
}
