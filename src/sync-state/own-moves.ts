import {
  type CollectionPosition,
  type CollectionRecord,
  readCollection,
  writeCollection,
} from "../state/collection-record.js";
import type { KnownItem } from "../state/known-items.js";
import { inTurn } from "./collection-turns.js";
import { movedByDevice } from "./known-version.js";
import type { SyncContext } from "./sync-context.js";

/** No folder has such an id: it stands for the moves of a device among what is done in turn. */
const moves = "#moves";
const maxAttempts = 3;

/** Runs what moves items for a device, alone among its moves. */
export function whileMoving<R>({ device, state }: SyncContext, work: () => Promise<R>): Promise<R> {
  return inTurn(state, [device.user, device.id, moves], work);
}

/** Resolves when no moves of the device are under way. */
export function movesOver(context: SyncContext): Promise<void> {
  return whileMoving(context, async () => undefined);
}

/**
 * Takes note that a device moved items out of a folder, or into it. Whether it has them hangs on an answer that it may never get; so its next
 * Sync of the folder tells it of each in any case: it is gone, or it is there. A folder that was never synced needs no note.
 */
export async function noteOwnMoves(
  context: SyncContext,
  collectionId: string,
  direction: "in" | "out",
  ids: readonly string[],
): Promise<void> {
  const { device, state } = context;
  await inTurn(state, [device.user, device.id, collectionId], async () => {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const { record, storedVersion } = await readCollection(state, device.user, device.id, collectionId);
      if (record === undefined) return;
      const noted = withMoves(record, ids, movedByDevice(direction));
      if (await writeCollection(state, device.user, device.id, collectionId, noted, storedVersion)) return;
    }
  });
}

/** Holds for every state that the device may be in, whichever key it presents next. */
function withMoves(record: CollectionRecord, ids: readonly string[], moved: KnownItem): CollectionRecord {
  const isMoved = new Set(ids);
  return {
    ...record,
    revision: record.revision + 1,
    basePosition: withRecheck(record.basePosition, ids),
    overlay: new Map([...record.overlay, ...ids.map((id) => [id, moved] as const)]),
    issued: record.issued.map((state) => ({
      ...state,
      position: withRecheck(state.position, ids),
      delta: new Map([...state.delta].map(([id, item]) => [id, isMoved.has(id) ? moved : item])),
    })),
  };
}

function withRecheck(
  { marker, ...position }: CollectionPosition,
  ids: readonly string[],
): CollectionPosition {
  return { ...position, recheck: [...new Set([...(position.recheck ?? []), ...ids])] };
}
