import type { PolicyDocument } from "../protocol/policy.js";
import { Provision } from "../wbxml/code-pages/provision.js";
import type { Tag, WbxmlElement } from "../wbxml/element.js";
import { element, emptyElement, optionalElement, textElement } from "../wbxml/writing.js";

type SettingName = Exclude<keyof PolicyDocument, "unapprovedInRomApplications" | "approvedApplicationHashes">;

/** A setting in the order of the schema ([MS-ASPROV] 2.2.2.28), with the numbers of those that we call by name. */
type SettingEntry = readonly [name: SettingName, tag: Tag, numbers?: Readonly<Record<string, number>>];

const settings: readonly SettingEntry[] = [
  ["devicePasswordEnabled", Provision.DevicePasswordEnabled],
  ["alphanumericDevicePasswordRequired", Provision.AlphanumericDevicePasswordRequired],
  ["passwordRecoveryEnabled", Provision.PasswordRecoveryEnabled],
  ["requireStorageCardEncryption", Provision.RequireStorageCardEncryption],
  ["attachmentsEnabled", Provision.AttachmentsEnabled],
  ["minDevicePasswordLength", Provision.MinDevicePasswordLength],
  ["maxInactivityTimeDeviceLockSeconds", Provision.MaxInactivityTimeDeviceLock],
  ["maxDevicePasswordFailedAttempts", Provision.MaxDevicePasswordFailedAttempts],
  ["maxAttachmentSizeBytes", Provision.MaxAttachmentSize],
  ["allowSimpleDevicePassword", Provision.AllowSimpleDevicePassword],
  ["devicePasswordExpirationDays", Provision.DevicePasswordExpiration],
  ["devicePasswordHistory", Provision.DevicePasswordHistory],
  ["allowStorageCard", Provision.AllowStorageCard],
  ["allowCamera", Provision.AllowCamera],
  ["requireDeviceEncryption", Provision.RequireDeviceEncryption],
  ["allowUnsignedApplications", Provision.AllowUnsignedApplications],
  ["allowUnsignedInstallationPackages", Provision.AllowUnsignedInstallationPackages],
  ["minDevicePasswordComplexCharacters", Provision.MinDevicePasswordComplexCharacters],
  ["allowWiFi", Provision.AllowWiFi],
  ["allowTextMessaging", Provision.AllowTextMessaging],
  ["allowPopImapEmail", Provision.AllowPOPIMAPEmail],
  ["allowBluetooth", Provision.AllowBluetooth, { off: 0, "hands-free-only": 1, on: 2 }],
  ["allowIrDA", Provision.AllowIrDA],
  ["requireManualSyncWhenRoaming", Provision.RequireManualSyncWhenRoaming],
  ["allowDesktopSync", Provision.AllowDesktopSync],
  [
    "maxCalendarAgeFilter",
    Provision.MaxCalendarAgeFilter,
    { all: 0, "2-weeks": 4, "1-month": 5, "3-months": 6, "6-months": 7 },
  ],
  ["allowHtmlEmail", Provision.AllowHTMLEmail],
  [
    "maxEmailAgeFilter",
    Provision.MaxEmailAgeFilter,
    { all: 0, "1-day": 1, "3-days": 2, "1-week": 3, "2-weeks": 4, "1-month": 5 },
  ],
  ["maxEmailBodyTruncationSize", Provision.MaxEmailBodyTruncationSize],
  ["maxEmailHtmlBodyTruncationSize", Provision.MaxEmailHTMLBodyTruncationSize],
  ["requireSignedSmimeMessages", Provision.RequireSignedSMIMEMessages],
  ["requireEncryptedSmimeMessages", Provision.RequireEncryptedSMIMEMessages],
  ["requireSignedSmimeAlgorithm", Provision.RequireSignedSMIMEAlgorithm, { sha1: 0, md5: 1 }],
  [
    "requireEncryptionSmimeAlgorithm",
    Provision.RequireEncryptionSMIMEAlgorithm,
    { "3des": 0, des: 1, "rc2-128": 2, "rc2-64": 3, "rc2-40": 4 },
  ],
  [
    "allowSmimeEncryptionAlgorithmNegotiation",
    Provision.AllowSMIMEEncryptionAlgorithmNegotiation,
    { no: 0, "strong-only": 1, any: 2 },
  ],
  ["allowSmimeSoftCerts", Provision.AllowSMIMESoftCerts],
  ["allowBrowser", Provision.AllowBrowser],
  ["allowConsumerEmail", Provision.AllowConsumerEmail],
  ["allowRemoteDesktop", Provision.AllowRemoteDesktop],
  ["allowInternetSharing", Provision.AllowInternetSharing],
];

/**
 * The EASProvisionDoc of a policy, in the order of the schema. Every version from 12.1 on has all of its elements. A policy that sets
 * nothing says that no password is wanted: an empty document is read as a fault by some devices.
 */
export function encodePolicyDocument(policy: PolicyDocument): WbxmlElement {
  const document = optionalElement(Provision.EASProvisionDoc, [
    ...settings.map((entry) => encodeSetting(policy, entry)),
    encodeList(
      Provision.UnapprovedInROMApplicationList,
      Provision.ApplicationName,
      policy.unapprovedInRomApplications,
    ),
    encodeList(Provision.ApprovedApplicationList, Provision.Hash, policy.approvedApplicationHashes),
  ]);
  return (
    document ?? element(Provision.EASProvisionDoc, [textElement(Provision.DevicePasswordEnabled, false)])
  );
}

function encodeSetting(policy: PolicyDocument, [name, tag, numbers]: SettingEntry): WbxmlElement | undefined {
  const value = policy[name];
  if (value === undefined) return undefined;
  if (value === null) return emptyElement(tag);
  return textElement(tag, typeof value === "string" ? (numbers?.[value] ?? value) : value);
}

function encodeList(
  tag: Tag,
  entryTag: Tag,
  entries: readonly string[] | undefined,
): WbxmlElement | undefined {
  return (
    entries &&
    element(
      tag,
      entries.map((entry) => textElement(entryTag, entry)),
    )
  );
}
