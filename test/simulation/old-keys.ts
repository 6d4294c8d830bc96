import { AirSync, child, childElements, childText, type WbxmlElement } from "../../src/wbxml/index.js";
import type { Heard } from "./carrier.js";
import type { PhoneFolder } from "./phone-folder.js";
import { must } from "./violation.js";

/** What a late repeat of a Sync was answered: a key that is older than the one which the server knows the phone to have is none. */
export function checkOldKeys(
  folders: ReadonlyMap<string, PhoneFolder>,
  request: WbxmlElement,
  heard: Heard,
): void {
  if (heard.kind === "lost" || heard.document === undefined) return;
  if (childText(heard.document, AirSync.Status) !== undefined) return;
  const answered = childElements(child(heard.document, AirSync.Collections));
  for (const asked of childElements(child(request, AirSync.Collections))) {
    const id = childText(asked, AirSync.CollectionId) ?? "";
    const folder = folders.get(id);
    const key = childText(asked, AirSync.SyncKey);
    if (folder?.started !== true || key === folder.syncKey || key === folder.confirmedKey) continue;
    const answer = answered.find((one) => childText(one, AirSync.CollectionId) === id);
    const status = childText(answer, AirSync.Status) ?? "nothing";
    must(
      status === "3" || status === "12" || status === "16",
      () => `${id}: old key ${key} got Status ${status}`,
    );
  }
}
