/** Status values of ResolveRecipients ([MS-ASCMD] 2.2.3.177.12), wherever they stand. */
export const RecipientsStatus = {
  Success: 1,
  /** Several were found, and all of them are told. */
  Ambiguous: 2,
  /** Several were found, and some of them are told. */
  AmbiguousInPart: 3,
  NotFound: 4,
  ProtocolError: 5,
  ServerError: 6,
  NoCertificate: 7,
  CertificateLimitReached: 8,
  TooManyMembers: 161,
  TemporaryFailure: 162,
  NoAvailability: 163,
} as const;
