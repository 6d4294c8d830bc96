import { dateTimeText } from "../date-time.js";

/** The class of all object ids of appointments ([MS-ASEMAIL] 2.2.2.37). */
const classId = Buffer.from("040000008200e00074c5b7101a82e008", "hex");
const foreignMark = Buffer.from("vCal-Uid\u0001\0\0\0", "latin1");
const objectIdText = /^040000008200e00074c5b7101a82e008(?:[0-9a-f]{2}){20,1000}$/i;

/**
 * The GlobalObjId of an iCalendar UID, in base64 ([MS-ASEMAIL] 2.2.2.37). A UID that is itself an object id in hexadecimal keeps its
 * bytes; any other is wrapped. `recurrenceIdMs` names one instance of a series.
 */
export function globalObjectId(uid: string, recurrenceIdMs: number | undefined): string {
  const bytes = objectIdText.test(uid) ? Buffer.from(uid, "hex") : wrapped(uid);
  if (recurrenceIdMs !== undefined && dateTimeText(recurrenceIdMs) !== undefined) {
    const instance = new Date(recurrenceIdMs);
    bytes.writeUInt16BE(instance.getUTCFullYear(), 16);
    bytes[18] = instance.getUTCMonth() + 1;
    bytes[19] = instance.getUTCDate();
  }
  return bytes.toString("base64");
}

function wrapped(uid: string): Buffer {
  const data = Buffer.concat([foreignMark, Buffer.from(uid), Buffer.from([0])]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  // Instance date (4), creation time (8), reserved (8): all zero for a foreign UID.
  return Buffer.concat([classId, Buffer.alloc(20), length, data]);
}
