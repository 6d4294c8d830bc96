import { createHash } from "node:crypto";
import type { ImapFolderListing } from "./imap-folders-listing.js";

const markers = new WeakMap<ImapFolderListing, string>();

/** The marker of a folder tree: another when a folder is made, renamed, moved or removed, or becomes one of another kind. */
export function treeMarkerOf(listing: ImapFolderListing): string {
  let marker = markers.get(listing);
  if (marker === undefined) {
    const lines = listing.folders.map(({ id, parentId, name, kind }) =>
      JSON.stringify([id, parentId, name, kind]),
    );
    marker = createHash("sha256").update(lines.sort().join("\n")).digest("base64url").slice(0, 24);
    markers.set(listing, marker);
  }
  return marker;
}
