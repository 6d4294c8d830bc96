import type { BodyPreference } from "../mailbox/mailbox.js";
import { isAtLeast, type ProtocolVersion } from "../protocol/version.js";
import {
  AirSyncBase,
  child,
  childElements,
  children,
  type IntegerContent,
  integer,
  type WbxmlElement,
} from "../wbxml/index.js";
import { isEmpty } from "./codec.js";

/** The body formats that an Options element asks for, or the Status of the whole Sync when it is wrong. */
export type ReadBodyPreferences =
  | { readonly kind: "bodies"; readonly bodies: readonly BodyPreference[] }
  | { readonly kind: "invalid"; readonly syncStatus: 4 | 6 };

const types = new Map<number, BodyPreference["type"]>([
  [1, "plain"],
  [2, "html"],
  [3, "rtf"],
  [4, "mime"],
]);
const single = [AirSyncBase.Type, AirSyncBase.TruncationSize, AirSyncBase.AllOrNone, AirSyncBase.Preview];

/**
 * Reads the BodyPreference children of an Options element ([MS-ASAIRS] 2.2.2.12, 3.2.5.1). A format that is asked for twice, and an
 * AllOrNone that is wrong or occurs twice, are Status 4; any other mistake is Status 6. The order of the children is not
 * held against a device, an empty child counts as absent, and a Preview below version 14.0 is ignored. Never throws.
 */
export function readBodyPreferences(
  optionsElement: WbxmlElement,
  version: ProtocolVersion,
): ReadBodyPreferences {
  const bodies: BodyPreference[] = [];
  const seen = new Set<string>();
  for (const preference of children(optionsElement, AirSyncBase.BodyPreference)) {
    const body = readPreference(preference, version);
    if (typeof body === "number") return { kind: "invalid", syncStatus: body };
    if (seen.has(body.type)) return { kind: "invalid", syncStatus: 4 };
    seen.add(body.type);
    bodies.push(body);
  }
  return { kind: "bodies", bodies };
}

function readPreference(preference: WbxmlElement, version: ProtocolVersion): BodyPreference | 4 | 6 {
  const tags = childElements(preference).map(({ tag }) => tag);
  const twice = single.find((tag) => tags.indexOf(tag) !== tags.lastIndexOf(tag));
  if (twice !== undefined) return twice === AirSyncBase.AllOrNone ? 4 : 6;
  const number = numberOf(child(preference, AirSyncBase.Type), 0xff);
  const type = typeof number === "number" ? types.get(number) : undefined;
  if (type === undefined) return 6;
  const truncation = numberOf(child(preference, AirSyncBase.TruncationSize), 0xffff_ffff);
  const allOrNone = numberOf(child(preference, AirSyncBase.AllOrNone), 1);
  const preview = numberOf(child(preference, AirSyncBase.Preview), 255);
  if (allOrNone === "wrong") return 4;
  if (truncation === "wrong" || preview === "wrong") return 6;
  return {
    type,
    truncationBytes: truncation,
    allOrNone: allOrNone === 1,
    previewCharacters: isAtLeast(version, "14.0") ? (preview ?? 0) : 0,
  };
}

function numberOf(element: WbxmlElement | undefined, maximum: number): number | undefined | "wrong" {
  if (element === undefined || isEmpty(element)) return undefined;
  const found: IntegerContent | undefined = integer(element);
  if (found?.kind !== "integer" || found.value < 0 || found.value > maximum) return "wrong";
  return found.value;
}
