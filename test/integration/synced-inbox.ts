import type { InProcessDevice } from "../../src/testing/index.js";
import { child, children, childText, FolderHierarchy } from "../../src/wbxml/index.js";
import { within } from "../contract/deadline.js";

/** Syncs the inbox of a phone for the first time, so that it has all mail, and returns the inbox's id. */
export async function synced(phone: InProcessDevice): Promise<string> {
  const { document } = await within("FolderSync", phone.folderSync());
  const changes = children(child(document, FolderHierarchy.Changes), FolderHierarchy.Add);
  const inbox = changes.find((folder) => childText(folder, FolderHierarchy.Type) === "2");
  const id = childText(inbox, FolderHierarchy.ServerId) ?? "";
  await within("the first Sync", phone.syncAll(id));
  return id;
}
