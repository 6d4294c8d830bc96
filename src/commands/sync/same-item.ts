import { createHash } from "node:crypto";
import type { MailboxItem } from "../../mailbox/items/item.js";

/** Whether two items hold the same, whenever they were last written; a property that is undefined is one that is not there. */
export function isSameItem(one: MailboxItem, other: MailboxItem): boolean {
  return canonical(one) === canonical(other);
}

function canonical(item: MailboxItem): string {
  return JSON.stringify(item, (key, value: unknown) => {
    // The time of the last change differs in every repeat of it.
    if (key === "dtStampMs") return undefined;
    if (value instanceof Uint8Array) return createHash("sha256").update(value).digest("hex");
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
