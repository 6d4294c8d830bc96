import type { ItemClass } from "../mailbox/folder.js";
import { isAtLeast } from "../protocol/version.js";
import { type ChangeDecision, decideChange } from "./change-decision.js";
import { ChangeWalk } from "./change-walk.js";
import { windowOfPosition } from "./filter-window.js";
import { isMovedOut } from "./known-version.js";
import type { KnownView } from "./known-view.js";
import { latestState } from "./latest-state.js";
import { movesOver } from "./own-moves.js";
import type { SyncContext } from "./sync-context.js";

/** How far a device has come with a folder, for Ping. */
export type PingState =
  /** The device never got a key for the folder. */
  | { readonly kind: "never-synced" }
  | {
      readonly kind: "synced";
      readonly itemClass: ItemClass;
      /** Of the change source, behind the last key that was given out; undefined when something was left to be sent. */
      readonly marker: string | undefined;
    };

/** What decides whether something pending is worth a wake-up. */
export interface PendingContext extends SyncContext {
  readonly options: {
    /** `additions`: only items that are new to the device count ([MS-ASCMD] 3.1.5.8). */
    readonly wakePolicy: "any-change" | "additions";
  };
}

/** Changes that are looked at in one call of the mailbox. */
const pageLimit = 64;

/** What a Ping compares with: the state behind the last key that the device was given. Throws what the store throws. */
export async function pingState(context: SyncContext, collectionId: string): Promise<PingState> {
  const state = await latestState(context, collectionId);
  if (state === undefined) return { kind: "never-synced" };
  return { kind: "synced", itemClass: state.itemClass, marker: state.position.marker };
}

/**
 * Whether the device's next Sync of a folder would send something that is worth a wake-up. The filter window, the device's own changes
 * and items that cannot be rendered count as they do for Sync, but for items that the device itself moved out of the folder. False for a folder that is gone; true when the state
 * of the folder is lost: the device finds that out by a Sync. Stops at the first change that is found; throws what the mailbox or the store throws.
 */
export async function hasPendingChanges(context: PendingContext, collectionId: string): Promise<boolean> {
  await movesOver(context);
  const state = await latestState(context, collectionId);
  if (state === undefined) return true;
  const { position, known, itemClass } = state;
  // The device was not told everything yet: it knows that by MoreAvailable, or never asked for a first page.
  if (position.cursor === undefined || position.listing === true) return true;
  if (position.ranges !== undefined || (await isRecheckPending(position.recheck ?? [], known))) return true;
  if (position.sweepBucket !== undefined) return true;
  const view = {
    window: windowOfPosition(position),
    categories: isAtLeast(context.device.version, "14.0"),
  };
  const walk = new ChangeWalk({ context, collectionId, itemClass, known }, position);
  for (;;) {
    const step = await walk.page(pageLimit);
    if (step.kind !== "page") return false;
    // The mailbox forgot the cursor: the next Sync compares the whole folder.
    if (walk.position.sweepBucket !== undefined) return true;
    for (const change of step.changes) {
      const item = await known.get(change.id);
      const decision = decideChange(change, item, view);
      if (decision === undefined || !wakes(decision, context.options.wakePolicy)) continue;
      if (decision.kind !== "delete" || !isMovedOut(item)) return true;
    }
    walk.accept(step);
  }
}

/** Items that the device itself moved out are told by its next Sync: it knows, or will know then. That is worth no wake-up. */
async function isRecheckPending(ids: readonly string[], known: KnownView): Promise<boolean> {
  for (const id of ids) if (!isMovedOut(await known.get(id))) return true;
  return false;
}

function wakes(decision: ChangeDecision, wakePolicy: "any-change" | "additions"): boolean {
  return wakePolicy === "any-change" || decision.kind === "add";
}
