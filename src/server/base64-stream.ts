/** The length of so many bytes in base64, with its padding. */
export function base64Length(byteLength: number): number {
  return 4 * Math.ceil(byteLength / 3);
}

/** Bytes that come in any pieces, as base64 (ASCII) that is the same as that of all of them at once. */
export async function* asBase64(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Three bytes are four characters: what does not fill them waits for the next piece.
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 3);
    // A copy: the piece may be memory that its maker uses again.
    rest = Uint8Array.prototype.slice.call(bytes, whole);
    if (whole > 0) yield encoded(bytes.subarray(0, whole));
  }
  if (rest.length > 0) yield encoded(rest);
}

function encoded({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(buffer, byteOffset, length).toString("base64"), "latin1");
}
