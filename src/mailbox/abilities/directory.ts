import type { MailboxRef } from "../../push/mailbox-change-source.js";
import type { Mailbox } from "../mailbox.js";

/** Someone in the address list of the organization ([MS-ASCMD] 2.2.3.49.2 and the like, the GAL). */
export interface DirectoryEntry {
  readonly displayName: string;
  readonly emailAddress: string;
  readonly alias?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly phone?: string;
  readonly homePhone?: string;
  readonly mobilePhone?: string;
  readonly office?: string;
  readonly title?: string;
  readonly company?: string;
  /** The image file, such as a JPEG. */
  readonly photo?: Uint8Array;
}

/** Who is looked for, and which of the results are wanted. */
export interface DirectoryQuery {
  /** Each of its words is the beginning of a word in the entry, without regard to case. Never empty. */
  readonly text: string;
  /** Whether photos are wanted; they may be left out otherwise. */
  readonly withPhotos: boolean;
  /** How many results are left out at the beginning, and how many are wanted at most. */
  readonly first: number;
  readonly limit: number;
}

/** An optional ability of a {@link Mailbox}: an address list of the organization, for Search ([MS-ASCMD] 2.2.1.16) and Find (2.2.1.2). */
export interface MailboxDirectory {
  /** Looks for people that this user may see, always in the same order. `total` says how many there are in all, at least roughly. */
  findInDirectory(
    mailbox: MailboxRef,
    query: DirectoryQuery,
  ): Promise<{ readonly entries: readonly DirectoryEntry[]; readonly total: number }>;
}

/** The mailbox's {@link MailboxDirectory}; undefined when it has none. */
export function directoryOf(mailbox: Mailbox): MailboxDirectory | undefined {
  const able = mailbox as Mailbox & Partial<MailboxDirectory>;
  return typeof able.findInDirectory === "function" ? (able as MailboxDirectory) : undefined;
}
