import { type BusyInterval, freeBusyOf, type MailboxFreeBusy } from "../../mailbox/abilities/free-busy.js";
import type { FoundRecipient } from "../../mailbox/abilities/recipients.js";
import {
  element,
  optionalText,
  ResolveRecipients,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import type { CommandContext } from "../command.js";
import { isUnavailable } from "../unavailable.js";
import { mergedFreeBusy } from "./merged-free-busy.js";
import type { AskedTime } from "./request.js";
import { RecipientsStatus } from "./status.js";

/** Most members of a list whose time is told as one ([MS-ASCMD] 2.2.3.177.12). */
const maxMembers = 20;

/** The Availability of a recipient; of a list, that of its members together. */
export async function availabilityOf(
  recipient: FoundRecipient,
  time: AskedTime,
  context: CommandContext,
): Promise<WbxmlElement> {
  const { status, slots } = await lookUp(recipient, time, context);
  return element(ResolveRecipients.Availability, [
    textElement(ResolveRecipients.Status, status),
    optionalText(ResolveRecipients.MergedFreeBusy, slots),
  ]);
}

interface Answer {
  readonly status: number;
  readonly slots?: string;
}

async function lookUp(
  { emailAddress, members }: FoundRecipient,
  time: AskedTime,
  context: CommandContext,
): Promise<Answer> {
  const able = freeBusyOf(context.mailbox);
  if (able === undefined) return { status: RecipientsStatus.NoAvailability };
  const addresses = members ?? [emailAddress];
  if (addresses.length > maxMembers) return { status: RecipientsStatus.TooManyMembers };
  try {
    const intervals: BusyInterval[] = [];
    for (const address of addresses) {
      const found = await intervalsOf(address, time, able, context);
      if (found === undefined) return { status: RecipientsStatus.NoAvailability };
      intervals.push(...found);
    }
    return { status: RecipientsStatus.Success, slots: mergedFreeBusy(time, intervals) };
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    context.events.sourceFailed(error);
    return { status: RecipientsStatus.TemporaryFailure };
  }
}

/** Undefined when the user may not see it. */
async function intervalsOf(
  address: string,
  { startMs, endMs }: AskedTime,
  able: MailboxFreeBusy,
  { mailboxRef }: CommandContext,
): Promise<readonly BusyInterval[] | undefined> {
  const answer = await able.freeBusy(mailboxRef, address, startMs, endMs);
  switch (answer.kind) {
    case "intervals":
      return answer.intervals;
    case "unknown":
      return [{ startMs, endMs, status: "unknown" }];
    case "forbidden":
      return undefined;
  }
}
