/**
 * What the query of a command may say beside who asks for what ([MS-ASHTTP] 2.2.1.1.1.1.3, 2.2.1.1.1.2.5). Versions from 14.0 on say it in
 * the document, but for `acceptMultiPart`. Undefined: absent or empty.
 */
export interface QueryParameters {
  /** Which attachment GetAttachment wants. */
  readonly attachmentName: string | undefined;
  /** The folder and the item that SmartForward and SmartReply are about. */
  readonly collectionId: string | undefined;
  readonly itemId: string | undefined;
  /** A search result, in the place of the two. */
  readonly longId: string | undefined;
  /** An occurrence of a recurring meeting. */
  readonly occurrence: string | undefined;
  /** Whether a copy of what is sent goes to the Sent folder. */
  readonly saveInSent: boolean;
  /** Whether ItemOperations may be answered in parts; of the plain form a header says that. */
  readonly acceptMultiPart: boolean;
}

/** Of a query without any; one for all, since most have none. */
export const noParameters: QueryParameters = Object.freeze({
  attachmentName: undefined,
  collectionId: undefined,
  itemId: undefined,
  longId: undefined,
  occurrence: undefined,
  saveInSent: false,
  acceptMultiPart: false,
});

const plainNames = ["attachmentname", "collectionid", "itemid", "longid", "occurrence", "saveinsent"];

/** Of a plain query, whose names are in lower case. */
export function plainQueryParameters(parameters: ReadonlyMap<string, string>): QueryParameters {
  if (!plainNames.some((name) => parameters.has(name))) return noParameters;
  return {
    attachmentName: parameters.get("attachmentname") || undefined,
    collectionId: parameters.get("collectionid") || undefined,
    itemId: parameters.get("itemid") || undefined,
    longId: parameters.get("longid") || undefined,
    occurrence: parameters.get("occurrence") || undefined,
    saveInSent: parameters.get("saveinsent")?.toUpperCase() === "T",
    acceptMultiPart: false,
  };
}

const optionsTag = 7;
const saveInSentBit = 0x01;
const acceptMultiPartBit = 0x02;

/** Of a base64 query, by their tags. */
export function base64QueryParameters(parameters: ReadonlyMap<number, Buffer>): QueryParameters {
  const text = (tag: number): string | undefined => parameters.get(tag)?.toString("utf8") || undefined;
  const options = parameters.get(optionsTag)?.[0] ?? 0;
  return {
    attachmentName: text(0),
    collectionId: text(1),
    itemId: text(3),
    longId: text(4),
    occurrence: text(6),
    saveInSent: (options & saveInSentBit) !== 0,
    acceptMultiPart: (options & acceptMultiPartBit) !== 0,
  };
}
