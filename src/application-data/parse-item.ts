import type { ItemClass } from "../mailbox/folder.js";
import type { MailboxItem } from "../mailbox/items/item.js";
import type { WbxmlElement } from "../wbxml/index.js";
import { addedCalendarItem } from "./calendar/calendar.js";
import { addedContact } from "./contact/contact.js";
import type { ReadContext } from "./context.js";
import { addedNote } from "./note.js";
import { invalid, type ParseContext, type ParsedItem } from "./result.js";
import { addedTask } from "./task.js";

/**
 * The item that a device adds. Elements that are unknown, or that the server decides about, are skipped. Mail is invalid: devices
 * send it with SendMail, and drafts are for `parseDraft`. Never throws.
 */
export function parseItem(
  itemClass: ItemClass,
  applicationData: WbxmlElement,
  context: ParseContext,
): ParsedItem {
  const reading: ReadContext = { version: context.version, nowMs: context.nowMs, problems: [] };
  const item = itemOf(itemClass, applicationData, reading);
  const [problem] = reading.problems;
  if (problem !== undefined) return invalid(problem);
  return item === undefined ? invalid(`${itemClass} items cannot be added`) : { kind: "item", item };
}

function itemOf(
  itemClass: ItemClass,
  applicationData: WbxmlElement,
  context: ReadContext,
): MailboxItem | undefined {
  switch (itemClass) {
    case "Calendar":
      return addedCalendarItem(applicationData, context);
    case "Contacts":
      return addedContact(applicationData, context);
    case "Tasks":
      return addedTask(applicationData, context);
    case "Notes":
      return addedNote(applicationData, context);
    case "Email":
      return undefined;
  }
}
