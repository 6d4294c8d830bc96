import { initialSyncKey } from "../../protocol/sync-key.js";
import type { ClientFolder } from "../client-folder.js";
import type { FolderSyncAnswer } from "../documents/folder-sync.js";
import type { EasClientState } from "./client-state.js";

/** What a device knows of its account at present: the one place that changes it. */
export class AccountMemory {
  /**
   * Folders that a Sync must come to its end for before a Ping may wait for them. A server compares with the last SyncKey that it gave out:
   * of what an answer held that was lost, or never stored, no Ping will ever tell.
   */
  readonly dirty: Set<string> = new Set<string>();
  /** Whether FolderSync is due. */
  hierarchyDue = false;
  readonly #onChange: () => void;
  #state: EasClientState;

  constructor(state: EasClientState, onChange: () => void) {
    this.#state = state;
    this.#onChange = onChange;
  }

  get state(): EasClientState {
    return this.#state;
  }

  /** Lays new values over the old ones. */
  update(changes: Partial<EasClientState>): void {
    this.#state = { ...this.#state, ...changes };
    this.#onChange();
  }

  folder(id: string): ClientFolder | undefined {
    return this.#state.folders.find((folder) => folder.id === id);
  }

  /** `0` for a folder that has none. */
  syncKey(folder: string): string {
    const { syncKeys } = this.#state;
    return (Object.hasOwn(syncKeys, folder) ? syncKeys[folder] : undefined) ?? initialSyncKey;
  }

  setSyncKey(folder: string, syncKey: string): void {
    if (syncKey !== this.syncKey(folder))
      this.update({ syncKeys: { ...this.#state.syncKeys, [folder]: syncKey } });
  }

  /**
   * FolderSync was answered with Status 9: the next one starts over. What was synced of the folders may still be good, as their ids may: a Sync
   * tells.
   */
  forgetHierarchyKey(): void {
    for (const { id } of this.#state.folders) this.dirty.add(id);
    this.update({ folderSyncKey: initialSyncKey });
  }

  /** Takes the answer of a FolderSync; `wasFull` when it lists all folders. Returns the ids of those that are gone. */
  takeFolders(answer: FolderSyncAnswer, wasFull: boolean): readonly string[] {
    const { syncKey, added, updated, deleted } = answer;
    const before = this.#state.folders;
    const folders = new Map((wasFull ? [] : before).map((folder) => [folder.id, folder]));
    for (const folder of [...updated, ...added]) folders.set(folder.id, folder);
    for (const id of deleted) folders.delete(id);
    const kept = Object.entries(this.#state.syncKeys).filter(([id]) => folders.has(id));
    this.update({
      folderSyncKey: syncKey,
      folders: [...folders.values()],
      syncKeys: Object.fromEntries(kept),
    });
    this.hierarchyDue = false;
    const gone = before.filter(({ id }) => !folders.has(id)).map(({ id }) => id);
    for (const id of gone) this.dirty.delete(id);
    return gone;
  }
}
