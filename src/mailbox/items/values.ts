/** How urgent a mail or a task is; without it, "normal". */
export type Importance = "low" | "normal" | "high";

/** Who may see an appointment or a task; without it, "normal". */
export type Sensitivity = "normal" | "personal" | "private" | "confidential";

/** How an appointment counts in free/busy. "working-elsewhere" reaches devices from version 16.0 on; older ones are told "free". */
export type BusyStatus = "free" | "tentative" | "busy" | "out-of-office" | "working-elsewhere";

/** A place ([MS-ASAIRS] 2.2.2.28). Devices below version 16.0 see `displayName` alone. */
export interface ItemLocation {
  readonly displayName?: string;
  readonly annotation?: string;
  readonly street?: string;
  readonly city?: string;
  readonly state?: string;
  readonly country?: string;
  readonly postalCode?: string;
  /** Degrees. */
  readonly latitude?: number;
  /** Degrees. */
  readonly longitude?: number;
  /** Metres of `latitude` and `longitude`. */
  readonly accuracy?: number;
  /** Metres above sea level. */
  readonly altitude?: number;
  /** Metres of `altitude`. */
  readonly altitudeAccuracy?: number;
  readonly locationUri?: string;
}

/** One attachment, listed but not carried ([MS-ASAIRS] 2.2.2.3). */
export interface Attachment {
  /** Opaque; the device asks for the content by it (ItemOperations). */
  readonly fileReference: string;
  readonly displayName?: string;
  /** "embedded" is an attached message, "ole" an OLE object. Default "normal". */
  readonly method?: "normal" | "embedded" | "ole";
  /** Estimate, in bytes. */
  readonly sizeBytes: number;
  /** What a `cid:` link in the HTML body names; without angle brackets. */
  readonly contentId?: string;
  readonly contentLocation?: string;
  /** Whether the body shows it. Default false. */
  readonly inline?: boolean;
}
