import { readXml, type XmlElement } from "./xml-document.js";

/** What the body of an Autodiscover request says. */
export type AutodiscoverRequest =
  /** The settings for phones are wanted; `address` is undefined when the body is empty. */
  | { readonly kind: "mobile-sync"; readonly address: string | undefined }
  /** Settings of another kind are wanted, such as those for Outlook. */
  | { readonly kind: "other-schema" }
  | { readonly kind: "malformed" };

const mobileSync = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";

const utf8 = new TextDecoder("utf-8", { fatal: true });
const malformed: AutodiscoverRequest = { kind: "malformed" };

/** Reads the body of an Autodiscover request ([MS-ASCMD] 2.2.1.1). Some phones send none and leave it to their login to say who they are. */
export function readAutodiscoverRequest(bytes: Uint8Array): AutodiscoverRequest {
  if (bytes.length === 0) return { kind: "mobile-sync", address: undefined };
  const root = documentOf(bytes);
  const request = root?.name === "Autodiscover" ? root.children.find(named("Request")) : undefined;
  if (request === undefined) return malformed;
  const schemas = request.children.filter(named("AcceptableResponseSchema")).map(({ text }) => text.trim());
  const address = request.children.find(named("EMailAddress"))?.text.trim();
  if (schemas.length === 0 || address === undefined || !isAddress(address)) return malformed;
  return schemas.includes(mobileSync) ? { kind: "mobile-sync", address } : { kind: "other-schema" };
}

/** Whether a text can be an e-mail address: a name, one `@`, a domain, no white space or control characters, at most 320 characters. */
export function isAddress(text: string): boolean {
  return text.length <= 320 && /^[^@\s\p{Cc}]+@[^@\s\p{Cc}]+$/u.test(text);
}

function named(name: string): (element: XmlElement) => boolean {
  return (element) => element.name === name;
}

function documentOf(bytes: Uint8Array): XmlElement | undefined {
  try {
    return readXml(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}
