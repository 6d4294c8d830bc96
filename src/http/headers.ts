import type { EasRequest } from "./exchange.js";

/** The headers of a request, names in lower case. */
export type RequestHeaders = EasRequest["headers"];

/** The first value of a header, trimmed; undefined when it is absent or empty. */
export function header(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name];
  const first = typeof value === "string" ? value : value?.[0];
  const trimmed = first?.trim();
  return trimmed === "" ? undefined : trimmed;
}

/** The content type of WBXML documents ([MS-ASHTTP] 2.2.1.1.2.2). */
export const wbxmlContentType = "application/vnd.ms-sync.wbxml";

const acceptedContentTypes: ReadonlySet<string> = new Set([wbxmlContentType, "application/vnd.ms-sync"]);

/**
 * Whether a body may be WBXML by its Content-Type: the long or the short name, in any case and with any parameters. A missing header
 * is taken for it, since a body of these commands is nothing else.
 */
export function isWbxmlContentType(headers: RequestHeaders): boolean {
  const value = header(headers, "content-type");
  if (value === undefined) return true;
  const [type = ""] = value.split(";", 1);
  return acceptedContentTypes.has(type.trim().toLowerCase());
}

/** Whether a body is a message as it travels, by its Content-Type ([MS-ASHTTP] 2.2.1.1.2.2); a missing header is taken for it. */
export function isMessageContentType(headers: RequestHeaders): boolean {
  const [type = ""] = (header(headers, "content-type") ?? "message/rfc822").split(";", 1);
  return type.trim().toLowerCase() === "message/rfc822";
}

/** The MS-ASAcceptMultiPart header ([MS-ASHTTP] 2.2.1.1.2.5). */
export function acceptsMultiPart(headers: RequestHeaders): boolean {
  return header(headers, "ms-asacceptmultipart")?.toUpperCase() === "T";
}

/** The X-MS-PolicyKey header ([MS-ASHTTP] 2.2.1.1.2.7); undefined when it is absent or no unsigned 32-bit decimal number. */
export function policyKeyHeader(headers: RequestHeaders): number | undefined {
  const value = header(headers, "x-ms-policykey");
  if (value === undefined || !/^[0-9]{1,10}$/.test(value)) return undefined;
  const key = Number(value);
  return key <= 0xffff_ffff ? key : undefined;
}

/** The Content-Length header; undefined when it is absent or no number. */
export function contentLength(headers: RequestHeaders): number | undefined {
  const value = header(headers, "content-length");
  return value !== undefined && /^[0-9]{1,15}$/.test(value) ? Number(value) : undefined;
}
