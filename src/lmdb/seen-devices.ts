import type { Clock } from "../clock.js";
import type { StateFolder } from "./state-folder.js";
import { deviceOfSeenKey, seenKey } from "./stored-key.js";

const dayMs = 86_400_000;

/** Devices that are looked at in one turn of the event loop. */
const pageSize = 1000;

/** On which day each device was last seen. A device costs one small write a day and process, and nobody waits for it. */
export class SeenDevices {
  readonly #folder: StateFolder;
  readonly #clock: Clock;
  #today = Number.NaN;
  readonly #notedToday = new Set<string>();

  constructor(folder: StateFolder, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Notes that a device is seen now. */
  note(device: string): void {
    const today = this.#day();
    if (today !== this.#today) {
      this.#today = today;
      this.#notedToday.clear();
    }
    if (this.#notedToday.has(device)) return;
    this.#notedToday.add(device);
    // Another process may have noted it, or this one before it was restarted.
    if (this.#dayOf(device) === today) return;
    // What cannot be written now is noted at the device's next call.
    const { seen } = this.#folder;
    const noted = this.#folder.write(() => seen.put(seenKey(device), String(today)));
    noted.catch(() => this.#notedToday.delete(device));
  }

  /** Devices that were not seen for so many days, some at a time. */
  async *unseenFor(days: number, atOnce: number): AsyncGenerator<readonly string[]> {
    let last: Uint8Array | undefined;
    do {
      const from = last === undefined ? undefined : { start: last, exclusiveStart: true };
      const page = [...this.#folder.seen.getRange({ ...from, limit: pageSize })];
      last = page.length < pageSize ? undefined : page.at(-1)?.key;
      const devices = page.map(({ key }) => deviceOfSeenKey(key));
      const unseen = devices.filter((device) => this.isUnseenFor(device, days));
      for (let at = 0; at < unseen.length; at += atOnce) yield unseen.slice(at, at + atOnce);
      await new Promise(setImmediate);
    } while (last !== undefined);
  }

  /** Whether a device that was seen once was not seen for so many days. */
  isUnseenFor(device: string, days: number): boolean {
    const day = this.#dayOf(device);
    return day !== undefined && this.#day() - day >= days;
  }

  /** Forgets a device, within the transaction that is under way. */
  forget(device: string): void {
    this.#folder.seen.removeSync(seenKey(device));
    this.#notedToday.delete(device);
  }

  #dayOf(device: string): number | undefined {
    const text = this.#folder.seen.get(seenKey(device));
    return text === undefined ? undefined : Number(text);
  }

  #day(): number {
    return Math.floor(this.#clock.now() / dayMs);
  }
}
