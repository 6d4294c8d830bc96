import type { MailboxItem } from "../mailbox/items/item.js";
import type { ProtocolVersion } from "../protocol/version.js";
import type { WbxmlElement } from "../wbxml/index.js";
import { writeCalendarItem } from "./calendar/calendar.js";
import { writeContact } from "./contact/contact.js";
import type { WriteContext } from "./context.js";
import { writeEmail } from "./email/email.js";
import { writeNote } from "./note.js";
import type { RenderView } from "./render-view.js";
import { writeTask } from "./task.js";

/**
 * The children of ApplicationData for a whole item ([MS-ASCMD] 2.2.3.11): every property that `version` has and the item has,
 * with the body that `view` asks for. Values that the protocol cannot carry, such as dates beyond the year 9999, are left out.
 */
export function renderItem(
  item: MailboxItem,
  view: RenderView,
  version: ProtocolVersion,
): readonly WbxmlElement[] {
  const context: WriteContext = { version, view };
  switch (item.class) {
    case "Email":
      return writeEmail(item, context);
    case "Calendar":
      return writeCalendarItem(item, context);
    case "Contacts":
      return writeContact(item, context);
    case "Tasks":
      return writeTask(item, context);
    case "Notes":
      return writeNote(item, context);
  }
}
