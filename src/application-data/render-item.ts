import type { MailboxItem } from "../mailbox/items/item.js";
import type { ItemView } from "../mailbox/mailbox.js";
import type { ProtocolVersion } from "../protocol/version.js";
import type { WbxmlElement } from "../wbxml/index.js";

/** How an item is sent. */
export interface RenderView extends ItemView {
  /** Whether a body may be MIME: 0 never, 1 for S/MIME mails alone, 2 always ([MS-ASCMD] 2.2.3.110.3). */
  readonly mimeSupport: 0 | 1 | 2;
}

/** The children of ApplicationData for a whole item; nothing that `version` does not have. */
export function renderItem(
  _item: MailboxItem,
  _view: RenderView,
  _version: ProtocolVersion,
): readonly WbxmlElement[] {
  return [];
}
