import type { MailboxFolder } from "../mailbox/folder.js";
import { initialSyncKey } from "../protocol/sync-key.js";
import { isAtLeast } from "../protocol/version.js";
import { inTurn } from "../sync-state/collection-turns.js";
import { estimateChanges } from "../sync-state/estimate.js";
import { classOfFolder } from "../sync-state/folder-class.js";
import {
  AirSync,
  child,
  childFlag,
  childInteger,
  children,
  childText,
  element,
  GetItemEstimate,
  textElement,
  type WbxmlElement,
} from "../wbxml/index.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "./command.js";
import { answeringUnavailable } from "./unavailable.js";

/** Most collections of one request ([MS-ASCMD] 3.1.5.10). */
const maxCollections = 1_000;
const invalidXml = 103;
const serverError = 110;
/** The greatest FilterType ([MS-ASCMD] 2.2.3.68.1). */
const maxFilterType = 8;

interface EstimatedCollection {
  readonly collectionId: string;
  readonly syncKey: string;
  readonly filterType: number | undefined;
  readonly hasMaxItems: boolean;
  readonly conversationMode: boolean;
}

type CollectionAnswer =
  | { readonly status: 1; readonly collectionId: string; readonly items: number }
  | { readonly status: 2 | 3 | 4; readonly collectionId: string };

/** GetItemEstimate ([MS-ASCMD] 2.2.1.9): how many items the next Syncs would send. */
export const getItemEstimate: Command = {
  name: "GetItemEstimate",
  rootTag: GetItemEstimate.GetItemEstimate,
  statusTag: GetItemEstimate.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: true,
  run: answeringUnavailable(run),
};

async function run(request: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const collections = decode(request.document);
  if (collections === undefined) return { kind: "common-status", status: invalidXml };
  const folders = await context.mailbox.folders(context.mailboxRef);
  const answers: CollectionAnswer[] = [];
  for (const collection of collections) {
    const answer = await estimate(collection, folders, context);
    if (typeof answer === "number") return { kind: "common-status", status: answer };
    answers.push(answer);
  }
  return { kind: "document", document: encode(answers, context) };
}

/** The answer for a collection, or the common status of the whole request. */
async function estimate(
  { collectionId, syncKey, filterType, hasMaxItems, conversationMode }: EstimatedCollection,
  folders: readonly MailboxFolder[],
  context: CommandContext,
): Promise<CollectionAnswer | number> {
  const folder = folders.find(({ id }) => id === collectionId);
  if (folder === undefined || (hasMaxItems && folder.kind !== "recipient-cache")) {
    return { status: 2, collectionId };
  }
  if (
    conversationMode &&
    isAtLeast(context.device.version, "14.0") &&
    classOfFolder(folder.kind) !== "Email"
  ) {
    return invalidXml;
  }
  if (syncKey === initialSyncKey) return { status: 3, collectionId };
  const names = [context.device.user, context.device.id, collectionId] as const;
  const estimated = await inTurn(context.state, names, () =>
    estimateChanges(context, collectionId, syncKey, filterType),
  );
  switch (estimated.kind) {
    case "estimate":
      return { status: 1, collectionId, items: estimated.items };
    case "unknown-key":
      return { status: estimated.itemClass === undefined ? 3 : 4, collectionId };
    case "invalid-filter":
      return serverError;
    case "folder-gone":
      return { status: 2, collectionId };
  }
}

/** Undefined for a document that is no such request. Elements are taken in any order, as old clients send them. */
function decode(document: WbxmlElement | undefined): readonly EstimatedCollection[] | undefined {
  if (document?.tag !== GetItemEstimate.GetItemEstimate) return undefined;
  const elements = children(child(document, GetItemEstimate.Collections), GetItemEstimate.Collection);
  if (elements.length === 0 || elements.length > maxCollections) return undefined;
  const collections: EstimatedCollection[] = [];
  for (const collection of elements) {
    const collectionId = childText(collection, GetItemEstimate.CollectionId);
    const options = children(collection, AirSync.Options).find(
      (block) => childText(block, AirSync.Class)?.toLowerCase() !== "sms",
    );
    const filter = childInteger(options, AirSync.FilterType) ?? childInteger(collection, AirSync.FilterType);
    if (!collectionId || filter?.kind === "invalid") return undefined;
    if (filter !== undefined && (filter.value < 0 || filter.value > maxFilterType)) return undefined;
    collections.push({
      collectionId,
      syncKey: childText(collection, AirSync.SyncKey) || initialSyncKey,
      filterType: filter?.value,
      conversationMode: childFlag(collection, AirSync.ConversationMode) === true,
      hasMaxItems: child(options, AirSync.MaxItems) !== undefined,
    });
  }
  return collections;
}

function encode(answers: readonly CollectionAnswer[], { device }: CommandContext): WbxmlElement {
  return element(GetItemEstimate.GetItemEstimate, [
    isAtLeast(device.version, "14.0") ? textElement(GetItemEstimate.Status, 1) : undefined,
    ...answers.map(encodeAnswer),
  ]);
}

/** Errors carry their CollectionId as well: there are clients that fail without it. */
function encodeAnswer(answer: CollectionAnswer): WbxmlElement {
  return element(GetItemEstimate.Response, [
    textElement(GetItemEstimate.Status, answer.status),
    element(GetItemEstimate.Collection, [
      textElement(GetItemEstimate.CollectionId, answer.collectionId),
      answer.status === 1 ? textElement(GetItemEstimate.Estimate, answer.items) : undefined,
    ]),
  ]);
}
