import { jsonArray, jsonInteger, jsonObject } from "./json-shape.js";
import type { KnownItem } from "./known-items.js";

/** What is stored of one bucket of known items. */
export interface BucketContent {
  /** Revision of the collection record whose changes were folded in last. */
  readonly revision: number;
  readonly items: ReadonlyMap<string, KnownItem>;
}

/** A bucket as it is stored. */
export function bucketText({ revision, items }: BucketContent): string {
  return JSON.stringify({ revision, items: [...items] });
}

/** A stored bucket. An unreadable one counts as empty: its items are sent again. */
export function parseBucket(text: string): BucketContent {
  try {
    const object = jsonObject(JSON.parse(text));
    const items = jsonArray(object?.["items"], parseKnownEntry);
    const revision = jsonInteger(object?.["revision"], 0);
    if (items !== undefined && revision !== undefined) return { revision, items: new Map(items) };
  } catch {
    // Falls through to the empty bucket.
  }
  return { revision: 0, items: new Map() };
}

function parseKnownEntry(value: unknown): [string, KnownItem] | undefined {
  if (!Array.isArray(value) || typeof value[0] !== "string") return undefined;
  const item = parseKnownItem(value[1]);
  return item === undefined ? undefined : [value[0], item];
}

/** A known item as JSON holds it, or undefined when the value is none. */
export function parseKnownItem(value: unknown): KnownItem | undefined {
  if (!Array.isArray(value) || value.length < 1 || value.length > 3) return undefined;
  if (value[0] !== 0 && typeof value[0] !== "string") return undefined;
  if (!value.slice(1).every((part) => typeof part === "string")) return undefined;
  return value as [string | 0, string?, string?];
}
