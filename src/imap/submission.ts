import createDebug from "debug";
import type { MailSubmission, OutgoingMail, SubmissionResult } from "../mailbox/mail-submission.js";
import { mailComposer } from "../mime/mail-composer.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { smtpLogin } from "./submission-login.js";
import { type RejectedRecipient, rejectionNotice } from "./submission-notice.js";
import {
  type ResolvedSubmissionOptions,
  resolveSubmissionOptions,
  type SmtpSubmissionOptions,
} from "./submission-options.js";
import { submissionRefusal } from "./submission-refusal.js";

const log = createDebug("direct-push:imap");

/** So many mails are remembered as sent. */
const MOST_REMEMBERED = 10_000;

/**
 * Sends what devices compose over SMTP submission (RFC 6409), each mail with the login of its user. The copy in Sent is stored like any other mail, unless
 * `serverKeepsCopy` says that the server does so. Needs the packages `nodemailer` and `postal-mime`.
 *
 * @throws DirectPushError `ERR_OPTION_INVALID` for an option that cannot be.
 */
export function smtpSubmission(options: SmtpSubmissionOptions): MailSubmission {
  const resolved = resolveSubmissionOptions(options);
  const submissions = new Submissions(resolved);
  const { domain, serverKeepsCopy } = resolved;
  return {
    composer: mailComposer(),
    keepsCopies: serverKeepsCopy,
    submit: (mailbox, mail) => submissions.submit(mailbox, mail),
    senderAddresses: async (mailbox) =>
      (await resolved.senderAddresses?.(mailbox)) ?? ownAddress(mailbox, domain),
  };
}

function ownAddress({ user }: MailboxRef, domain: string | undefined): readonly string[] {
  if (user.includes("@")) return [user];
  return domain === undefined ? [] : [`${user}@${domain}`];
}

/** The mails that are being sent, and those that lately were. */
class Submissions {
  readonly #options: ResolvedSubmissionOptions;
  /** By user and token, in the order in which they came. */
  readonly #known = new Map<string, Promise<SubmissionResult>>();

  constructor(options: ResolvedSubmissionOptions) {
    this.#options = options;
  }

  submit(mailbox: MailboxRef, mail: OutgoingMail): Promise<SubmissionResult> {
    const key = JSON.stringify([mailbox.user, mail.submissionToken]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const sending = this.#send(mailbox, mail);
    this.#known.set(key, sending);
    sending.then(
      ({ kind }) => kind === "sent" || this.#known.delete(key),
      () => this.#known.delete(key),
    );
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
    return sending;
  }

  async #send(mailbox: MailboxRef, mail: OutgoingMail): Promise<SubmissionResult> {
    const { host, port, tls, tlsOptions, connectMs, silenceMs } = this.#options;
    const login = await smtpLogin(this.#options, mailbox);
    // Only now: the package is not needed to be there until something is sent.
    const { createTransport } = await import("nodemailer");
    const transport = createTransport({
      host,
      port,
      secure: tls === "implicit",
      requireTLS: tls === "starttls",
      ignoreTLS: tls === "none",
      ...(tlsOptions === undefined ? {} : { tls: tlsOptions }),
      connectionTimeout: connectMs,
      greetingTimeout: connectMs,
      socketTimeout: silenceMs,
      ...login,
    });
    const { message, sender, recipients } = mail;
    try {
      const sent = await transport.sendMail({
        envelope: { from: sender, to: [...recipients] },
        raw: Buffer.from(message.buffer, message.byteOffset, message.byteLength),
      });
      await this.#tellRejected(mailbox, mail, rejectedOf(sent));
      return { kind: "sent" };
    } catch (error) {
      log("a mail of %s is not taken: %O", mailbox.user, error);
      return submissionRefusal(mailbox.user, error);
    } finally {
      transport.close();
    }
  }

  /** The mail is out, and cannot be called back: who did not get it is told by a note. */
  async #tellRejected(
    mailbox: MailboxRef,
    mail: OutgoingMail,
    rejected: readonly RejectedRecipient[],
  ): Promise<void> {
    if (rejected.length === 0) return;
    log("a mail of %s is not taken for %o", mailbox.user, rejected);
    const { notices } = this.#options;
    const note = rejectionNotice(mail, rejected, Date.now());
    try {
      await notices?.use(mailbox, (client) => client.append("INBOX", note));
    } catch (error) {
      log("the note for %s cannot be stored: %O", mailbox.user, error);
    }
  }
}

function rejectedOf(sent: {
  readonly rejectedErrors?:
    | readonly { readonly recipient?: unknown; readonly response?: unknown }[]
    | undefined;
}): readonly RejectedRecipient[] {
  return (sent.rejectedErrors ?? []).map(({ recipient, response }) => ({
    recipient: String(recipient),
    response: String(response),
  }));
}
