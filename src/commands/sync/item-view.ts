import type { RenderView } from "../../application-data/index.js";
import type { CollectionSettings } from "../../sync-state/collection-settings.js";

/** An item as the collection's options want it. */
export function renderView({ bodies, bodyPart, mimeSupport }: CollectionSettings): RenderView {
  return { bodies, withBody: true, mimeSupport, ...(bodyPart === undefined ? undefined : { bodyPart }) };
}
