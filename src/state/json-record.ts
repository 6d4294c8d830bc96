import createDebug from "debug";
import { DirectPushError } from "../errors.js";
import type { StateStore } from "./state-store.js";

const debug = createDebug("direct-push:state");

/** A record that is kept as JSON: how its text is checked when it is read back. */
export interface JsonRecordType<T> {
  /** For debug lines. */
  readonly name: string;
  /** The record in `value`, or undefined when it is not one: it then counts as absent. */
  parse(value: unknown): T | undefined;
}

/** What a change of a record is, or that nothing is to be written. */
export type RecordChange<T, R> = { readonly result: R; readonly write?: T };

/** Attempts of {@link updateRecord} before it gives up: more writers than that at once for one device is no normal traffic. */
const maxAttempts = 8;

/**
 * The record under `key`, or undefined when there is none. Text that is no such record (a bug, an older format, a bad disk) counts as
 * absent: devices recover from that by themselves with a new start.
 */
export async function readRecord<T>(
  store: StateStore,
  key: string,
  type: JsonRecordType<T>,
): Promise<T | undefined> {
  return (await readVersioned(store, key, type)).record;
}

/**
 * Changes the record under `key`, compare-and-set. `change` is pure: it runs again with the newer record when another writer was faster.
 *
 * @throws DirectPushError `ERR_STATE_CONFLICT` after 8 attempts that another writer won.
 */
export async function updateRecord<T, R>(
  store: StateStore,
  key: string,
  type: JsonRecordType<T>,
  change: (record: T | undefined) => RecordChange<T, R>,
): Promise<R> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const { record, version } = await readVersioned(store, key, type);
    const { result, write } = change(record);
    if (write === undefined) return result;
    if ((await store.write(key, JSON.stringify(write), version)) !== undefined) return result;
  }
  throw new DirectPushError(
    "ERR_STATE_CONFLICT",
    `${type.name} ${key} changed ${maxAttempts} times while it was written`,
  );
}

/** A record, if there is one, with the version of the store that a later write must name. */
export interface VersionedRecord<T> {
  readonly record: T | undefined;
  readonly version: string | undefined;
}

/** The same as {@link readRecord}, with the version of the store. */
export async function readVersioned<T>(
  store: StateStore,
  key: string,
  type: JsonRecordType<T>,
): Promise<VersionedRecord<T>> {
  const stored = await store.read(key);
  if (stored === undefined) return { record: undefined, version: undefined };
  const record = parseRecord(stored.value, type);
  if (record === undefined) debug("%s %s is unreadable and counts as absent", type.name, key);
  return { record, version: stored.version };
}

function parseRecord<T>(text: string, type: JsonRecordType<T>): T | undefined {
  try {
    return type.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
