import type { BodyPreference, ItemView } from "../mailbox/mailbox.js";

/** How an item is sent. */
export interface RenderView extends ItemView {
  /** Whether a body may be MIME: 0 never, 1 for S/MIME mails alone, 2 always ([MS-ASCMD] 2.2.3.110.3). */
  readonly mimeSupport: 0 | 1 | 2;
  /** The message part of a mail that is sent besides its body, as HTML ([MS-ASAIRS] 2.2.2.10); absent for none. */
  readonly bodyPart?: BodyPreference;
}
