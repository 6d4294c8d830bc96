import type { Attachment } from "../../mailbox/items/values.js";
import type { CarriedAttachment } from "../../mailbox/mail-submission.js";
import {
  AirSyncBase,
  bytes,
  child,
  childElements,
  childFlag,
  childText,
  element,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { malformed, type ReadContext } from "../context.js";

/** An attachment that a device adds. */
export interface AddedAttachment extends CarriedAttachment {
  /** By which the device knows it until it has its FileReference. */
  readonly clientId: string;
}

/** What a device does to the attachments of a draft ([MS-ASAIRS] 2.2.2.4). */
export interface AttachmentChanges {
  readonly added: readonly AddedAttachment[];
  /** FileReferences. */
  readonly removed: readonly string[];
}

/** No attachment of a mail is an OLE object, nor is one stored that is neither file nor message. */
const embeddedMethod = "5";

/** Reads an Attachments element of a request: Add and Delete. */
export function readAttachmentChanges(
  container: WbxmlElement | undefined,
  context: ReadContext,
): AttachmentChanges {
  const added: AddedAttachment[] = [];
  const removed: string[] = [];
  for (const change of childElements(container)) {
    if (change.tag === AirSyncBase.Add) {
      const attachment = readAdded(change, context);
      if (attachment !== undefined) added.push(attachment);
    } else if (change.tag === AirSyncBase.Delete) {
      const fileReference = childText(change, AirSyncBase.FileReference) ?? "";
      if (fileReference === "") malformed(change, context, "with a FileReference");
      else removed.push(fileReference);
    }
  }
  return { added, removed };
}

function readAdded(add: WbxmlElement, context: ReadContext): AddedAttachment | undefined {
  const clientId = childText(add, AirSyncBase.ClientId) ?? "";
  const content = bytes(child(add, AirSyncBase.Content));
  if (clientId === "" || content === undefined) return malformed(add, context, "with ClientId and Content");
  const contentId = withoutBrackets(childText(add, AirSyncBase.ContentId) ?? "");
  const isMessage = childText(add, AirSyncBase.Method)?.trim() === embeddedMethod;
  const contentType = isMessage
    ? "message/rfc822"
    : mediaTypeOf(childText(add, AirSyncBase.ContentType) ?? "");
  // A text that is inline would become a part of the body.
  const isShown = contentId !== "" && !contentType.startsWith("text/");
  return {
    clientId,
    fileName: fileNameOf(childText(add, AirSyncBase.DisplayName) ?? ""),
    contentType,
    content,
    ...(contentId === "" ? {} : { contentId }),
    ...(isShown && childFlag(add, AirSyncBase.IsInline) === true ? { inline: true } : {}),
  };
}

/** What becomes a header may not end it. */
function withoutBrackets(contentId: string): string {
  return contentId.replaceAll(/[<>\s\p{Cc}]+/gu, "");
}

/** A name is shown and saved by devices: no folders, no control characters. */
function fileNameOf(displayName: string): string {
  return (
    displayName
      .replaceAll(/[\p{Cc}/\\]+/gu, "_")
      .slice(0, 255)
      .trim() || "attachment"
  );
}

function mediaTypeOf(contentType: string): string {
  const type = contentType.trim().toLowerCase();
  return /^[a-z0-9!#$&^_.+-]{1,127}\/[a-z0-9!#$&^_.+-]{1,127}$/.test(type)
    ? type
    : "application/octet-stream";
}

/** The Attachments of a Response: by which reference each that the device added can be had. Undefined when none can. */
export function addedAttachmentList(
  added: readonly AddedAttachment[],
  stored: readonly Attachment[],
): WbxmlElement | undefined {
  const free = [...stored];
  const list: WbxmlElement[] = [];
  // What was added lies behind what was there: of two with one name, the last is the newer one.
  for (const attachment of [...added].reverse()) {
    const at = free.findLastIndex((one) => isSame(one, attachment));
    const [found] = at === -1 ? [] : free.splice(at, 1);
    if (found !== undefined) list.unshift(listed(attachment, found));
  }
  return list.length === 0 ? undefined : element(AirSyncBase.Attachments, list);
}

function isSame(stored: Attachment, { fileName, contentId }: AddedAttachment): boolean {
  return stored.displayName === fileName && (contentId === undefined || stored.contentId === contentId);
}

function listed(
  { clientId }: AddedAttachment,
  { fileReference, displayName, method }: Attachment,
): WbxmlElement {
  return element(AirSyncBase.Attachment, [
    textElement(AirSyncBase.DisplayName, displayName ?? ""),
    textElement(AirSyncBase.FileReference, fileReference),
    textElement(AirSyncBase.Method, method === "embedded" ? 5 : 1),
    textElement(AirSyncBase.ClientId, clientId),
  ]);
}
