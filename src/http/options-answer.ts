import type { EasResponse } from "./exchange.js";
import { type ReplyHeaders, statusReply } from "./reply.js";

/** What a server says of itself. */
export interface Advertisement {
  /** In ascending order: some clients take the last one that they know. */
  readonly versions: readonly string[];
  readonly commands: readonly string[];
}

/** MS-ASProtocolVersions and MS-ASProtocolCommands ([MS-ASHTTP] 2.2.4.1); separated by commas without blanks. */
export function advertisementHeaders(advertisement: Advertisement): ReplyHeaders {
  return {
    "ms-asprotocolversions": advertisement.versions.join(","),
    "ms-asprotocolcommands": advertisement.commands.join(","),
  };
}

/** The answer to OPTIONS ([MS-ASHTTP] 3.2.5.2). */
export function optionsReply(advertisement: Advertisement): EasResponse {
  return statusReply(200, {
    allow: "OPTIONS,POST",
    public: "OPTIONS,POST",
    "ms-server-activesync": advertisement.versions.at(-1) ?? "",
    ...advertisementHeaders(advertisement),
  });
}
