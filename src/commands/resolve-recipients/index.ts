import { type MailboxRecipients, recipientsOf } from "../../mailbox/abilities/recipients.js";
import { concurrentMap } from "../../state/concurrent-map.js";
import { element, ResolveRecipients, textElement, type WbxmlElement } from "../../wbxml/index.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "../command.js";
import { PhotoAllowance } from "../searching/photo-allowance.js";
import { answeringUnavailable, isUnavailable } from "../unavailable.js";
import { CertificateAllowance } from "./certificates.js";
import { type RecipientsRequest, readRecipients } from "./request.js";
import { lookUpRecipient, type Resolution, responseElement } from "./response.js";
import { RecipientsStatus } from "./status.js";

const maxConcurrentLookups = 8;

/** ResolveRecipients ([MS-ASCMD] 2.2.1.15): whom a text stands for, with certificates, photos, and when they have time. */
export const resolveRecipients: Command = {
  name: "ResolveRecipients",
  rootTag: ResolveRecipients.ResolveRecipients,
  statusTag: ResolveRecipients.Status,
  since: "12.1",
  needsPolicyKey: true,
  needsBody: true,
  supportedBy: (mailbox) => recipientsOf(mailbox) !== undefined,
  run: answeringUnavailable(run),
};

async function run(request: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const read = readRecipients(request.document, context.device.version);
  if (read === undefined) return failure(RecipientsStatus.ProtocolError);
  const able = recipientsOf(context.mailbox);
  if (able === undefined) return failure(RecipientsStatus.ServerError);
  try {
    const document = element(ResolveRecipients.ResolveRecipients, [
      textElement(ResolveRecipients.Status, RecipientsStatus.Success),
      ...(await responses(read, able, context)),
    ]);
    return { kind: "document", document };
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    context.events.sourceFailed(error);
    return failure(RecipientsStatus.ServerError);
  }
}

async function responses(
  read: RecipientsRequest,
  able: MailboxRecipients,
  context: CommandContext,
): Promise<readonly WbxmlElement[]> {
  const { certificates, availability, photos } = read;
  const resolution: Resolution = {
    able,
    context,
    availability,
    maxAmbiguous: read.maxAmbiguous,
    certificates: certificates && new CertificateAllowance(certificates),
    photos: photos && new PhotoAllowance(photos),
  };
  const lookedUp = await concurrentMap(read.recipients, maxConcurrentLookups, (to) =>
    lookUpRecipient(to, resolution),
  );
  return lookedUp.map((one) => responseElement(one, resolution));
}

function failure(status: number): CommandOutcome {
  const document = element(ResolveRecipients.ResolveRecipients, [
    textElement(ResolveRecipients.Status, status),
  ]);
  return { kind: "document", document };
}
