import { renderItem } from "../../application-data/index.js";
import { DirectPushError } from "../../errors.js";
import type { ByteRange } from "../../mailbox/abilities/attachments.js";
import type { MailboxItem } from "../../mailbox/items/item.js";
import {
  AirSync,
  AirSyncBase,
  element,
  ItemOperations,
  optionalText,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { attachmentContent } from "../attachment-content.js";
import type { CommandContext } from "../command.js";
import type { AnswerContent } from "./answer-content.js";
import { bodyInParts } from "./body-parts.js";
import type { FetchOperation } from "./request.js";
import { ItemOperationsStatus } from "./status.js";

/** What became of a Fetch. */
type Fetched =
  | {
      readonly status: typeof ItemOperationsStatus.Success;
      readonly itemClass?: MailboxItem["class"];
      readonly properties: readonly (WbxmlElement | undefined)[];
    }
  | { readonly status: Exclude<number, typeof ItemOperationsStatus.Success>; readonly properties?: never };

/** Names that the class of an item follows in the schema. */
const beforeClass: ReadonlySet<number> = new Set([AirSync.CollectionId, AirSync.ServerId]);

/**
 * Carries out a Fetch; its element of the answer.
 *
 * @throws DirectPushError when the mailbox cannot be reached.
 */
export async function answerFetch(
  operation: FetchOperation,
  content: AnswerContent,
  context: CommandContext,
): Promise<WbxmlElement> {
  const fetched = await fetch(operation, content, context);
  const { names } = operation;
  const echoed = names.map(({ tag, name }) => textElement(tag, name));
  const itemClass = "itemClass" in fetched ? fetched.itemClass : undefined;
  const at = names.filter(({ tag }) => beforeClass.has(tag)).length || echoed.length;
  return element(ItemOperations.Fetch, [
    textElement(ItemOperations.Status, fetched.status),
    ...echoed.slice(0, at),
    optionalText(AirSync.Class, itemClass),
    ...echoed.slice(at),
    fetched.properties && element(ItemOperations.Properties, fetched.properties),
  ]);
}

async function fetch(
  operation: FetchOperation,
  content: AnswerContent,
  context: CommandContext,
): Promise<Fetched> {
  const { target } = operation;
  switch (target.kind) {
    case "refused":
      return { status: target.status };
    case "attachment":
      return await fetchAttachment(target.fileReference, target.range, content, context);
    case "item":
      return await fetchItem(target.folder, target.id, operation, content, context);
  }
}

async function fetchAttachment(
  fileReference: string,
  range: ByteRange | undefined,
  content: AnswerContent,
  context: CommandContext,
): Promise<Fetched> {
  const found = await attachmentContent(fileReference, range, context);
  if (found.kind === "not-found") return { status: ItemOperationsStatus.InvalidAttachment };
  if (found.kind === "forbidden") return { status: ItemOperationsStatus.AccessDenied };
  if (found.kind === "unreadable") return { status: ItemOperationsStatus.ReadFailed };
  if (found.sizeBytes === 0) return { status: ItemOperationsStatus.Empty };
  if (found.kind === "outside") return { status: ItemOperationsStatus.InvalidRange };
  const { byteLength } = found.content;
  if (!content.fits(byteLength)) return { status: ItemOperationsStatus.TooLarge };
  const sent = range && `${range.first}-${range.first + byteLength - 1}`;
  return {
    status: ItemOperationsStatus.Success,
    properties: [
      textElement(AirSyncBase.ContentType, found.contentType),
      optionalText(ItemOperations.Range, sent),
      sent === undefined ? undefined : textElement(ItemOperations.Total, found.sizeBytes),
      content.place(found.content),
    ],
  };
}

async function fetchItem(
  folder: string,
  id: string,
  { view, schema }: FetchOperation,
  content: AnswerContent,
  context: CommandContext,
): Promise<Fetched> {
  const { mailbox, mailboxRef, device } = context;
  try {
    const item = await mailbox.item(mailboxRef, folder, id, view);
    if (item === undefined) return { status: ItemOperationsStatus.NotFound };
    const rendered = renderItem(item, view, device.version);
    const wanted = schema === undefined ? rendered : rendered.filter(({ tag }) => schema.has(tag));
    const properties = content.inParts
      ? wanted.map((property) => bodyInParts(property, item, content))
      : wanted;
    return { status: ItemOperationsStatus.Success, itemClass: item.class, properties };
  } catch (error) {
    if (error instanceof DirectPushError && error.code === "ERR_MAILBOX_UNAVAILABLE") throw error;
    // One item may be broken while all is well: if nothing can be reached, this throws.
    await mailbox.itemVersion(mailboxRef, folder, id);
    context.events.itemSkipped({ device, collectionId: folder, itemId: id, error });
    return { status: ItemOperationsStatus.ConversionFailed };
  }
}
