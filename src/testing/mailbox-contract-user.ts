import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { certificateTrustOf } from "../mailbox/abilities/certificate-trust.js";
import { recoveryPasswordOf } from "../mailbox/abilities/recovery-password.js";
import type { Mailbox, MailboxUserInformation } from "../mailbox/mailbox.js";
import { checksOfAbility, type MailboxCheck } from "./mailbox-contract-subject.js";

function userInformationOf(mailbox: Mailbox): MailboxUserInformation | undefined {
  const able = mailbox as Mailbox & Partial<MailboxUserInformation>;
  return typeof able.userInformation === "function" ? (able as MailboxUserInformation) : undefined;
}

const userInformationChecks = checksOfAbility(userInformationOf, {
  "who the user is is told alike each time, with addresses that can stand in a header": async (
    { ref },
    able,
  ) => {
    const { addresses, displayName } = await able.userInformation(ref);
    assert.ok(Array.isArray(addresses));
    for (const address of addresses) assert.match(address, /^[^\s<>,;]+$/);
    const folded = addresses.map((address) => address.toLowerCase());
    assert.equal(new Set(folded).size, folded.length, "an address is told twice");
    assert.notEqual(displayName, "");
    assert.deepEqual(await able.userInformation(ref), { addresses, ...(displayName && { displayName }) });
  },
});

const recoveryPasswordChecks = checksOfAbility(recoveryPasswordOf, {
  "a recovery password is taken, whatever it consists of, and taken back": async ({ ref }, able) => {
    const first = await able.setRecoveryPassword(ref, "DEVICE1", "1234");
    for (const password of ["\u00fc\u{1f511} '\";--", "x".repeat(255), ""]) {
      assert.deepEqual(await able.setRecoveryPassword(ref, "DEVICE1", password), first);
    }
    assert.ok(first.kind === "updated" || first.kind === "forbidden");
  },
});

const certificateTrustChecks = checksOfAbility(certificateTrustOf, {
  "authorities that are trusted are certificates": async ({ ref }, able) => {
    for (const authority of await able.trustedAuthorities(ref)) {
      assert.doesNotThrow(() => new X509Certificate(authority));
    }
  },
});

/** What knowing the user must be like, where a mailbox tells. */
export const userChecks: Readonly<Record<string, MailboxCheck>> = {
  ...userInformationChecks,
  ...recoveryPasswordChecks,
  ...certificateTrustChecks,
};
