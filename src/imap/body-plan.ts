import type { BodyPreference, ItemView } from "../mailbox/mailbox.js";
import { decodedSizeEstimate, encodedBytesFor } from "./body-transfer.js";
import type { MessagePart, MessageStructure, TextBlock } from "./structure.js";

/** A part, or its beginning. */
export interface PartRange {
  readonly part: MessagePart;
  /** Encoded bytes wanted; undefined for all. */
  readonly maxBytes: number | undefined;
}

/** One format of a body, and the parts that it is made of. */
export interface FormatPlan {
  readonly format: "plain" | "html";
  readonly ranges: readonly PartRange[];
}

/** What has to be fetched of a message for a view. */
export interface BodyPlan {
  readonly formats: readonly FormatPlan[];
  /** How many bytes of the message as it travelled; `all`, or `none`. */
  readonly mime: number | "all" | "none";
}

const plainText: BodyPreference = {
  type: "plain",
  truncationBytes: undefined,
  allOrNone: false,
  previewCharacters: 0,
};

/** Enough for a preview, and so little that asking for less saves nothing. */
const leastBytes = { plain: 2_048, html: 16_384 } as const;
/** HTML that is to become plain text: how much of it a byte of text takes, beside what precedes all text. */
const htmlPerText = 8;
const htmlPrologueBytes = 65_536;
/** Characters that were begun within a limit need their whole length to be cut off well. */
const wholeCharacter = 4;

/**
 * What a view needs of a message: the first format that it can be had in, and the HTML of a message part. A format that is to be left out when it is too
 * long is followed by the next.
 */
export function bodyPlanOf(structure: MessageStructure, view: ItemView): BodyPlan {
  if (!view.withBody) return { formats: [], mime: "none" };
  const asked = view.bodies.length === 0 ? [plainText] : view.bodies;
  const texts = asked.filter(({ type }) => type === "plain" || type === "html");
  const plans = new Map<FormatPlan["format"], FormatPlan>();
  const add = (plan: FormatPlan): unknown => plans.set(plan.format, larger(plans.get(plan.format), plan));
  // Where nothing but MIME or RTF is asked for, plain text is what a device gets that must not have them.
  for (const preference of texts.length === 0 ? [plainText] : texts) {
    const limit = texts.length === 0 ? asked[0]?.truncationBytes : preference.truncationBytes;
    const plan = planOf(structure.blocks, preference.type === "html" ? "html" : "plain", limit);
    if (plan === undefined) continue;
    add(plan);
    if (!(preference.allOrNone && isLonger(plan, limit))) break;
  }
  const { bodyPart } = view;
  const part = bodyPart && partPlanOf(structure.blocks, bodyPart.truncationBytes);
  if (part !== undefined) add(part);
  return { formats: [...plans.values()], mime: mimeBytes(asked) };
}

function mimeBytes(asked: readonly BodyPreference[]): BodyPlan["mime"] {
  const mime = asked.find(({ type }) => type === "mime");
  if (mime === undefined) return "none";
  return mime.truncationBytes === undefined ? "all" : mime.truncationBytes + wholeCharacter;
}

/** Where there is no HTML, it is made of the plain text. */
function partPlanOf(blocks: readonly TextBlock[], limit: number | undefined): FormatPlan | undefined {
  return planOf(blocks, "html", limit) ?? planOf(blocks, "plain", limit);
}

function planOf(
  blocks: readonly TextBlock[],
  wanted: FormatPlan["format"],
  limit: number | undefined,
): FormatPlan | undefined {
  const hasHtml = blocks.some(({ html }) => html !== undefined);
  if (wanted === "html")
    return hasHtml ? { format: "html", ranges: ranges(blocks, "html", limit) } : undefined;
  const hasPlain = blocks.every(({ plain }) => plain !== undefined);
  if (hasPlain || !hasHtml) return { format: "plain", ranges: ranges(blocks, "plain", limit) };
  const htmlLimit = limit === undefined ? undefined : limit * htmlPerText + htmlPrologueBytes;
  return { format: "html", ranges: ranges(blocks, "html", htmlLimit) };
}

/** The parts from top to bottom, until there is as much as is wanted. */
function ranges(
  blocks: readonly TextBlock[],
  format: FormatPlan["format"],
  limit: number | undefined,
): readonly PartRange[] {
  let left = limit === undefined ? Infinity : Math.max(limit + wholeCharacter, leastBytes[format]);
  const taken: PartRange[] = [];
  for (const block of blocks) {
    const part = format === "html" ? (block.html ?? block.plain) : (block.plain ?? block.html);
    if (part === undefined) continue;
    const bytes = left === Infinity ? Infinity : encodedBytesFor(left, part.encoding);
    taken.push({ part, maxBytes: bytes < part.sizeBytes ? bytes : undefined });
    left -= decodedSizeEstimate(part.sizeBytes, part.encoding);
    if (left <= 0) left = 0;
  }
  return taken;
}

function isLonger({ ranges: wanted }: FormatPlan, limit: number | undefined): boolean {
  const size = wanted.reduce((sum, { part }) => sum + decodedSizeEstimate(part.sizeBytes, part.encoding), 0);
  return limit !== undefined && size > limit;
}

function larger(one: FormatPlan | undefined, other: FormatPlan): FormatPlan {
  if (one === undefined) return other;
  const total = ({ ranges: wanted }: FormatPlan): number =>
    wanted.reduce((sum, { part, maxBytes }) => sum + (maxBytes ?? part.sizeBytes), 0);
  return total(one) >= total(other) ? one : other;
}
