/** Status values of Sync ([MS-ASCMD] 2.2.3.177.17). */
export const SyncStatus = {
  Success: 1,
  InvalidSyncKey: 3,
  ProtocolError: 4,
  ServerError: 5,
  InvalidItem: 6,
  Conflict: 7,
  ObjectNotFound: 8,
  OutOfQuota: 9,
  HierarchyChanged: 12,
  RequestIncomplete: 13,
  IntervalOutOfRange: 14,
  TooManyCollections: 15,
  Retry: 16,
} as const;

/** One of {@link SyncStatus}. */
export type SyncStatus = (typeof SyncStatus)[keyof typeof SyncStatus];
