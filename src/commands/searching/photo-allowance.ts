import { childInteger, type Tag, type WbxmlElement } from "../../wbxml/index.js";

/** What of photos a device takes; undefined for no limit. */
export interface PhotoWishes {
  /** Longest photo, in bytes. */
  readonly maxBytes: number | undefined;
  /** Most photos of an answer. */
  readonly maxCount: number | undefined;
}

/** Whether a photo is sent, or why not ([MS-ASCMD] 2.2.2). */
export type PhotoVerdict =
  | { readonly status: 1; readonly photo: Uint8Array }
  | { readonly status: 173 | 174 | 175 };

/** The Picture element of a request ([MS-ASCMD] 2.2.3.135); an empty one, as iOS sends it, has no limits. "invalid": a limit that is no number. */
export function readPhotoWishes(
  picture: WbxmlElement,
  tags: { readonly maxSize: Tag; readonly maxPictures: Tag },
): PhotoWishes | "invalid" {
  const [size, count] = [childInteger(picture, tags.maxSize), childInteger(picture, tags.maxPictures)];
  for (const limit of [size, count]) {
    if (limit?.kind === "invalid" ? limit.text !== "" : limit !== undefined && limit.value < 0)
      return "invalid";
  }
  return {
    maxBytes: size?.kind === "integer" ? size.value : undefined,
    maxCount: count?.kind === "integer" ? count.value : undefined,
  };
}

/** Counts the photos of one answer. */
export class PhotoAllowance {
  readonly #wishes: PhotoWishes;
  #sent = 0;

  constructor(wishes: PhotoWishes) {
    this.#wishes = wishes;
  }

  /** Decides about the next photo. */
  decide(photo: Uint8Array | undefined): PhotoVerdict {
    const { maxBytes = Number.POSITIVE_INFINITY, maxCount = Number.POSITIVE_INFINITY } = this.#wishes;
    if (photo === undefined || photo.length === 0) return { status: 173 };
    if (photo.length > maxBytes) return { status: 174 };
    if (this.#sent >= maxCount) return { status: 175 };
    this.#sent += 1;
    return { status: 1, photo };
  }
}
