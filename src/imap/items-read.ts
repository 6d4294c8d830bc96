import type { FetchMessageObject, ImapFlow } from "imapflow";
import { fileReferenceOf, type ItemPlace } from "../mailbox/item-reference.js";
import type { BodyMime, BodyText, ItemBody } from "../mailbox/items/body.js";
import type { EmailItem } from "../mailbox/items/email.js";
import type { Attachment } from "../mailbox/items/values.js";
import type { ItemView } from "../mailbox/mailbox.js";
import { displayNameOf } from "../mime/attachments.js";
import { mailOfParts, type TellingPart } from "../mime/mail-of-parts.js";
import { parseMessage } from "../mime/parse-message.js";
import { bodyOfParts, type FetchedParts } from "./body.js";
import { type BodyPlan, bodyPlanOf, type PartRange } from "./body-plan.js";
import { textFormOf, textOf } from "./body-text.js";
import { decodedSizeEstimate, decodedTransfer } from "./body-transfer.js";
import { uidSetOf } from "./changes-uids.js";
import { flaggedPartOf, isDeleted, type MessageState } from "./flags.js";
import { type MessagePart, type MessageStructure, structureOf } from "./structure.js";

/** The headers that a mail is made of. */
const headerNames = [
  ...["From", "To", "Cc", "Bcc", "Reply-To", "Sender", "Subject", "Date", "Message-ID", "In-Reply-To"],
  ...["References", "Importance", "X-Priority", "Priority", "X-MSMail-Priority", "Content-Type"],
];
/** More than any invitation has. */
const maxCalendarBytes = 1_400_000;
const maxReportBytes = 65_536;
/** How much is read of a message of which the server sees no text. */
const maxRescueBytes = 262_144;

/** An item that is wanted. */
export interface ItemRequest {
  readonly uid: number;
  readonly place: ItemPlace;
  readonly view: ItemView;
}

/**
 * Messages of the selected folder, as mails with what the views ask for, in the order of the requests; undefined for one that is not there, or marked
 * as deleted. Several cost hardly more commands than one.
 */
export async function readItems(
  client: ImapFlow,
  requests: readonly ItemRequest[],
): Promise<readonly (EmailItem | undefined)[]> {
  const withBody = requests.some(({ view }) => view.withBody);
  const messages = await fetchedByUid(client, requests, {
    flags: true,
    internalDate: true,
    size: true,
    bodyStructure: withBody,
    headers: withBody && headerNames,
  });
  const readings = requests.map((request) => readingOf(request, messages.get(request.uid)));
  const parts = await fetchParts(client, readings);
  const items: (EmailItem | undefined)[] = [];
  for (const reading of readings) {
    const fetched = reading === undefined ? undefined : parts.get(reading);
    if (reading?.view.withBody === true && fetched !== undefined) {
      items.push(await mailOf(client, reading, fetched));
    } else if (reading?.view.withBody === false) {
      items.push({ class: "Email", subject: "", from: "", to: "", ...reading.flagged });
    } else items.push(undefined);
  }
  return items;
}

/** A message's flags and date; undefined for an answer without them. */
export function messageStateOf(message: FetchMessageObject): MessageState | undefined {
  const { flags, internalDate } = message;
  if (flags === undefined) return undefined;
  const receivedMs = internalDate instanceof Date ? internalDate.getTime() : Number.NaN;
  return { flags, receivedMs: Number.isNaN(receivedMs) ? 0 : receivedMs };
}

interface Reading extends ItemRequest {
  readonly message: FetchMessageObject;
  readonly receivedMs: number;
  readonly flagged: ReturnType<typeof flaggedPartOf>;
  readonly structure: MessageStructure;
  readonly plan: BodyPlan;
  /** The parts that decide what kind of mail it is. */
  readonly telling: readonly PartRange[];
}

function readingOf(request: ItemRequest, message: FetchMessageObject | undefined): Reading | undefined {
  const state = message === undefined ? undefined : messageStateOf(message);
  if (message === undefined || state === undefined || isDeleted(state.flags)) return undefined;
  const { bodyStructure, size = 0 } = message;
  const structure = structureOf(bodyStructure ?? { type: "text/plain", size });
  const { withBody } = request.view;
  return {
    ...request,
    message,
    receivedMs: state.receivedMs,
    flagged: flaggedPartOf(state),
    structure,
    plan: bodyPlanOf(structure, request.view),
    telling: withBody ? tellingParts(structure) : [],
  };
}

async function mailOf(
  client: ImapFlow,
  reading: Reading,
  parts: FetchedParts,
): Promise<EmailItem | undefined> {
  const { uid, place, message, receivedMs, flagged, structure, plan, telling } = reading;
  const mime =
    plan.mime === "none" ? undefined : await fetchMessage(client, uid, message.size ?? 0, plan.mime);
  if (plan.mime !== "none" && mime === undefined) return undefined;
  const body = (await rescuedBody(client, reading)) ?? bodyOfParts(structure, plan.formats, parts);
  const mail = await mailOfParts({
    headers: message.headers ?? new Uint8Array(0),
    telling: telling.map(({ part }) => tellingPartOf(part, parts)),
    receivedMs,
    body: mime === undefined ? body : { ...body, mime },
    attachments: (hidden) => listed(structure, place, hidden !== undefined),
  });
  return { ...mail, ...flagged };
}

/** What is read whatever the view wants: it decides what kind of mail it is. */
function tellingParts({ calendar, deliveryStatus }: MessageStructure): PartRange[] {
  const readable = calendar !== undefined && calendar.sizeBytes <= maxCalendarBytes ? [calendar] : [];
  return [
    ...readable.map((part) => ({ part, maxBytes: undefined })),
    ...(deliveryStatus === undefined ? [] : [{ part: deliveryStatus, maxBytes: maxReportBytes }]),
  ];
}

