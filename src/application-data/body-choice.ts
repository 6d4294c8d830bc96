import { isUtf8 } from "node:buffer";
import type { BodyText, ItemBody } from "../mailbox/items/body.js";
import { htmlToText } from "../mailbox/items/html-to-text.js";
import type { BodyPreference } from "../mailbox/mailbox.js";
import { fitted } from "./fitted-text.js";
import { textToHtml } from "./text-to-html.js";

/** A body in the format and length in which it is sent. */
export interface ChosenBody {
  readonly type: BodyPreference["type"];
  readonly data: string;
  /** Of the whole body in this format. */
  readonly sizeBytes: number;
  readonly truncated: boolean;
  /** Of the preference that was met. */
  readonly previewCharacters: number;
}

const plainText: BodyPreference = {
  type: "plain",
  truncationBytes: undefined,
  allOrNone: false,
  previewCharacters: 0,
};

/**
 * The format that is sent ([MS-ASAIRS] 3.2.5.1, 2.2.2.12): MIME when `mimeWanted` and asked for; else the first preference that
 * the body can be had in; else whatever there is, within the limits of the first preference. Where all-or-none leaves nothing, the size
 * and no data. Undefined when the body has no text at all.
 */
export function chooseBody(
  body: ItemBody,
  preferences: readonly BodyPreference[],
  mimeWanted: boolean,
): ChosenBody | undefined {
  const asked = preferences.length === 0 ? [plainText] : preferences;
  const mime = mimeWanted ? asked.filter(({ type }) => type === "mime") : [];
  const others = asked.filter(({ type }) => type !== "mime");
  for (const preference of [...mime, ...others]) {
    const chosen = supplied(body, preference.type, preference);
    if (chosen !== undefined) return chosen;
  }
  return downgraded(body, others[0] ?? { ...plainText, truncationBytes: asked[0]?.truncationBytes });
}

/**
 * The message part in HTML, within the limits of its preference ([MS-ASAIRS] 2.2.2.10). A mailbox does not tell a message from what it quotes: the
 * part is the whole body, and one that has only plain text is made HTML. Empty for a body without text.
 */
export function chooseBodyPart(body: ItemBody, preference: BodyPreference): ChosenBody {
  const html = body.html ?? htmlOf(plainTextOf(body));
  const whole = { ...preference, allOrNone: false };
  const chosen = html && supplied({ native: "html", html }, "html", whole);
  const { previewCharacters } = preference;
  if (chosen === undefined)
    return { type: "html", data: "", sizeBytes: 0, truncated: false, previewCharacters };
  return preference.allOrNone && chosen.truncated ? { ...chosen, data: "" } : chosen;
}

function htmlOf(plain: BodyText | undefined): BodyText | undefined {
  return plain && { ...plain, data: textToHtml(plain.data) };
}

/** Plain text of a body that is not stored as such; undefined when it has no text at all. */
function plainTextOf(body: ItemBody): BodyText | undefined {
  if (body.plain !== undefined) return body.plain;
  if (body.html === undefined) return undefined;
  const { data, fullSizeBytes } = body.html;
  return { data: htmlToText(data), ...(fullSizeBytes === undefined ? {} : { fullSizeBytes }) };
}

function downgraded(body: ItemBody, preference: BodyPreference): ChosenBody | undefined {
  for (const type of ["plain", "html", "rtf"] as const) {
    const chosen = supplied(body, type, { ...preference, allOrNone: false });
    if (chosen === undefined) continue;
    return preference.allOrNone && chosen.truncated ? { ...chosen, data: "" } : chosen;
  }
  return undefined;
}

function supplied(
  body: ItemBody,
  type: BodyPreference["type"],
  preference: BodyPreference,
): ChosenBody | undefined {
  const source = sourceOf(body, type, preference.truncationBytes);
  if (source === undefined) return undefined;
  const fit = fitted(source.data, alignedLimit(type, preference.truncationBytes));
  const truncated = fit.truncated || source.fullSizeBytes !== undefined;
  if (truncated && preference.allOrNone) return undefined;
  const sizeBytes = source.fullSizeBytes ?? Buffer.byteLength(source.data);
  return { type, data: fit.text, sizeBytes, truncated, previewCharacters: preference.previewCharacters };
}

function sourceOf(
  body: ItemBody,
  type: BodyPreference["type"],
  truncationBytes: number | undefined,
): BodyText | undefined {
  if (type === "plain") return plainTextOf(body);
  if (type !== "mime") return body[type];
  if (body.mime === undefined) return undefined;
  const { data, fullSizeBytes } = body.mime;
  // One byte more than is sent tells fitted() that there is more; a character begun within it needs its whole length.
  const needed = truncationBytes === undefined ? data.length : Math.min(data.length, truncationBytes + 4);
  const size = fullSizeBytes ?? (needed < data.length ? data.length : undefined);
  return { data: mimeText(data, needed), ...(size === undefined ? {} : { fullSizeBytes: size }) };
}

/** MIME travels as text. 8-bit messages that are not UTF-8 keep their bytes as the code points of the same number. */
function mimeText(data: Uint8Array, length: number): string {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  return isUtf8(bytes) ? bytes.toString("utf8", 0, length) : bytes.toString("latin1", 0, length);
}

/** RTF is base64: only whole groups of four characters can be decoded. */
function alignedLimit(type: BodyPreference["type"], truncationBytes: number | undefined): number {
  if (truncationBytes === undefined) return Number.POSITIVE_INFINITY;
  return type === "rtf" ? truncationBytes - (truncationBytes % 4) : truncationBytes;
}
