import { DirectPushError } from "../../errors.js";
import type { MailboxFolder } from "../../mailbox/folder.js";
import { initialSyncKey } from "../../protocol/sync-key.js";
import type { AppliedCommand, CollectionPosition } from "../../state/collection-record.js";
import type { KnownItem } from "../../state/known-items.js";
import { ChangeWalk } from "../../sync-state/change-walk.js";
import { type OpenedCollection, openCollection } from "../../sync-state/collection-session.js";
import { type CollectionSettings, defaultSettings } from "../../sync-state/collection-settings.js";
import { startCollection } from "../../sync-state/collection-start.js";
import { inTurn } from "../../sync-state/collection-turns.js";
import { filterWindow, withWindow } from "../../sync-state/filter-window.js";
import { classOfFolder } from "../../sync-state/folder-class.js";
import type { CommandContext } from "../command.js";
import { applyCommands, type CommandResults } from "./client-commands.js";
import type { CollectionWork } from "./collection-work.js";
import type { EarlyState } from "./early-state.js";
import { withOvertakenItems } from "./overtaken-items.js";
import type { CollectionRequest } from "./request.js";
import { type ChangeLimits, collectServerChanges, type ServerChanges } from "./server-changes.js";
import { SyncStatus } from "./status.js";
import { failedCollection, type SyncedCollection, syncedCollection } from "./synced-collection.js";

/** What the collections of one request share. */
export interface RequestWork {
  readonly context: CommandContext;
  readonly limits: ChangeLimits;
  /** Records that were read before the request's turn came. */
  readonly early: EarlyState["collections"];
  folders(): Promise<readonly MailboxFolder[]>;
}

const noCommands: CommandResults = { responses: [], recheck: [], applied: 0 };

/**
 * Syncs one collection, alone among the requests of this device. When another process was faster it is tried once more, and then the
 * device is asked to try again.
 *
 * @throws what the mailbox or the store throws.
 */
export async function syncCollection(
  collection: CollectionRequest,
  work: RequestWork,
): Promise<SyncedCollection> {
  const { context } = work;
  const names = [context.device.user, context.device.id, collection.collectionId] as const;
  return inTurn(context.state, names, async () => {
    const carried: AppliedCommand[] = [];
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        return await syncOnce(collection, work, carried, attempt === 0);
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    return failedCollection(collection, SyncStatus.Retry);
  });
}

async function syncOnce(
  collection: CollectionRequest,
  work: RequestWork,
  carried: AppliedCommand[],
  isFirst: boolean,
): Promise<SyncedCollection> {
  const { context } = work;
  if (collection.syncKey === initialSyncKey) return start(collection, work);
  const opened = await open(collection, work, isFirst);
  if (opened.kind === "unknown-key") {
    const isThere = (await folderOf(collection, work)) !== undefined;
    return failedCollection(collection, isThere ? SyncStatus.InvalidSyncKey : SyncStatus.HierarchyChanged);
  }
  const { session } = opened;
  const settings: CollectionSettings = { ...session.settings, ...collection.options };
  // What an attempt that lost to another process has applied counts as applied.
  const applied = [...session.applied, ...carried];
  const own = new Map<string, KnownItem | null>();
  const known = session.known(own);
  const { folders } = work;
  const parts: CollectionWork = { context, collection, session, settings, known, own, applied, folders };
  try {
    const results = collection.commands.length === 0 ? noCommands : await applyCommands(parts);
    return await finish(parts, results, work);
  } catch (error) {
    carried.push(...applied.slice(session.applied.length));
    if (!isConflict(error)) await noteApplied(parts);
    throw error;
  }
}

/** Opens what was read early, unless that does not know the key: it may be outdated. */
async function open(
  { collectionId, syncKey }: CollectionRequest,
  { context, early }: RequestWork,
  isFirst: boolean,
): Promise<OpenedCollection> {
  const stored = isFirst ? await early.get(collectionId) : undefined;
  if (stored !== undefined) {
    const opened = await openCollection(context, collectionId, syncKey, stored);
    if (opened.kind !== "unknown-key") return opened;
  }
  return openCollection(context, collectionId, syncKey);
}

