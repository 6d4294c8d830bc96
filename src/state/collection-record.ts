import { jsonArray, jsonInteger, jsonObject, jsonText } from "./json-shape.js";
import { type KnownItem, type KnownItemsSize, parseKnownItem } from "./known-items.js";
import { stateKey } from "./state-key.js";
import type { StateStore } from "./state-store.js";

/** A range of item dates that has to be compared with what the device has, because the filter window moved over it. */
export interface DatedRange {
  /** Inclusive, in milliseconds since the epoch; absent for no lower bound. */
  readonly fromMs?: number;
  /** Exclusive. */
  readonly beforeMs: number;
  /** Where the last page ended. */
  readonly cursor?: string;
}

/** How far a device has come in a folder. */
export interface CollectionPosition {
  /** Of the mailbox; absent before the first page. */
  readonly cursor?: string;
  /** The folder is being listed as a whole and the end was not reached yet. */
  readonly listing?: true;
  /** The filter window that the device's items were chosen by, in milliseconds since the epoch; absent for no lower bound. */
  readonly cutoffMs?: number;
  /** The device wants no completed tasks. */
  readonly incompleteOnly?: true;
  /** Still to be compared. */
  readonly ranges?: readonly DatedRange[];
  /** Items to be compared although no change names them: the device was refused a change of theirs. */
  readonly recheck?: readonly string[];
  /** After the mailbox forgot the cursor: the next bucket of known items to be checked for items that are gone. */
  readonly sweepBucket?: number;
  /** Marker of the change source from before the last look, if nothing was left to be sent then. */
  readonly marker?: string;
}

/** A state that a device was given with a key, as the difference from the state that it had presented. */
export interface IssuedState {
  readonly key: string;
  readonly position: CollectionPosition;
  /** What the answer made the device have; null: no longer has. */
  readonly delta: ReadonlyMap<string, KnownItem | null>;
}

/** A client command that took effect since the presented state: a repeat of it is answered and not applied again. */
export interface AppliedCommand {
  /** `+` and the ClientId of an Add; `=` (change) or `-` (delete) and the ServerId. */
  readonly command: string;
  /** Of the whole command. */
  readonly hash: string;
  /** Of the item that an Add made. */
  readonly serverId?: string;
  /** What the device then has; null: nothing; absent: the command changed nothing. */
  readonly item?: KnownItem | null;
}

/** Buckets of an earlier start that are still to be removed. */
export interface StaleKnownItems {
  readonly generation: string;
  readonly buckets: number;
}

/** Everything that is kept of one device's synchronisation of one folder, but for the known items in their buckets. */
export interface CollectionRecord {
  readonly generation: string;
  /** Grows with each write. */
  readonly revision: number;
  readonly itemClass: string;
  /** The last Options and Supported of the device, as the command wrote them. */
  readonly settings: unknown;
  readonly known: KnownItemsSize;
  /** The key that the device presented last: a state that it certainly has. */
  readonly baseKey: string;
  readonly basePosition: CollectionPosition;
  /** Known items of the base state that are not folded into the buckets yet; null: not there. */
  readonly overlay: ReadonlyMap<string, KnownItem | null>;
  /** Answers to the base state, oldest first; the device has one of them or, if they were lost, none. */
  readonly issued: readonly IssuedState[];
  readonly applied: readonly AppliedCommand[];
  readonly stale: readonly StaleKnownItems[];
}

/** A record with what a later write must name. */
export interface StoredCollection {
  /** Undefined: there is none, or it is not readable. */
  readonly record: CollectionRecord | undefined;
  readonly storedVersion: string | undefined;
}

const format = 1;

/** The record of a device's collection. */
export async function readCollection(
  store: StateStore,
  user: string,
  deviceId: string,
  collectionId: string,
): Promise<StoredCollection> {
  const stored = await store.read(stateKey("collection", user, deviceId, collectionId));
  if (stored === undefined) return { record: undefined, storedVersion: undefined };
  return { record: parseCollectionRecord(stored.value), storedVersion: stored.version };
}

/** Writes the record, compare-and-set. False when another writer was faster. */
export async function writeCollection(
  store: StateStore,
  user: string,
  deviceId: string,
  collectionId: string,
  record: CollectionRecord,
  storedVersion: string | undefined,
): Promise<boolean> {
  const key = stateKey("collection", user, deviceId, collectionId);
  return (await store.write(key, collectionRecordText(record), storedVersion)) !== undefined;
}

