import { attachmentsOf } from "../mailbox/abilities/attachments.js";
import { CommonStatus } from "../protocol/status.js";
import { attachmentContent } from "./attachment-content.js";
import type { Command, CommandContext, CommandOutcome, CommandRequest } from "./command.js";
import { answeringUnavailable } from "./unavailable.js";

/** It has no documents, and versions from 14.0 on, whose common statuses travel in one, do not have the command. */
const noTag = 0;

/** GetAttachment ([MS-ASCMD] 2.2.1.7): an attachment as it is, named in the query. */
export const getAttachment: Command = {
  name: "GetAttachment",
  rootTag: noTag,
  statusTag: noTag,
  since: "12.1",
  until: "12.1",
  needsPolicyKey: true,
  needsBody: false,
  supportedBy: (mailbox) => attachmentsOf(mailbox) !== undefined,
  run: answeringUnavailable(run),
};

async function run({ parameters }: CommandRequest, context: CommandContext): Promise<CommandOutcome> {
  const { attachmentName } = parameters;
  if (attachmentName === undefined) return { kind: "common-status", status: CommonStatus.InvalidXml };
  const found = await attachmentContent(attachmentName, undefined, context);
  switch (found.kind) {
    case "attachment":
      return { kind: "content", contentType: found.contentType, content: found.content };
    case "forbidden":
      return { kind: "common-status", status: CommonStatus.AccessDenied };
    case "unreadable":
      return { kind: "unavailable", error: found.error };
    case "not-found":
    case "outside":
      // The specification has 500 for an attachment that is gone.
      return { kind: "common-status", status: CommonStatus.ServerError };
  }
}
