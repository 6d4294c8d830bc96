import { isRememberedDevice } from "./device-record.js";
import { type JsonRecordType, readRecord, updateRecord } from "./json-record.js";
import { jsonArray, jsonObject } from "./json-shape.js";
import { stateKey } from "./state-key.js";
import type { StateStore } from "./state-store.js";

/** What a device answered to a meeting by MeetingResponse ([MS-ASCMD] 2.2.1.11). */
export interface MeetingAnswer {
  /** The item that was answered, and the instance of it. */
  readonly subject: string;
  /** What was answered; the same for a repeat. */
  readonly digest: string;
  /** Of this answer and all before it to the same item. */
  readonly token: string;
  /** Where the appointment is; undefined when there is none. */
  readonly calendarId?: string;
  readonly calendarFolder?: string;
  /** The request mail is yet to be put away: until then a repeat is a repeat, whatever others have made of the appointment. */
  readonly isUnfinished?: true;
}

const maxAnswers = 64;

const type: JsonRecordType<readonly MeetingAnswer[]> = {
  name: "meeting answers",
  parse: (value) => jsonArray(value, parseAnswer),
};

/** The last answer of a device to an item. */
export async function readMeetingAnswer(
  store: StateStore,
  user: string,
  deviceId: string,
  subject: string,
): Promise<MeetingAnswer | undefined> {
  const answers = await readRecord(store, stateKey("meetings", user, deviceId), type);
  return answers?.find((answer) => answer.subject === subject);
}

/**
 * Remembers an answer in the place of the one before to the same item.
 *
 * @throws DirectPushError `ERR_STATE_CONFLICT` when other writers won 8 times in a row.
 */
export async function rememberMeetingAnswer(
  store: StateStore,
  user: string,
  deviceId: string,
  answer: MeetingAnswer,
): Promise<void> {
  if (!isRememberedDevice(deviceId)) return;
  await updateRecord(store, stateKey("meetings", user, deviceId), type, (earlier = []) => ({
    result: undefined,
    write: [...earlier.filter(({ subject }) => subject !== answer.subject), answer].slice(-maxAnswers),
  }));
}

function parseAnswer(value: unknown): MeetingAnswer | undefined {
  const { subject, digest, token, calendarId, calendarFolder, isUnfinished } = jsonObject(value) ?? {};
  if (typeof subject !== "string" || typeof digest !== "string" || typeof token !== "string")
    return undefined;
  const isKept = typeof calendarId === "string" && typeof calendarFolder === "string";
  const place = isKept ? { calendarId, calendarFolder } : {};
  return { subject, digest, token, ...place, ...(isUnfinished === true && { isUnfinished }) };
}
