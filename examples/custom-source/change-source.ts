import type { MailboxChangeSource } from "direct-push";
import type { MailStore } from "./mail-store.js";

/** All that push needs of a mail server: what state a folder is in, and a call when that changes. */
export function storeChangeSource(store: MailStore): MailboxChangeSource {
  return {
    marker: async ({ user }, folder) => String(store.sequence(user, folder)),
    watch: async (mailbox, folders, onChange) => {
      const listener = (user: string, folder: string): void => {
        if (user === mailbox.user && folders.includes(folder)) onChange(folder);
      };
      store.on("changed", listener);
      return () => store.off("changed", listener);
    },
  };
}
