import type { EmailItem, FollowUpFlag, LastVerb } from "../mailbox/items/email.js";
import type { ItemFlags, ItemState } from "../mailbox/mailbox.js";
import { categoriesOf } from "./flags-keywords.js";

/** What of a message can change, and what orders it: the answer to `FETCH (FLAGS INTERNALDATE)`. */
export interface MessageState {
  readonly flags: ReadonlySet<string>;
  /** INTERNALDATE, in milliseconds since the epoch. */
  readonly receivedMs: number;
}

/** The keyword of a forwarded message (RFC 8621, 4.1.1). */
export const forwardedKeyword = "$Forwarded";

/** Whether a message has a flag; names of flags are the same in upper and lower case. */
export function hasFlag(flags: ReadonlySet<string>, name: string): boolean {
  if (flags.has(name)) return true;
  const wanted = name.toLowerCase();
  for (const flag of flags) if (flag.toLowerCase() === wanted) return true;
  return false;
}

/** Whether some program has marked a message as deleted: to devices it is gone. */
export function isDeleted(flags: ReadonlySet<string>): boolean {
  return hasFlag(flags, "\\Deleted");
}

/** The flags that devices are told of one by one. */
export function itemFlagsOf(flags: ReadonlySet<string>): ItemFlags {
  return {
    read: hasFlag(flags, "\\Seen"),
    followUp: hasFlag(flags, "\\Flagged") ? "1" : "",
    categories: categoriesOf(flags).join("\n"),
  };
}

/** A message never changes but for its flags; of those, an answer and a forward count as a change of the item, as `setLastVerb` wants it. */
export function versionOf(flags: ReadonlySet<string>): string {
  const answered = hasFlag(flags, "\\Answered") ? "a" : "";
  return `1${answered}${hasFlag(flags, forwardedKeyword) ? "f" : ""}`;
}

/** A message as a change list tells of it. */
export function itemStateOf({ flags, receivedMs }: MessageState): ItemState {
  return { version: versionOf(flags), flags: itemFlagsOf(flags), dateMs: receivedMs };
}

/** What flags tell of a mail. */
export type FlaggedPart = Pick<EmailItem, "read" | "dateReceivedMs"> &
  Partial<Pick<EmailItem, "flag" | "categories" | "lastVerb" | "isDraft">>;

const active: FollowUpFlag = Object.freeze({ status: "active" });

/** The parts of a mail that its flags tell. */
export function flaggedPartOf({ flags, receivedMs }: MessageState): FlaggedPart {
  const categories = categoriesOf(flags);
  const lastVerb = lastVerbOf(flags, receivedMs);
  return {
    read: hasFlag(flags, "\\Seen"),
    dateReceivedMs: receivedMs,
    ...(hasFlag(flags, "\\Flagged") && { flag: active }),
    ...(categories.length > 0 && { categories }),
    ...(lastVerb !== undefined && { lastVerb }),
    ...(hasFlag(flags, "\\Draft") && { isDraft: true }),
  };
}

/** IMAP does not keep when a message was answered: the time is that of the message, so that it is always the same. */
function lastVerbOf(flags: ReadonlySet<string>, atMs: number): LastVerb | undefined {
  if (hasFlag(flags, "\\Answered")) return { executed: "reply", atMs };
  return hasFlag(flags, forwardedKeyword) ? { executed: "forward", atMs } : undefined;
}

/** The flag that stands for what the user did with a message; undefined for what IMAP has no flag for. */
export function flagOfVerb(verb: LastVerb["executed"]): string | undefined {
  if (verb === "unknown") return undefined;
  return verb === "forward" ? forwardedKeyword : "\\Answered";
}
