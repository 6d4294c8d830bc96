import type { ProtocolVersion } from "./version.js";

/** How a kind of folder is told to devices ([MS-ASCMD] 2.2.3.186.3). */
export interface FolderTypeEntry {
  /** The Type element. */
  readonly type: number;
  /** The first version whose devices know it; others are not told of such folders. */
  readonly since: ProtocolVersion;
}

/**
 * Folder kinds and their Types. Not listed are 1 (generic; 12 says more), 11 and 16 (journals have no class) and 18 (unknown: folders that
 * cannot be synced are not shown at all, because some devices ping them nevertheless).
 */
export const folderTypes = {
  inbox: { type: 2, since: "12.1" },
  drafts: { type: 3, since: "12.1" },
  deleted: { type: 4, since: "12.1" },
  sent: { type: 5, since: "12.1" },
  outbox: { type: 6, since: "12.1" },
  tasks: { type: 7, since: "12.1" },
  calendar: { type: 8, since: "12.1" },
  contacts: { type: 9, since: "12.1" },
  notes: { type: 10, since: "14.0" },
  "user-mail": { type: 12, since: "12.1" },
  "user-calendar": { type: 13, since: "12.1" },
  "user-contacts": { type: 14, since: "12.1" },
  "user-tasks": { type: 15, since: "12.1" },
  "user-notes": { type: 17, since: "14.0" },
  "recipient-cache": { type: 19, since: "14.0" },
} as const;
