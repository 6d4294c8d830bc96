import type { Attachment } from "../mailbox/items/values.js";
import { AirSyncBase, child, childElements, element, type WbxmlElement } from "../wbxml/index.js";
import { type Codec, estimatedSize, flagWhenTrue, oneOf, text } from "./codec.js";
import { fieldsOf, writeFields } from "./field.js";

const field = fieldsOf<Attachment>();
const fields = [
  field("displayName", AirSyncBase.DisplayName, text()),
  field("fileReference", AirSyncBase.FileReference, text()),
  field("method", AirSyncBase.Method, oneOf({ normal: 1, embedded: 5, ole: 6 }), { fallback: "normal" }),
  field("sizeBytes", AirSyncBase.EstimatedDataSize, estimatedSize),
  field("contentId", AirSyncBase.ContentId, text()),
  field("contentLocation", AirSyncBase.ContentLocation, text()),
  field("inline", AirSyncBase.IsInline, flagWhenTrue),
];

/** The list of attachments in an answer ([MS-ASAIRS] 2.2.2.4). What a device sends there is not read. */
export const attachmentList: Codec<readonly Attachment[]> = {
  write: (tag, value, context) => {
    if (value.length === 0) return undefined;
    const content = value.map((attachment) =>
      element(AirSyncBase.Attachment, writeFields(fields, attachment, context)),
    );
    return { tag, content };
  },
  read: () => undefined,
};

/** Whether a device adds or removes attachments (16.0 and later, [MS-ASAIRS] 2.2.2.2): of items other than drafts that is not stored. */
export function changesAttachments(applicationData: WbxmlElement): boolean {
  const sent = childElements(child(applicationData, AirSyncBase.Attachments));
  return sent.some(({ tag }) => tag === AirSyncBase.Add || tag === AirSyncBase.Delete);
}
