import { type JsonRecordType, readRecord, updateRecord } from "./json-record.js";
import { jsonArray, jsonNumber, jsonObject, jsonText } from "./json-shape.js";
import { stateKey } from "./state-key.js";
import type { StateStore } from "./state-store.js";

/** A mail to those who are invited to a meeting. */
export interface MeetingNotice {
  /** RFC 5546, 3.2.2 and 3.2.5. */
  readonly method: "request" | "cancel";
  /** Addresses; at least one. */
  readonly recipients: readonly string[];
  /** The unmodified start of the occurrence that it is about; undefined: the whole meeting. */
  readonly originalStartMs?: number;
}

/** A change of a meeting that the calendar may have and that those who are invited may not have been told of yet. */
export interface UnsentNotices {
  /** The iCalendar UID of the meeting. */
  readonly uid: string;
  /** Of the command that made the change; the same for a repeat. */
  readonly token: string;
  readonly notices: readonly MeetingNotice[];
  /** Everybody who may have been told of the meeting. */
  readonly invited: readonly string[];
  /** An earlier change was not told of to its end: all are to be told how the meeting is now. */
  readonly isAfterUnsent?: true;
}

const maxMeetings = 64;

const type: JsonRecordType<readonly UnsentNotices[]> = {
  name: "unsent meeting notices",
  parse: (value) => jsonArray(value, parseUnsent),
};

/** What of a meeting is still to be told of, if anything. */
export async function readUnsentNotices(
  store: StateStore,
  user: string,
  uid: string,
): Promise<UnsentNotices | undefined> {
  return (await readRecord(store, keyOf(user), type))?.find((one) => one.uid === uid);
}

/**
 * Notes what is to be told of a meeting, in the place of what was noted before.
 *
 * @throws DirectPushError `ERR_STATE_CONFLICT` when other writers won 8 times in a row.
 */
export async function noteUnsentNotices(
  store: StateStore,
  user: string,
  unsent: UnsentNotices,
): Promise<void> {
  await updateRecord(store, keyOf(user), type, (earlier = []) => ({
    result: undefined,
    write: [...earlier.filter(({ uid }) => uid !== unsent.uid), unsent].slice(-maxMeetings),
  }));
}

/**
 * Forgets what was noted of a meeting.
 *
 * @param token of the command that noted it: what another one has noted since stays. Undefined: whatever it is.
 *
 * @throws DirectPushError `ERR_STATE_CONFLICT` when other writers won 8 times in a row.
 */
export async function forgetUnsentNotices(
  store: StateStore,
  user: string,
  { uid, token }: { readonly uid: string; readonly token: string | undefined },
): Promise<void> {
  await updateRecord(store, keyOf(user), type, (earlier = []) => {
    const others = earlier.filter((one) => one.uid !== uid || (token !== undefined && one.token !== token));
    return others.length === earlier.length ? { result: undefined } : { result: undefined, write: others };
  });
}

/** A meeting is the user's, whichever device it is changed on; no device has such an id. */
function keyOf(user: string): string {
  return stateKey("notices", user, "#meetings");
}

function parseUnsent(value: unknown): UnsentNotices | undefined {
  const unsent = jsonObject(value);
  const uid = jsonText(unsent?.["uid"]);
  const token = jsonText(unsent?.["token"]);
  const notices = jsonArray(unsent?.["notices"], parseNotice);
  const invited = jsonArray(unsent?.["invited"], jsonText);
  if (uid === undefined || token === undefined || notices === undefined || invited === undefined)
    return undefined;
  return { uid, token, notices, invited, ...(unsent?.["isAfterUnsent"] === true && { isAfterUnsent: true }) };
}

function parseNotice(value: unknown): MeetingNotice | undefined {
  const notice = jsonObject(value);
  const method = notice?.["method"];
  const recipients = jsonArray(notice?.["recipients"], jsonText);
  const originalStartMs = jsonNumber(notice?.["originalStartMs"]);
  if ((method !== "request" && method !== "cancel") || recipients === undefined) return undefined;
  return { method, recipients, ...(originalStartMs !== undefined && { originalStartMs }) };
}
