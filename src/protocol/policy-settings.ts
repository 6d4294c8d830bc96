import { DirectPushError } from "../errors.js";
import type { PolicyDocument } from "./policy.js";

/** The settings whose values have names, with the number of each name ([MS-ASPROV] 2.2.2). */
export const policyNames = {
  allowBluetooth: { off: 0, "hands-free-only": 1, on: 2 },
  maxCalendarAgeFilter: { all: 0, "2-weeks": 4, "1-month": 5, "3-months": 6, "6-months": 7 },
  maxEmailAgeFilter: { all: 0, "1-day": 1, "3-days": 2, "1-week": 3, "2-weeks": 4, "1-month": 5 },
  requireSignedSmimeAlgorithm: { sha1: 0, md5: 1 },
  requireEncryptionSmimeAlgorithm: { "3des": 0, des: 1, "rc2-128": 2, "rc2-64": 3, "rc2-40": 4 },
  allowSmimeEncryptionAlgorithmNegotiation: { no: 0, "strong-only": 1, any: 2 },
} as const;

type Kind =
  | "boolean"
  | "texts"
  | "name"
  | { readonly least: number; readonly most: number; readonly orNull: boolean };

const maxUint32 = 0xffff_ffff;
const maxInt32 = 0x7fff_ffff;

function whole(least: number, most: number): Kind {
  return { least, most, orNull: false };
}

function limit(least: number, most: number): Kind {
  return { least, most, orNull: true };
}

const kinds: Readonly<Record<keyof PolicyDocument, Kind>> = {
  devicePasswordEnabled: "boolean",
  alphanumericDevicePasswordRequired: "boolean",
  passwordRecoveryEnabled: "boolean",
  requireStorageCardEncryption: "boolean",
  attachmentsEnabled: "boolean",
  minDevicePasswordLength: limit(1, 16),
  maxInactivityTimeDeviceLockSeconds: limit(0, maxUint32),
  maxDevicePasswordFailedAttempts: limit(4, 16),
  maxAttachmentSizeBytes: limit(0, maxUint32),
  allowSimpleDevicePassword: "boolean",
  devicePasswordExpirationDays: limit(0, 730),
  devicePasswordHistory: whole(0, 50),
  allowStorageCard: "boolean",
  allowCamera: "boolean",
  requireDeviceEncryption: "boolean",
  allowUnsignedApplications: "boolean",
  allowUnsignedInstallationPackages: "boolean",
  minDevicePasswordComplexCharacters: whole(1, 4),
  allowWiFi: "boolean",
  allowTextMessaging: "boolean",
  allowPopImapEmail: "boolean",
  allowBluetooth: "name",
  allowIrDA: "boolean",
  requireManualSyncWhenRoaming: "boolean",
  allowDesktopSync: "boolean",
  maxCalendarAgeFilter: "name",
  allowHtmlEmail: "boolean",
  maxEmailAgeFilter: "name",
  maxEmailBodyTruncationSize: whole(-1, maxInt32),
  maxEmailHtmlBodyTruncationSize: whole(-1, maxInt32),
  requireSignedSmimeMessages: "boolean",
  requireEncryptedSmimeMessages: "boolean",
  requireSignedSmimeAlgorithm: "name",
  requireEncryptionSmimeAlgorithm: "name",
  allowSmimeEncryptionAlgorithmNegotiation: "name",
  allowSmimeSoftCerts: "boolean",
  allowBrowser: "boolean",
  allowConsumerEmail: "boolean",
  allowRemoteDesktop: "boolean",
  allowInternetSharing: "boolean",
  unapprovedInRomApplications: "texts",
  approvedApplicationHashes: "texts",
};

const kindOf: ReadonlyMap<string, Kind> = new Map(Object.entries(kinds));
const namesOf: ReadonlyMap<string, object> = new Map(Object.entries(policyNames));

/**
 * Checks a policy that an integrator wrote.
 *
 * @throws DirectPushError `ERR_OPTION_INVALID` naming the first setting that does not exist or is no value of its kind, with what it must
 *   be and what it is.
 */
export function assertPolicyDocument(document: PolicyDocument): void {
  for (const [name, value] of Object.entries<unknown>({ ...document })) {
    const kind = kindOf.get(name);
    if (kind === undefined) fail(`policy.document has no setting ${name}`);
    const wanted = value === undefined ? undefined : unmet(name, kind, value);
    if (wanted === undefined) continue;
    const got = JSON.stringify(value) ?? String(value);
    fail(`policy.document.${name} must be ${wanted}, got ${got}`);
  }
}

/** What a setting must be, if it is not. */
function unmet(name: string, kind: Kind, value: unknown): string | undefined {
  if (kind === "boolean") return typeof value === "boolean" ? undefined : "true or false";
  if (kind === "texts") return isTexts(value) ? undefined : "a list of texts";
  if (kind === "name") {
    const names = namesOf.get(name) ?? {};
    const isKnown = typeof value === "string" && Object.hasOwn(names, value);
    return isKnown ? undefined : `one of ${Object.keys(names).join(", ")}`;
  }
  const { least, most, orNull } = kind;
  if (orNull && value === null) return undefined;
  const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  return fits ? undefined : `a whole number from ${least} to ${most}${orNull ? ", or null" : ""}`;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}

function fail(message: string): never {
  throw new DirectPushError("ERR_OPTION_INVALID", message);
}
