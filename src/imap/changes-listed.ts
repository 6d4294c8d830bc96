import type { Clock } from "../clock.js";
import { changesFromListing, type ListedChanges } from "../mailbox/listed-changes.js";
import { presentItems } from "./changes-listing.js";
import type { ImapFolders } from "./imap-folders.js";

/**
 * Changes of folders on servers that cannot tell them: each question lists the folder. Listings are remembered to compare with, as long as there
 * is room: one that is not costs a comparison of the folder with what each device has.
 *
 * @param maxItems how many mails are remembered, in all folders of all users.
 */
export function changesByListing(folders: ImapFolders, clock: Clock, maxItems: number): ListedChanges {
  return changesFromListing({
    clock,
    maxItems,
    list: async (mailbox, folder) => {
      const listed = await folders.inFolder(
        mailbox,
        folder,
        async (client, { exists, uidValidity }) => {
          if (exists === 0) return [];
          const query = { uid: true, flags: true, internalDate: true };
          return presentItems(uidValidity, await client.fetchAll("1:*", query));
        },
        { readOnly: true },
      );
      if (listed.kind === "not-selectable") return [];
      return listed.kind === "done" ? listed.value.toReversed() : undefined;
    },
  });
}
