import { addressParser } from "postal-mime";
import type { Importance } from "../mailbox/items/values.js";
import type { ComposedDraft, DraftComposition, DraftHeaders } from "../mailbox/mail-draft.js";
import { addressText } from "./addresses.js";
import { isContentHeader } from "./answer-content.js";
import { composeContent } from "./compose-content.js";
import { domainOf, encodedText } from "./envelope.js";
import { headerValues, joinMessage, type SplitMessage, splitMessage } from "./message-bytes.js";
import { parseMessage } from "./parse-message.js";

const addressHeaders = [
  ["from", "From"],
  ["to", "To"],
  ["cc", "Cc"],
  ["bcc", "Bcc"],
  ["replyTo", "Reply-To"],
] as const satisfies readonly (readonly [keyof DraftHeaders, string])[];

/** Say the same as Importance, and would go on saying what it was. */
const importanceHeaders = ["importance", "x-priority", "x-msmail-priority", "priority"];

const noMessage: SplitMessage = { headers: [], body: Buffer.alloc(0) };

/** See `MailComposer.composeDraft`. Needs the package `nodemailer` where there is content. */
export async function composeDraft(composition: DraftComposition): Promise<ComposedDraft> {
  const { base, content, nowMs } = composition;
  const written = base === undefined ? noMessage : splitMessage(base);
  if (written === undefined) return { kind: "invalid-message", reason: "it does not begin with a header" };
  const made =
    content === undefined && base !== undefined
      ? undefined
      : await composeContent({ text: content?.text ?? "", html: content?.html }, content?.attachments ?? []);
  const stated = statedHeaders(composition, written);
  const replaced = new Set(stated.flatMap(({ replaces }) => replaces));
  const kept = written.headers.filter(
    (header) => !replaced.has(header.name) && !(made !== undefined && isContentHeader(header)),
  );
  const lines = stated.flatMap(({ line }) => (line === undefined ? [] : [`${line}\r\n`]));
  const headers = [...lines, ...kept.map(({ bytes }) => bytes), ...(made?.headers ?? [])];
  const message = joinMessage(headers, made?.body ?? written.body);
  return {
    kind: "draft",
    item: { ...(await parseMessage(message, { receivedMs: nowMs })), read: true, isDraft: true },
  };
}

interface StatedHeader {
  /** Names in lower case whose headers go. */
  readonly replaces: readonly string[];
  /** What comes in their place; undefined for nothing. */
  readonly line: string | undefined;
}

function statedHeaders(composition: DraftComposition, written: SplitMessage): StatedHeader[] {
  const { headers, senderAddresses, nowMs, token } = composition;
  const [primary = ""] = senderAddresses;
  const isMissing = (name: string): boolean => headerValues(written, name).length === 0;
  const date = new Date(nowMs).toUTCString().replace("GMT", "+0000");
  const stated: StatedHeader[] = [{ replaces: ["date"], line: `Date: ${date}` }];
  for (const [property, name] of addressHeaders) {
    const given = headers[property] ?? (property === "from" && isMissing("from") ? primary : undefined);
    if (given === undefined) continue;
    stated.push({ replaces: [name.toLowerCase()], line: headerLine(name, addressesHeader(given)) });
  }
  const { subject, importance } = headers;
  if (subject !== undefined) {
    stated.push({ replaces: ["subject"], line: headerLine("Subject", encodedText(subject)) });
  }
  if (importance !== undefined)
    stated.push({ replaces: importanceHeaders, line: importanceLine(importance) });
  if (isMissing("message-id")) {
    stated.push({ replaces: [], line: `Message-ID: <${token}@${domainOf(primary)}>` });
  }
  return stated;
}

function headerLine(name: string, value: string): string | undefined {
  return value === "" ? undefined : `${name}: ${value}`;
}

/** No header says as much as "normal". */
function importanceLine(importance: Importance): string | undefined {
  return importance === "normal" ? undefined : `Importance: ${importance}`;
}

/** Addresses as a device writes them, as a header; one address a line, so that no line grows too long. */
function addressesHeader(text: string): string {
  const line = text.replaceAll(/[\p{Cc}]+/gu, " ");
  const parsed = addressParser(withCommas(line), { flatten: true });
  return parsed
    .map(({ name = "", address = "" }) => {
      if (/^[ -~]*$/.test(name)) return addressText([{ name, address }]);
      return address === "" ? encodedText(name) : `${encodedText(name)} <${address}>`;
    })
    .filter((one) => one !== "")
    .join(",\r\n ");
}

/** Android and Outlook put semicolons between addresses; in quotation marks they belong to a name. */
function withCommas(text: string): string {
  let isQuoted = false;
  let separated = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') isQuoted = !isQuoted;
    separated += character === ";" && !isQuoted ? "," : character;
    if (character === "\\" && isQuoted) separated += text.charAt(++at);
  }
  return separated;
}
