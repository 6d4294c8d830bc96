import type { MailboxItem } from "../mailbox/items/item.js";
import type { ProtocolVersion } from "../protocol/version.js";

/** What is needed to understand what a device sends. */
export interface ParseContext {
  readonly version: ProtocolVersion;
  /** The time of the request, in milliseconds since the epoch: appointments without times begin at the next half hour. */
  readonly nowMs: number;
}

/** Why an item is not taken: the answer is Status 6 for this item ([MS-ASCMD] 2.2.3.177.17). The reason is for a log. */
export interface InvalidItem {
  readonly kind: "invalid";
  readonly reason: string;
}

/** An item that a device sent. */
export type ParsedItem<Item extends MailboxItem = MailboxItem> =
  | { readonly kind: "item"; readonly item: Item }
  | InvalidItem;

/** An {@link InvalidItem}. */
export function invalid(reason: string): InvalidItem {
  return { kind: "invalid", reason };
}
