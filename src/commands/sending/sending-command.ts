import { ComposeMail } from "../../wbxml/code-pages/compose-mail.js";
import type { Command } from "../command.js";
import { answeringUnavailable } from "../unavailable.js";
import { send } from "./send.js";

/** The commands that send mail. */
export type SendingName = "SendMail" | "SmartReply" | "SmartForward";

/** One of the commands that send mail ([MS-ASCMD] 2.2.1.17, 2.2.1.19, 2.2.1.20). */
export function sendingCommand(name: SendingName): Command {
  return {
    name,
    rootTag: ComposeMail[name],
    statusTag: ComposeMail.Status,
    since: "12.1",
    needsPolicyKey: true,
    needsBody: true,
    takesMessage: true,
    supportedBy: (_mailbox, submission) => submission !== undefined,
    run: answeringUnavailable((request, context) => send(name, request, context)),
  };
}
