import type { MailboxSearchQuery, SearchExpression, SearchField } from "../mailbox/abilities/mail-search.js";
import type { ItemPlace } from "../mailbox/item-reference.js";
import type { ItemBody } from "../mailbox/items/body.js";
import { htmlToText } from "../mailbox/items/html-to-text.js";
import type { MailboxItem } from "../mailbox/items/item.js";
import type { MemoryItem } from "./memory-item.js";
import type { ParsedMessages } from "./memory-messages.js";
import type { MemoryUser } from "./memory-user.js";

/** Looks through every item of the folders, newest first. */
export async function searchUser(
  user: MemoryUser,
  messages: ParsedMessages,
  query: MailboxSearchQuery,
): Promise<{ readonly kind: "found"; readonly items: readonly ItemPlace[]; readonly total: number }> {
  const candidates = query.folders.flatMap((folder) =>
    [...(user.journal(folder)?.items() ?? [])]
      .filter((item) => isDatedWithin(item, query))
      .map((item) => ({ folder, item })),
  );
  candidates.sort((a, b) => (b.item.dateMs ?? 0) - (a.item.dateMs ?? 0));
  const found: ItemPlace[] = [];
  for (const { folder, item } of candidates) {
    if (matchesQuery(await messages.item(item.content), query)) found.push({ folder, item: item.id });
  }
  const { first, limit } = query;
  return { kind: "found", items: found.slice(first, first + limit), total: found.length };
}

function isDatedWithin({ dateMs }: MemoryItem, { afterMs, beforeMs }: MailboxSearchQuery): boolean {
  if (dateMs === undefined) return afterMs === undefined && beforeMs === undefined;
  return (afterMs === undefined || dateMs > afterMs) && (beforeMs === undefined || dateMs < beforeMs);
}

function matchesQuery(item: MailboxItem, { expression, conversationId }: MailboxSearchQuery): boolean {
  if (conversationId !== undefined) {
    const own = item.class === "Email" ? item.conversationId : undefined;
    if (own === undefined || !Buffer.from(own).equals(conversationId)) return false;
  }
  return expression === undefined || matches(item, expression);
}

function matches(item: MailboxItem, expression: SearchExpression): boolean {
  switch (expression.kind) {
    case "all":
      return expression.of.every((one) => matches(item, one));
    case "any":
      return expression.of.some((one) => matches(item, one));
    case "not":
      return !matches(item, expression.of);
    case "text":
      return textsOf(item, expression.in).some((text) => hasWords(text, expression.text));
  }
}

/** Whether the words stand in the text next to one another, the last one perhaps as the beginning of a word. */
function hasWords(text: string, words: string): boolean {
  const [within, wanted] = [wordsOf(text), wordsOf(words)];
  if (wanted.length === 0) return false;
  const last = wanted.length - 1;
  return within.some((_, at) =>
    wanted.every((word, index) => {
      const there = within[at + index];
      return index === last ? there?.startsWith(word) === true : there === word;
    }),
  );
}

/** The words of a text, without regard to case. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function textsOf(item: MailboxItem, field: SearchField | undefined): readonly string[] {
  const texts = fieldTexts(item);
  if (field === undefined) return Object.values(texts).flat();
  if (field !== "participants") return texts[field];
  return [...texts.from, ...texts.to, ...texts.cc, ...texts.bcc];
}

type FieldTexts = Readonly<Record<Exclude<SearchField, "participants"> | "others", readonly string[]>>;

function fieldTexts(item: MailboxItem): FieldTexts {
  const body = "body" in item && item.body ? bodyText(item.body) : "";
  const none: FieldTexts = { from: [], to: [], cc: [], bcc: [], subject: [], body: [body], others: [] };
  switch (item.class) {
    case "Email": {
      const { from, to, cc = "", bcc = "", subject, attachments = [] } = item;
      const names = attachments.map(({ displayName = "" }) => displayName);
      return { ...none, from: [from], to: [to], cc: [cc], bcc: [bcc], subject: [subject], others: names };
    }
    case "Contacts":
      return { ...none, others: Object.values(item).filter((value) => typeof value === "string") };
    case "Calendar": {
      const people = (item.attendees ?? []).map(({ name, email }) => `${name} ${email}`);
      const { subject = "", location, organizerName = "", organizerEmail = "" } = item;
      const others = [...people, location?.displayName ?? "", organizerName, organizerEmail];
      return { ...none, subject: [subject], others };
    }
    default:
      return { ...none, subject: [item.subject ?? ""] };
  }
}

function bodyText({ plain, html }: ItemBody): string {
  return plain?.data ?? (html === undefined ? "" : htmlToText(html.data));
}
