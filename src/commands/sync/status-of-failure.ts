import type { CommandContext } from "../command.js";
import { isUnavailable } from "../unavailable.js";
import { SyncStatus } from "./status.js";

/**
 * The Status of what threw, which is reported. Retry, when the mailbox or the store cannot be reached: the same request will do later. A
 * server error, when the fault is the library's: devices come back more slowly, and start over with key 0 when that goes on
 * ([MS-ASCMD] 2.2.3.177.17), which cures a state that cannot be worked with. HTTP 500 would make some devices load the whole account anew.
 */
export function statusOfFailure(
  error: unknown,
  { device, events }: CommandContext,
): typeof SyncStatus.Retry | typeof SyncStatus.ServerError {
  if (isUnavailable(error)) {
    events.sourceFailed(error);
    return SyncStatus.Retry;
  }
  events.requestFailed({ error, device, command: "Sync" });
  return SyncStatus.ServerError;
}
