import type { ImapFlow } from "imapflow";
import type { ItemState } from "../mailbox/mailbox.js";
import { uidSetOf } from "./changes-uids.js";
import { isDeleted, itemStateOf } from "./flags.js";
import { messageStateOf } from "./items-read.js";

/** How messages of the selected folder are now; undefined for one that is not there, or marked as deleted. */
export async function readVersions(
  client: ImapFlow,
  wanted: readonly { readonly uid: number }[],
): Promise<readonly (ItemState | undefined)[]> {
  const uids = uidSetOf(wanted.map(({ uid }) => uid));
  const query = { uid: true, flags: true, internalDate: true };
  const messages = await client.fetchAll(uids, query, { uid: true });
  const states = new Map(messages.map((message) => [message.uid, messageStateOf(message)]));
  return wanted.map(({ uid }) => {
    const state = states.get(uid);
    return state === undefined || isDeleted(state.flags) ? undefined : itemStateOf(state);
  });
}
