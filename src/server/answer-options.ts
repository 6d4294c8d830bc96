import { canonicalDeviceId } from "../http/device-id.js";
import type { EasRequest } from "../http/exchange.js";
import { header } from "../http/headers.js";
import { type Advertisement, optionsReply } from "../http/options-answer.js";
import { plainParameters } from "../http/plain-query.js";
import type { VersionSubject } from "../options.js";
import type { PendingAnswer } from "./pending-answer.js";
import type { ServerParts } from "./server-parts.js";
import { spokenVersions } from "./spoken-versions.js";

/** Answers OPTIONS. Its query is optional, may be nothing that a POST could have, and only serves the `versions` hook. */
export function answerOptions(
  parts: ServerParts,
  request: EasRequest,
  user: string,
  query: string,
  pending: PendingAnswer,
): void {
  pending.command = "OPTIONS";
  const parameters = plainParameters(query);
  const deviceId = canonicalDeviceId(parameters.get("deviceid") ?? "");
  const deviceType = parameters.get("devicetype") || undefined;
  const userAgent = header(request.headers, "user-agent") ?? "";
  pending.answer(optionsReply(advertisementFor(parts, { user, deviceId, deviceType, userAgent })));
}

/** What the server says of itself to a device: the registered commands, and the versions that it may use. */
export function advertisementFor(parts: ServerParts, subject: VersionSubject): Advertisement {
  return {
    versions: spokenVersions(parts, subject),
    commands: Array.from(parts.commands.values(), ({ name }) => name),
  };
}
