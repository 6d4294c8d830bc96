/** Where an attachment is: what a FileReference can be made of. */
export interface AttachmentPlace {
  readonly folder: string;
  /** The item's id. */
  readonly item: string;
  /** Which of the item's attachments it is, such as its index. */
  readonly attachment: string;
}

/** Where an item is. */
export interface ItemPlace {
  readonly folder: string;
  /** The item's id. */
  readonly item: string;
}

const separator = "\0";

/**
 * A text for `Attachment.fileReference` that says where the attachment is; for mailboxes whose items have no better name for it, which would
 * stay when the item is moved. With ids of ASCII at most 160 characters.
 */
export function fileReferenceOf({ folder, item, attachment }: AttachmentPlace): string {
  return written([folder, item, attachment]);
}

/** What {@link fileReferenceOf} was given; undefined for any other text, which a device may send. */
export function readFileReference(fileReference: string): AttachmentPlace | undefined {
  const [folder, item, attachment] = read(fileReference, 3);
  if (folder === undefined || item === undefined || attachment === undefined) return undefined;
  return { folder, item, attachment };
}

/** The LongId of an item ([MS-ASCMD] 2.2.3.99.1): its folder and id in one text. */
export function longIdOf({ folder, item }: ItemPlace): string {
  return written([folder, item]);
}

/** What {@link longIdOf} was given; undefined for any other text. */
export function readLongId(longId: string): ItemPlace | undefined {
  const [folder, item] = read(longId, 2);
  return folder === undefined || item === undefined ? undefined : { folder, item };
}

function written(parts: readonly string[]): string {
  return Buffer.from(parts.join(separator), "utf8").toString("base64url");
}

function read(reference: string, count: number): readonly string[] {
  if (!/^[A-Za-z0-9_-]+$/.test(reference)) return [];
  const parts = Buffer.from(reference, "base64url").toString("utf8").split(separator);
  const isOurs = parts.length === count && parts.every((part) => part !== "") && written(parts) === reference;
  return isOurs ? parts : [];
}
