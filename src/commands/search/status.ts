import type { WbxmlElement } from "../../wbxml/index.js";

/** Status values of the Store of a Search ([MS-ASCMD] 2.2.3.177.13). */
export const SearchStatus = {
  Success: 1,
  InvalidRequest: 2,
  ServerError: 3,
  TooComplex: 8,
  TimedOut: 10,
  FolderSyncRequired: 11,
  PastTheEnd: 12,
  Blocked: 13,
} as const;

/** What a Store answers: a Status, and what was found where something was looked for. */
export interface StoreAnswer {
  readonly status: (typeof SearchStatus)[keyof typeof SearchStatus] | 164;
  readonly results?: {
    /** The Result elements. */
    readonly elements: readonly WbxmlElement[];
    readonly range: string;
    readonly total: number;
  };
}
