import type { ItemClass } from "../mailbox/folder.js";
import type { WbxmlElement } from "../wbxml/index.js";
import { invalid, type ParseContext, type ParsedItem } from "./result.js";

/** The item that a device adds. Mail is invalid: devices send it with SendMail. */
export function parseItem(
  _itemClass: ItemClass,
  _applicationData: WbxmlElement,
  _context: ParseContext,
): ParsedItem {
  return invalid("not yet");
}
