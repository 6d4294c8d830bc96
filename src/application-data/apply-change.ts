import type { MailboxItem } from "../mailbox/items/item.js";
import type { Tag, WbxmlElement } from "../wbxml/index.js";
import { invalid, type ParseContext, type ParsedItem } from "./result.js";

/** What is needed to understand a device's Change. */
export interface ChangeContext extends ParseContext {
  /**
   * The children of the Supported element that the collection was first synced with; undefined when it had none, empty when it was empty.
   * Decides what an omitted property means ([MS-ASCMD] 2.2.3.179).
   */
  readonly supported: readonly Tag[] | undefined;
}

/** `stored` as it is after a device's Change ([MS-ASCMD] 2.2.3.24). A mail's Change is for `parseEmailFlags`; here it is invalid. */
export function applyChange(
  _stored: MailboxItem,
  _applicationData: WbxmlElement,
  _context: ChangeContext,
): ParsedItem {
  return invalid("not yet");
}
