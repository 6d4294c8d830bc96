import { MemoryStateStore } from "../../state/memory-state-store.js";
import type { StateStore } from "../../state/state-store.js";
import { errorFields, type JsonLog } from "./json-log.js";

/** State that is open. */
export interface OpenState {
  readonly store: StateStore;
  /** Forgets devices that were not seen for so many days, now and then, until it is closed. */
  forgetDevices(unseenDays: number, log: JsonLog): void;
  close(): Promise<void>;
}

const FIRST_AFTER_MS = 10 * 60_000;
const EVERY_MS = 12 * 3_600_000;

/** Opens the state in a folder, or in memory where there is none. */
export async function openState(folder: string | undefined): Promise<OpenState> {
  if (folder === undefined) {
    return { store: new MemoryStateStore(), forgetDevices: () => {}, close: async () => {} };
  }
  const { LmdbStateStore } = await import("../../lmdb/index.js");
  const store = new LmdbStateStore({ folder });
  let timer: NodeJS.Timeout | undefined;
  return {
    store,
    forgetDevices(unseenDays, log) {
      const forget = async (): Promise<void> => {
        try {
          const { dropped, kept } = await store.prune(unseenDays);
          log.write("info", "devices-forgotten", { unseenDays, dropped, kept });
        } catch (error) {
          log.write("error", "devices-not-forgotten", errorFields(error));
        }
        timer = setTimeout(forget, EVERY_MS).unref();
      };
      timer = setTimeout(forget, FIRST_AFTER_MS).unref();
    },
    async close() {
      clearTimeout(timer);
      await store.close();
    },
  };
}
