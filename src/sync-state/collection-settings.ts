import type { BodyPreference } from "../mailbox/mailbox.js";

/** The Options of a collection, which stay until the device sends others ([MS-ASCMD] 2.2.3.125.6), and its Supported. */
export interface CollectionSettings {
  /** 0 to 8 ([MS-ASCMD] 2.2.3.68.2). */
  readonly filterType: number;
  /** Who wins when an item was changed on both sides ([MS-ASCMD] 2.2.3.34). */
  readonly conflict: "client-wins" | "server-wins";
  /** [MS-ASCMD] 2.2.3.110.3. */
  readonly mimeSupport: 0 | 1 | 2;
  readonly bodies: readonly BodyPreference[];
  /** The message part that is wanted besides the body ([MS-ASAIRS] 2.2.2.11); undefined for none. */
  readonly bodyPart: BodyPreference | undefined;
  /** Tags that the device named when it started; undefined when it sent no Supported, empty when it sent an empty one. */
  readonly supported: readonly number[] | undefined;
}

/** What holds for a device that never sent Options. */
export const defaultSettings: CollectionSettings = {
  filterType: 0,
  conflict: "server-wins",
  mimeSupport: 0,
  bodies: [],
  bodyPart: undefined,
  supported: undefined,
};

/** The settings as a record holds them; what is not readable is the default. */
export function parseSettings(value: unknown): CollectionSettings {
  if (typeof value !== "object" || value === null) return defaultSettings;
  const settings = value as Readonly<Record<string, unknown>>;
  const { filterType, conflict, mimeSupport, bodies, bodyPart, supported } = settings;
  return {
    filterType: typeof filterType === "number" ? filterType : 0,
    conflict: conflict === "client-wins" ? conflict : "server-wins",
    mimeSupport: mimeSupport === 1 || mimeSupport === 2 ? mimeSupport : 0,
    bodies: Array.isArray(bodies) ? bodies.map(parseBody).filter((body) => body !== undefined) : [],
    bodyPart: parseBody(bodyPart),
    supported: Array.isArray(supported) ? supported.filter((tag) => typeof tag === "number") : undefined,
  };
}

function parseBody(value: unknown): BodyPreference | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { type, truncationBytes, allOrNone, previewCharacters } = value as Readonly<Record<string, unknown>>;
  if (type !== "plain" && type !== "html" && type !== "rtf" && type !== "mime") return undefined;
  return {
    type,
    truncationBytes: typeof truncationBytes === "number" ? truncationBytes : undefined,
    allOrNone: allOrNone === true,
    previewCharacters: typeof previewCharacters === "number" ? previewCharacters : 0,
  };
}
