import type { FoundRecipient, MailboxRecipients } from "../../mailbox/abilities/recipients.js";
import {
  bytesElement,
  element,
  ResolveRecipients,
  textElement,
  type WbxmlElement,
} from "../../wbxml/index.js";
import type { CommandContext } from "../command.js";
import type { PhotoAllowance } from "../searching/photo-allowance.js";
import { availabilityOf } from "./availability.js";
import type { CertificateAllowance } from "./certificates.js";
import type { AskedTime } from "./request.js";
import { RecipientsStatus } from "./status.js";

/** What all recipients of a request are resolved with. Undefined: not wanted. */
export interface Resolution {
  readonly able: MailboxRecipients;
  readonly context: CommandContext;
  readonly availability: AskedTime | undefined;
  readonly maxAmbiguous: number | undefined;
  readonly certificates: CertificateAllowance | undefined;
  readonly photos: PhotoAllowance | undefined;
}

/** Suggestions for one text when the request does not limit them ([MS-ASCMD] 2.2.3.100). */
const maxSuggestions = 100;

/** Whom one To stands for. */
export interface LookedUp {
  readonly to: string;
  /** How many there are, and those that are told. */
  readonly total: number;
  readonly told: readonly FoundRecipient[];
  /** Of the only one. */
  readonly availability: WbxmlElement | undefined;
}

/**
 * Looks one To up.
 *
 * @throws DirectPushError when the mailbox cannot tell now.
 */
export async function lookUpRecipient(to: string, resolution: Resolution): Promise<LookedUp> {
  const { able, context, maxAmbiguous = maxSuggestions, certificates, photos, availability } = resolution;
  const suggestions = Math.min(maxAmbiguous, maxSuggestions);
  const found = await able.resolveRecipient(context.mailboxRef, to, {
    withCertificates: certificates !== undefined,
    withPhotos: photos !== undefined,
    // Two tell whether there is but one.
    limit: Math.max(2, suggestions),
  });
  const total = Math.max(found.total, found.recipients.length);
  const told = found.recipients.slice(0, total > 1 ? suggestions : 1);
  const only = total === 1 ? told[0] : undefined;
  return {
    to,
    total,
    told,
    availability: only && availability && (await availabilityOf(only, availability, context)),
  };
}

/** The Response for one To. */
export function responseElement(lookedUp: LookedUp, resolution: Resolution): WbxmlElement {
  const { to, total, told } = lookedUp;
  return element(ResolveRecipients.Response, [
    textElement(ResolveRecipients.To, to),
    textElement(ResolveRecipients.Status, statusOf(total, told.length)),
    textElement(ResolveRecipients.RecipientCount, total),
    ...told.map((recipient) => recipientElement(recipient, lookedUp, resolution)),
  ]);
}

function statusOf(total: number, told: number): number {
  if (total === 0) return RecipientsStatus.NotFound;
  if (total === 1) return RecipientsStatus.Success;
  return told === total ? RecipientsStatus.Ambiguous : RecipientsStatus.AmbiguousInPart;
}

/** Who is one of several suggestions is told without time and certificates: the user has yet to choose. */
function recipientElement(
  recipient: FoundRecipient,
  { total, availability }: LookedUp,
  { certificates, photos }: Resolution,
): WbxmlElement {
  const { source, displayName, emailAddress } = recipient;
  return element(ResolveRecipients.Recipient, [
    textElement(ResolveRecipients.Type, source === "directory" ? 1 : 2),
    textElement(ResolveRecipients.DisplayName, displayName),
    textElement(ResolveRecipients.EmailAddress, emailAddress),
    availability,
    total === 1 ? certificates?.elementOf(recipient) : undefined,
    photos && picture(recipient, photos),
  ]);
}

function picture({ photo }: FoundRecipient, photos: PhotoAllowance): WbxmlElement {
  const verdict = photos.decide(photo);
  return element(ResolveRecipients.Picture, [
    textElement(ResolveRecipients.Status, verdict.status),
    verdict.status === 1 ? bytesElement(ResolveRecipients.Data, verdict.photo) : undefined,
  ]);
}
