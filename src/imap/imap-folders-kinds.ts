import type { FolderKind } from "../mailbox/folder.js";

const kinds: Readonly<Record<string, FolderKind>> = {
  "\\inbox": "inbox",
  "\\drafts": "drafts",
  "\\sent": "sent",
  "\\trash": "deleted",
};

/** Folders that show the mails of all others once more (RFC 6154): a phone would load everything twice. */
const virtual = new Set(["\\all", "\\flagged", "\\important"]);

/**
 * What a folder is for, by its special use (RFC 6154). Junk and Archive are folders of mail like any other: the protocol knows no such
 * kinds ([MS-ASCMD] 2.2.3.186.3).
 */
export function kindOf(specialUse: string | undefined): FolderKind {
  return kinds[specialUse?.toLowerCase() ?? ""] ?? "user-mail";
}

/** Whether the folder holds no mails of its own. */
export function isVirtual(specialUse: string | undefined): boolean {
  return virtual.has(specialUse?.toLowerCase() ?? "");
}
