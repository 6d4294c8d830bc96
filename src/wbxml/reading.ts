import { isUtf8 } from "node:buffer";
import type { Tag, WbxmlElement } from "./element.js";

/** What {@link integer} found in an element that is present. */
export type IntegerContent =
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "invalid"; readonly text: string };

const noElements: readonly WbxmlElement[] = [];
const integerText = /^-?[0-9]+$/;
const base64Text = /^[A-Za-z0-9+/]+={0,2}$/;

/** The child elements of `parent` in document order; empty when it is absent, empty, or holds text or bytes. */
export function childElements(parent: WbxmlElement | undefined): readonly WbxmlElement[] {
  const content = parent?.content;
  return isElements(content) ? content : noElements;
}

/** The first child of `parent` that has `tag`; undefined when there is none or `parent` is absent. */
export function child(parent: WbxmlElement | undefined, tag: Tag): WbxmlElement | undefined {
  for (const element of childElements(parent)) {
    if (element.tag === tag) return element;
  }
  return undefined;
}

/** All children of `parent` that have `tag`, in document order. */
export function children(parent: WbxmlElement | undefined, tag: Tag): readonly WbxmlElement[] {
  return childElements(parent).filter((element) => element.tag === tag);
}

/**
 * The text of an element: `""` when it is empty, undefined when it is absent or holds child elements.
 * Bytes (an OPAQUE token) are taken as UTF-8 text; undefined when they are not UTF-8.
 */
export function text(element: WbxmlElement | undefined): string | undefined {
  if (element === undefined) return undefined;
  const { content } = element;
  if (content === null) return "";
  if (typeof content === "string") return content;
  if (content instanceof Uint8Array && isUtf8(content)) return asBuffer(content).toString("utf8");
  return undefined;
}

/** The text of the first child that has `tag`, as {@link text} gives it. */
export function childText(parent: WbxmlElement | undefined, tag: Tag): string | undefined {
  return text(child(parent, tag));
}

/**
 * The bytes of a byte array ([MS-ASDTYPE] 2.7.1): none when the element is empty, undefined when it is absent or holds
 * child elements. Clients that send text instead of an OPAQUE token are understood: text that is canonical base64
 * (white space aside) is decoded, any other text gives its UTF-8 bytes.
 */
export function bytes(element: WbxmlElement | undefined): Uint8Array | undefined {
  if (element === undefined) return undefined;
  const { content } = element;
  if (content === null) return new Uint8Array(0);
  if (content instanceof Uint8Array) return content;
  return typeof content === "string" ? bytesOfText(content) : undefined;
}

/**
 * A decimal integer ([MS-ASDTYPE] 2.6); undefined when the element is absent. Surrounding white space and leading zeros
 * are accepted. Anything else, an empty element, and a number beyond Number.MAX_SAFE_INTEGER are `invalid`.
 */
export function integer(element: WbxmlElement | undefined): IntegerContent | undefined {
  if (element === undefined) return undefined;
  const found = (text(element) ?? "").trim();
  const value = integerText.test(found) ? Number(found) : undefined;
  if (value === undefined || !Number.isSafeInteger(value)) return { kind: "invalid", text: found };
  return { kind: "integer", value: value === 0 ? 0 : value };
}

/** The integer of the first child that has `tag`, as {@link integer} gives it. */
export function childInteger(parent: WbxmlElement | undefined, tag: Tag): IntegerContent | undefined {
  return integer(child(parent, tag));
}

/**
 * A boolean ([MS-ASDTYPE] 2.1); undefined when the element is absent. An empty element is true. `0` and `false` are
 * false, any other text is true.
 */
export function flag(element: WbxmlElement | undefined): boolean | undefined {
  if (element === undefined) return undefined;
  const found = (text(element) ?? "").trim().toLowerCase();
  return found !== "0" && found !== "false";
}

/** The boolean of the first child that has `tag`, as {@link flag} gives it. */
export function childFlag(parent: WbxmlElement | undefined, tag: Tag): boolean | undefined {
  return flag(child(parent, tag));
}

function isElements(content: WbxmlElement["content"] | undefined): content is readonly WbxmlElement[] {
  return Array.isArray(content);
}

function bytesOfText(content: string): Uint8Array {
  const compact = content.replace(/[\t\r\n ]+/g, "");
  if (compact.length % 4 === 0 && base64Text.test(compact)) return Buffer.from(compact, "base64");
  return Buffer.from(content, "utf8");
}

function asBuffer(view: Uint8Array): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}
