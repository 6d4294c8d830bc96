/**
 * Makes mail items of RFC 5322 messages, and messages of what devices send. Needs the package `postal-mime`; {@link mailComposer} needs
 * `nodemailer` as well, and invitations are read with `ical.js` where it is installed.
 *
 * @packageDocumentation
 */
export { htmlToText as htmlToPlain } from "../mailbox/items/html-to-text.js";
export { previewOf } from "../mailbox/items/preview.js";
export type { FileReferenceOf } from "./attachments.js";
export { mailComposer } from "./mail-composer.js";
export {
  type AttachmentContent,
  type ParsedMessage,
  type ParseMessageOptions,
  parseMessage,
  readAttachment,
} from "./parse-message.js";
