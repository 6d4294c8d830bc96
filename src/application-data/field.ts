import type { ProtocolVersion } from "../protocol/version.js";
import { child, isTagInVersion, type Tag, type WbxmlElement } from "../wbxml/index.js";
import type { Codec } from "./codec.js";
import { noteOtherVersion, type ReadContext, type WriteContext } from "./context.js";

/** An item in the making. */
export type Draft<Item> = { -readonly [Key in keyof Item]?: Item[Key] };

/** What is special about a field. */
export interface FieldOptions<Value> {
  /** Sent when the item has no value. */
  readonly fallback?: Value;
  /** What a Change that omits the element does where nothing is ghosted. Default "deletes". */
  readonly omitted?: "deletes" | "keeps";
  /** Whether an element that is present leaves the property as it is. Default never. */
  readonly keptBy?: (element: WbxmlElement) => boolean;
  /** Whether a device may set it; what it sends is ignored otherwise. Default always. */
  readonly settable?: (version: ProtocolVersion) => boolean;
  /** What becomes of the element from a device whose version does not have it: `unless` is the value that an item has without it. Default "ignored". */
  readonly fromOthers?: "ignored" | "refused" | { readonly unless: Value };
  /** Whether it is sent, beside the tag being in the version. Default always. */
  readonly sent?: (version: ProtocolVersion) => boolean;
}

/** One property of an item and the element that carries it. */
export interface Field<Item> {
  readonly tag: Tag;
  readonly property: keyof Item;
  readonly omitted: "deletes" | "keeps";
  /** Whether a device of this version can set it. */
  settable(version: ProtocolVersion): boolean;
  /** Whether an item of a device of this version cannot have it, and is not the same without it. */
  refused(element: WbxmlElement, context: ReadContext): boolean;
  write(item: Item, context: WriteContext): WbxmlElement | undefined;
  /** Sets, keeps or deletes the property. */
  read(element: WbxmlElement, draft: Draft<Item>, context: ReadContext): void;
}

/** What makes a {@link Field} of `Item`. */
export type FieldMaker<Item> = <Key extends keyof Item>(
  property: Key,
  tag: Tag,
  codec: Codec<Exclude<Item[Key], undefined>>,
  options?: FieldOptions<Exclude<Item[Key], undefined>>,
) => Field<Item>;

/** The maker of an item's fields. */
export function fieldsOf<Item>(): FieldMaker<Item> {
  return (property, tag, codec, options = {}) => {
    const {
      fallback,
      omitted = "deletes",
      keptBy = () => false,
      settable = () => true,
      fromOthers = "ignored",
      sent = () => true,
    } = options;
    return {
      tag,
      property,
      omitted,
      settable: (version) => isTagInVersion(tag, version) && settable(version),
      refused: (element, context) => {
        if (fromOthers === "ignored" || isTagInVersion(tag, context.version)) return false;
        return fromOthers === "refused" || codec.read(element, context) !== fromOthers.unless;
      },
      write: (item, context) => {
        // Null is a value: what an occurrence lacks.
        const value = item[property] === undefined ? fallback : item[property];
        if (value === undefined || !isTagInVersion(tag, context.version) || !sent(context.version))
          return undefined;
        return codec.write(tag, value as Exclude<Item[typeof property], undefined>, context);
      },
      read: (element, draft, context) => {
        if (keptBy(element)) return;
        const value = codec.read(element, context);
        if (value === undefined) delete draft[property];
        else draft[property] = value;
      },
    };
  };
}

/** The elements of all fields that have something to send. */
export function writeFields<Item>(
  fields: readonly Field<Item>[],
  item: Item,
  context: WriteContext,
): WbxmlElement[] {
  const elements: WbxmlElement[] = [];
  for (const field of fields) {
    const element = field.write(item, context);
    if (element !== undefined) elements.push(element);
  }
  return elements;
}

/** Reads the fields of a new item, or of a container. What no field stands for is skipped. */
export function readFields<Item>(
  fields: readonly Field<Item>[],
  parent: WbxmlElement,
  context: ReadContext,
): Draft<Item> {
  return changeFields(fields, parent, {}, () => true, context);
}

/**
 * Reads the fields of a Change over those of a stored item. What a device of this version cannot set stays; an element that is
 * omitted deletes, unless `ghosted` says that the device does not know the property.
 */
export function changeFields<Item>(
  fields: readonly Field<Item>[],
  parent: WbxmlElement,
  stored: Draft<Item>,
  ghosted: (tag: Tag) => boolean,
  context: ReadContext,
): Draft<Item> {
  const draft: Draft<Item> = { ...stored };
  for (const field of fields) {
    const element = child(parent, field.tag);
    if (element !== undefined && field.refused(element, context)) noteOtherVersion(element, context);
    if (!field.settable(context.version)) continue;
    if (element !== undefined) field.read(element, draft, context);
    else if (field.omitted === "deletes" && !ghosted(field.tag)) delete draft[field.property];
  }
  return draft;
}
