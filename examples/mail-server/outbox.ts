import type { MailSubmission } from "direct-push";
import { mailComposer } from "direct-push/mime";
import type { MemoryMailbox } from "direct-push/testing";
import type { Directory } from "./directory.js";

/** Delivers what the users' phones send among the users; a real mail server would hand it to its queue here. */
export function createOutbox(
  mailbox: MemoryMailbox,
  directory: Directory,
  onDelivery: (from: string, to: string) => void,
): MailSubmission {
  const taken = new Set<string>();
  return {
    composer: mailComposer(),
    senderAddresses: async ({ user }) => [user.includes("@") ? user : `${user}@example.com`],
    submit: async ({ user }, { message, recipients, submissionToken }) => {
      // The same mail again: the process that took it could not say so.
      if (taken.has(submissionToken)) return { kind: "sent" };
      const users = new Set<string>();
      for (const recipient of recipients) {
        const found = directory.find(recipient);
        if (found === undefined) return { kind: "refused", reason: "recipient-unknown", detail: recipient };
        users.add(found.name);
      }
      taken.add(submissionToken);
      for (const to of users) {
        onDelivery(user, to);
        mailbox.deliver(to, message);
      }
      return { kind: "sent" };
    },
  };
}
