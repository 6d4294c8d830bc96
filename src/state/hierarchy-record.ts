import { isRememberedDevice } from "./device-record.js";
import { type JsonRecordType, type RecordChange, readRecord, updateRecord } from "./json-record.js";
import { jsonArray, jsonInteger, jsonObject, jsonText } from "./json-shape.js";
import { stateKey } from "./state-key.js";
import type { StateStore } from "./state-store.js";

/** A folder as a device was told of it. */
export interface KnownFolder {
  readonly id: string;
  /** The parent's id; "0" for the root. */
  readonly parentId: string;
  readonly name: string;
  /** The Type of [MS-ASCMD] 2.2.3.186.3. */
  readonly type: number;
}

/** A change of the tree by the device itself, so that a repeat of it whose answer was lost is known ([MS-ASCMD] 3.1.5.9). */
interface OwnFolderChange {
  /** The whole request but its key. */
  readonly request: string;
  /** Of the folder that was made, changed or deleted. */
  readonly folderId: string;
}

/** The folder tree behind one SyncKey that a device was given. */
export interface HierarchyGeneration {
  readonly key: string;
  readonly folders: readonly KnownFolder[];
  /** The change source's marker of the tree, taken before the folders were read; absent when it was not to be had. */
  readonly marker?: string;
  /** The protocol version that the device spoke: it decides which folders are shown. */
  readonly version: string;
  /** What the key answered, when that was no FolderSync. */
  readonly change?: OwnFolderChange;
}

/**
 * The folder trees that a device may have, oldest first, at least one: the one behind the key that it last presented, then those that
 * were answered since, of which it has one or, where the answers were lost, none.
 */
export interface HierarchyRecord {
  readonly generations: readonly [HierarchyGeneration, ...HierarchyGeneration[]];
}

const hierarchyRecordType: JsonRecordType<HierarchyRecord> = {
  name: "hierarchy record",
  parse: parseHierarchy,
};

/** The folder trees of a device; undefined when it never did a FolderSync. */
export async function readHierarchy(
  store: StateStore,
  user: string,
  deviceId: string,
): Promise<HierarchyRecord | undefined> {
  if (!isRememberedDevice(deviceId)) return undefined;
  return readRecord(store, stateKey("hierarchy", user, deviceId), hierarchyRecordType);
}

/** The tree that was told to the device last: what Ping and Sync compare with. */
export function latestGeneration(record: HierarchyRecord): HierarchyGeneration {
  return record.generations.at(-1) ?? record.generations[0];
}

/**
 * Changes the folder trees of a device, compare-and-set. `change` is pure and may run more than once; without `write` nothing is written.
 *
 * @throws DirectPushError `ERR_STATE_CONFLICT` when other writers won 8 times in a row.
 */
export async function updateHierarchy<R>(
  store: StateStore,
  user: string,
  deviceId: string,
  change: (record: HierarchyRecord | undefined) => RecordChange<HierarchyRecord, R>,
): Promise<R> {
  if (!isRememberedDevice(deviceId)) return change(undefined).result;
  return updateRecord(store, stateKey("hierarchy", user, deviceId), hierarchyRecordType, change);
}

function parseHierarchy(value: unknown): HierarchyRecord | undefined {
  const [first, ...rest] = jsonArray(jsonObject(value)?.["generations"], parseGeneration) ?? [];
  return first === undefined ? undefined : { generations: [first, ...rest] };
}

function parseGeneration(value: unknown): HierarchyGeneration | undefined {
  const object = jsonObject(value);
  const key = jsonText(object?.["key"]);
  const folders = jsonArray(object?.["folders"], parseFolder);
  const marker = jsonText(object?.["marker"]);
  const version = jsonText(object?.["version"]);
  if (key === undefined || folders === undefined || version === undefined) return undefined;
  const change = parseChange(object?.["change"]);
  return {
    key,
    folders,
    version,
    ...(marker !== undefined && { marker }),
    ...(change !== undefined && { change }),
  };
}

function parseChange(value: unknown): OwnFolderChange | undefined {
  const object = jsonObject(value);
  const request = jsonText(object?.["request"]);
  const folderId = jsonText(object?.["folderId"]);
  return request === undefined || folderId === undefined ? undefined : { request, folderId };
}

function parseFolder(value: unknown): KnownFolder | undefined {
  const object = jsonObject(value);
  const id = jsonText(object?.["id"]);
  const parentId = jsonText(object?.["parentId"]);
  const name = jsonText(object?.["name"]);
  const type = jsonInteger(object?.["type"], 1);
  if (id === undefined || parentId === undefined || name === undefined || type === undefined)
    return undefined;
  return { id, parentId, name, type };
}
