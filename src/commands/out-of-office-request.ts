import { instantOf } from "../application-data/date-time.js";
import type {
  OutOfOfficeAudience,
  OutOfOfficeChange,
  OutOfOfficeMessage,
  OutOfOfficeReply,
  OutOfOfficeState,
} from "../mailbox/abilities/out-of-office.js";
import { Settings } from "../wbxml/code-pages/settings.js";
import type { Tag, WbxmlElement } from "../wbxml/element.js";
import { childElements, childFlag, children, childText } from "../wbxml/reading.js";
import { SettingsStatus } from "./property-reply.js";

/** What the Set of an Oof property asks for, or the Status of the property when it makes no sense. */
export type OutOfOfficeRequest = { readonly kind: "change"; readonly change: OutOfOfficeChange } | Refused;

interface Refused {
  readonly kind: "refused";
  readonly status: number;
}

const audienceOfTag: ReadonlyMap<Tag, OutOfOfficeAudience> = new Map<Tag, OutOfOfficeAudience>([
  [Settings.AppliesToInternal, "internal"],
  [Settings.AppliesToExternalKnown, "external-known"],
  [Settings.AppliesToExternalUnknown, "external-unknown"],
]);

const protocolError = refused(SettingsStatus.ProtocolError);
const invalid = refused(SettingsStatus.InvalidArguments);
const conflicting = refused(SettingsStatus.ConflictingArguments);

function refused(status: number): Refused {
  return { kind: "refused", status };
}

/** The format that a BodyType names, in any letter case; text without one, undefined for another. */
export function bodyTypeOf(text: string | undefined): OutOfOfficeReply["format"] | undefined {
  const name = text?.trim().toLowerCase() ?? "text";
  return name === "text" || name === "html" ? name : undefined;
}

/** Reads the Set of an Oof property ([MS-ASCMD] 2.2.3.115, 2.2.3.116, 2.2.3.117). */
export function decodeOutOfOffice(set: WbxmlElement): OutOfOfficeRequest {
  const state = decodeState(set);
  if (state?.kind === "refused") return state;
  const messages: Partial<Record<OutOfOfficeAudience, Partial<OutOfOfficeMessage>>> = {};
  for (const entry of children(set, Settings.OofMessage)) {
    const message = decodeMessage(entry);
    if (message === undefined) return invalid;
    const named = childElements(entry).map(({ tag }) => audienceOfTag.get(tag));
    const audiences = named.filter((audience) => audience !== undefined);
    if (audiences.length === 0) return protocolError;
    for (const audience of audiences) {
      if (audience in messages) return conflicting;
      messages[audience] = message;
    }
  }
  if (state === undefined && Object.keys(messages).length === 0) return protocolError;
  return { kind: "change", change: { ...(state && { state }), messages } };
}

function decodeState(set: WbxmlElement): OutOfOfficeState | Refused | undefined {
  const start = childText(set, Settings.StartTime);
  const end = childText(set, Settings.EndTime);
  if ((start === undefined) !== (end === undefined)) return protocolError;
  const state = childText(set, Settings.OofState)?.trim();
  if (state === undefined && start === undefined) return undefined;
  // Devices send the times of an earlier absence along; they count with 2 alone.
  if (state === "0") return { kind: "off" };
  if (state === "1") return { kind: "on" };
  const startMs = instantOf(start ?? "");
  const endMs = instantOf(end ?? "");
  if (state !== "2" || startMs === undefined || endMs === undefined) return invalid;
  return startMs < endMs ? { kind: "timed", startMs, endMs } : conflicting;
}

function decodeMessage(entry: WbxmlElement): Partial<OutOfOfficeMessage> | undefined {
  const enabled = childFlag(entry, Settings.Enabled);
  const content = childText(entry, Settings.ReplyMessage);
  const format = bodyTypeOf(childText(entry, Settings.BodyType));
  if (format === undefined) return undefined;
  return {
    ...(enabled !== undefined && { enabled }),
    ...(content !== undefined && { reply: { format, content } }),
  };
}
