import type { EventEmitter } from "eventemitter3";
import { initialSyncKey } from "../../protocol/sync-key.js";
import type { ClientEvents, FolderChanges } from "../client-events.js";
import { folderSyncRequest, readFolderSync } from "../documents/folder-sync.js";
import type { AccountMemory } from "./account-memory.js";
import type { ClientFailure } from "./client-failure.js";
import type { EasSession } from "./eas-session.js";

/** FolderSync's statuses ([MS-ASCMD] 2.2.3.177.5). */
const keyIsBad = 9;
const passing: ReadonlySet<number> = new Set([6, 11, 12]);

/** What {@link syncHierarchy} works with. */
export interface HierarchyParts {
  readonly session: EasSession;
  readonly memory: AccountMemory;
  readonly events: EventEmitter<ClientEvents>;
}

/** Brings the folder list up to date; a key that the server does not know any more is given up for `0`, once. */
export async function syncHierarchy(
  { session, memory, events }: HierarchyParts,
  signal?: AbortSignal,
): Promise<({ readonly kind: "synced" } & FolderChanges) | ClientFailure> {
  for (;;) {
    const key = memory.state.folderSyncKey;
    const answer = await session.command("FolderSync", folderSyncRequest(key), { signal });
    if (answer.kind !== "answer") return answer;
    const { status = 1, afterSeconds } = answer;
    if (status === keyIsBad && key !== initialSyncKey) {
      memory.forgetHierarchyKey();
      continue;
    }
    const told = { command: "FolderSync", httpStatus: 200, status };
    if (passing.has(status)) return { kind: "busy", ...told, retryAfterSeconds: undefined, afterSeconds };
    if (status !== 1) return { kind: "refused", ...told };
    const read = readFolderSync(answer.document, key);
    const deleted = memory.takeFolders(read, key === initialSyncKey);
    const changes = {
      folders: memory.state.folders,
      added: read.added,
      updated: read.updated,
      deleted,
    };
    if (read.added.length + read.updated.length + deleted.length > 0) events.emit("foldersChanged", changes);
    return { kind: "synced", ...changes };
  }
}
