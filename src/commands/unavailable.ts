import { DirectPushError, type DirectPushErrorCode } from "../errors.js";
import type { Command, CommandOutcome } from "./command.js";

const unavailableCodes: ReadonlySet<DirectPushErrorCode> = new Set<DirectPushErrorCode>([
  "ERR_CALL_FAILED",
  "ERR_CALL_TIMEOUT",
  "ERR_MAILBOX_UNAVAILABLE",
  "ERR_LOGIN_REFUSED",
  "ERR_STATE_CONFLICT",
  "ERR_STATE_UNAVAILABLE",
]);

/** Whether an error says that the mailbox or the store cannot be reached now. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof DirectPushError && unavailableCodes.has(error.code);
}

/** Whether an error says that the store, and not the mailbox, cannot be reached now. */
export function isStateUnavailable(error: unknown): boolean {
  return error instanceof DirectPushError && error.code === "ERR_STATE_UNAVAILABLE";
}

/** Runs a command so that a mailbox or a store which cannot be reached is answered `unavailable`; other errors are passed on. */
export function answeringUnavailable(run: Command["run"]): Command["run"] {
  return async (request, context): Promise<CommandOutcome> => {
    try {
      return await run(request, context);
    } catch (error) {
      if (isUnavailable(error)) return { kind: "unavailable", error };
      throw error;
    }
  };
}
