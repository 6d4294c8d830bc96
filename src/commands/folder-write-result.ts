import type { FolderRefusal } from "../mailbox/abilities/folder-writing.js";
import { CommonStatus } from "../protocol/status.js";
import type { KnownFolder } from "../state/hierarchy-record.js";

/** Statuses of [MS-ASCMD] 2.2.3.177.3, .4 and .6 that the commands which change the folder tree share. */
export const FolderStatus = {
  Success: 1,
  /** The parent has a folder of that name; for FolderUpdate also: a folder that must stay as it is. */
  NameTaken: 2,
  /** The folder, or that above it, must stay as it is. */
  SpecialFolder: 3,
  FolderNotFound: 4,
  ParentNotFound: 5,
  ServerError: 6,
  InvalidSyncKey: 9,
  Malformed: 10,
} as const;

type FolderStatus = (typeof FolderStatus)[keyof typeof FolderStatus];

/** A change that was not made. */
export interface FolderRefused {
  readonly kind: "refused";
  readonly status: FolderStatus;
}

/** What a change of the tree came to. */
export type FolderWriteResult =
  | {
      readonly kind: "written";
      readonly folderId: string;
      /** A tree that a device has, with the change. */
      change(tree: readonly KnownFolder[]): readonly KnownFolder[];
    }
  | FolderRefused
  /** Common to all commands ([MS-ASCMD] 2.2.2). */
  | { readonly kind: "common-status"; readonly status: number };

/** A refusal with a Status. */
export function refused(status: FolderStatus): FolderRefused {
  return { kind: "refused", status };
}

/** What a device is told of a refusal by the mailbox; `forbidden` differs between the commands. */
export function folderWriteRefused(
  refusal: FolderRefusal,
  forbidden: typeof FolderStatus.NameTaken | typeof FolderStatus.SpecialFolder,
): FolderWriteResult {
  switch (refusal.kind) {
    case "not-found":
      return refused(FolderStatus.FolderNotFound);
    case "parent-not-found":
      return refused(FolderStatus.ParentNotFound);
    case "name-taken":
      return refused(FolderStatus.NameTaken);
    case "invalid":
      return refused(FolderStatus.Malformed);
    case "forbidden":
      return refused(forbidden);
    case "too-many-folders":
      return { kind: "common-status", status: CommonStatus.TooManyFolders };
    case "quota-exceeded":
      return { kind: "common-status", status: CommonStatus.MailboxQuotaExceeded };
  }
}
