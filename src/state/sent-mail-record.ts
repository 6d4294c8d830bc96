import { type JsonRecordType, updateRecord } from "./json-record.js";
import { jsonNumber, jsonObject, jsonText, readableElements } from "./json-shape.js";
import { stateKey } from "./state-key.js";
import type { StateStore } from "./state-store.js";

/** A mail that a device had sent, or is having sent. */
export interface SentMail {
  /** By which the device tells its mails apart. */
  readonly clientId: string;
  /** Tells it from another mail with the same id; undefined when nothing does. */
  readonly fingerprint?: string;
  /** `sending`: a request is at it, or ended in the middle. `submitted`: it is out, but what follows is not done. `done`: all is. */
  readonly state: "sending" | "submitted" | "done";
  /** When that began, on the wall clock. */
  readonly atMs: number;
}

/** The newest mails of a device, newest last. */
interface SentMailRecord {
  readonly mails: readonly SentMail[];
}

/** Phones retry one mail at a time; this is plenty, and keeps the record at some kilobytes. */
const maxMails = 50;

const type: JsonRecordType<SentMailRecord> = { name: "record of sent mail", parse };

/** What is known of a mail, and what is to be noted: nothing, the mail as it now is, or that it was not sent after all. */
export interface SentMailChange<R> {
  readonly result: R;
  readonly note?: SentMail | "forget";
}

/**
 * Changes what is known of a mail, compare-and-set. `change` is pure and may run more than once.
 *
 * @throws DirectPushError `ERR_STATE_CONFLICT` when other writers won 8 times in a row.
 */
export async function updateSentMail<R>(
  store: StateStore,
  user: string,
  deviceId: string,
  clientId: string,
  change: (known: SentMail | undefined) => SentMailChange<R>,
): Promise<R> {
  return updateRecord<SentMailRecord, R>(store, stateKey("sent", user, deviceId), type, (record) => {
    const mails = record?.mails ?? [];
    const { result, note } = change(mails.find((mail) => mail.clientId === clientId));
    if (note === undefined) return { result };
    const others = mails.filter((mail) => mail.clientId !== clientId);
    return { result, write: { mails: note === "forget" ? others : [...others, note].slice(-maxMails) } };
  });
}

function parse(value: unknown): SentMailRecord | undefined {
  // Whatever is wrong with one of them, the others must not go out again.
  const mails = readableElements(jsonObject(value)?.["mails"], parseMail);
  return mails === undefined ? undefined : { mails };
}

function parseMail(value: unknown): SentMail | undefined {
  const mail = jsonObject(value);
  const clientId = jsonText(mail?.["clientId"]);
  const atMs = jsonNumber(mail?.["atMs"]);
  const state = mail?.["state"];
  if (clientId === undefined || atMs === undefined) return undefined;
  if (state !== "sending" && state !== "submitted" && state !== "done") return undefined;
  const fingerprint = jsonText(mail?.["fingerprint"]);
  return { clientId, state, atMs, ...(fingerprint === undefined ? {} : { fingerprint }) };
}
