/** Status values of ItemOperations ([MS-ASCMD] 2.2.3.177.8). */
export const ItemOperationsStatus = {
  Success: 1,
  ProtocolError: 2,
  ServerError: 3,
  NotFound: 6,
  InvalidRange: 8,
  UnknownStore: 9,
  Empty: 10,
  TooLarge: 11,
  ReadFailed: 12,
  ConversionFailed: 14,
  InvalidAttachment: 15,
  AccessDenied: 16,
  MoveNotPersistent: 155,
  InvalidMoveDestination: 156,
} as const;
