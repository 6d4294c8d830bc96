import { DirectPushError } from "../errors.js";
import type { Tag, WbxmlElement } from "./element.js";

/** Children for {@link element}: an `undefined` stands for an optional element that is left out. */
export type OptionalElements = readonly (WbxmlElement | undefined)[];

/** An element with children in the given order; the absent ones are left out. Without any child the element is empty. */
export function element(tag: Tag, children: OptionalElements): WbxmlElement {
  const present = children.filter((child) => child !== undefined);
  return { tag, content: present.length === 0 ? null : present };
}

/**
 * An element that holds text. A boolean is written `1` or `0`, a number in decimal ([MS-ASDTYPE] 2.1, 2.6).
 *
 * @throws DirectPushError `ERR_WBXML_ENCODE` when a number is not finite.
 */
export function textElement(tag: Tag, value: string | number | boolean): WbxmlElement {
  return { tag, content: wireText(value) };
}

/** An element that holds bytes, sent as an OPAQUE token ([MS-ASDTYPE] 2.7.1). The bytes are not copied. */
export function bytesElement(tag: Tag, value: Uint8Array): WbxmlElement {
  return { tag, content: value };
}

/** An element that is present and empty. For a boolean that means true ([MS-ASDTYPE] 2.1). */
export function emptyElement(tag: Tag): WbxmlElement {
  return { tag, content: null };
}

/** {@link element}, or undefined when no child is present: optional empty containers are dropped, not sent. */
export function optionalElement(tag: Tag, children: OptionalElements): WbxmlElement | undefined {
  const made = element(tag, children);
  return made.content === null ? undefined : made;
}

/** {@link textElement}, or undefined when there is no value. An empty string is a value. */
export function optionalText(
  tag: Tag,
  value: string | number | boolean | undefined,
): WbxmlElement | undefined {
  return value === undefined ? undefined : textElement(tag, value);
}

/** {@link bytesElement}, or undefined when there is no value. */
export function optionalBytes(tag: Tag, value: Uint8Array | undefined): WbxmlElement | undefined {
  return value === undefined ? undefined : bytesElement(tag, value);
}

/** {@link emptyElement} when `present`, otherwise undefined. */
export function optionalEmpty(tag: Tag, present: boolean): WbxmlElement | undefined {
  return present ? emptyElement(tag) : undefined;
}

function wireText(value: string | number | boolean): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (!Number.isFinite(value)) throw new DirectPushError("ERR_WBXML_ENCODE", `${value} has no decimal form`);
  return String(value);
}
