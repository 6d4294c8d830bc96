import { DirectPushError } from "../../errors.js";
import { searchOf } from "../../mailbox/abilities/mail-search.js";
import type { ItemPlace } from "../../mailbox/item-reference.js";
import type { ItemView } from "../../mailbox/mailbox.js";
import { concurrentMap } from "../../state/concurrent-map.js";
import { AirSync, element, Find, textElement, type WbxmlElement } from "../../wbxml/index.js";
import type { CommandContext } from "../command.js";
import { foldersInScope } from "../searching/search-scope.js";
import { mailProperties } from "./mail-properties.js";
import type { FindItems } from "./request.js";
import { type FindAnswer, FindStatus } from "./status.js";

const maxConcurrentItems = 8;
const emailOnly: ReadonlySet<"Email"> = new Set(["Email"]);
/** Enough text for a preview. */
const previewView: ItemView = {
  bodies: [{ type: "plain", truncationBytes: 4096, allOrNone: false, previewCharacters: 0 }],
  withBody: true,
};

/** Looks for mails. */
export async function findItems(request: FindItems, context: CommandContext): Promise<FindAnswer> {
  const { expression, range } = request;
  const { mailbox, mailboxRef } = context;
  const able = searchOf(mailbox);
  if (able === undefined) return FindStatus.InvalidRequest;
  const folders = foldersInScope(await mailbox.folders(mailboxRef), { ...request, classes: emailOnly });
  if (folders === undefined) return FindStatus.FolderSyncRequired;
  const limit = range.last - range.first + 1;
  const unlimited = { afterMs: undefined, beforeMs: undefined, conversationId: undefined };
  const found = await able.search(mailboxRef, {
    expression,
    folders,
    ...unlimited,
    first: range.first,
    limit,
  });
  if (found.kind === "too-complex") return FindStatus.InvalidRequest;
  const places = found.items.slice(0, limit);
  const results = await concurrentMap(places, maxConcurrentItems, (place) => resultElement(place, context));
  const end = places.length === 0 ? 0 : range.first + places.length;
  return {
    results: results.filter((one) => one !== undefined),
    covered: places.length,
    total: Math.max(found.total, end),
  };
}

/** Undefined for an item that is gone by now, is no mail, or alone cannot be read. */
async function resultElement(place: ItemPlace, context: CommandContext): Promise<WbxmlElement | undefined> {
  const { mailbox, mailboxRef, device } = context;
  const { folder, item: id } = place;
  try {
    const item = await mailbox.item(mailboxRef, folder, id, previewView);
    if (item?.class !== "Email") return undefined;
    return element(Find.Result, [
      textElement(AirSync.Class, item.class),
      textElement(AirSync.ServerId, id),
      textElement(AirSync.CollectionId, folder),
      element(Find.Properties, mailProperties(item)),
    ]);
  } catch (error) {
    if (error instanceof DirectPushError && error.code === "ERR_MAILBOX_UNAVAILABLE") throw error;
    context.events.itemSkipped({ device, collectionId: folder, itemId: id, error });
    return undefined;
  }
}
