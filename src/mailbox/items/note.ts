import type { ItemBody } from "./body.js";

/** A note ([MS-ASNOTE] 2.2); devices sync them from version 14.0 on. */
export interface NoteItem {
  readonly class: "Notes";
  readonly subject?: string;
  /** `IPM.StickyNote`, the default, or a class derived from it. */
  readonly messageClass?: string;
  /** In milliseconds since the epoch. */
  readonly lastModifiedDateMs?: number;
  /** At most 300. */
  readonly categories?: readonly string[];
  readonly body?: ItemBody;
}
