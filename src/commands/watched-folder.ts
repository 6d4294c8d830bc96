import type { HoldFolder } from "../push/hold.js";
import type { PingState } from "../sync-state/pending.js";

/** A folder as a held request watches it, compared with what the device has of it. */
export function watchedFolder(folder: string, state: PingState): HoldFolder {
  if (state.kind === "never-synced") return { folder, marker: undefined };
  const { marker, itemClass } = state;
  return itemClass === "Email" ? { folder, marker, isMail: true } : { folder, marker };
}
