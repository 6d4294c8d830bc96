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
  | {
      readonly kind: "bodies";
      readonly bodies: readonly BodyPreference[];
      /** The message part that is wanted besides the body. */
      readonly bodyPart: BodyPreference | undefined;
    }
  | { readonly kind: "invalid"; readonly syncStatus: 4 | 6 | 164 };

const types = new Map<number, BodyPreference["type"]>([
  [1, "plain"],
  [2, "html"],
  [3, "rtf"],
  [4, "mime"],
]);
const single = [AirSyncBase.Type, AirSyncBase.TruncationSize, AirSyncBase.AllOrNone, AirSyncBase.Preview];

/** BodyPartPreferenceTypeNotSupported ([MS-ASCMD] 2.2.2). */
const unsupportedPartType = 164;

/**
 * Reads the BodyPreference and BodyPartPreference children of an Options element ([MS-ASAIRS] 2.2.2.11, 2.2.2.12, 3.2.5.1). A format that is asked for twice, and an
 * AllOrNone that is wrong or occurs twice, are Status 4; any other mistake is Status 6. The order of the children is not
 * held against a device, an empty child counts as absent, and a Preview below version 14.0 is ignored. A message part can be had as HTML
 * alone, any other Type is Status 164; below version 14.1 there is none. Never throws.
 */
export function readBodyPreferences(
  optionsElement: WbxmlElement,
  version: ProtocolVersion,
): ReadBodyPreferences {
  const bodies = readAll(children(optionsElement, AirSyncBase.BodyPreference), version);
  if (typeof bodies === "number") return { kind: "invalid", syncStatus: bodies };
  const wanted = isAtLeast(version, "14.1") ? children(optionsElement, AirSyncBase.BodyPartPreference) : [];
  const parts = readAll(wanted, version);
  if (typeof parts === "number") return { kind: "invalid", syncStatus: parts };
  if (parts.some(({ type }) => type !== "html")) return { kind: "invalid", syncStatus: unsupportedPartType };
  return { kind: "bodies", bodies, bodyPart: parts[0] };
}

/** The preferences, one for each format, or the Status of the whole Sync. */
function readAll(
  preferences: readonly WbxmlElement[],
  version: ProtocolVersion,
): readonly BodyPreference[] | 4 | 6 {
  const read: BodyPreference[] = [];
  for (const preference of preferences) {
    const body = readPreference(preference, version);
    if (typeof body === "number") return body;
    if (read.some(({ type }) => type === body.type)) return 4;
    read.push(body);
  }
  return read;
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
