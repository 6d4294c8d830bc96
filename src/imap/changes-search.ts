import type { ImapFlow, SearchObject } from "imapflow";
import { DirectPushError } from "../errors.js";
import { type UidRange, uidRangesOf } from "./changes-uids.js";

/**
 * The UIDs of the selected folder that match. With ESEARCH (RFC 4731) the answer has neighbours in one range, whatever the folder's size.
 *
 * @throws DirectPushError `ERR_MAILBOX_UNAVAILABLE` when the server refuses to search.
 */
export async function matchingUids(client: ImapFlow, query: SearchObject): Promise<UidRange[]> {
  const answer = await client.search(query, { uid: true, returnOptions: ["ALL"] });
  if (Array.isArray(answer)) return rangesOf(answer);
  if (answer === false || answer === undefined) throw refused();
  return uidRangesOf(answer.all ?? "");
}

/** How many messages of the selected folder match; throws like {@link matchingUids}. */
export async function countMatching(client: ImapFlow, query: SearchObject): Promise<number> {
  const answer = await client.search(query, { returnOptions: ["COUNT"] });
  if (Array.isArray(answer)) return answer.length;
  if (answer === false || answer === undefined) throw refused();
  return answer.count ?? 0;
}

function rangesOf(ascending: readonly number[]): UidRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const uid of ascending) {
    const range = ranges.at(-1);
    if (range !== undefined && uid === range.last + 1) range.last = uid;
    else ranges.push({ first: uid, last: uid });
  }
  return ranges;
}

function refused(): DirectPushError {
  return new DirectPushError("ERR_MAILBOX_UNAVAILABLE", "The IMAP server refuses to search the folder");
}
