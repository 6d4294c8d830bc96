/** The content type of an ItemOperations answer in parts ([MS-ASHTTP] 2.2.2.1.2.3). */
export const multipartContentType = "application/vnd.ms-sync.multipart";

const wordBytes = 4;

/**
 * What a multipart body begins with ([MS-ASCMD] 2.2.1.10.1.1): the number of parts, then the place and the length of each, counted from the first
 * byte of the body; all little-endian unsigned 32-bit numbers. The parts follow in the same order.
 *
 * @param lengths of the parts in bytes; together below 4 GiB.
 */
export function multipartHead(lengths: readonly number[]): Uint8Array {
  const head = Buffer.alloc(wordBytes + 2 * wordBytes * lengths.length);
  let at = head.writeUInt32LE(lengths.length, 0);
  let offset = head.length;
  for (const length of lengths) {
    at = head.writeUInt32LE(offset, at);
    at = head.writeUInt32LE(length, at);
    offset += length;
  }
  return head;
}
