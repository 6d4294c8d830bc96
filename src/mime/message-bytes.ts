import { isUtf8 } from "node:buffer";

/** One header as it stands in a message. */
export interface RawHeader {
  /** In lower case. */
  readonly name: string;
  /** All of it, its folded lines and the last line end included. */
  readonly bytes: Buffer;
}

/** A message taken apart at its first empty line; nothing of it is changed or copied. */
export interface SplitMessage {
  readonly headers: readonly RawHeader[];
  readonly body: Buffer;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** More than any real message has; headers are kept one by one. */
const maxHeaders = 2_000;
/** All headers together: room for a hundred thousand recipients. */
const maxHeaderBytes = 4 * 1024 * 1024;

/** Splits a message; undefined when it does not begin with a header. Lines that are no headers are left out. */
export function splitMessage(raw: Uint8Array): SplitMessage | undefined {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const headers: RawHeader[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const end = endOfLine(bytes, offset);
    if (isEmptyLine(bytes, offset))
      return headers.length === 0 ? undefined : { headers, body: bytes.subarray(end) };
    const whole = endOfHeader(bytes, end);
    const name = headerName(bytes.subarray(offset, whole));
    if (name !== undefined) headers.push({ name, bytes: bytes.subarray(offset, whole) });
    else if (headers.length === 0) return undefined;
    if (headers.length > maxHeaders || whole > maxHeaderBytes) return undefined;
    offset = whole;
  }
  return headers.length === 0 ? undefined : { headers, body: bytes.subarray(bytes.length) };
}

/** The values of all headers of a name, unfolded, encoded words as they are. */
export function headerValues({ headers }: Pick<SplitMessage, "headers">, name: string): string[] {
  return headers.filter((header) => header.name === name).map(({ bytes }) => unfolded(bytes));
}

/** A message of headers and a body; every header ends in a line end. */
export function joinMessage(headers: readonly (Buffer | string)[], body: Uint8Array): Buffer {
  const parts = headers.map((header) =>
    typeof header === "string" ? Buffer.from(header, "utf8") : endedLine(header),
  );
  return Buffer.concat([...parts, Buffer.from("\r\n"), body]);
}

function endedLine(header: Buffer): Buffer {
  return header.at(-1) === lineFeed ? header : Buffer.concat([header, Buffer.from("\r\n")]);
}

function unfolded(header: Buffer): string {
  const text = header.toString(isUtf8(header) ? "utf8" : "latin1");
  return text
    .slice(text.indexOf(":") + 1)
    .replaceAll(/\r?\n(?=[ \t])/g, "")
    .trim();
}

function endOfLine(bytes: Buffer, from: number): number {
  const feed = bytes.indexOf(lineFeed, from);
  return feed < 0 ? bytes.length : feed + 1;
}

/** Where the header ends whose first line ends at `end`: lines that begin with a blank belong to it. */
function endOfHeader(bytes: Buffer, end: number): number {
  let next = end;
  while (next < bytes.length && (bytes[next] === 0x20 || bytes[next] === 0x09)) next = endOfLine(bytes, next);
  return next;
}

function isEmptyLine(bytes: Buffer, at: number): boolean {
  return bytes[at] === lineFeed || (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed);
}

function headerName(header: Buffer): string | undefined {
  const colon = header.indexOf(":");
  if (colon < 1) return undefined;
  const name = header.toString("latin1", 0, colon).trimEnd();
  return /^[!-9;-~]{1,200}$/.test(name) ? name.toLowerCase() : undefined;
}
