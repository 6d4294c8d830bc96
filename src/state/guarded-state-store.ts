import { boundedCall } from "../bounded-call.js";
import { type Clock, systemClock } from "../clock.js";
import { DirectPushError } from "../errors.js";
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
 * DirectPushError `ERR_STATE_UNAVAILABLE`, whose cause tells why (`ERR_CALL_FAILED`, `ERR_CALL_TIMEOUT`). Null, which many databases say
 * for "nothing there", counts as undefined.
 */
export function guardedStateStore(store: StateStore, guard: StateStoreGuard): StateStore {
  const { timeoutMs, clock = systemClock } = guard;
  const bounded = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await boundedCall(call, timeoutMs, `StateStore.${what}`, clock);
    } catch (error) {
      throw unavailable(error);
    }
  };
  return {
    read: async (key) => (await bounded("read", () => store.read(key))) ?? undefined,
    write: async (key, value, expectedVersion) =>
      (await bounded("write", () => store.write(key, value, expectedVersion))) ?? undefined,
    delete: (key) => bounded("delete", () => store.delete(key)),
  };
}

function unavailable(error: unknown): DirectPushError {
  if (error instanceof DirectPushError && error.code === "ERR_STATE_UNAVAILABLE") return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new DirectPushError("ERR_STATE_UNAVAILABLE", `The state store cannot be reached: ${reason}`, {
    cause: error,
  });
}
