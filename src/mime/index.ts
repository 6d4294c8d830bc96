/**
 * Makes mail items of RFC 5322 messages. Needs the package `postal-mime`.
 *
 * @packageDocumentation
 */
export { htmlToText as htmlToPlain } from "../mailbox/items/html-to-text.js";
export { previewOf } from "../mailbox/items/preview.js";
export type { FileReferenceOf } from "./attachments.js";
export {
  type AttachmentContent,
  type ParsedMessage,
  type ParseMessageOptions,
  parseMessage,
  readAttachment,
} from "./parse-message.js";
