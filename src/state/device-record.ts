import type { DeviceInformation } from "./device-information.js";
import type { HeartbeatRecord } from "./heartbeat-record.js";
import { type JsonRecordType, type RecordChange, readRecord, updateRecord } from "./json-record.js";
import { parseDeviceRecord } from "./parse-device-record.js";
import { stateKey } from "./state-key.js";
import type { StateStore } from "./state-store.js";

/** One folder of a cached Ping request. */
export interface PingCacheFolder {
  readonly id: string;
  /** As the device sent it; the folder's id decides, this is for logs. */
  readonly class: string;
  /** Whether the device had synced it when it pinged: tells a state that was lost from one that never was. */
  readonly synced?: boolean;
  /** How often the device was told, by Ping Status 2, that what was known of the folder is lost. */
  readonly lossesTold?: number;
}

/** The parameters of the last good Ping, used where the next one leaves them out ([MS-ASCMD] 3.1.5.8). */
export interface PingCache {
  readonly heartbeatSeconds: number;
  readonly folders: readonly PingCacheFolder[];
}

/** How a device stands with the policy ([MS-ASPROV] 3.1.5.1). Keys are whole numbers from 1 to 2^32 - 1. */
export interface PolicyState {
  /** Handed out with a policy, good for nothing but its acknowledgement. */
  readonly temporary?: { readonly key: number; readonly policyHash: string };
  /** What the device acknowledged last. */
  readonly accepted?: {
    readonly key: number;
    readonly policyHash: string;
    /** 1 applied in full, 2 in part, 3 not applied, 4 managed by others. */
    readonly acknowledgement: number;
    /** Acknowledgements in a row after which no request carried the key: shows devices that never adopt it. */
    readonly unconfirmedCycles: number;
  };
}

/** What is to be erased: the whole device, or this account alone (16.1 only). */
export type WipeScope = "device" | "account";

/** An order to erase, and how far it has come. */
export interface WipeOrder {
  readonly scope: WipeScope;
  /** `requested` and `failed` are demanded at every request; a device that reported `done` is refused until the order is cancelled. */
  readonly state: "requested" | "done" | "failed";
}

/** Everything small that is kept of one device of one user. */
export interface DeviceRecord {
  readonly information?: DeviceInformation;
  readonly ping?: PingCache;
  /** The hierarchy key at which the device was last told, by Ping Status 7, that it watches a folder which is gone. */
  readonly goneFolderToldAtKey?: string;
  /** It presented a folder tree of which nothing was known any more: it may have synced any folder that it lists. */
  readonly wasForgotten?: true;
  readonly policy?: PolicyState;
  readonly wipe?: WipeOrder;
  /** What was learned of its paths. */
  readonly heartbeat?: HeartbeatRecord;
}

const deviceRecordType: JsonRecordType<DeviceRecord> = { name: "device record", parse: parseDeviceRecord };

/** Whether anything is kept of a device: Android signs in as `validate` to try a password, before the device exists. */
export function isRememberedDevice(deviceId: string): boolean {
  return deviceId.toLowerCase() !== "validate";
}

/** The record of a device; an empty one when nothing is known of it. */
export async function readDeviceRecord(
  store: StateStore,
  user: string,
  deviceId: string,
): Promise<DeviceRecord> {
  if (!isRememberedDevice(deviceId)) return {};
  return (await readRecord(store, stateKey("device", user, deviceId), deviceRecordType)) ?? {};
}

/**
 * Changes the record of a device, compare-and-set. `change` is pure and may run more than once; without `write` nothing is written.
 *
 * @returns the `result` of the change that took effect.
 * @throws DirectPushError `ERR_STATE_CONFLICT` when other writers won 8 times in a row.
 */
export async function updateDeviceRecord<R>(
  store: StateStore,
  user: string,
  deviceId: string,
  change: (record: DeviceRecord) => RecordChange<DeviceRecord, R>,
): Promise<R> {
  if (!isRememberedDevice(deviceId)) return change({}).result;
  return updateRecord(store, stateKey("device", user, deviceId), deviceRecordType, (record) =>
    change(record ?? {}),
  );
}

/** What is known of a device, for an administrator; undefined when nothing is. */
export async function readDevice(
  store: StateStore,
  user: string,
  deviceId: string,
): Promise<DeviceRecord | undefined> {
  return readRecord(store, stateKey("device", user, deviceId), deviceRecordType);
}

/**
 * Orders a device to erase itself, or the account alone, when it next asks for anything. A device that speaks less than 16.1 cannot erase
 * an account alone: it is refused instead, and never erased as a whole. Replaces an earlier order.
 *
 * @throws DirectPushError `ERR_STATE_CONFLICT` when other writers won 8 times in a row.
 */
export async function requestWipe(
  store: StateStore,
  user: string,
  deviceId: string,
  scope: WipeScope,
): Promise<void> {
  await updateDeviceRecord(store, user, deviceId, (record) => ({
    result: undefined,
    write: { ...record, wipe: { scope, state: "requested" } },
  }));
}

/**
 * Takes an order to erase back, or lets a device that was erased come back.
 *
 * @returns the order that was there, or undefined when there was none. One that is `done` cannot be undone on the device.
 * @throws DirectPushError `ERR_STATE_CONFLICT` when other writers won 8 times in a row.
 */
export async function cancelWipe(
  store: StateStore,
  user: string,
  deviceId: string,
): Promise<WipeOrder | undefined> {
  return updateDeviceRecord<WipeOrder | undefined>(store, user, deviceId, ({ wipe, ...rest }) =>
    wipe === undefined ? { result: undefined } : { result: wipe, write: rest },
  );
}
