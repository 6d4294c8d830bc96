import type { MailboxUserInformation } from "../mailbox/mailbox.js";
import type { CommandContext } from "./command.js";

/** Who the user is, as far as the mailbox tells. */
export async function userInformation({
  mailbox,
  mailboxRef,
}: Pick<CommandContext, "mailbox" | "mailboxRef">): ReturnType<MailboxUserInformation["userInformation"]> {
  const able = mailbox as Partial<MailboxUserInformation>;
  if (typeof able.userInformation === "function") return able.userInformation(mailboxRef);
  // A login that is an address is the only address that is known.
  return { addresses: mailboxRef.user.includes("@") ? [mailboxRef.user] : [] };
}
