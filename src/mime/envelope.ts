import { type Address, addressParser } from "postal-mime";
import { addressText } from "./addresses.js";
import { headerValues, type SplitMessage } from "./message-bytes.js";

/** Whom a message goes to, or why it cannot go. */
export type Recipients =
  | { readonly kind: "recipients"; readonly addresses: readonly string[] }
  | { readonly kind: "no-recipient" }
  | { readonly kind: "invalid-recipient"; readonly recipient: string };

/** No address that a mail server takes is longer (RFC 5321, 4.5.3.1). */
const maxAddressCharacters = 320;
const maxNameCharacters = 256;

/** The addresses of To, Cc and Bcc, each once. Names without an address are refused: nobody here could look them up. */
export function recipientsOf(message: SplitMessage): Recipients {
  const addresses = new Map<string, string>();
  for (const { name, address } of ["to", "cc", "bcc"].flatMap((header) => addressesIn(message, header))) {
    if (address === "" && name === "") continue;
    if (!isAddress(address)) return { kind: "invalid-recipient", recipient: address || name };
    const key = address.toLowerCase();
    if (!addresses.has(key)) addresses.set(key, address);
  }
  if (addresses.size === 0) return { kind: "no-recipient" };
  return { kind: "recipients", addresses: [...addresses.values()] };
}

/** Who sends a message. */
export interface Sender {
  readonly address: string;
  /** The From header if it is not as it has to be, with its line end. */
  readonly header: string | undefined;
}

/** The message's own From if it is one of the user's addresses, else the primary one under the name that the device gave. */
export function senderOf(message: SplitMessage, own: readonly string[]): Sender {
  const given = addressesIn(message, "from");
  const [only] = given;
  const isOne = given.length === 1 && headerValues(message, "from").length === 1;
  const known = own.find((address) => address.toLowerCase() === only?.address.toLowerCase());
  if (isOne && known !== undefined) return { address: known, header: undefined };
  const [primary = ""] = own;
  return { address: primary, header: `From: ${fromText(only?.name ?? "", primary)}\r\n` };
}

/** A name that is not ASCII travels as encoded words. */
function fromText(name: string, address: string): string {
  const shown = name.slice(0, maxNameCharacters);
  const isAscii = /^[ -~]*$/.test(shown);
  return isAscii ? addressText([{ name: shown, address }]) : `${encodedText(shown)}\r\n <${address}>`;
}

/** Whether a text can be an address in an envelope; a command of SMTP cannot be slipped in by one. */
function isAddress(text: string): boolean {
  return text.length <= maxAddressCharacters && /^[^\s<>@\p{Cc}]+@[^\s<>@\p{Cc}]+$/u.test(text);
}

interface OneAddress {
  readonly name: string;
  readonly address: string;
}

function addressesIn(message: SplitMessage, header: string): OneAddress[] {
  const parsed: Address[] = headerValues(message, header).flatMap((value) => addressParser(value));
  return parsed.flatMap((entry) =>
    entry.group === undefined
      ? [{ name: entry.name ?? "", address: (entry.address ?? "").trim() }]
      : entry.group.map(({ name, address }) => ({ name, address: address.trim() })),
  );
}

/** The domain of an address. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1);
}

/** A header's text, as encoded words (RFC 2047) where it is not ASCII. */
export function encodedText(text: string): string {
  const line = text.replaceAll(/[\r\n\0]+/g, " ");
  if (/^[ -~]*$/.test(line)) return line;
  const words = chunks(line).map((part) => `=?UTF-8?B?${Buffer.from(part, "utf8").toString("base64")}?=`);
  return words.join("\r\n ");
}

/** An encoded word is at most 75 characters: ten characters of text fit whatever they are. */
function chunks(text: string): string[] {
  const characters = [...text];
  const parts: string[] = [];
  for (let start = 0; start < characters.length; start += 10)
    parts.push(characters.slice(start, start + 10).join(""));
  return parts;
}
