import type { WbxmlElement } from "../../wbxml/index.js";

/** Status values of Find ([MS-ASCMD] 2.2.3.177.2). */
export const FindStatus = {
  Success: 1,
  InvalidRequest: 2,
  FolderSyncRequired: 3,
  NotFromTheStart: 4,
} as const;

/** What was found. */
export interface Findings {
  /** The Result elements. */
  readonly results: readonly WbxmlElement[];
  /** How many places of the range they stand for. */
  readonly covered: number;
  readonly total: number;
}

/** What was found, or the Status of a request that is refused. */
export type FindAnswer = Findings | typeof FindStatus.InvalidRequest | typeof FindStatus.FolderSyncRequired;
