import type { BodyPreference, ItemView } from "../mailbox/mailbox.js";
import type { RenderView } from "./render-view.js";

/** What the mailbox is told of a view: a message part is HTML, whatever format the body itself is wanted in. */
export function mailboxView({ bodies, withBody, bodyPart }: RenderView): ItemView {
  return { withBody, bodies: bodyPart === undefined || !withBody ? bodies : [...orPlain(bodies), bodyPart] };
}

/** No preference stands for plain text. */
function orPlain(bodies: readonly BodyPreference[]): readonly BodyPreference[] {
  if (bodies.length > 0) return bodies;
  return [{ type: "plain", truncationBytes: undefined, allOrNone: false, previewCharacters: 0 }];
}
