import * as wbxml from "../wbxml/index.js";
import { malformed, type ReadContext, type WriteContext } from "./context.js";

/** How a value travels in one element. */
export interface Codec<Value> {
  /** The element, or undefined when the value is one that is not sent. */
  write(tag: wbxml.Tag, value: Value, context: WriteContext): wbxml.WbxmlElement | undefined;
  /** The value; undefined for an empty element, which deletes it, and for a malformed one, which is noted as a problem. */
  read(element: wbxml.WbxmlElement, context: ReadContext): Value | undefined;
}

/** A codec that is never given an empty element to read. */
export function nonEmpty<Value>(codec: Codec<Value>): Codec<Value> {
  return {
    write: codec.write,
    read: (element, context) => (isEmpty(element) ? undefined : codec.read(element, context)),
  };
}

/** Whether an element is present and empty. */
export function isEmpty(element: wbxml.WbxmlElement): boolean {
  const { content } = element;
  return content === null || content === "" || (content instanceof Uint8Array && content.length === 0);
}

/** A text without the character that ends a string in WBXML. */
export function wireText(value: string): string {
  return value.includes("\0") ? value.replaceAll("\0", "") : value;
}

/** Text; the empty one is not sent. With `maxCharacters`, a longer one is malformed. */
export function text(maxCharacters: number = Number.POSITIVE_INFINITY): Codec<string> {
  return nonEmpty({
    write: (tag, value) => (value === "" ? undefined : wbxml.textElement(tag, wireText(value))),
    read: (element, context) => {
      const value = wbxml.text(element);
      if (value === undefined) return malformed(element, context, "a text");
      return value.length > maxCharacters
        ? malformed(element, context, `at most ${maxCharacters} characters`)
        : value;
    },
  });
}

/** An integer; one outside the range is malformed, and is not sent. */
export function integer(minimum: number, maximum: number): Codec<number> {
  const inRange = (value: number): boolean => Number.isInteger(value) && value >= minimum && value <= maximum;
  return nonEmpty({
    write: (tag, value) => (inRange(value) ? wbxml.textElement(tag, value) : undefined),
    read: (element, context) => {
      const found = wbxml.integer(element);
      if (found?.kind === "integer" && inRange(found.value)) return found.value;
      return malformed(element, context, `an integer from ${minimum} to ${maximum}`);
    },
  });
}

/** A size in bytes that is sent rounded; what is no size is sent as 0. Not read. */
export const estimatedSize: Codec<number> = {
  write: (tag, value) => wbxml.textElement(tag, wireSize(value)),
  read: () => undefined,
};

/** A size in bytes as it can be sent. */
export function wireSize(bytes: number): number {
  return bytes >= 0 && bytes <= 0xffff_ffff ? Math.round(bytes) : 0;
}

/** A number with a fraction. */
export const double: Codec<number> = nonEmpty({
  write: (tag, value) => (Number.isFinite(value) ? wbxml.textElement(tag, value) : undefined),
  read: (element, context) => {
    const found = (wbxml.text(element) ?? "").trim();
    const value = Number(found);
    return found !== "" && Number.isFinite(value) ? value : malformed(element, context, "a number");
  },
});

/** A boolean, `0` or `1`. */
export const flag: Codec<boolean> = nonEmpty({
  write: (tag, value) => wbxml.textElement(tag, value),
  read: (element, context) => {
    const found = (wbxml.text(element) ?? "").trim();
    if (found !== "0" && found !== "1") return malformed(element, context, "0 or 1");
    return found === "1";
  },
});

/** A boolean that is sent only when it is true. */
export const flagWhenTrue: Codec<boolean> = {
  write: (tag, value, context) => (value ? flag.write(tag, value, context) : undefined),
  read: flag.read,
};

/** One of several values, each with its number on the wire. */
export function oneOf<Value extends string>(numbers: Readonly<Record<Value, number>>): Codec<Value> {
  const values = new Map<number, Value>();
  for (const value of Object.keys(numbers) as Value[]) values.set(numbers[value], value);
  return nonEmpty({
    // A mailbox that is not type-checked may give anything.
    write: (tag, value) => wbxml.optionalText(tag, numbers[value] as number | undefined),
    read: (element, context) => {
      const found = wbxml.integer(element);
      const value = found?.kind === "integer" ? values.get(found.value) : undefined;
      return value ?? malformed(element, context, "a value that is listed");
    },
  });
}

/** Bytes, sent as an OPAQUE token. */
export const byteArray: Codec<Uint8Array> = nonEmpty({
  write: (tag, value) => (value.length === 0 ? undefined : wbxml.bytesElement(tag, value)),
  read: (element, context) => wbxml.bytes(element) ?? malformed(element, context, "a byte array"),
});

/** A container of `itemTag` texts, at most 300; the empty list is not sent and deletes. */
export function textList(itemTag: wbxml.Tag): Codec<readonly string[]> {
  return nonEmpty({
    write: (tag, values) => {
      const items = values.slice(0, 300).map((value) => wbxml.textElement(itemTag, wireText(value)));
      return items.length === 0 ? undefined : wbxml.element(tag, items);
    },
    read: (element, context) => {
      const items = wbxml.children(element, itemTag);
      if (items.length > 300) return malformed(element, context, "at most 300 entries");
      const values = items.map((item) => wbxml.text(item) ?? "").filter((value) => value !== "");
      return values.length === 0 ? undefined : values;
    },
  });
}

/** What an empty element removes explicitly: null, where undefined means that a value is inherited. */
export function removable<Value>(codec: Codec<Value>): Codec<Value | null> {
  return {
    write: (tag, value, context) =>
      value === null ? wbxml.emptyElement(tag) : codec.write(tag, value, context),
    read: (element, context) => (isEmpty(element) ? null : codec.read(element, context)),
  };
}
