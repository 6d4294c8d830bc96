import type { WriteRefusal } from "../../mailbox/mailbox.js";
import { SyncStatus } from "./status.js";

/** The Status of a command that the mailbox refused. */
export function statusOfRefusal(refusal: WriteRefusal): SyncStatus {
  switch (refusal.kind) {
    case "not-found":
      return SyncStatus.ObjectNotFound;
    case "version-mismatch":
      return SyncStatus.Conflict;
    case "quota-exceeded":
      return SyncStatus.OutOfQuota;
    case "invalid":
    case "forbidden":
      return SyncStatus.InvalidItem;
  }
}
