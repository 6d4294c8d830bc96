import { describe, expect, it } from "vitest";
import { type PolicyDocument, permissivePolicy, policyHash } from "../../../src/protocol/policy.js";
import { assertPolicyDocument } from "../../../src/protocol/policy-settings.js";

describe("a policy", () => {
  it.each<PolicyDocument>([
    permissivePolicy,
    {},
    { minDevicePasswordLength: 1, maxDevicePasswordFailedAttempts: 16 },
    { minDevicePasswordLength: null, maxEmailBodyTruncationSize: -1 },
    { maxAttachmentSizeBytes: 4_294_967_295 },
    { allowBluetooth: "hands-free-only", allowCamera: false },
    { unapprovedInRomApplications: ["calc.exe"], approvedApplicationHashes: [] },
  ])("%o is all right", (document) => {
    expect(() => assertPolicyDocument(document)).not.toThrow();
  });

  it.each<PolicyDocument>([
    { minDevicePasswordLength: 0 },
    { minDevicePasswordLength: 17 },
    { minDevicePasswordLength: 4.5 },
    { minDevicePasswordLength: Number.NaN },
    { maxDevicePasswordFailedAttempts: 3 },
    { maxInactivityTimeDeviceLockSeconds: -1 },
    { maxAttachmentSizeBytes: 4_294_967_296 },
    { maxEmailHtmlBodyTruncationSize: -2 },
    { minDevicePasswordComplexCharacters: 5 },
  ])("%o is refused by name", (document) => {
    const [name = ""] = Object.keys(document);
    expect(() => assertPolicyDocument(document)).toThrowError(
      expect.objectContaining({ code: "ERR_OPTION_INVALID" }),
    );
    expect(() => assertPolicyDocument(document)).toThrowError(name);
  });

  it.each<readonly [string, unknown, string]>([
    ["allowCamera", "no", 'policy.document.allowCamera must be true or false, got "no"'],
    ["allowBluetooth", "toString", "policy.document.allowBluetooth must be one of off, hands-free-only, on"],
    ["maxEmailAgeFilter", 5, "policy.document.maxEmailAgeFilter must be one of all, 1-day"],
    [
      "devicePasswordHistory",
      null,
      "policy.document.devicePasswordHistory must be a whole number from 0 to 50, got null",
    ],
    ["minDevicePasswordLength", "6", "must be a whole number from 1 to 16, or null"],
    ["approvedApplicationHashes", [1], "policy.document.approvedApplicationHashes must be a list of texts"],
    ["minPasswordLength", 6, "policy.document has no setting minPasswordLength"],
  ])("that sets %s to %j from JavaScript is refused", (name, value, message) => {
    expect(() => assertPolicyDocument({ [name]: value } as PolicyDocument)).toThrowError(message);
  });

  it("has a hash that tells policies apart, but not the order they are written in", () => {
    const document = { devicePasswordEnabled: true, allowCamera: false };
    const same = { allowCamera: false, devicePasswordEnabled: true };
    expect(policyHash(document)).toBe(policyHash(same));
    expect(policyHash(document)).toMatch(/^[0-9a-f]{32}$/);
    expect(policyHash(document)).not.toBe(policyHash({ ...document, allowCamera: true }));
    expect(policyHash({ minDevicePasswordLength: null })).not.toBe(policyHash({}));
  });
});
