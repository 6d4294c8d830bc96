import type { Clock } from "../clock.js";
import type { MailboxCertificateTrust } from "../mailbox/abilities/certificate-trust.js";
import type { DirectoryEntry, DirectoryQuery, MailboxDirectory } from "../mailbox/abilities/directory.js";
import type { MailboxFreeBusy } from "../mailbox/abilities/free-busy.js";
import type { MailboxSearch, MailboxSearchQuery } from "../mailbox/abilities/mail-search.js";
import type { MailboxMeetings } from "../mailbox/abilities/meetings.js";
import type { FoundRecipient, MailboxRecipients, RecipientWishes } from "../mailbox/abilities/recipients.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { searchEntries } from "./memory-directory.js";
import type { MemoryFaults } from "./memory-faults.js";
import { busyIntervals } from "./memory-free-busy.js";
import type { RawMessage } from "./memory-item.js";
import { MemoryMailboxHost } from "./memory-mailbox-host.js";
import { findMeeting, followMeeting } from "./memory-meetings.js";
import type { ParsedMessages } from "./memory-messages.js";
import { type MemoryPerson, resolveWithin } from "./memory-recipients.js";
import { searchUser } from "./memory-search.js";

/** What the lookups of a {@link MemoryMailbox} work with. */
export interface MemoryLookupParts {
  readonly messages: ParsedMessages;
  readonly addresses: (user: string) => readonly string[];
  /** The address list; undefined: everyone who has a mailbox. */
  readonly people: readonly MemoryPerson[] | undefined;
  /** Certificates of authorities, each as DER. */
  readonly authorities: readonly Uint8Array[];
}

/** A call of these abilities. */
export type MemoryLookupMethod =
  | keyof MailboxCertificateTrust
  | keyof MailboxDirectory
  | keyof MailboxFreeBusy
  | keyof MailboxMeetings
  | keyof MailboxRecipients
  | keyof MailboxSearch;

/** What a {@link MemoryMailbox} looks up: items, people, and when they have time. */
export abstract class MemoryMailboxLookups
  extends MemoryMailboxHost
  implements
    MailboxCertificateTrust,
    MailboxDirectory,
    MailboxFreeBusy,
    MailboxMeetings,
    MailboxRecipients,
    MailboxSearch
{
  /** Makes calls fail or wait, and counts them. */
  abstract readonly faults: Pick<MemoryFaults<MemoryLookupMethod>, "enter">;
  readonly #parts: MemoryLookupParts;

  constructor(clock: Clock, epoch: string, parts: MemoryLookupParts) {
    super(clock, epoch);
    this.#parts = parts;
  }

  /** See {@link MailboxSearch.search}. */
  async search(mailbox: MailboxRef, query: MailboxSearchQuery): ReturnType<MailboxSearch["search"]> {
    await this.faults.enter("search");
    return await searchUser(this.user(mailbox.user), this.#parts.messages, query);
  }

  /** See {@link MailboxDirectory.findInDirectory}. */
  async findInDirectory(
    _mailbox: MailboxRef,
    query: DirectoryQuery,
  ): Promise<{ readonly entries: readonly DirectoryEntry[]; readonly total: number }> {
    await this.faults.enter("findInDirectory");
    return searchEntries(this.#people(), query);
  }

  /** See {@link MailboxRecipients.resolveRecipient}. */
  async resolveRecipient(
    mailbox: MailboxRef,
    to: string,
    { limit }: RecipientWishes,
  ): Promise<{ readonly recipients: readonly FoundRecipient[]; readonly total: number }> {
    await this.faults.enter("resolveRecipient");
    const found = resolveWithin(this.#people(), this.user(mailbox.user), to);
    return { recipients: found.slice(0, limit), total: found.length };
  }

  /** See {@link MailboxFreeBusy.freeBusy}. Everyone may see it. */
  async freeBusy(
    _mailbox: MailboxRef,
    emailAddress: string,
    fromMs: number,
    beforeMs: number,
  ): ReturnType<MailboxFreeBusy["freeBusy"]> {
    await this.faults.enter("freeBusy");
    const wanted = emailAddress.toLowerCase();
    const owner = [...this.namedUsers()].find((name) =>
      this.#parts.addresses(name).some((address) => address.toLowerCase() === wanted),
    );
    if (owner === undefined) return { kind: "unknown" };
    return { kind: "intervals", intervals: busyIntervals(this.user(owner), fromMs, beforeMs) };
  }

  /** See {@link MailboxCertificateTrust.trustedAuthorities}. */
  async trustedAuthorities(_mailbox: MailboxRef): Promise<readonly Uint8Array[]> {
    await this.faults.enter("trustedAuthorities");
    return this.#parts.authorities;
  }

  /** See {@link MailboxMeetings.meetingByUid}. */
  async meetingByUid(mailbox: MailboxRef, uid: string): ReturnType<MailboxMeetings["meetingByUid"]> {
    await this.faults.enter("meetingByUid");
    return findMeeting(this.user(mailbox.user), uid)?.place;
  }

  protected override followMeeting(user: string, message: RawMessage): Promise<void> | undefined {
    return followMeeting(this.user(user), message, this.#parts.messages);
  }

  #people(): readonly MemoryPerson[] {
    if (this.#parts.people !== undefined) return this.#parts.people;
    return [...this.namedUsers()].map((name) => {
      const [emailAddress = name] = this.#parts.addresses(name);
      return { displayName: name.split("@", 1)[0] ?? name, emailAddress };
    });
  }
}
