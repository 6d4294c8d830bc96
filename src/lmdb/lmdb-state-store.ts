import { randomInt } from "node:crypto";
import { type Clock, systemClock } from "../clock.js";
import { DirectPushError } from "../errors.js";
import type { StateStore, StoredValue } from "../state/state-store.js";
import { isKept } from "./kept-device.js";
import { SeenDevices } from "./seen-devices.js";
import { StateFolder } from "./state-folder.js";
import { deviceOf, storedKey, storedKeysOf } from "./stored-key.js";

/** How a {@link LmdbStateStore} is opened. */
export interface LmdbStateStoreOptions {
  /** The folder; it is made, for its owner alone, when it is not there. On a local file system: no network file system locks as LMDB needs it. */
  readonly folder: string;
  /** Tells the days on which devices are seen. Default: the system's clock. */
  readonly clock?: Clock;
}

/** What became of a {@link LmdbStateStore.prune}. */
export interface PruneResult {
  /** Devices of which nothing is kept any more. */
  readonly dropped: number;
  /** Devices that were not seen either, and are kept because they are to be erased or were: to forget that would let them in again. */
  readonly kept: number;
}

/** Devices that are dropped in one transaction. */
const devicesAtOnce = 100;

/**
 * A {@link StateStore} in a folder. Any number of processes of one machine may have the same folder open, and threads of a process too: together they are one
 * server. Processes may end at any moment, by kill -9 as well. All of them must use this class: `lmdb` by itself is not safe while another process opens the folder.
 *
 * When a write has resolved, every process sees it, and it is on the disk: a power cut does not take it back. Writes that are made
 * while others are on their way to the disk go there together, so that many at once cost as much waiting as one. Reads wait for nothing.
 */
export class LmdbStateStore implements StateStore {
  readonly #folder: StateFolder;
  readonly #seen: SeenDevices;
  #closed: Promise<void> | undefined;

  /** @throws DirectPushError `ERR_STATE_UNAVAILABLE` when the folder cannot be made or opened. */
  constructor({ folder, clock = systemClock }: LmdbStateStoreOptions) {
    try {
      this.#folder = StateFolder.enter(folder);
      this.#seen = new SeenDevices(this.#folder, clock);
    } catch (error) {
      const message = `the state in ${folder} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
      throw new DirectPushError("ERR_STATE_UNAVAILABLE", message, { cause: error });
    }
  }

  /** The value last written by any process, or undefined. */
  async read(key: string): Promise<StoredValue | undefined> {
    this.#assertOpen();
    this.#note(key);
    // The snapshot lasts for a turn of the event loop, in which another process may have told of a newer value.
    this.#folder.values.resetReadTxn();
    const entry = this.#folder.values.getEntry(storedKey(key));
    return entry === undefined ? undefined : { value: entry.value, version: String(entry.version) };
  }

  /** Compare and set; see {@link StateStore.write}. */
  async write(key: string, value: string, expectedVersion: string | undefined): Promise<string | undefined> {
    this.#assertOpen();
    const expected = expectedVersion === undefined ? null : Number(expectedVersion);
    if (expectedVersion !== undefined && String(expected) !== expectedVersion) return undefined;
    this.#note(key);
    const version = newVersion();
    const { values } = this.#folder;
    const isWritten = await this.#folder.write(() => values.put(storedKey(key), value, version, expected));
    return isWritten ? String(version) : undefined;
  }

  /** Removes the key; one that does not exist is ignored. */
  async delete(key: string): Promise<void> {
    this.#assertOpen();
    await this.#folder.write(() => this.#folder.values.remove(storedKey(key)));
  }

  /**
   * Drops all that is kept of the devices that no process has read or written anything of for so many days. A device that comes back later
   * sets itself up as a new one does.
   *
   * @param unseenDays whole days, from 1.
   * @throws DirectPushError `ERR_OPTION_INVALID` for another number.
   */
  async prune(unseenDays: number): Promise<PruneResult> {
    this.#assertOpen();
    if (!Number.isInteger(unseenDays) || unseenDays < 1) {
      const message = `unseenDays must be a whole number from 1, and is ${unseenDays}`;
      throw new DirectPushError("ERR_OPTION_INVALID", message);
    }
    let dropped = 0;
    let kept = 0;
    for await (const devices of this.#seen.unseenFor(unseenDays, devicesAtOnce)) {
      // Those of one turn are one transaction.
      const outcomes = await Promise.all(devices.map((device) => this.#drop(device, unseenDays)));
      dropped += outcomes.filter((outcome) => outcome === "dropped").length;
      kept += outcomes.filter((outcome) => outcome === "kept").length;
    }
    return { dropped, kept };
  }

  /** Lets go of the folder when what was begun is written. A second call gets the same promise. */
  close(): Promise<void> {
    this.#closed ??= this.#folder.leave();
    return this.#closed;
  }

  #drop(device: string, unseenDays: number): Promise<"dropped" | "kept" | "seen"> {
    const { values } = this.#folder;
    return this.#folder.transaction(() => {
      // It may have come back since it was listed.
      if (!this.#seen.isUnseenFor(device, unseenDays)) return "seen";
      if (isKept(values.get(storedKey(`device/${device}`)))) return "kept";
      const keys = [...values.getKeys(storedKeysOf(device))];
      for (const key of keys) values.removeSync(key);
      this.#seen.forget(device);
      return "dropped";
    });
  }

  #note(key: string): void {
    const device = deviceOf(key);
    if (device !== undefined) this.#seen.note(device);
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) {
      throw new DirectPushError("ERR_STATE_UNAVAILABLE", "the store of device state is closed");
    }
  }
}

/** By chance among 2^47, so that no process gets what another gave out, and a key that was deleted gets none that it had before. */
function newVersion(): number {
  return randomInt(1, 2 ** 47);
}
