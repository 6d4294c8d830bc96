/**
 * A WBXML tag: the code page in the upper byte, the token without its content bit in the lower one
 * (`AirSync.SyncKey` is `0x000B`, `Ping.Status` `0x0D07`). See [MS-ASWBXML] 2.1.2.1.
 */
export type Tag = number;

/**
 * What an element holds: text, raw bytes (an OPAQUE token), child elements, or nothing.
 * An empty element is always `null`, however it was sent: without the content bit, with an empty string, or with zero opaque bytes.
 */
export type WbxmlContent = string | Uint8Array | readonly WbxmlElement[] | null;

/** One element of a WBXML document; a document is its root element. */
export interface WbxmlElement {
  readonly tag: Tag;
  readonly content: WbxmlContent;
}
