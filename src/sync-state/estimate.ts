import type { ItemClass } from "../mailbox/folder.js";
import { isAtLeast } from "../protocol/version.js";
import { decideChange } from "./change-decision.js";
import { ChangeWalk } from "./change-walk.js";
import { openCollection } from "./collection-session.js";
import { filterWindow, isFilterType, withWindow } from "./filter-window.js";
import type { SyncContext } from "./sync-context.js";

/** How many items a Sync would send. */
export type Estimate =
  | { readonly kind: "estimate"; readonly items: number }
  /** The device never got such a key. */
  | { readonly kind: "unknown-key"; readonly itemClass: ItemClass | undefined }
  /** The folder's class does not know that filter. */
  | { readonly kind: "invalid-filter" }
  | { readonly kind: "folder-gone" };

const pageLimit = 512;

/**
 * Counts what a Sync with this key would send, in all of its pages. Changes nothing: neither what is stored nor which keys are accepted.
 *
 * @param filterType instead of that of the last Sync; undefined for that one.
 */
export async function estimateChanges(
  context: SyncContext,
  collectionId: string,
  syncKey: string,
  filterType: number | undefined,
): Promise<Estimate> {
  const opened = await openCollection(context, collectionId, syncKey);
  if (opened.kind === "unknown-key") return opened;
  const { session } = opened;
  const { itemClass } = session;
  if (filterType !== undefined && !isFilterType(filterType, itemClass)) return { kind: "invalid-filter" };
  const known = session.known(new Map());
  const window = filterWindow(filterType ?? session.settings.filterType, itemClass, context.clock.now());
  const position = withWindow(session.position, window);
  const walk = new ChangeWalk({ context, collectionId, itemClass, known }, position);
  const view = { window, categories: isAtLeast(context.device.version, "14.0") };
  const pending = new Set<string>();
  for (;;) {
    const step = await walk.page(pageLimit);
    if (step.kind === "folder-gone") return step;
    if (step.kind === "end") return { kind: "estimate", items: pending.size };
    for (const change of step.changes) {
      const decision = decideChange(change, await known.get(change.id), view);
      if (decision === undefined) pending.delete(change.id);
      else pending.add(change.id);
    }
    walk.accept(step);
  }
}
