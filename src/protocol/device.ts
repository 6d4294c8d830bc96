import type { ProtocolVersion } from "./version.js";

/** Who sends a request: one user's one device. */
export interface Device {
  /** The user as `authenticate` named it. */
  readonly user: string;
  /** Canonical: the same for the plain and the base64 form of the query ([MS-ASHTTP] 2.2.1.1.1.1.3). */
  readonly id: string;
  /** DeviceType as sent: free text such as `iPhone`. */
  readonly type: string;
  /** The User-Agent header, or the empty string. */
  readonly userAgent: string;
  readonly version: ProtocolVersion;
}
