import type { ContactItem, ContactTexts } from "../../mailbox/items/contact.js";
import { AirSyncBase, Contacts, type Tag, type WbxmlElement } from "../../wbxml/index.js";
import { itemBody, keptBody } from "../body.js";
import { type Codec, integer, isEmpty, text, textList } from "../codec.js";
import { malformed, type ReadContext, type WriteContext } from "../context.js";
import { dateOnly } from "../date-time.js";
import { changeFields, type Draft, type Field, fieldsOf, readFields, writeFields } from "../field.js";
import { contactTags } from "./contact-tags.js";
import { fileAsOf } from "./file-as.js";

/** [MS-ASCNTC] 2.2.2.60: at most 48 KB of base64. */
const maxPictureCharacters = 48 * 1024;

const anyText = text();
const picture: Codec<string> = {
  write: (tag, value, context) =>
    value.length > maxPictureCharacters ? undefined : anyText.write(tag, value, context),
  read: (element, context) => {
    // Phones break base64 into lines, or send the bytes themselves.
    const value =
      element.content instanceof Uint8Array
        ? Buffer.from(element.content).toString("base64")
        : anyText.read(element, context)?.replaceAll(/\s+/g, "");
    if (value === undefined || value.length <= maxPictureCharacters) return value;
    return malformed(element, context, "a picture of at most 48 KB");
  },
};

const field = fieldsOf<ContactItem>();
const textFields: Field<ContactItem>[] = Object.entries(contactTags).map(([property, tag]) =>
  field(property as keyof ContactTexts, tag, anyText),
);
const fields = [
  ...textFields,
  field("anniversary", Contacts.Anniversary, dateOnly),
  field("birthday", Contacts.Birthday, dateOnly),
  field("categories", Contacts.Categories, textList(Contacts.Category)),
  field("children", Contacts.Children, textList(Contacts.Child)),
  field("picture", Contacts.Picture, picture, { omitted: "keeps", keptBy: isEmpty }),
  field("alias", Contacts.Alias, anyText, { settable: () => false }),
  field("weightedRank", Contacts.WeightedRank, integer(0, 0x7fff_ffff), { settable: () => false }),
  field("body", AirSyncBase.Body, itemBody, keptBody),
];

/** The children of ApplicationData for a contact ([MS-ASCNTC] 2.2.2). */
export function writeContact(item: ContactItem, context: WriteContext): WbxmlElement[] {
  return writeFields(fields, item, context);
}

/** A contact that a device adds. */
export function addedContact(applicationData: WbxmlElement, context: ReadContext): ContactItem {
  return finished(readFields(fields, applicationData, context));
}

/** A contact after a device's Change. */
export function changedContact(
  stored: ContactItem,
  applicationData: WbxmlElement,
  ghosted: (tag: Tag) => boolean,
  context: ReadContext,
): ContactItem {
  return finished(changeFields(fields, applicationData, stored, ghosted, context));
}

function finished(draft: Draft<ContactItem>): ContactItem {
  const fileAs = draft.fileAs ?? fileAsOf(draft);
  return { ...draft, class: "Contacts", ...(fileAs === undefined ? {} : { fileAs }) };
}
