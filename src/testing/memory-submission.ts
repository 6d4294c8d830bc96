import type { MailSubmission, OutgoingMail, SubmissionResult } from "../mailbox/mail-submission.js";
import { fingerprint } from "../mime/fingerprint.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { CreationTokens } from "./memory-creation-tokens.js";

/** What a {@link MemorySubmission} needs of a mailbox. */
export interface MemoryPostOffice {
  /** To be awaited first: counts the call, and makes it fail or wait. */
  enter(): Promise<void> | undefined;
  monotonicNow(): number;
  /** The user with an address. */
  userOf(address: string): string;
  /** Resolves when the user has the mail, and the calendar has followed it. */
  deliver(user: string, raw: Uint8Array): Promise<void>;
}

/** Delivers what devices send to the inboxes of a `MemoryMailbox`, and keeps what went out for tests to look at. */
export class MemorySubmission implements MailSubmission {
  /** Every mail that was taken, oldest first. */
  readonly sent: OutgoingMail[] = [];
  readonly #office: MemoryPostOffice;
  readonly #tokens = new CreationTokens<true>();

  constructor(office: MemoryPostOffice) {
    this.#office = office;
  }

  /** See {@link MailSubmission.composer}. */
  readonly composer: MailSubmission["composer"] = {
    fingerprint,
    compose: async (composition) => (await loadComposer()).compose(composition),
    composeDraft: async (composition) => (await loadComposer()).composeDraft(composition),
  };

  /** See {@link MailSubmission.submit}. */
  async submit(_mailbox: MailboxRef, mail: OutgoingMail): Promise<SubmissionResult> {
    const office = this.#office;
    await office.enter();
    const now = office.monotonicNow();
    if (this.#tokens.find(mail.submissionToken, now) !== undefined) return { kind: "sent" };
    this.#tokens.remember(mail.submissionToken, true, now);
    this.sent.push(mail);
    const users = new Set(mail.recipients.map((address) => office.userOf(address)));
    await Promise.all([...users].map((user) => office.deliver(user, mail.message)));
    return { kind: "sent" };
  }
}

/** Its parser is an optional peer: who sends no mail need not have it. */
async function loadComposer(): Promise<MailSubmission["composer"]> {
  const { mailComposer } = await import("../mime/mail-composer.js");
  return mailComposer();
}
