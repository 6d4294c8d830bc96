/**
 * The WBXML codec of Exchange ActiveSync ([MS-ASWBXML]), usable on its own: documents are trees of {@link WbxmlElement}.
 *
 * @packageDocumentation
 */
export { AirSync } from "./code-pages/air-sync.js";
export { AirSyncBase } from "./code-pages/air-sync-base.js";
export { Calendar } from "./code-pages/calendar.js";
export { ComposeMail } from "./code-pages/compose-mail.js";
export { Contacts } from "./code-pages/contacts.js";
export { Contacts2 } from "./code-pages/contacts2.js";
export { DocumentLibrary } from "./code-pages/document-library.js";
export { Email } from "./code-pages/email.js";
export { Email2 } from "./code-pages/email2.js";
export { Find } from "./code-pages/find.js";
export { FolderHierarchy } from "./code-pages/folder-hierarchy.js";
export { Gal } from "./code-pages/gal.js";
export { GetItemEstimate } from "./code-pages/get-item-estimate.js";
export { ItemOperations } from "./code-pages/item-operations.js";
export { MeetingResponse } from "./code-pages/meeting-response.js";
export { Move } from "./code-pages/move.js";
export { Notes } from "./code-pages/notes.js";
export { Ping } from "./code-pages/ping.js";
export { Provision } from "./code-pages/provision.js";
export { ResolveRecipients } from "./code-pages/resolve-recipients.js";
export { RightsManagement } from "./code-pages/rights-management.js";
export { Search } from "./code-pages/search.js";
export { Settings } from "./code-pages/settings.js";
export { Tasks } from "./code-pages/tasks.js";
export { ValidateCert } from "./code-pages/validate-cert.js";
export type { TableVersion } from "./code-pages/version-ranges.js";
export { type DecodeOptions, decode } from "./decode.js";
export type { Tag, WbxmlContent, WbxmlElement } from "./element.js";
export { encode } from "./encode.js";
export {
  bytes,
  child,
  childElements,
  childFlag,
  childInteger,
  children,
  childText,
  flag,
  type IntegerContent,
  integer,
  text,
} from "./reading.js";
export { isKnownTag, isTagInVersion, tagName, tagOf } from "./tag-names.js";
export {
  bytesElement,
  element,
  emptyElement,
  type OptionalElements,
  optionalBytes,
  optionalElement,
  optionalEmpty,
  optionalText,
  textElement,
} from "./writing.js";
