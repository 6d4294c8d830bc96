/** One format of a body. */
export interface BodyText {
  /** The text, or its beginning. */
  readonly data: string;
  /** Size of the whole in bytes; undefined when `data` is the whole. */
  readonly fullSizeBytes?: number;
}

/** A whole message as it travelled, or its beginning. */
export interface BodyMime {
  readonly data: Uint8Array;
  readonly fullSizeBytes?: number;
}

/**
 * The formats in which a body can be had. At least the native one; the protocol layer chooses, truncates and makes the preview
 * ([MS-ASAIRS] 2.2.2.9).
 */
export interface ItemBody {
  /** How it is stored. */
  readonly native: "plain" | "html" | "rtf";
  readonly plain?: BodyText;
  readonly html?: BodyText;
  /** Base64, as the protocol carries it. */
  readonly rtf?: BodyText;
  /** Mail alone: the RFC 5322 message. */
  readonly mime?: BodyMime;
}
