import { instantOf } from "../../application-data/date-time.js";
import type { SearchExpression } from "../../mailbox/abilities/mail-search.js";
import type { ItemClass } from "../../mailbox/folder.js";
import { isAtLeast, type ProtocolVersion } from "../../protocol/version.js";
import { isItemClass } from "../../sync-state/folder-class.js";
import {
  AirSync,
  bytes,
  childElements,
  childText,
  Email,
  Search,
  text,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { asksForLater } from "../later-elements.js";
import { readKeywordQuery } from "../searching/keyword-query.js";
import { SearchStatus } from "./status.js";

/** What a search of the mailbox is limited to ([MS-ASCMD] 2.2.3.10). */
export interface MailboxCriteria {
  /** Undefined: items of every class. */
  readonly classes: ReadonlySet<ItemClass> | undefined;
  /** Empty: the whole mailbox. */
  readonly folders: readonly string[];
  readonly expression: SearchExpression | undefined;
  readonly afterMs: number | undefined;
  readonly beforeMs: number | undefined;
  readonly conversationId: Uint8Array | undefined;
}

type Refusal = typeof SearchStatus.InvalidRequest | typeof SearchStatus.TooComplex;

const repeatable: ReadonlySet<number> = new Set([AirSync.Class, AirSync.CollectionId]);
const plain: ReadonlySet<number> = new Set([
  AirSync.Class,
  AirSync.CollectionId,
  Search.FreeText,
  Search.GreaterThan,
  Search.LessThan,
  Search.ConversationId,
]);

/**
 * The criteria of a Query, or the Status of a query that is refused. There is one And and no Or: what stands outside of the And, an And within it,
 * and an Or are too complex; a criterion that occurs twice is invalid.
 */
export function readCriteria(query: WbxmlElement, version: ProtocolVersion): MailboxCriteria | Refusal {
  const parts = childElements(query);
  const [and] = parts;
  if (and === undefined) return SearchStatus.InvalidRequest;
  if (parts.length > 1 || and.tag !== Search.And) return refusalOf(parts);
  const criteria = childElements(and);
  if (criteria.length === 0 || asksForLater(and, version)) return SearchStatus.InvalidRequest;
  if (criteria.some(({ tag }) => !plain.has(tag))) return refusalOf(criteria);
  const single = criteria.map(({ tag }) => tag).filter((tag) => !repeatable.has(tag));
  if (new Set(single).size < single.length) return SearchStatus.InvalidRequest;
  return readParts(criteria, version);
}

/** An element that belongs to no search of the mailbox is a mistake; one that stands where it may not is too complex. */
function refusalOf(parts: readonly WbxmlElement[]): Refusal {
  const known = new Set([...plain, Search.And, Search.Or]);
  return parts.every(({ tag }) => known.has(tag)) ? SearchStatus.TooComplex : SearchStatus.InvalidRequest;
}

function readParts(criteria: readonly WbxmlElement[], version: ProtocolVersion): MailboxCriteria | Refusal {
  const one = (tag: number): WbxmlElement | undefined => criteria.find((part) => part.tag === tag);
  const all = (tag: number): string[] =>
    criteria.filter((part) => part.tag === tag).map((part) => text(part)?.trim() ?? "");
  const classes = readClasses(all(AirSync.Class), version);
  const folders = all(AirSync.CollectionId);
  const keywords = readKeywordQuery(text(one(Search.FreeText)) ?? "");
  const [after, before] = [readDate(one(Search.GreaterThan)), readDate(one(Search.LessThan))];
  const conversation = one(Search.ConversationId);
  const conversationId = conversation && bytes(conversation);
  if (keywords.kind === "too-complex") return SearchStatus.TooComplex;
  if (classes === "invalid" || after === "invalid" || before === "invalid" || folders.includes("")) {
    return SearchStatus.InvalidRequest;
  }
  if (conversation !== undefined && !conversationId?.length) return SearchStatus.InvalidRequest;
  const expression = keywords.kind === "expression" ? keywords.expression : undefined;
  return { classes, folders, expression, afterMs: after, beforeMs: before, conversationId };
}

/** Text messages are a class of their own from 14.0 on; no mailbox has them, so that they are never found. */
function readClasses(
  sent: readonly string[],
  version: ProtocolVersion,
): ReadonlySet<ItemClass> | undefined | "invalid" {
  const isNew = isAtLeast(version, "14.0");
  const classes = new Set<ItemClass>();
  for (const name of sent) {
    if (isItemClass(name) && (isNew || name !== "Notes")) classes.add(name);
    else if (name !== "SMS" || !isNew) return "invalid";
  }
  if (sent.length > 0 || isNew) return sent.length > 0 ? classes : undefined;
  return new Set<ItemClass>(["Email", "Calendar", "Contacts", "Tasks"]);
}

function readDate(comparison: WbxmlElement | undefined): number | undefined | "invalid" {
  if (comparison === undefined) return undefined;
  const properties = childElements(comparison).filter(({ tag }) => tag !== Search.Value);
  const isDate = properties.length > 0 && properties.every(({ tag }) => tag === Email.DateReceived);
  if (!isDate) return "invalid";
  return instantOf(childText(comparison, Search.Value) ?? "") ?? "invalid";
}
