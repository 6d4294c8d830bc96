const filetimeEpochMs = 11_644_473_600_000n;

/** The five bytes of time that a ConversationIndex begins with ([MS-ASCON] 2.2.2.4); `instantMs` is since the epoch, 0 when it is no number. */
export function conversationIndexTime(instantMs: number): Uint8Array {
  const filetime =
    (BigInt(Number.isFinite(instantMs) ? Math.trunc(instantMs) : 0) + filetimeEpochMs) * 10_000n;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, filetime));
  return Uint8Array.from(bytes.subarray(1, 6));
}
