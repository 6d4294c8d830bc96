import { initialSyncKey } from "../../protocol/sync-key.js";
import type { CommandContext } from "../command.js";
import type { CommandResults } from "./client-commands.js";
import type { CollectionReply } from "./reply.js";
import type { CollectionRequest } from "./request.js";
import type { ServerChanges } from "./server-changes.js";
import { SyncStatus } from "./status.js";

/** A collection's reply, and how much of a limit over all collections it used. */
export interface SyncedCollection {
  readonly reply: CollectionReply;
  readonly sentItems: number;
}

/** What was done in a collection. */
export interface CollectionDone {
  /** The key for the answer. */
  readonly key: string;
  readonly isQuiet: boolean;
  readonly replay: boolean;
  readonly results: CommandResults;
  /** Absent at a start: nothing is sent then. */
  readonly changes?: ServerChanges;
}

/** The reply of a collection that was synced, which is reported. */
export function syncedCollection(
  collection: CollectionRequest,
  done: CollectionDone,
  context: CommandContext,
): SyncedCollection {
  report(collection, done, context);
  const { key, isQuiet, replay, results, changes } = done;
  const commands = changes?.commands ?? [];
  return {
    reply: {
      kind: "synced",
      collectionId: collection.collectionId,
      syncKey: key,
      isQuiet,
      replay,
      moreAvailable: changes?.more === true,
      responses: results.responses,
      commands,
    },
    sentItems: commands.length,
  };
}

/** The reply of a collection that could not be synced. */
export function failedCollection(
  { collectionId, syncKey }: CollectionRequest,
  status: Extract<CollectionReply, { kind: "failed" }>["status"],
): SyncedCollection {
  const key = status === SyncStatus.InvalidSyncKey ? initialSyncKey : syncKey;
  return { reply: { kind: "failed", collectionId, syncKey: key, status }, sentItems: 0 };
}

function report(
  { collectionId, syncKey }: CollectionRequest,
  { key, replay, results, changes }: CollectionDone,
  { device, events }: CommandContext,
): void {
  const count = (...kinds: readonly string[]): number =>
    changes?.decisions.filter(({ kind }) => kinds.includes(kind)).length ?? 0;
  events.syncServed({
    device,
    collectionId,
    presentedKey: syncKey,
    returnedKey: key,
    replay,
    added: count("add"),
    changed: count("change", "change-flags"),
    deleted: count("delete"),
    softDeleted: count("soft-delete"),
    applied: results.applied,
    moreAvailable: changes?.more === true,
  });
}
