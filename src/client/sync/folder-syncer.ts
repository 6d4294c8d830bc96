import type { EventEmitter } from "eventemitter3";
import { initialSyncKey } from "../../protocol/sync-key.js";
import type { ClientEvents, SyncPage } from "../client-events.js";
import type { ClientFolder } from "../client-folder.js";
import type { AccountMemory } from "../session/account-memory.js";
import type { ClientFailure } from "../session/client-failure.js";
import type { EasSession } from "../session/eas-session.js";
import { type AnsweredCollection, readSync, type SyncResponse } from "./sync-answer.js";
import type { SyncCommand } from "./sync-command.js";
import { type SyncOptions, syncRequest } from "./sync-request.js";
import { syncVerdict } from "./sync-verdict.js";

/** What {@link FolderSyncer} works with. */
export interface FolderSyncerParts {
  readonly session: EasSession;
  readonly memory: AccountMemory;
  readonly events: EventEmitter<ClientEvents>;
  readonly optionsOf: (folder: ClientFolder) => SyncOptions;
  readonly apply: (page: SyncPage) => void | Promise<void>;
}

/** What a Sync of one folder, with all its pages, came to. */
export interface FolderSynced {
  readonly kind: "synced";
  readonly folder: ClientFolder;
  /** Items added, changed, deleted and filtered out. */
  readonly items: number;
  /** Answers to the commands; a command without one succeeded. */
  readonly responses: readonly SyncResponse[];
  /** The folder had to begin anew (Status 3), and these commands were not taken: whether they still make sense is for the caller to say. */
  readonly unsent: readonly SyncCommand[];
}

/** The server knows the folder no longer, or under another id: FolderSync will tell. */
export interface FolderOutdated {
  readonly kind: "hierarchy-outdated";
}

/** The server takes 200 ([MS-ASCMD] 3.1.5.10). */
const commandsPerRequest = 100;
const maxRestarts = 2;

/** Syncs folders page by page. The key moves on only when a page was applied: what a lost answer held comes again. */
export class FolderSyncer {
  readonly #parts: FolderSyncerParts;

  constructor(parts: FolderSyncerParts) {
    this.#parts = parts;
  }

  /** Syncs a folder until there is no more; begins with key 0 where there is no key, and anew where the server has lost it. */
  async sync(
    folder: ClientFolder,
    commands: readonly SyncCommand[],
    signal?: AbortSignal,
  ): Promise<FolderSynced | FolderOutdated | ClientFailure> {
    const { memory } = this.#parts;
    memory.dirty.add(folder.id);
    const responses: SyncResponse[] = [];
    let pending = commands;
    let unsent: readonly SyncCommand[] = [];
    let items = 0;
    for (let restarts = 0; ; ) {
      const key = memory.syncKey(folder.id);
      const sent = key === initialSyncKey ? [] : pending.slice(0, commandsPerRequest);
      const answered = await this.#request(folder, key, sent, signal);
      if (answered.kind === "restart" && restarts < maxRestarts) {
        restarts += 1;
        unsent = [...unsent, ...pending];
        pending = [];
        continue;
      }
      if (answered.kind === "restart") return busy(3, answered.afterSeconds);
      if (answered.kind !== "page") return answered;
      const { collection } = answered;
      pending = pending.slice(sent.length);
      if (collection !== undefined) {
        items += await this.take(folder, collection);
        responses.push(...collection.responses);
      }
      if (collection?.moreAvailable !== true && pending.length === 0 && key !== initialSyncKey) {
        memory.dirty.delete(folder.id);
        return { kind: "synced", folder, items, responses, unsent };
      }
      // The same key again would bring the same page, for ever.
      if (memory.syncKey(folder.id) === key) return busy(collection?.status, answered.afterSeconds);
    }
  }

  /** Takes one page with Status 1: applies it, then moves the key on. Returns how many items it had. */
  async take(folder: ClientFolder, collection: AnsweredCollection): Promise<number> {
    const { memory, events, apply } = this.#parts;
    const { added, changed, deleted, filteredOut, responses, moreAvailable, syncKey } = collection;
    const isStart = memory.syncKey(folder.id) === initialSyncKey;
    const page = {
      folder,
      isStart,
      added,
      changed,
      deleted,
      filteredOut,
      responses,
      moreAvailable: moreAvailable || isStart,
    };
    const items = added.length + changed.length + deleted.length + filteredOut.length;
    const isWorthTelling = isStart || items > 0 || responses.length > 0;
    if (isWorthTelling) await apply(page);
    if (syncKey !== undefined) memory.setSyncKey(folder.id, syncKey);
    if (isWorthTelling) events.emit("synced", page);
    return items;
  }

  async #request(
    folder: ClientFolder,
    syncKey: string,
    commands: readonly SyncCommand[],
    signal: AbortSignal | undefined,
  ): Promise<
    | {
        readonly kind: "page";
        readonly collection: AnsweredCollection | undefined;
        readonly afterSeconds: number;
      }
    | { readonly kind: "restart"; readonly afterSeconds: number }
    | FolderOutdated
    | ClientFailure
  > {
    const { session, memory, optionsOf } = this.#parts;
    const wanted = { folder: folder.id, syncKey, options: optionsOf(folder), commands };
    const answer = await session.command("Sync", syncRequest([wanted], undefined), { signal });
    if (answer.kind !== "answer") return answer;
    const { afterSeconds } = answer;
    const read = readSync(answer.document);
    const collection =
      read.kind === "collections" ? read.collections.find((one) => one.folder === folder.id) : undefined;
    const status = read.kind === "failed" ? read.status : (collection?.status ?? 1);
    switch (syncVerdict(status)) {
      case "taken":
        return { kind: "page", collection, afterSeconds };
      case "restart":
        memory.setSyncKey(folder.id, initialSyncKey);
        return { kind: "restart", afterSeconds };
      case "hierarchy":
        memory.hierarchyDue = true;
        return { kind: "hierarchy-outdated" };
      case "again":
        return busy(status, afterSeconds);
      case "never":
        return { kind: "refused", command: "Sync", httpStatus: 200, status };
    }
  }
}

function busy(status: number | undefined, afterSeconds: number): ClientFailure {
  return {
    kind: "busy",
    command: "Sync",
    httpStatus: 200,
    status,
    retryAfterSeconds: undefined,
    afterSeconds,
  };
}
