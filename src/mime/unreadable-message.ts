import { isUtf8 } from "node:buffer";
import { decodeWords, type Email } from "postal-mime";

/** Enough for any header that is worth showing. */
const maxHeaderBytes = 65_536;

/** A message that the parser gives up on: what its first headers say, and all of it as plain text. */
export function unreadableMessage(raw: Uint8Array): Email {
  const text = textOf(raw);
  const headers = headersOf(text.slice(0, maxHeaderBytes));
  const value = (name: string): string | undefined => headers.find(({ key }) => key === name)?.value;
  const subject = decodedWords(value("subject"));
  const from = decodedWords(value("from"));
  return {
    headers,
    headerLines: [],
    attachments: [],
    text,
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from: { name: "", address: from } }),
  };
}

function headersOf(text: string): Email["headers"] {
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const lines = text
    .slice(0, end)
    .replaceAll(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n/);
  return lines.flatMap((line) => {
    const colon = line.indexOf(":");
    if (colon < 1) return [];
    const originalKey = line.slice(0, colon).trim();
    return [{ key: originalKey.toLowerCase(), originalKey, value: line.slice(colon + 1).trim() }];
  });
}

function decodedWords(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeWords(text);
  } catch {
    return text;
  }
}

function textOf(raw: Uint8Array): string {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  return bytes.toString(isUtf8(bytes) ? "utf8" : "latin1");
}
