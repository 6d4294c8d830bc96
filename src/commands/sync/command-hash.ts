import { createHash } from "node:crypto";
import { digestOf } from "../../state/digest-of.js";
import type { WbxmlElement } from "../../wbxml/index.js";
import type { CollectionWork } from "./collection-work.js";

/** A token of a command of one device; the same for a repeat, and for no other command. At most 64 characters. */
export function commandToken(
  element: WbxmlElement,
  { context, collection }: Pick<CollectionWork, "context" | "collection">,
): string {
  const { user, id } = context.device;
  const parts = [user, id, collection.collectionId, collection.syncKey, commandHash(element)];
  return digestOf(parts);
}

/** Tells whether a repeated command is the same as the one that took effect: 16 characters over all of it. */
export function commandHash(element: WbxmlElement): string {
  const text = JSON.stringify(element, (_key, value: unknown) =>
    value instanceof Uint8Array ? { bytes: Buffer.from(value).toString("base64") } : value,
  );
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}
