import type { Command } from "../commands/command.js";
import { statusReply } from "../http/reply.js";
import { CommonStatus } from "../protocol/status.js";
import { isAtLeast } from "../protocol/version.js";
import { commonStatusReply } from "./command-reply.js";
import type { IdentifiedRequest } from "./identify-request.js";
import type { ServerParts } from "./server-parts.js";
import { go, type Step, stop } from "./step.js";

/** The registered command, or the refusal of one that this server or the request's version does not have. */
export function findCommand(parts: ServerParts, { commandName, style }: IdentifiedRequest): Step<Command> {
  const command = parts.commands.get(commandName.toLowerCase());
  if (command === undefined) {
    // A name of no command has no root element to put a status into.
    if (style.place === undefined) return stop(statusReply(501));
    return stop(commonStatusReply(CommonStatus.CommandNotSupported, style));
  }
  const { since, until } = command;
  const isOutlived = until !== undefined && until !== style.version && isAtLeast(style.version, until);
  if (isAtLeast(style.version, since) && !isOutlived) return go(command);
  return stop(commonStatusReply(CommonStatus.VersionNotSupported, style));
}