async function start(collection: CollectionRequest, work: RequestWork): Promise<SyncedCollection> {
  const folder = await folderOf(collection, work);
  if (folder === undefined) return failedCollection(collection, SyncStatus.HierarchyChanged);
  const { collectionId, options, supported } = collection;
  const settings = { ...defaultSettings, ...options, supported };
  const key = await startCollection(work.context, collectionId, classOfFolder(folder.kind), settings);
  return syncedCollection(
    collection,
    { key, isQuiet: false, replay: false, results: noCommands },
    work.context,
  );
}

/** The device will repeat all of its commands, those that took effect before the failure as well. */
async function noteApplied({ session, applied }: CollectionWork): Promise<void> {
  if (applied.length === session.applied.length) return;
  const { position } = session;
  const noted = { position, settings: session.settings, delta: new Map(), applied, issue: false };
  await session.commit(noted).catch(() => undefined);
}

async function finish(
  parts: CollectionWork,
  results: CommandResults,
  work: RequestWork,
): Promise<SyncedCollection> {
  const { context, collection, session, settings, own, applied } = parts;
  const position = withRecheck(session.position, results.recheck);
  const changes = await serverChanges(parts, position, work.limits);
  if (changes.kind === "folder-gone") return failedCollection(collection, SyncStatus.HierarchyChanged);
  const hasCommands = collection.commands.length > 0;
  // A repeat gets a key even with nothing to say: the last key that was given out is what a Ping is compared with.
  const issue = hasCommands || changes.delta.size > 0 || changes.more || session.replay;
  const delta = new Map<string, KnownItem | null>([...own, ...changes.delta]);
  const key = await session.commit({ position: changes.position, settings, delta, applied, issue });
  const done = { key, isQuiet: !issue, replay: session.replay, results, changes };
  return syncedCollection(collection, done, context);
}

async function serverChanges(
  parts: CollectionWork,
  position: CollectionPosition,
  limits: ChangeLimits,
): Promise<ServerChanges | { readonly kind: "folder-gone" }> {
  const { context, collection, session, settings, known } = parts;
  const { collectionId } = collection;
  const { itemClass } = session;
  const window = filterWindow(settings.filterType, itemClass, context.clock.now());
  if (collection.getChanges === false) {
    // Another filter is taken note of, so that a Ping tells what it lets in.
    // That of a request whose answer was lost is among the settings already.
    const isOtherFilter = session.replay || settings.filterType !== session.settings.filterType;
    const noted = isOtherFilter ? withWindow(position, window) : position;
    return { kind: "changes", commands: [], decisions: [], delta: new Map(), position: noted, more: false };
  }
  // Asked before the changes are read: what happens from now on makes it differ.
  const marker = await context.source.marker(context.mailboxRef, collectionId).catch(() => undefined);
  const walk = new ChangeWalk({ context, collectionId, itemClass, known }, withWindow(position, window));
  const collected = await collectServerChanges(parts, walk, limits);
  if (collected.kind === "folder-gone") return collected;
  const changes = await withOvertakenItems(collected, marker, parts);
  const { marker: outdated, ...reached } = changes.position;
  const isUpToDate = !changes.more && marker !== undefined;
  return { ...changes, position: isUpToDate ? { ...reached, marker } : reached };
}

function isConflict(error: unknown): boolean {
  return error instanceof DirectPushError && error.code === "ERR_STATE_CONFLICT";
}

function withRecheck(position: CollectionPosition, recheck: readonly string[]): CollectionPosition {
  if (recheck.length === 0) return position;
  const { marker, ...rest } = position;
  return { ...rest, recheck: [...new Set([...(position.recheck ?? []), ...recheck])] };
}

async function folderOf(
  collection: CollectionRequest,
  work: RequestWork,
): Promise<MailboxFolder | undefined> {
  return (await work.folders()).find(({ id }) => id === collection.collectionId);
}
