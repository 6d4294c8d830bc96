import type { NodeResponse } from "./node.js";

/** Bodies of up to so many bytes are sent in one piece with the head. */
const maxJoinedBytes = 1024;
/** The "H" of "HTTP/1.1". */
const firstOfHead = 0x48;

/** What Node keeps of an answer of HTTP/1, undocumented: the text of the head, once it is made. */
interface WithHead {
  readonly _header?: unknown;
}

/** Sends the body of an answer whose head was given to Node, and ends the answer. */
export function sendBytes(body: Uint8Array | null, httpVersionMajor: number, response: NodeResponse): void {
  if (body === null) response.end();
  else if (body.length <= maxJoinedBytes && httpVersionMajor === 1 && hasPlainHead(response)) {
    // Node joins a text to the head, and writes a lone piece at once and more cheaply than several: for ten thousand Pings that are answered
    // at once that counts. `end` with a body would add an empty piece of its own.
    response.write(asBuffer(body).toString("latin1"), "latin1");
    response.socket?.uncork();
    response.end();
  } else response.end(body);
}

/**
 * Makes one text of the head: to look at a character of it does. Node puts it together of some twenty pieces, and pieces they stay when the head is sent as
 * the beginning of a longer text. The response keeps them until a full collection of garbage finds it, and every smaller one until then
 * would copy them, which takes twice as long where ten thousand are answered at once.
 */
function hasPlainHead(response: NodeResponse & WithHead): boolean {
  const head = response._header;
  return typeof head === "string" && head.charCodeAt(0) === firstOfHead;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
