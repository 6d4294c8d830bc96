import type { ItemView } from "../mailbox/mailbox.js";

/** How an item is sent. */
export interface RenderView extends ItemView {
  /** Whether a body may be MIME: 0 never, 1 for S/MIME mails alone, 2 always ([MS-ASCMD] 2.2.3.110.3). */
  readonly mimeSupport: 0 | 1 | 2;
}
