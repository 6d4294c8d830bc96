/**
 * Methods every Buffer of Node has and its type declarations leave out. They skip the encoding lookup and argument
 * juggling of `toString` and `write`, which is most of the cost for the short texts of ActiveSync documents.
 */
export interface NativeBuffer extends Buffer {
  /** The bytes from `start` to `end`, each one a character. */
  latin1Slice(start: number, end: number): string;
  /** The bytes from `start` to `end` as UTF-8, U+FFFD in place of what is not UTF-8. */
  utf8Slice(start: number, end: number): string;
  /** Writes `text` as UTF-8 and returns the number of bytes; whole characters only, at most `length` bytes. */
  utf8Write(text: string, offset: number, length: number): number;
}

/** A Buffer on the memory of `bytes`. */
export function nativeBuffer(bytes: Uint8Array): NativeBuffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as NativeBuffer;
}
