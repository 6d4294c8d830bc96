import { boundedCall } from "../bounded-call.js";
import { type Clock, systemClock } from "../clock.js";
import type { StateStore } from "./state-store.js";

/** How calls into an integrator's state store are bounded. */
export interface StateStoreGuard {
  /** Longest wait for one call, in milliseconds. */
  readonly timeoutMs: number;
  /** Times the calls. Default: the system's clock. */
  readonly clock?: Clock;
}

/**
 * An integrator's state store, each call of which ends in time. A call that throws, rejects or is silent for too long rejects with a
 * DirectPushError `ERR_CALL_FAILED` or `ERR_CALL_TIMEOUT`. Null, which many databases say for "nothing there", counts as undefined.
 */
export function guardedStateStore(store: StateStore, guard: StateStoreGuard): StateStore {
  const { timeoutMs, clock = systemClock } = guard;
  const bounded = <T>(what: string, call: () => Promise<T>): Promise<T> =>
    boundedCall(call, timeoutMs, `StateStore.${what}`, clock);
  return {
    read: async (key) => (await bounded("read", () => store.read(key))) ?? undefined,
    write: async (key, value, expectedVersion) =>
      (await bounded("write", () => store.write(key, value, expectedVersion))) ?? undefined,
    delete: (key) => bounded("delete", () => store.delete(key)),
  };
}
