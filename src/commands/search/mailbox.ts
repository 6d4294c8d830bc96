import { type RenderView, renderItem } from "../../application-data/index.js";
import { DirectPushError } from "../../errors.js";
import { searchOf } from "../../mailbox/abilities/mail-search.js";
import { type ItemPlace, longIdOf } from "../../mailbox/item-reference.js";
import { concurrentMap } from "../../state/concurrent-map.js";
import { AirSync, element, Search, textElement, type WbxmlElement } from "../../wbxml/index.js";
import type { CommandContext } from "../command.js";
import { rangeText } from "../searching/result-range.js";
import { foldersInScope } from "../searching/search-scope.js";
import { reachable } from "./reachable-range.js";
import type { MailboxSearchRequest } from "./request.js";
import { SearchStatus, type StoreAnswer } from "./status.js";

const maxConcurrentItems = 8;
/** Text of all results together, in characters; what comes after it is left for another request. */
const maxAnswerCharacters = 8_000_000;

/**
 * Looks in the mailbox ([MS-ASCMD] 2.2.1.16). The results are looked for anew each time, as with RebuildResults.
 *
 * @throws DirectPushError when the mailbox cannot be reached.
 */
export async function searchMailbox(
  request: MailboxSearchRequest,
  context: CommandContext,
): Promise<StoreAnswer> {
  const { criteria, deep, view } = request;
  const { mailbox, mailboxRef } = context;
  const able = searchOf(mailbox);
  if (able === undefined) return { status: SearchStatus.Blocked };
  const range = reachable(request.range);
  if (range === undefined) return { status: SearchStatus.PastTheEnd };
  const folders = foldersInScope(await mailbox.folders(mailboxRef), { ...criteria, deep });
  if (folders === undefined) return { status: SearchStatus.FolderSyncRequired };
  const { expression, afterMs, beforeMs, conversationId } = criteria;
  const limit = range.last - range.first + 1;
  const query = { expression, folders, afterMs, beforeMs, conversationId, first: range.first, limit };
  const found = await able.search(mailboxRef, query);
  if (found.kind === "too-complex") return { status: SearchStatus.TooComplex };
  const places = found.items.slice(0, limit);
  const { elements, covered } = await resultElements(places, view, context);
  return {
    status: range === request.range ? SearchStatus.Success : SearchStatus.PastTheEnd,
    results: {
      elements,
      range: rangeText(range.first, covered),
      total: Math.max(found.total, covered === 0 ? 0 : range.first + covered),
    },
  };
}

/** The results, and how many places they cover: an item that cannot be sent leaves a gap, so that the next page begins where this one ended. */
async function resultElements(
  places: readonly ItemPlace[],
  view: RenderView,
  context: CommandContext,
): Promise<{ readonly elements: readonly WbxmlElement[]; readonly covered: number }> {
  const elements: WbxmlElement[] = [];
  let characters = 0;
  let covered = 0;
  while (covered < places.length && characters < maxAnswerCharacters) {
    const some = places.slice(covered, covered + maxConcurrentItems);
    const rendered = await concurrentMap(some, maxConcurrentItems, (place) =>
      resultElement(place, view, context),
    );
    for (const result of rendered.filter((one) => one !== undefined)) {
      elements.push(result);
      characters += charactersOf(result);
    }
    covered += some.length;
  }
  return { elements, covered };
}

/** Undefined for an item that is gone by now, or that alone cannot be read. */
async function resultElement(
  place: ItemPlace,
  view: RenderView,
  context: CommandContext,
): Promise<WbxmlElement | undefined> {
  const { mailbox, mailboxRef, device } = context;
  try {
    const item = await mailbox.item(mailboxRef, place.folder, place.item, view);
    if (item === undefined) return undefined;
    return element(Search.Result, [
      textElement(AirSync.Class, item.class),
      textElement(Search.LongId, longIdOf(place)),
      textElement(AirSync.CollectionId, place.folder),
      element(Search.Properties, renderItem(item, view, device.version)),
    ]);
  } catch (error) {
    if (error instanceof DirectPushError && error.code === "ERR_MAILBOX_UNAVAILABLE") throw error;
    context.events.itemSkipped({ device, collectionId: place.folder, itemId: place.item, error });
    return undefined;
  }
}

function charactersOf({ content }: WbxmlElement): number {
  if (content === null) return 0;
  if (typeof content === "string" || content instanceof Uint8Array) return content.length;
  return content.reduce((sum, one) => sum + charactersOf(one), 0);
}
