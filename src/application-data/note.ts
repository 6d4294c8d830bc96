import type { NoteItem } from "../mailbox/items/note.js";
import { AirSyncBase, Notes, type Tag, type WbxmlElement } from "../wbxml/index.js";
import { itemBody, keptBody } from "./body.js";
import { isEmpty, text, textList } from "./codec.js";
import type { ReadContext, WriteContext } from "./context.js";
import { compactDateTime } from "./date-time.js";
import { changeFields, type Draft, fieldsOf, readFields, writeFields } from "./field.js";

const defaultClass = "IPM.StickyNote";
const field = fieldsOf<NoteItem>();
const fields = [
  field("subject", Notes.Subject, text()),
  field("messageClass", Notes.MessageClass, text(), {
    fallback: defaultClass,
    omitted: "keeps",
    keptBy: isEmpty,
  }),
  field("lastModifiedDateMs", Notes.LastModifiedDate, compactDateTime),
  field("categories", Notes.Categories, textList(Notes.Category)),
  field("body", AirSyncBase.Body, itemBody, keptBody),
];

/** The children of ApplicationData for a note ([MS-ASNOTE] 2.2.2). */
export function writeNote(item: NoteItem, context: WriteContext): WbxmlElement[] {
  return writeFields(fields, item, context);
}

/** A note that a device adds. */
export function addedNote(applicationData: WbxmlElement, context: ReadContext): NoteItem {
  return finished(readFields(fields, applicationData, context), context);
}

/** A note after a device's Change. */
export function changedNote(
  stored: NoteItem,
  applicationData: WbxmlElement,
  ghosted: (tag: Tag) => boolean,
  context: ReadContext,
): NoteItem {
  return finished(changeFields(fields, applicationData, stored, ghosted, context), context);
}

function finished(draft: Draft<NoteItem>, context: ReadContext): NoteItem {
  const { messageClass = defaultClass, lastModifiedDateMs = context.nowMs } = draft;
  if (!/^IPM\.StickyNote(\.|$)/i.test(messageClass))
    context.problems.push("Notes:MessageClass is not a note's");
  return { ...draft, class: "Notes", messageClass, lastModifiedDateMs };
}
