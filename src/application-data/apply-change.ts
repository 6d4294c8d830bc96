import type { MailboxItem } from "../mailbox/items/item.js";
import { isAtLeast } from "../protocol/version.js";
import { AirSyncBase, Calendar, Contacts, child, type Tag, type WbxmlElement } from "../wbxml/index.js";
import { changedCalendarItem } from "./calendar/calendar.js";
import { changedContact } from "./contact/contact.js";
import type { ReadContext } from "./context.js";
import { changedNote } from "./note.js";
import { invalid, type ParseContext, type ParsedItem } from "./result.js";
import { changedTask } from "./task.js";

/** What is needed to understand a device's Change. */
export interface ChangeContext extends ParseContext {
  /**
   * The children of the Supported element that the collection was first synced with; undefined when it had none, empty when it
   * was empty. Decides what an omitted property means ([MS-ASCMD] 2.2.3.179).
   */
  readonly supported: readonly Tag[] | undefined;
}

/**
 * `stored` as it is after a device's Change ([MS-ASCMD] 2.2.3.24). A property that is omitted is deleted, unless it is ghosted, the
 * device's version does not have it, or it is one that never goes that way (the body, a contact's picture, the exceptions of a
 * series, what the server decides about). A property that is present and empty is deleted, but for the picture: phones send an
 * empty one for a picture that they did not touch. A mail's Change is for `parseEmailFlags`; here it is invalid. Never throws.
 */
export function applyChange(
  stored: MailboxItem,
  applicationData: WbxmlElement,
  context: ChangeContext,
): ParsedItem {
  const reading: ReadContext = { version: context.version, nowMs: context.nowMs, problems: [] };
  const item = changedItem(stored, applicationData, ghosting(stored, context), reading);
  const [problem] = reading.problems;
  if (problem !== undefined) return invalid(problem);
  return item === undefined ? invalid(`${stored.class} items cannot be changed`) : { kind: "item", item };
}

/**
 * Whether a Change says nothing about something that `stored` has and keeps: ghosted properties, the body, a contact's picture, the
 * exceptions of a series. What {@link applyChange} then makes is more than the device has.
 */
export function leavesParts(
  stored: MailboxItem,
  applicationData: WbxmlElement,
  context: ChangeContext,
): boolean {
  const omits = (tag: Tag): boolean => child(applicationData, tag) === undefined;
  if (stored.class !== "Email" && stored.body !== undefined && omits(AirSyncBase.Body)) return true;
  if (stored.class === "Contacts" && stored.picture !== undefined && omits(Contacts.Picture)) return true;
  if (stored.class === "Calendar" && stored.exceptions !== undefined && omits(Calendar.Exceptions))
    return true;
  const result = (ghosted: (tag: Tag) => boolean): string => {
    const reading: ReadContext = { version: context.version, nowMs: context.nowMs, problems: [] };
    return JSON.stringify(changedItem(stored, applicationData, ghosted, reading));
  };
  return result(ghosting(stored, context)) !== result(() => false);
}

function changedItem(
  stored: MailboxItem,
  applicationData: WbxmlElement,
  ghosted: (tag: Tag) => boolean,
  context: ReadContext,
): MailboxItem | undefined {
  switch (stored.class) {
    case "Calendar":
      return changedCalendarItem(stored, applicationData, ghosted, context);
    case "Contacts":
      return changedContact(stored, applicationData, ghosted, context);
    case "Tasks":
      return changedTask(stored, applicationData, ghosted, context);
    case "Notes":
      return changedNote(stored, applicationData, ghosted, context);
    case "Email":
      return undefined;
  }
}

/** Which properties the device does not know, so that omitting them means nothing. */
function ghosting(stored: MailboxItem, { version, supported }: ChangeContext): (tag: Tag) => boolean {
  if (stored.class !== "Calendar" && stored.class !== "Contacts") return () => false;
  if (isAtLeast(version, "16.0")) return () => true;
  if (supported === undefined) return () => false;
  const known = new Set(supported);
  return (tag) => !known.has(tag);
}
