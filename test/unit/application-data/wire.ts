import { readFileSync } from "node:fs";
import { type ParseContext, type RenderView, renderItem } from "../../../src/application-data/index.js";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import type { ProtocolVersion } from "../../../src/protocol/version.js";
import {
  AirSync,
  child,
  childElements,
  decode,
  encode,
  type Tag,
  tagName,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { nowMs } from "./arbitrary-items.js";

/** Every format, whole. */
export const wholeView: RenderView = { bodies: [], withBody: true, mimeSupport: 0 };

/** A request of `version`. */
export function contextOf(version: ProtocolVersion): ParseContext {
  return { version, nowMs };
}

/** ApplicationData with the given children, as it arrives. */
export function applicationData(children: readonly WbxmlElement[]): WbxmlElement {
  return decode(encode({ tag: AirSync.ApplicationData, content: children }));
}

/** An item as a device of `version` gets it. */
export function rendered(
  item: MailboxItem,
  version: ProtocolVersion,
  view: RenderView = wholeView,
): WbxmlElement {
  return applicationData(renderItem(item, view, version));
}

/** All elements below `element`. */
export function descendants(element: WbxmlElement): WbxmlElement[] {
  return childElements(element).flatMap((each) => [each, ...descendants(each)]);
}

/** What the text or bytes of the element at the end of a path of tags are; undefined when there is none. */
export function contentAt(
  element: WbxmlElement,
  ...path: readonly Tag[]
): WbxmlElement["content"] | undefined {
  let found: WbxmlElement | undefined = element;
  for (const tag of path) found = child(found, tag);
  return found?.content;
}

interface CodePage {
  readonly name: string;
  readonly versions: Readonly<Record<string, readonly string[]>>;
}

const pages = Object.values(
  JSON.parse(readFileSync(new URL("../../fixtures/wbxml/codepages.json", import.meta.url), "utf8")) as Record<
    string,
    CodePage
  >,
);
const versionsOfTag = new Map<string, readonly string[]>(
  pages.flatMap((page) =>
    Object.entries(page.versions).map(([name, versions]) => [`${page.name}:${name}`, versions] as const),
  ),
);

/** The names of the elements below `element` that the specification does not list for `version`. */
export function foreignTags(element: WbxmlElement, version: ProtocolVersion): string[] {
  return descendants(element)
    .map(({ tag }) => tagName(tag))
    .filter((name) => !(versionsOfTag.get(name) ?? []).includes(version));
}
