import type { VersionSubject } from "../options.js";
import { type ProtocolVersion, protocolVersions } from "../protocol/version.js";
import { logHttp } from "./logs.js";
import type { ServerParts } from "./server-parts.js";

/** The versions that are spoken with a device, oldest first whatever order the hook gives them in. */
export function spokenVersions(parts: ServerParts, subject: VersionSubject): readonly ProtocolVersion[] {
  try {
    const chosen = parts.options.versions(subject);
    return chosen === protocolVersions
      ? chosen
      : protocolVersions.filter((version) => chosen.includes(version));
  } catch (error) {
    logHttp("versions hook failed: %O", error);
    return protocolVersions;
  }
}
