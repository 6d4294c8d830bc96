import { parseDeviceRecord } from "../state/parse-device-record.js";

/** Whether a device must not be forgotten, by its stored record: one that is to be erased, or was, would come in again as a new one. */
export function isKept(record: string | undefined): boolean {
  if (record === undefined) return false;
  try {
    return parseDeviceRecord(JSON.parse(record))?.wipe !== undefined;
  } catch {
    return false;
  }
}
