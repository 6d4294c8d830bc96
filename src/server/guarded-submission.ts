import { boundedCall } from "../bounded-call.js";
import type { Clock } from "../clock.js";
import type { MailSubmission } from "../mailbox/mail-submission.js";

/** An integrator's submission, each call of which ends in time. */
export function guardedSubmission(
  submission: MailSubmission,
  guard: { readonly timeoutMs: number; readonly clock: Clock },
): MailSubmission {
  const bounded = <T>(what: string, call: () => Promise<T>): Promise<T> =>
    boundedCall(call, guard.timeoutMs, `MailSubmission.${what}`, guard.clock);
  const { composer, keepsCopies = false, announcesMeetings = false, senderAddresses } = submission;
  return {
    composer,
    keepsCopies,
    announcesMeetings,
    submit: (mailbox, mail) => bounded("submit", () => submission.submit(mailbox, mail)),
    ...(senderAddresses !== undefined && {
      senderAddresses: (mailbox) =>
        bounded("senderAddresses", () => senderAddresses.call(submission, mailbox)),
    }),
  };
}
