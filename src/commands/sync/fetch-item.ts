import { renderItem } from "../../application-data/index.js";
import { AirSync, element, textElement, type WbxmlElement } from "../../wbxml/index.js";
import type { CollectionWork } from "./collection-work.js";
import { renderView } from "./item-view.js";
import { readItem } from "./read-item.js";
import { SyncStatus } from "./status.js";

/** The response to a Fetch ([MS-ASCMD] 2.2.3.67.2): the whole item. Throws what the mailbox throws. */
export async function fetchItem(serverId: string, work: CollectionWork): Promise<WbxmlElement> {
  const { context, settings } = work;
  const view = renderView(settings);
  const item = serverId === "" ? "not-found" : await readItem(serverId, view, work);
  const data =
    typeof item === "string" ? undefined : rendered(() => renderItem(item, view, context.device.version));
  const failure = item === "not-found" ? SyncStatus.ObjectNotFound : SyncStatus.InvalidItem;
  return element(AirSync.Fetch, [
    textElement(AirSync.ServerId, serverId),
    textElement(AirSync.Status, data === undefined ? failure : SyncStatus.Success),
    data === undefined ? undefined : element(AirSync.ApplicationData, data),
  ]);
}

/** Undefined when the item cannot be rendered. */
function rendered(render: () => readonly WbxmlElement[]): readonly WbxmlElement[] | undefined {
  try {
    return render();
  } catch {
    return undefined;
  }
}
