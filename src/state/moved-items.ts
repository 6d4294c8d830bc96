import { isRememberedDevice } from "./device-record.js";
import { type JsonRecordType, readRecord, updateRecord } from "./json-record.js";
import { jsonArray, jsonObject } from "./json-shape.js";
import { stateKey } from "./state-key.js";
import type { StateStore } from "./state-store.js";

/** An item that a device moved by MoveItems ([MS-ASCMD] 2.2.1.12). */
export interface MovedItem {
  readonly folder: string;
  /** Its id there. */
  readonly id: string;
  readonly toFolder: string;
  /** Its id since. */
  readonly newId: string;
}

/** Moves that are remembered, unless one request made more: enough for all that a device may repeat. */
const maxMovedItems = 128;

const movedItemsType: JsonRecordType<readonly MovedItem[]> = {
  name: "moved items",
  parse: (value) => jsonArray(value, parseMovedItem),
};

/** What a device moved last, the latest last. */
export async function readMovedItems(
  store: StateStore,
  user: string,
  deviceId: string,
): Promise<readonly MovedItem[]> {
  if (!isRememberedDevice(deviceId)) return [];
  return (await readRecord(store, stateKey("moved", user, deviceId), movedItemsType)) ?? [];
}

/**
 * Remembers what one request of a device moved.
 *
 * @throws DirectPushError `ERR_STATE_CONFLICT` when other writers won 8 times in a row.
 */
export async function rememberMovedItems(
  store: StateStore,
  user: string,
  deviceId: string,
  moved: readonly MovedItem[],
): Promise<void> {
  if (!isRememberedDevice(deviceId)) return;
  const kept = Math.max(maxMovedItems, moved.length);
  await updateRecord(store, stateKey("moved", user, deviceId), movedItemsType, (earlier = []) => ({
    result: undefined,
    write: [...earlier, ...moved].slice(-kept),
  }));
}

function parseMovedItem(value: unknown): MovedItem | undefined {
  const { folder, id, toFolder, newId } = jsonObject(value) ?? {};
  return typeof folder === "string" &&
    typeof id === "string" &&
    typeof toFolder === "string" &&
    typeof newId === "string"
    ? { folder, id, toFolder, newId }
    : undefined;
}
