import type { MailboxItem } from "../../mailbox/items/item.js";
import {
  AirSyncBase,
  child,
  childElements,
  childFlag,
  childText,
  element,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { contentOf } from "../attachment-content.js";
import type { AnswerContent } from "./answer-content.js";

const rtfType = "3";
const mimeType = "4";

/** A property as it is, but for a Body: its Data becomes a part ([MS-ASAIRS] 2.2.2.9). */
export function bodyInParts(property: WbxmlElement, item: MailboxItem, content: AnswerContent): WbxmlElement {
  if (property.tag !== AirSyncBase.Body || child(property, AirSyncBase.Data) === undefined) return property;
  const bytes = bytesOf(property, item);
  const children = childElements(property).map((one) =>
    one.tag === AirSyncBase.Data ? content.place(contentOf(bytes)) : one,
  );
  return element(property.tag, children);
}

/** What the text of a Body stands for. */
function bytesOf(body: WbxmlElement, item: MailboxItem): Uint8Array {
  const data = childText(body, AirSyncBase.Data) ?? "";
  const type = childText(body, AirSyncBase.Type);
  if (type === rtfType) return Buffer.from(data, "base64");
  const message = item.class === "Email" ? item.body?.mime : undefined;
  // A whole message keeps the bytes that no text can carry.
  const isWhole = type === mimeType && childFlag(body, AirSyncBase.Truncated) !== true;
  return isWhole && message !== undefined ? message.data : Buffer.from(data, "utf8");
}
