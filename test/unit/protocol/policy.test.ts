import { describe, expect, it } from "vitest";
import {
  assertPolicyDocument,
  type PolicyDocument,
  permissivePolicy,
  policyHash,
} from "../../../src/protocol/policy.js";

describe("a policy", () => {
  it.each<PolicyDocument>([
    permissivePolicy,
    {},
    { minDevicePasswordLength: 1, maxDevicePasswordFailedAttempts: 16 },
    { minDevicePasswordLength: null, maxEmailBodyTruncationSize: -1 },
    { maxAttachmentSizeBytes: 4_294_967_295 },
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

  it("has a hash that tells policies apart, but not the order they are written in", () => {
    const document = { devicePasswordEnabled: true, allowCamera: false };
    const same = { allowCamera: false, devicePasswordEnabled: true };
    expect(policyHash(document)).toBe(policyHash(same));
    expect(policyHash(document)).toMatch(/^[0-9a-f]{32}$/);
    expect(policyHash(document)).not.toBe(policyHash({ ...document, allowCamera: true }));
    expect(policyHash({ minDevicePasswordLength: null })).not.toBe(policyHash({}));
  });
});
