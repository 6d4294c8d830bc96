import type { DraftHeaders } from "../../mailbox/mail-draft.js";
import type { ItemUpdate } from "../../mailbox/mailbox.js";
import type { ProtocolVersion } from "../../protocol/version.js";
import {
  AirSyncBase,
  child,
  childText,
  Email,
  Email2,
  element,
  type WbxmlElement,
} from "../../wbxml/index.js";
import { isEmpty, text } from "../codec.js";
import { malformed, type ReadContext } from "../context.js";
import { type InvalidItem, invalid } from "../result.js";
import { importance } from "../values.js";
import { type AttachmentChanges, readAttachmentChanges } from "./draft-attachments.js";
import { parseEmailFlags } from "./flags.js";

/** A body that a device wrote. */
export type DraftBody =
  | { readonly type: "plain" | "html"; readonly data: string }
  /** The whole message, with its headers. */
  | { readonly type: "mime"; readonly message: Uint8Array };

/** What a device says of a draft ([MS-ASEMAIL] 2.2.2.69). */
export interface DraftEdit {
  readonly kind: "edit";
  /** Undefined where it names none of them: then all stay as they are. Else those that it omits go ([MS-ASCMD] 2.2.3.24). */
  readonly headers: DraftHeaders | undefined;
  /** Undefined: stays. */
  readonly body: DraftBody | undefined;
  readonly attachments: AttachmentChanges;
  /** Read, Flag and Categories. */
  readonly flags: Omit<Extract<ItemUpdate, { kind: "email-flags" }>, "kind">;
}

const texts = [
  ["from", Email.From, 32_768],
  ["to", Email.To, 32_768],
  ["cc", Email.Cc, 32_768],
  ["bcc", Email2.Bcc, 32_768],
  ["replyTo", Email.ReplyTo, 32_768],
  ["subject", Email.Subject, 4_096],
] as const satisfies readonly (readonly [keyof DraftHeaders, number, number])[];

const flagTags: ReadonlySet<number> = new Set([Email.Read, Email.Flag, Email.Categories]);

/** What the server decides about, and a device may not so much as name in a Change ([MS-ASEMAIL] 2.2.2.21, 2.2.2.59). */
const readOnly: ReadonlySet<number> = new Set([Email2.ConversationId, Email2.ReceivedAsBcc]);

/**
 * What a device of version 16.0 or later writes of a draft. Elements that are unknown, or that the server decides about, are skipped. Never throws.
 *
 * @param isNew whether it is an Add: what a new draft omits it has not, nothing is kept.
 */
export function parseDraft(
  applicationData: WbxmlElement,
  isNew: boolean,
  context: { readonly version: ProtocolVersion; readonly nowMs: number },
): DraftEdit | InvalidItem {
  const reading: ReadContext = { ...context, problems: [] };
  const children = Array.isArray(applicationData.content) ? applicationData.content : [];
  if (!isNew && children.some(({ tag }) => readOnly.has(tag)))
    return invalid("the server decides about that");
  const flags = parseEmailFlags(
    element(
      applicationData.tag,
      children.filter(({ tag }) => flagTags.has(tag)),
    ),
    context.version,
  );
  if (flags.kind === "invalid") return flags;
  const body = readBody(applicationData, reading);
  const headers = readHeaders(applicationData, isNew, body, reading);
  const attachments = readAttachmentChanges(child(applicationData, AirSyncBase.Attachments), reading);
  const [problem] = reading.problems;
  if (problem !== undefined) return invalid(problem);
  if (body?.type === "mime" && (attachments.added.length > 0 || attachments.removed.length > 0)) {
    return invalid("a whole message has its attachments in it");
  }
  const { kind: _, ...update } = flags.update;
  return { kind: "edit", headers, body, attachments, flags: update };
}

/** Whether an edit is about more than flags. */
export function changesDraft({ headers, body, attachments }: DraftEdit): boolean {
  const { added, removed } = attachments;
  return headers !== undefined || body !== undefined || added.length > 0 || removed.length > 0;
}

function readHeaders(
  applicationData: WbxmlElement,
  isNew: boolean,
  body: DraftBody | undefined,
  context: ReadContext,
): DraftHeaders | undefined {
  const stated: { -readonly [Key in keyof DraftHeaders]: DraftHeaders[Key] } = {};
  for (const [property, tag, maxCharacters] of texts) {
    const found = child(applicationData, tag);
    if (found !== undefined) stated[property] = text(maxCharacters).read(found, context) ?? "";
  }
  const urgency = child(applicationData, Email.Importance);
  if (urgency !== undefined) stated.importance = importance.read(urgency, context) ?? "normal";
  const isStated = Object.keys(stated).length > 0;
  // A whole message has headers of its own.
  if (body?.type === "mime") return isStated ? stated : undefined;
  if (!isStated && !isNew) return undefined;
  return { to: "", cc: "", bcc: "", replyTo: "", subject: "", importance: "normal", ...stated };
}

function readBody(applicationData: WbxmlElement, context: ReadContext): DraftBody | undefined {
  const found = child(applicationData, AirSyncBase.Body);
  if (found === undefined) return undefined;
  if (isEmpty(found)) return { type: "plain", data: "" };
  const data = child(found, AirSyncBase.Data);
  // A Body without Data keeps what there is ([MS-ASCMD] 2.2.3.24).
  if (data === undefined) return undefined;
  const type = childText(found, AirSyncBase.Type)?.trim();
  if (type === "4") return { type: "mime", message: messageBytes(data) };
  const written = childText(found, AirSyncBase.Data);
  if (written === undefined) return malformed(found, context, "with Data that is text");
  if (type === "1") return { type: "plain", data: written };
  if (type === "2") return { type: "html", data: written };
  return malformed(found, context, "of a Type that a draft can have");
}

function messageBytes({ content }: WbxmlElement): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return Buffer.from(typeof content === "string" ? content : "", "utf8");
}
