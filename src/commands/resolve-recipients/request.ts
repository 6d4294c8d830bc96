import { instantOf } from "../../application-data/date-time.js";
import { isAtLeast, type ProtocolVersion } from "../../protocol/version.js";
import {
  child,
  childElements,
  childInteger,
  childText,
  ResolveRecipients,
  type Tag,
  text,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { asksForLater } from "../later-elements.js";
import { type PhotoWishes, readPhotoWishes } from "../searching/photo-allowance.js";

/** The time of which it is asked who is free, in milliseconds since the epoch. */
export interface AskedTime {
  readonly startMs: number;
  readonly endMs: number;
}

/** Which certificates are wanted ([MS-ASCMD] 2.2.3.22). */
export interface CertificateWishes {
  /** `mini` ones are left to the device's next request: the answer says that there are none of them. */
  readonly form: "full" | "mini";
  /** Most certificates of the whole answer; undefined for no limit. */
  readonly max: number | undefined;
}

/** What a request asks for. Undefined: not wanted. */
export interface RecipientsRequest {
  readonly recipients: readonly string[];
  readonly certificates: CertificateWishes | undefined;
  readonly availability: AskedTime | undefined;
  readonly photos: PhotoWishes | undefined;
  /** Most suggestions for a text that stands for several. */
  readonly maxAmbiguous: number | undefined;
}

/** Most To elements of a request ([MS-ASCMD] 3.1.5.10), and most characters of one (2.2.3.183). */
const maxRecipients = 100;
const maxCharacters = 256;
const maxNumber = 9999;
const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** Undefined for a request that cannot be read, or asks for more than it may. */
export function readRecipients(
  document: WbxmlElement | undefined,
  version: ProtocolVersion,
): RecipientsRequest | undefined {
  if (document?.tag !== ResolveRecipients.ResolveRecipients) return undefined;
  const parts = childElements(document);
  const recipients = parts
    .filter(({ tag }) => tag === ResolveRecipients.To)
    .map((to) => text(to)?.trim() ?? "");
  const allOptions = parts.filter(({ tag }) => tag === ResolveRecipients.Options);
  const isWellFormed =
    recipients.length > 0 &&
    recipients.length <= maxRecipients &&
    recipients.every((to) => to !== "" && to.length <= maxCharacters) &&
    allOptions.length <= 1;
  if (!isWellFormed) return undefined;
  return readOptions(recipients, allOptions[0], version);
}

function readOptions(
  recipients: readonly string[],
  options: WbxmlElement | undefined,
  version: ProtocolVersion,
): RecipientsRequest | undefined {
  const maxAmbiguous = numberOf(options, ResolveRecipients.MaxAmbiguousRecipients, maxNumber);
  const maxCertificates = numberOf(options, ResolveRecipients.MaxCertificates, maxNumber);
  const retrieval = numberOf(options, ResolveRecipients.CertificateRetrieval, 3);
  if (maxAmbiguous === "invalid" || maxCertificates === "invalid") return undefined;
  if (retrieval === "invalid" || retrieval === 0) return undefined;
  if (asksForLater(options, version)) return undefined;
  const asked = child(options, ResolveRecipients.Availability);
  const availability = asked && readTime(asked);
  if (availability === "invalid") return undefined;
  const picture = isAtLeast(version, "14.1") ? child(options, ResolveRecipients.Picture) : undefined;
  const photos = picture && readPhotoWishes(picture, photoTags);
  if (photos === "invalid") return undefined;
  const isWanted = retrieval === 2 || retrieval === 3;
  return {
    recipients,
    certificates: isWanted ? { form: retrieval === 2 ? "full" : "mini", max: maxCertificates } : undefined,
    availability,
    photos,
    maxAmbiguous,
  };
}

const photoTags = { maxSize: ResolveRecipients.MaxSize, maxPictures: ResolveRecipients.MaxPictures };

function readTime(availability: WbxmlElement): AskedTime | "invalid" {
  const startMs = instantOf(childText(availability, ResolveRecipients.StartTime) ?? "");
  if (startMs === undefined) return "invalid";
  const end = childText(availability, ResolveRecipients.EndTime);
  const endMs = end ? instantOf(end) : startMs + 7 * dayMs;
  if (endMs === undefined || endMs < startMs + 30 * minuteMs || endMs > startMs + 42 * dayMs)
    return "invalid";
  return { startMs, endMs };
}

function numberOf(options: WbxmlElement | undefined, tag: Tag, max: number): number | undefined | "invalid" {
  const found = childInteger(options, tag);
  if (found === undefined) return undefined;
  return found.kind === "integer" && found.value >= 0 && found.value <= max ? found.value : "invalid";
}