/** The parts of messages, by reading; those of which the same is wanted come in one command. A message that is gone is left out. */
async function fetchParts(
  client: ImapFlow,
  readings: readonly (Reading | undefined)[],
): Promise<ReadonlyMap<Reading, FetchedParts>> {
  const groups = new Map<string, { readonly wanted: BodyParts; readonly readings: Reading[] }>();
  for (const reading of readings) {
    if (reading === undefined) continue;
    const { plan, telling } = reading;
    const wanted = bodyPartsOf([...plan.formats.flatMap(({ ranges }) => ranges), ...telling]);
    const key = JSON.stringify(wanted);
    const group = groups.get(key) ?? { wanted, readings: [] };
    group.readings.push(reading);
    groups.set(key, group);
  }
  const parts = new Map<Reading, FetchedParts>();
  for (const { wanted, readings: group } of groups.values()) {
    const messages =
      wanted.length === 0 ? undefined : await fetchedByUid(client, group, { bodyParts: [...wanted] });
    for (const reading of group) {
      const fetched = messages === undefined ? new Map() : messages.get(reading.uid)?.bodyParts;
      if (fetched !== undefined) parts.set(reading, fetched);
    }
  }
  return parts;
}

type BodyParts = readonly { readonly key: string; readonly maxLength?: number }[];

/** Each part once, with as much of it as somebody wants. */
function bodyPartsOf(ranges: readonly PartRange[]): BodyParts {
  const wanted = new Map<string, number | undefined>();
  for (const { part, maxBytes } of ranges) {
    const other = wanted.has(part.part) ? wanted.get(part.part) : 0;
    const isAll = maxBytes === undefined || other === undefined;
    wanted.set(part.part, isAll ? undefined : Math.max(maxBytes, other));
  }
  return [...wanted].map(([key, maxLength]) => (maxLength === undefined ? { key } : { key, maxLength }));
}

async function fetchedByUid(
  client: ImapFlow,
  wanted: readonly { readonly uid: number }[],
  query: Parameters<ImapFlow["fetchAll"]>[1],
): Promise<ReadonlyMap<number, FetchMessageObject>> {
  if (wanted.length === 0) return new Map();
  const uids = uidSetOf(wanted.map(({ uid }) => uid));
  const messages = await client.fetchAll(uids, { uid: true, ...query }, { uid: true });
  return new Map(messages.map((message) => [message.uid, message]));
}

/** The message as it travelled, or its beginning; undefined when it is gone. */
async function fetchMessage(
  client: ImapFlow,
  uid: number,
  sizeBytes: number,
  wanted: number | "all",
): Promise<BodyMime | undefined> {
  const source =
    wanted === "all" || wanted >= sizeBytes ? true : { start: 0, maxLength: Math.max(1, wanted) };
  const data = (await fetchedByUid(client, [{ uid }], { source })).get(uid)?.source;
  if (data === undefined) return undefined;
  return source === true || data.length >= sizeBytes ? { data } : { data, fullSizeBytes: sizeBytes };
}

function tellingPartOf(part: MessagePart, parts: FetchedParts): TellingPart {
  return {
    type: part.type,
    method: part.parameters["method"],
    isAttached: part.disposition === "attachment",
    content: decodedTransfer(parts.get(part.part) ?? new Uint8Array(0), part.encoding),
  };
}

function listed(
  { attachments, calendar }: MessageStructure,
  place: ItemPlace,
  hidesCalendar: boolean,
): Attachment[] {
  const shown = attachments.filter((part) => !(hidesCalendar && part === calendar));
  return shown.map((part, index) => attachmentOf(part, index, place));
}

function attachmentOf(part: MessagePart, index: number, place: ItemPlace): Attachment {
  const { contentId, location } = part;
  const isInline = contentId !== undefined && (part.isRelated || part.disposition === "inline");
  return {
    fileReference: fileReferenceOf({ ...place, attachment: part.part }),
    displayName: displayNameOf(part.fileName, part.type, index),
    sizeBytes: decodedSizeEstimate(part.sizeBytes, part.encoding),
    ...(part.type === "message/rfc822" && { method: "embedded" as const }),
    ...(contentId !== undefined && { contentId }),
    ...(location !== undefined && { contentLocation: location }),
    ...(isInline && { inline: true }),
  };
}

/** The server finds no content in some messages that have it, as where a boundary is missing: then the bytes tell. */
async function rescuedBody(
  client: ImapFlow,
  { uid, message, receivedMs, structure: { blocks, attachments } }: Reading,
): Promise<ItemBody | undefined> {
  const parts = [...blocks.flatMap(({ plain, html }) => [plain, html]), ...attachments];
  const isEmpty = parts.every((part) => part === undefined || part.sizeBytes === 0);
  const isMultipart = message.bodyStructure?.type.startsWith("multipart/") === true;
  if (!isEmpty || !isMultipart) return undefined;
  const source = { start: 0, maxLength: maxRescueBytes };
  const raw = (await fetchedByUid(client, [{ uid }], { source })).get(uid)?.source;
  if (raw === undefined) return undefined;
  const { body } = await parseMessage(raw, { receivedMs });
  if ((body?.html?.data ?? body?.plain?.data ?? "").trim() === "")
    return { native: "plain", plain: rest(raw) };
  const { mime: _, ...texts } = body ?? { native: "plain" };
  return texts;
}

/** All that follows the headers, for a message that no parser makes anything of. */
function rest(raw: Buffer): BodyText {
  const end = raw.indexOf("\r\n\r\n");
  const form = textFormOf("text/plain", {});
  return { data: textOf(raw.subarray(end < 0 ? 0 : end + 4), form, raw.length < maxRescueBytes) };
}
