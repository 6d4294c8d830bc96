import type { MailboxFolder } from "../../mailbox/folder.js";
import { initialSyncKey } from "../../protocol/sync-key.js";
import { isFilterType } from "../../sync-state/filter-window.js";
import { classOfFolder } from "../../sync-state/folder-class.js";
import type { CommandContext } from "../command.js";
import type { CollectionRequest } from "./request.js";

/**
 * Whether a request asks for what no folder of that class has; then the whole request fails with Status 4 and nothing of it is done
 * ([MS-ASCMD] 2.2.3.36.2, 2.2.3.68.2, 2.2.3.84, 2.2.3.179). Asks for the folders only when a request has something to be checked.
 */
export async function hasProtocolError(
  collections: readonly CollectionRequest[],
  folders: () => Promise<readonly MailboxFolder[]>,
  { options }: CommandContext,
): Promise<boolean> {
  const commands = collections.reduce((sum, collection) => sum + collection.commands.length, 0);
  if (commands > options.maxSyncCommands) return true;
  for (const collection of collections) {
    const isStart = collection.syncKey === initialSyncKey;
    if (isStart && collection.getChanges === true && options.strictGetChanges) return true;
    if (!needsFolder(collection)) continue;
    const folder = (await folders()).find(({ id }) => id === collection.collectionId);
    if (folder !== undefined && !isPossible(collection, folder)) return true;
  }
  return false;
}

function needsFolder({
  supported,
  conversationMode,
  options,
  collectionId,
  commands,
}: CollectionRequest): boolean {
  if (supported !== undefined || conversationMode || options?.filterType === 8) return true;
  return collectionId === "RI" && commands.length > 0;
}

function isPossible(collection: CollectionRequest, { kind }: MailboxFolder): boolean {
  const itemClass = classOfFolder(kind);
  const { supported, conversationMode, options, syncKey, commands } = collection;
  if (supported !== undefined && syncKey === initialSyncKey && itemClass === "Notes") return false;
  if (conversationMode && itemClass !== "Email") return false;
  if (kind === "recipient-cache" && commands.some((command) => command.kind === "add")) return false;
  return options === undefined || isFilterType(options.filterType, itemClass);
}
