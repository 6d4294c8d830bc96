import type { BodyText, ItemBody } from "../mailbox/items/body.js";
import { htmlToText } from "../mailbox/items/html-to-text.js";
import type { FormatPlan, PartRange } from "./body-plan.js";
import { textFormOf, textOf } from "./body-text.js";
import { decodedSizeEstimate, decodedTransfer } from "./body-transfer.js";
import type { MessageStructure } from "./structure.js";

/** The fetched bytes of parts, as they are stored, by their names. */
export type FetchedParts = ReadonlyMap<string, Uint8Array>;

/** The body in the formats of a plan. */
export function bodyOfParts(
  structure: MessageStructure,
  formats: readonly FormatPlan[],
  fetched: FetchedParts,
): ItemBody {
  const native = structure.blocks.some(({ html }) => html !== undefined) ? "html" : "plain";
  const body: { native: ItemBody["native"]; plain?: BodyText; html?: BodyText } = { native };
  for (const { format, ranges } of formats) body[format] = joined(ranges, format, fetched);
  return body;
}

function joined(ranges: readonly PartRange[], format: FormatPlan["format"], fetched: FetchedParts): BodyText {
  const texts: string[] = [];
  let fullSizeBytes = 0;
  let isWhole = true;
  for (const { part, maxBytes } of ranges) {
    const encoded = fetched.get(part.part) ?? new Uint8Array(0);
    const isAll = maxBytes === undefined || encoded.length >= part.sizeBytes;
    fullSizeBytes += decodedSizeEstimate(part.sizeBytes, part.encoding);
    // What follows a text that was cut off is not to stand right behind it.
    if (isWhole) texts.push(inFormat(textOfPart(part, encoded, isAll), part.type, format));
    isWhole &&= isAll;
  }
  const data = texts.filter((text) => text !== "").join(format === "html" ? "<br>\r\n" : "\r\n");
  if (isWhole) return { data };
  return { data, fullSizeBytes: Math.max(fullSizeBytes, Buffer.byteLength(data) + 1) };
}

function textOfPart(part: PartRange["part"], encoded: Uint8Array, isWhole: boolean): string {
  return textOf(decodedTransfer(encoded, part.encoding), textFormOf(part.type, part.parameters), isWhole);
}

function inFormat(text: string, type: string, format: FormatPlan["format"]): string {
  if (type === `text/${format}`) return text;
  if (format === "plain") return htmlToText(text);
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<div>${escaped.trim().replaceAll(/\r?\n/g, "<br>\r\n")}</div>`;
}
