import { createHash } from "node:crypto";
import type { JournalItem } from "../mailbox/folder-journal.js";
import type { CalendarItem } from "../mailbox/items/calendar.js";
import type { EmailItem, FollowUpFlag, LastVerb } from "../mailbox/items/email.js";
import type { MailboxItem } from "../mailbox/items/item.js";
import type { RecurrencePattern } from "../mailbox/items/recurrence.js";
import type { ItemFlags, ItemUpdate } from "../mailbox/mailbox.js";

/** A delivered mail: its bytes as they came, and what is not in them. */
export interface RawMessage {
  readonly class: "Email";
  readonly raw: Uint8Array;
  /** Tells its attachments from those of other mails, and stays when it is moved. */
  readonly name: string;
  readonly dateReceivedMs: number;
  readonly read: boolean;
  readonly flag?: FollowUpFlag;
  readonly categories?: readonly string[];
  readonly lastVerb?: LastVerb;
}

/** What a {@link MemoryMailbox} keeps of an item. */
export type MemoryContent = MailboxItem | RawMessage;

/** A change of an item; what is put in its place need not be parsed. */
export type MemoryUpdate = ItemUpdate | { readonly kind: "replace"; readonly item: MemoryContent };

/** An item in a folder's journal. */
export interface MemoryItem extends JournalItem {
  readonly content: MemoryContent;
}

/** Whether the content is still to be parsed. */
export function isRaw(content: MemoryContent): content is RawMessage {
  return "raw" in content;
}

/** The journal's view of an item. */
export function describeItem(id: string, version: string, content: MemoryContent): MemoryItem {
  const dateMs = dateOf(content);
  return {
    id,
    version,
    content,
    ...(content.class === "Email" ? { flags: flagsOf(content) } : undefined),
    ...(dateMs === undefined ? undefined : { dateMs }),
    ...(content.class === "Tasks" ? { complete: content.complete } : undefined),
  };
}

/** The content after an update; undefined when its class does not have what the update is about. */
export function updatedContent(content: MemoryContent, update: MemoryUpdate): MemoryContent | undefined {
  if (update.kind === "replace") return update.item;
  if (content.class !== "Email") return undefined;
  const { flag, ...unflagged } = content;
  const changed = {
    ...unflagged,
    ...(update.read === undefined ? undefined : { read: update.read }),
    ...(update.categories === undefined ? undefined : { categories: update.categories }),
  };
  const nextFlag = update.flag === undefined ? flag : update.flag;
  return nextFlag === undefined || nextFlag === null ? changed : { ...changed, flag: nextFlag };
}

const unread: ItemFlags = Object.freeze({ read: false, followUp: "", categories: "" });
const read: ItemFlags = Object.freeze({ read: true, followUp: "", categories: "" });

function flagsOf(mail: EmailItem | RawMessage): ItemFlags {
  const hasCategories = mail.categories !== undefined && mail.categories.length > 0;
  // Most mails have neither: they share one object.
  if (mail.flag === undefined && !hasCategories) return mail.read ? read : unread;
  return {
    read: mail.read,
    followUp: mail.flag === undefined ? "" : digest(mail.flag),
    categories: hasCategories ? digest(mail.categories) : "",
  };
}

/** Short, because it becomes part of what is stored for each item of each device. */
function digest(value: object): string {
  const sorted = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
  return createHash("sha256").update(sorted).digest("base64url").slice(0, 12);
}

function dateOf(content: MemoryContent): number | undefined {
  if (content.class === "Email") return content.dateReceivedMs;
  return content.class === "Calendar" ? lastEndMs(content) : undefined;
}

const dayMs = 86_400_000;

/** Longest time from one occurrence to the next. Leap years of lunisolar calendars have up to 385 days. */
const longestStepMs: Readonly<Record<RecurrencePattern["type"], number>> = {
  // On given weekdays it is a weekly series.
  daily: 7 * dayMs,
  weekly: 7 * dayMs,
  monthly: 31 * dayMs,
  "monthly-nth": 35 * dayMs,
  yearly: 385 * dayMs,
  "yearly-nth": 392 * dayMs,
};

/** No earlier than the end of the last occurrence; undefined for a series without one. */
function lastEndMs(item: CalendarItem): number | undefined {
  const series = item.recurrence;
  const lengthMs = item.endTimeMs - item.startTimeMs;
  let end = item.endTimeMs;
  if (series !== undefined) {
    if (series.end === undefined) return undefined;
    const stepMs = longestStepMs[series.type] * (series.interval || 1);
    end =
      series.end.kind === "until"
        ? series.end.untilMs + lengthMs
        : item.endTimeMs + stepMs * Math.max(0, series.end.count - 1);
  }
  for (const exception of item.exceptions ?? []) {
    if (!exception.deleted && exception.endTimeMs !== undefined) end = Math.max(end, exception.endTimeMs);
  }
  return end;
}
