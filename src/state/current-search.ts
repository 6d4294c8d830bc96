import { isRememberedDevice } from "./device-record.js";
import { digestOf } from "./digest-of.js";
import { type JsonRecordType, readRecord, updateRecord } from "./json-record.js";
import { jsonText } from "./json-shape.js";
import { stateKey } from "./state-key.js";
import type { StateStore } from "./state-store.js";

/** The digest of the search that a device began last: a device pages through one search at a time. */
const type: JsonRecordType<string> = { name: "record of the current search", parse: jsonText };

/** Whether this is the search that the device began last. `search` is all that tells it from another one. */
export async function isCurrentSearch(
  store: StateStore,
  user: string,
  deviceId: string,
  search: readonly unknown[],
): Promise<boolean> {
  return (await readRecord(store, stateKey("search", user, deviceId), type)) === digest(search);
}

/** Notes that a device began a search. */
export async function beginSearch(
  store: StateStore,
  user: string,
  deviceId: string,
  search: readonly unknown[],
): Promise<void> {
  if (!isRememberedDevice(deviceId)) return;
  const begun = digest(search);
  await updateRecord<string, undefined>(store, stateKey("search", user, deviceId), type, (known) =>
    known === begun ? { result: undefined } : { result: undefined, write: begun },
  );
}

function digest(search: readonly unknown[]): string {
  return digestOf(search);
}
