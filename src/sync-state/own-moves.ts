import { type MovedItem, readMovedItems } from "../state/moved-items.js";
import { inTurn } from "./collection-turns.js";
import type { SyncContext } from "./sync-context.js";

/** No folder has such an id: it stands for the moves of a device among what is done in turn. */
const moves = "#moves";

/** Runs what moves items for a device, alone among its moves. */
export function whileMoving<R>({ device, state }: SyncContext, work: () => Promise<R>): Promise<R> {
  return inTurn(state, [device.user, device.id, moves], work);
}

/** What the device moved by MoveItems of late, once the moves that are under way are over. */
export function ownMoves(context: SyncContext): Promise<readonly MovedItem[]> {
  const { device, state } = context;
  return whileMoving(context, () => readMovedItems(state, device.user, device.id));
}
