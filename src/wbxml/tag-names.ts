import { codePages } from "./code-pages/code-pages.js";
import { type TableVersion, tableVersions, versionRanges } from "./code-pages/version-ranges.js";
import type { Tag } from "./element.js";

const nameOfTag = new Map<Tag, string>();
const tagOfName = new Map<string, Tag>();
for (const page of codePages) {
  for (const [token, tag] of Object.entries(page.tags)) {
    const name = `${page.name}:${token}`;
    nameOfTag.set(tag, name);
    tagOfName.set(name, tag);
  }
}

const rangeOfTag = new Map(versionRanges.flatMap((range) => range.tags.map((tag) => [tag, range] as const)));

/** Whether the code pages of [MS-ASWBXML] 2.1.2.1 list `tag`. */
export function isKnownTag(tag: Tag): boolean {
  return nameOfTag.has(tag);
}

/**
 * The name of a tag for logs and messages: `"AirSync:SyncKey"`. An unlisted token of a known page gives
 * `"AirSync:0x3F"`, an unlisted page `"0x40:0x05"`. Never throws.
 */
export function tagName(tag: Tag): string {
  const name = nameOfTag.get(tag);
  if (name !== undefined) return name;
  const page = codePages[tag >> 8]?.name ?? hexByte(tag >> 8);
  return `${page}:${hexByte(tag & 0xff)}`;
}

/** The tag of a name as {@link tagName} prints it (`"AirSync:SyncKey"`, case-sensitive); undefined when no page lists it. */
export function tagOf(name: string): Tag | undefined {
  return tagOfName.get(name);
}

/**
 * Whether protocol version `version` has `tag` ([MS-ASWBXML] 2.1.2.1, "Supported protocol versions"); an encoder must
 * not send the others. False for a tag that no page lists.
 */
export function isTagInVersion(tag: Tag, version: TableVersion): boolean {
  const range = rangeOfTag.get(tag);
  if (range === undefined) return nameOfTag.has(tag);
  const index = tableVersions.indexOf(version);
  return index >= tableVersions.indexOf(range.since) && index <= tableVersions.indexOf(range.until);
}

function hexByte(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, "0")}`;
}
