import type { WbxmlElement } from "../wbxml/element.js";

/** The answer to one property of Settings: its Status, and for some a Get. A protocol error spoils the whole request instead. */
export type PropertyReply =
  | { readonly kind: "answered"; readonly status: number; readonly get?: WbxmlElement }
  | { readonly kind: "protocol-error" };

/** Statuses of Settings and its properties ([MS-ASCMD] 2.2.3.177.15). */
export const SettingsStatus = {
  Success: 1,
  ProtocolError: 2,
  AccessDenied: 3,
  InvalidArguments: 5,
  ConflictingArguments: 6,
  DeniedByPolicy: 7,
} as const;

/** The request cannot be read. */
export const protocolErrorReply: PropertyReply = { kind: "protocol-error" };

/** A property with its Status alone. */
export function answeredWith(status: number): PropertyReply {
  return { kind: "answered", status };
}
