import { createHash } from "node:crypto";

/**
 * The security policy that devices are asked to apply: an EASProvisionDoc ([MS-ASPROV] 2.2.2.28). What is left out is not sent, and a
 * device decides for itself; `null` is sent as an empty element, which lifts a limit that an earlier policy had set. Keep it permissive:
 * a device that lacks one ability may refuse the account as a whole.
 */
export interface PolicyDocument {
  /** A password is required. Without it a device ignores every other password setting. */
  readonly devicePasswordEnabled?: boolean;
  /** The password must hold letters and digits. */
  readonly alphanumericDevicePasswordRequired?: boolean;
  /** The device stores a recovery password on the server (Settings DevicePassword), where the mailbox has `setRecoveryPassword`. */
  readonly passwordRecoveryEnabled?: boolean;
  readonly requireStorageCardEncryption?: boolean;
  /** False forbids downloading attachments. */
  readonly attachmentsEnabled?: boolean;
  /** Characters, 1 to 16; 1 and null mean no minimum. */
  readonly minDevicePasswordLength?: number | null;
  /** Seconds, 0 to 2^32 - 1; from 9999 on, and null, mean no limit. */
  readonly maxInactivityTimeDeviceLockSeconds?: number | null;
  /** Attempts before the device erases or locks itself, 4 to 16; null for no limit. */
  readonly maxDevicePasswordFailedAttempts?: number | null;
  /** Bytes, 0 to 2^32 - 1; null for no limit. */
  readonly maxAttachmentSizeBytes?: number | null;
  /** False forbids passwords such as 2222 and abcd. */
  readonly allowSimpleDevicePassword?: boolean;
  /** Days, 0 to 730; 0 and null mean never. */
  readonly devicePasswordExpirationDays?: number | null;
  /** Former passwords that may not be used again, 0 to 50. */
  readonly devicePasswordHistory?: number;
  readonly allowStorageCard?: boolean;
  readonly allowCamera?: boolean;
  readonly requireDeviceEncryption?: boolean;
  readonly allowUnsignedApplications?: boolean;
  readonly allowUnsignedInstallationPackages?: boolean;
  /** Kinds of characters (lower case, upper case, digits, others) that the password must hold, 1 to 4. */
  readonly minDevicePasswordComplexCharacters?: number;
  readonly allowWiFi?: boolean;
  readonly allowTextMessaging?: boolean;
  readonly allowPopImapEmail?: boolean;
  readonly allowBluetooth?: "off" | "hands-free-only" | "on";
  readonly allowIrDA?: boolean;
  /** True stops Direct Push while the device roams. */
  readonly requireManualSyncWhenRoaming?: boolean;
  readonly allowDesktopSync?: boolean;
  readonly maxCalendarAgeFilter?: "all" | "2-weeks" | "1-month" | "3-months" | "6-months";
  readonly allowHtmlEmail?: boolean;
  readonly maxEmailAgeFilter?: "all" | "1-day" | "3-days" | "1-week" | "2-weeks" | "1-month";
  /** -1 for no truncation, 0 for headers only, otherwise kilobytes up to 2^31 - 1. */
  readonly maxEmailBodyTruncationSize?: number;
  /** -1 for no truncation, 0 for headers only, otherwise kilobytes up to 2^31 - 1. */
  readonly maxEmailHtmlBodyTruncationSize?: number;
  readonly requireSignedSmimeMessages?: boolean;
  readonly requireEncryptedSmimeMessages?: boolean;
  readonly requireSignedSmimeAlgorithm?: "sha1" | "md5";
  readonly requireEncryptionSmimeAlgorithm?: "3des" | "des" | "rc2-128" | "rc2-64" | "rc2-40";
  readonly allowSmimeEncryptionAlgorithmNegotiation?: "no" | "strong-only" | "any";
  readonly allowSmimeSoftCerts?: boolean;
  readonly allowBrowser?: boolean;
  readonly allowConsumerEmail?: boolean;
  readonly allowRemoteDesktop?: boolean;
  readonly allowInternetSharing?: boolean;
  /** File names of preinstalled applications that must not run. */
  readonly unapprovedInRomApplications?: readonly string[];
  /** SHA-1 hashes, base64, of the only applications that may run. */
  readonly approvedApplicationHashes?: readonly string[];
}

/** A policy that asks for nothing: every known client accepts it. */
export const permissivePolicy: PolicyDocument = Object.freeze({ devicePasswordEnabled: false });

/** A short text that differs when the policy does, whatever the order of its settings: 32 hexadecimal digits. */
export function policyHash(document: PolicyDocument): string {
  const settings = Object.entries(document)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 32);
}
