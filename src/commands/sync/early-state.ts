import { initialSyncKey } from "../../protocol/sync-key.js";
import { readCollection, type StoredCollection } from "../../state/collection-record.js";
import { type HierarchyRecord, readHierarchy } from "../../state/hierarchy-record.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import type { CommandContext } from "../command.js";
import { readCachedRequest, type StoredCachedRequest } from "./cached-request.js";
import { decodeSync } from "./decode-request.js";
import type { SyncRequest } from "./request.js";

/** Collections that are read ahead. Requests with more are rare, and work on them one after the other anyway. */
const maxCollections = 32;

/** What a Sync reads of the state before anything else, all of it at once. */
export interface EarlyState {
  readonly hierarchy: Promise<HierarchyRecord | undefined>;
  readonly cached: Promise<StoredCachedRequest>;
  /**
   * Records of collections with which the device only wants to hear of changes: an outdated one costs another look. With commands it could make a
   * repeat take effect twice.
   */
  readonly collections: ReadonlyMap<string, Promise<StoredCollection>>;
}

const underWay = new WeakMap<CommandContext, EarlyState>();

/** Begins to read, and ends what is held for an older Sync of the device. Nothing of a request that cannot be read. */
export function readEarly(document: WbxmlElement | undefined, context: CommandContext): void {
  const request = decodeSync(document, context.device.version);
  if (request.kind === "refused") return;
  underWay.set(context, beginReading(request, context));
}

/** What was begun for this request, or begins now. */
export function earlyState(request: SyncRequest, context: CommandContext): EarlyState {
  const begun = underWay.get(context);
  underWay.delete(context);
  return begun ?? beginReading(request, context);
}

function beginReading(request: SyncRequest, context: CommandContext): EarlyState {
  // A Sync that is still held would answer with keys of which this request knows nothing. A held Ping asks for the latest state by itself.
  context.supersedeHeld("Sync");
  const { device, state } = context;
  const stated = request.kind === "full" || request.kind === "partial" ? request.collections : [];
  const ahead = stated.filter(({ commands, syncKey }) => commands.length === 0 && syncKey !== initialSyncKey);
  return {
    hierarchy: unwaited(readHierarchy(state, device.user, device.id)),
    cached: unwaited(readCachedRequest(context)),
    collections: new Map(
      ahead
        .slice(0, maxCollections)
        .map(({ collectionId }) => [
          collectionId,
          unwaited(readCollection(state, device.user, device.id, collectionId)),
        ]),
    ),
  };
}

/** A promise that may never be looked at, because the request is refused: its failure must not end the process. */
function unwaited<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
