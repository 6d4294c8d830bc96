import { describe, expect, it } from "vitest";
import { encodePolicyDocument } from "../../../src/commands/provision-document.js";
import type { PolicyDocument } from "../../../src/protocol/policy.js";
import { decode, encode, isTagInVersion, Provision, type WbxmlElement } from "../../../src/wbxml/index.js";
import { plain } from "./command-context.js";

const everySetting: Required<PolicyDocument> = {
  devicePasswordEnabled: true,
  alphanumericDevicePasswordRequired: true,
  passwordRecoveryEnabled: false,
  requireStorageCardEncryption: false,
  attachmentsEnabled: true,
  minDevicePasswordLength: 6,
  maxInactivityTimeDeviceLockSeconds: 900,
  maxDevicePasswordFailedAttempts: 8,
  maxAttachmentSizeBytes: null,
  allowSimpleDevicePassword: false,
  devicePasswordExpirationDays: 0,
  devicePasswordHistory: 3,
  allowStorageCard: true,
  allowCamera: true,
  requireDeviceEncryption: true,
  allowUnsignedApplications: true,
  allowUnsignedInstallationPackages: true,
  minDevicePasswordComplexCharacters: 2,
  allowWiFi: true,
  allowTextMessaging: true,
  allowPopImapEmail: false,
  allowBluetooth: "hands-free-only",
  allowIrDA: true,
  requireManualSyncWhenRoaming: false,
  allowDesktopSync: true,
  maxCalendarAgeFilter: "6-months",
  allowHtmlEmail: true,
  maxEmailAgeFilter: "1-week",
  maxEmailBodyTruncationSize: -1,
  maxEmailHtmlBodyTruncationSize: 64,
  requireSignedSmimeMessages: false,
  requireEncryptedSmimeMessages: false,
  requireSignedSmimeAlgorithm: "md5",
  requireEncryptionSmimeAlgorithm: "rc2-40",
  allowSmimeEncryptionAlgorithmNegotiation: "any",
  allowSmimeSoftCerts: true,
  allowBrowser: true,
  allowConsumerEmail: true,
  allowRemoteDesktop: true,
  allowInternetSharing: true,
  unapprovedInRomApplications: ["game.exe"],
  approvedApplicationHashes: ["AAAA", "BBBB"],
};

const settings = (document: WbxmlElement): readonly WbxmlElement[] =>
  Array.isArray(document.content) ? document.content : [];

describe("the policy document", () => {
  it("has every element of the schema, in its order, and each is known from 12.1 on", () => {
    const sent = settings(encodePolicyDocument(everySetting));
    const inner: readonly number[] = [
      Provision.ApplicationName,
      Provision.Hash,
      Provision.AccountOnlyRemoteWipe,
    ];
    const expected = Object.values(Provision).filter(
      (tag) => tag >= Provision.DevicePasswordEnabled && !inner.includes(tag),
    );
    expect(new Set(sent.map(({ tag }) => tag))).toEqual(new Set(expected));
    expect(sent.every(({ tag }) => isTagInVersion(tag, "12.1"))).toBe(true);
    // By [MS-ASPROV] 6 the tokens of the schema ascend, but for one pair.
    const tags = sent.map(({ tag }) => tag);
    expect(tags.slice(2, 4)).toEqual([
      Provision.PasswordRecoveryEnabled,
      Provision.RequireStorageCardEncryption,
    ]);
    const others = tags.filter((tag) => tag !== Provision.PasswordRecoveryEnabled);
    expect(others).toEqual([...others].sort((a, b) => a - b));
  });

  it("writes names as numbers, null as an empty element, and lists as lists", () => {
    const sent = plain(decode(encode(encodePolicyDocument(everySetting))));
    for (const setting of [
      ["AllowBluetooth", "1"],
      ["MaxCalendarAgeFilter", "7"],
      ["MaxEmailAgeFilter", "3"],
      ["RequireSignedSMIMEAlgorithm", "1"],
      ["RequireEncryptionSMIMEAlgorithm", "4"],
      ["AllowSMIMEEncryptionAlgorithmNegotiation", "2"],
      ["MaxAttachmentSize", ""],
      ["MaxEmailBodyTruncationSize", "-1"],
      ["UnapprovedInROMApplicationList", ["ApplicationName", "game.exe"]],
      ["ApprovedApplicationList", ["Hash", "AAAA"], ["Hash", "BBBB"]],
    ]) {
      expect(sent).toContainEqual(setting);
    }
  });

  it("leaves out what is not set, and is never empty", () => {
    expect(plain(encodePolicyDocument({ allowCamera: false }))).toEqual([
      "EASProvisionDoc",
      ["AllowCamera", "0"],
    ]);
    expect(plain(encodePolicyDocument({}))).toEqual(["EASProvisionDoc", ["DevicePasswordEnabled", "0"]]);
  });
});
