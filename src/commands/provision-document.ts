import type { PolicyDocument } from "../protocol/policy.js";
import { policyNames } from "../protocol/policy-settings.js";
import { Provision } from "../wbxml/code-pages/provision.js";
import type { Tag, WbxmlElement } from "../wbxml/element.js";
import { element, emptyElement, optionalElement, textElement } from "../wbxml/writing.js";

type SettingName = Exclude<keyof PolicyDocument, "unapprovedInRomApplications" | "approvedApplicationHashes">;

/** A setting in the order of the schema ([MS-ASPROV] 2.2.2.28). */
type SettingEntry = readonly [name: SettingName, tag: Tag];

const numbers: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map(
  Object.entries(policyNames).map(([setting, named]) => [setting, new Map(Object.entries(named))]),
);

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
  ["allowBluetooth", Provision.AllowBluetooth],
  ["allowIrDA", Provision.AllowIrDA],
  ["requireManualSyncWhenRoaming", Provision.RequireManualSyncWhenRoaming],
  ["allowDesktopSync", Provision.AllowDesktopSync],
  ["maxCalendarAgeFilter", Provision.MaxCalendarAgeFilter],
  ["allowHtmlEmail", Provision.AllowHTMLEmail],
  ["maxEmailAgeFilter", Provision.MaxEmailAgeFilter],
  ["maxEmailBodyTruncationSize", Provision.MaxEmailBodyTruncationSize],
  ["maxEmailHtmlBodyTruncationSize", Provision.MaxEmailHTMLBodyTruncationSize],
  ["requireSignedSmimeMessages", Provision.RequireSignedSMIMEMessages],
  ["requireEncryptedSmimeMessages", Provision.RequireEncryptedSMIMEMessages],
  ["requireSignedSmimeAlgorithm", Provision.RequireSignedSMIMEAlgorithm],
  ["requireEncryptionSmimeAlgorithm", Provision.RequireEncryptionSMIMEAlgorithm],
  ["allowSmimeEncryptionAlgorithmNegotiation", Provision.AllowSMIMEEncryptionAlgorithmNegotiation],
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

function encodeSetting(policy: PolicyDocument, [name, tag]: SettingEntry): WbxmlElement | undefined {
  const value = policy[name];
  if (value === undefined) return undefined;
  if (value === null) return emptyElement(tag);
  return textElement(tag, typeof value === "string" ? (numberOf(name, value) ?? value) : value);
}

function numberOf(setting: string, value: string): number | undefined {
  return numbers.get(setting)?.get(value);
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
