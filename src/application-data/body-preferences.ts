import type { BodyPreference } from "../mailbox/mailbox.js";
import type { ProtocolVersion } from "../protocol/version.js";
import type { WbxmlElement } from "../wbxml/index.js";

/** The body formats that an Options element asks for, or the Status of the whole Sync when it is wrong. */
export type ReadBodyPreferences =
  | { readonly kind: "bodies"; readonly bodies: readonly BodyPreference[] }
  | { readonly kind: "invalid"; readonly syncStatus: 4 | 6 };

/** Reads the BodyPreference children of an Options element ([MS-ASAIRS] 2.2.2.12, 3.2.5.1). */
export function readBodyPreferences(
  _optionsElement: WbxmlElement,
  _version: ProtocolVersion,
): ReadBodyPreferences {
  return { kind: "bodies", bodies: [] };
}