function collectionRecordText(record: CollectionRecord): string {
  return JSON.stringify({
    format,
    ...record,
    overlay: [...record.overlay],
    issued: record.issued.map((state) => ({ ...state, delta: [...state.delta] })),
  });
}

function parseCollectionRecord(text: string): CollectionRecord | undefined {
  const object = parseObject(text);
  if (object?.["format"] !== format) return undefined;
  const known = jsonObject(object["known"]);
  const buckets = jsonInteger(known?.["buckets"], 1);
  const items = jsonInteger(known?.["items"], 0);
  const overlay = jsonArray(object["overlay"], parseDeltaEntry);
  const issued = jsonArray(object["issued"], parseIssuedState);
  const basePosition = parsePosition(object["basePosition"]);
  const applied = jsonArray(object["applied"], parseApplied);
  const texts = ["generation", "itemClass", "baseKey"].every((name) => typeof object[name] === "string");
  if (!texts || buckets === undefined || items === undefined || basePosition === undefined) return undefined;
  if (overlay === undefined || issued === undefined || applied === undefined) return undefined;
  return {
    generation: String(object["generation"]),
    revision: jsonInteger(object["revision"], 0) ?? 0,
    itemClass: String(object["itemClass"]),
    settings: object["settings"],
    known: { buckets, items },
    baseKey: String(object["baseKey"]),
    basePosition,
    overlay: new Map(overlay),
    issued,
    applied,
    stale: jsonArray(object["stale"], parseStale) ?? [],
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return jsonObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function parseDeltaEntry(value: unknown): [string, KnownItem | null] | undefined {
  if (!Array.isArray(value) || typeof value[0] !== "string") return undefined;
  if (value[1] === null) return [value[0], null];
  const item = parseKnownItem(value[1]);
  return item === undefined ? undefined : [value[0], item];
}

function parseIssuedState(value: unknown): IssuedState | undefined {
  const object = jsonObject(value);
  const key = jsonText(object?.["key"]);
  const position = parsePosition(object?.["position"]);
  const delta = jsonArray(object?.["delta"], parseDeltaEntry);
  if (key === undefined || position === undefined || delta === undefined) return undefined;
  return { key, position, delta: new Map(delta) };
}

/** What is not of the expected shape is left out: an absent cursor lists the folder, an absent marker asks the mailbox. */
function parsePosition(value: unknown): CollectionPosition | undefined {
  const object = jsonObject(value);
  if (object === undefined) return undefined;
  const { cursor, marker, cutoffMs, sweepBucket } = object;
  const ranges = jsonArray(object["ranges"], parseRange);
  const recheck = jsonArray(object["recheck"], jsonText);
  return {
    ...(typeof cursor === "string" ? { cursor } : undefined),
    ...(object["listing"] === true ? { listing: true } : undefined),
    ...(typeof cutoffMs === "number" ? { cutoffMs } : undefined),
    ...(object["incompleteOnly"] === true ? { incompleteOnly: true } : undefined),
    ...(ranges === undefined ? undefined : { ranges }),
    ...(recheck === undefined ? undefined : { recheck }),
    ...(typeof sweepBucket === "number" ? { sweepBucket } : undefined),
    ...(typeof marker === "string" ? { marker } : undefined),
  };
}

function parseRange(value: unknown): DatedRange | undefined {
  const object = jsonObject(value);
  const { fromMs, beforeMs, cursor } = object ?? {};
  if (typeof beforeMs !== "number") return undefined;
  return {
    ...(typeof fromMs === "number" ? { fromMs } : undefined),
    beforeMs,
    ...(typeof cursor === "string" ? { cursor } : undefined),
  };
}

function parseApplied(value: unknown): AppliedCommand | undefined {
  const object = jsonObject(value);
  const command = jsonText(object?.["command"]);
  const hash = jsonText(object?.["hash"]);
  if (object === undefined || command === undefined || hash === undefined) return undefined;
  const serverId = jsonText(object["serverId"]);
  const item = object["item"] === null ? null : parseKnownItem(object["item"]);
  return {
    command,
    hash,
    ...(serverId === undefined ? undefined : { serverId }),
    ...(item === undefined ? undefined : { item }),
  };
}

function parseStale(value: unknown): StaleKnownItems | undefined {
  const object = jsonObject(value);
  const generation = jsonText(object?.["generation"]);
  const buckets = jsonInteger(object?.["buckets"], 0);
  return generation === undefined || buckets === undefined ? undefined : { generation, buckets };
}
