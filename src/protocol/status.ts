/**
 * Common status codes ([MS-ASCMD] 2.2.2) that more than one command gives. From 14.0 on they stand in the Status of a command's root
 * element; before, an HTTP status takes their place.
 */
export const CommonStatus = {
  InvalidContent: 101,
  InvalidWbxml: 102,
  InvalidXml: 103,
  DeviceIdMissingOrInvalid: 108,
  DeviceTypeMissingOrInvalid: 109,
  ServerError: 110,
  ServerErrorRetryLater: 111,
  MailboxQuotaExceeded: 113,
  AttachmentIsTooLarge: 122,
  DeviceIsBlockedForThisUser: 129,
  AccessDenied: 130,
  CommandNotSupported: 137,
  VersionNotSupported: 138,
  DeviceNotFullyProvisionable: 139,
  RemoteWipeRequested: 140,
  LegacyDeviceOnStrictPolicy: 141,
  DeviceNotProvisioned: 142,
  PolicyRefresh: 143,
  InvalidPolicyKey: 144,
  ExternallyManagedDevicesNotAllowed: 145,
  TooManyFolders: 151,
  DeviceInformationRequired: 165,
  IrmFeatureDisabled: 168,
} as const;
