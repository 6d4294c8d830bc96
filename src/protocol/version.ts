/** The protocol versions that are spoken, oldest first. 2.5 and 12.0 are refused ([MS-ASHTTP] 2.2.4.1.2). */
export const protocolVersions = ["12.1", "14.0", "14.1", "16.0", "16.1"] as const;

/** A protocol version that is spoken. */
export type ProtocolVersion = (typeof protocolVersions)[number];

/** Whether `version` is `minimum` or newer. */
export function isAtLeast(version: ProtocolVersion, minimum: ProtocolVersion): boolean {
  return protocolVersions.indexOf(version) >= protocolVersions.indexOf(minimum);
}

/** Narrows the text of a request to a version that is spoken. */
export function isProtocolVersion(text: string): text is ProtocolVersion {
  return (protocolVersions as readonly string[]).includes(text);
}
