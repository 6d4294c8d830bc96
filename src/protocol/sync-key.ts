import { randomBytes } from "node:crypto";

/** The key that starts over ([MS-ASCMD] 2.2.3.181). */
export const initialSyncKey = "0";

/** A SyncKey that was never issued before: 19 decimal digits, opaque to devices, never "0". */
export function newSyncKey(): string {
  const random = randomBytes(8).readBigUInt64BE() >> 3n;
  return (random | (1n << 61n)).toString();
}
