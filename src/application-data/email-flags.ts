import type { EmailItem } from "../mailbox/items/email.js";
import type { ItemUpdate } from "../mailbox/mailbox.js";
import type { ProtocolVersion } from "../protocol/version.js";
import type { WbxmlElement } from "../wbxml/index.js";
import { type InvalidItem, invalid } from "./result.js";

/** Which of a mail's flags changed. */
export interface ChangedFlags {
  readonly read: boolean;
  readonly followUp: boolean;
  readonly categories: boolean;
}

/** What a device's Change of a mail comes to. */
export type ParsedEmailFlags =
  | { readonly kind: "update"; readonly update: Extract<ItemUpdate, { kind: "email-flags" }> }
  | InvalidItem;

/** The children of ApplicationData for a mail whose flags alone changed ([MS-ASEMAIL] 3.2.5.4.1). Empty when `version` shows none of the changes. */
export function renderFlags(
  _item: EmailItem,
  _changed: ChangedFlags,
  _version: ProtocolVersion,
): readonly WbxmlElement[] {
  return [];
}

/** What a device changes about a mail: Read, Flag and Categories; anything else is invalid ([MS-ASEMAIL] 3.1.5.4, 3.2.5.4.2). */
export function parseEmailFlags(_applicationData: WbxmlElement, _version: ProtocolVersion): ParsedEmailFlags {
  return invalid("not yet");
}
