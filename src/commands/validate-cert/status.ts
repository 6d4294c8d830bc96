/** Status values of ValidateCert ([MS-ASCMD] 2.2.3.177.18), of the request and of each certificate. */
export const CertificateStatus = {
  Success: 1,
  ProtocolError: 2,
  /** The signature is not its issuer's. */
  InvalidSignature: 3,
  /** No chain leads to an authority that is trusted. */
  Untrusted: 4,
  /** It is no certificate. */
  Malformed: 5,
  /** Its extended key usage is not mail. */
  NotForMail: 6,
  /** Expired, or not valid yet. */
  OutOfTime: 7,
  /** Another certificate of the chain is. */
  ChainOutOfTime: 8,
  /** The extended key usage of another certificate of the chain is not mail. */
  ChainNotForMail: 9,
  /** An authority's certificate in the place of a user's, or the reverse. */
  WrongKind: 11,
  /** Whether it was revoked cannot be told. */
  RevocationUnknown: 16,
  ServerError: 17,
} as const;

/** One of the values. */
export type CertificateStatusValue = (typeof CertificateStatus)[keyof typeof CertificateStatus];
