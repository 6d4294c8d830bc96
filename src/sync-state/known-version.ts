import { createHash } from "node:crypto";
import type { ItemFlags, ItemVersion } from "../mailbox/mailbox.js";
import type { KnownItem } from "../state/known-items.js";

/** Longest text of a flag that is stored as it is. */
const maxPlainCharacters = 12;

/** No version of a mailbox: the device has the item, in a state that the server must replace. */
export const outdatedItem: KnownItem = ["\u0000"];

/** What a device knows once it was sent, or has itself made, this version of an item. */
export function knownItem(version: ItemVersion): KnownItem {
  return version.flags === undefined ? [version.version] : [version.version, flagsText(version.flags)];
}

/** A known item, or none, whose version `skipped` could not be rendered. */
export function withSkipped(known: KnownItem | undefined, skipped: string): KnownItem {
  return [known?.[0] ?? 0, known?.[1] ?? "", skipped];
}

/** An item that the device moved out of the folder, or into it: it may have it or not, as it got the answer or did not. */
export function movedByDevice(direction: "in" | "out"): KnownItem {
  return [0, direction];
}

/** Whether the device itself moved the item out of the folder. */
export function isMovedOut(known: KnownItem | undefined): boolean {
  return known?.[0] === 0 && known[1] === "out";
}

/** Whether the device may have the item, and has to be told when it is not there. */
export function isPerhapsOnDevice(known: KnownItem | undefined): boolean {
  return isOnDevice(known) || isMovedOut(known) || (known?.[0] === 0 && known[1] === "in");
}

/** Whether the device has the item, in whatever version. */
export function isOnDevice(known: KnownItem | undefined): known is readonly [string, string?, string?] {
  return known !== undefined && known[0] !== 0;
}

/** Which flags differ from those that the device has. A device whose flags are not known gets them all. */
export function differingFlags(
  known: KnownItem,
  flags: ItemFlags,
): { readonly read: boolean; readonly followUp: boolean; readonly categories: boolean } {
  const [read, followUp, categories] = (known[1] ?? "").split("|");
  return {
    read: read !== readText(flags),
    followUp: followUp !== shortText(flags.followUp),
    categories: categories !== shortText(flags.categories),
  };
}

function flagsText(flags: ItemFlags): string {
  return [readText(flags), shortText(flags.followUp), shortText(flags.categories)].join("|");
}

function readText(flags: ItemFlags): string {
  return flags.read ? "1" : "0";
}

/** Flags can be of any length, and are stored for each item of a folder. "#" and "|" make a text stored as a hash, so that none is ambiguous. */
function shortText(text: string): string {
  if (text.length <= maxPlainCharacters && !/[#|]/.test(text)) return text;
  return `#${createHash("sha256").update(text).digest("base64url").slice(0, 11)}`;
}

/**
 * What a device knows after it changed flags of a mail itself. What else changed on the server meanwhile stays unknown to it.
 *
 * @param before the mail before the change was stored.
 * @param after the mail after it.
 * @param own the flags that the device changed.
 */
export function withOwnFlags(
  known: KnownItem | undefined,
  before: ItemVersion,
  after: ItemVersion,
  own: { readonly read: boolean; readonly followUp: boolean; readonly categories: boolean },
): KnownItem {
  if (!isOnDevice(known) || after.flags === undefined) return knownItem(after);
  const version = known[0] === before.version ? after.version : known[0];
  const had = (known[1] ?? "").split("|");
  const has = flagsText(after.flags).split("|");
  const flags = [own.read, own.followUp, own.categories].map((mine, at) => (mine ? has[at] : had[at]) ?? "");
  return [version, flags.join("|")];
}
