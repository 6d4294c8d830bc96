import assert from "node:assert/strict";
import { directoryOf } from "../mailbox/abilities/directory.js";
import { type BusyInterval, freeBusyOf, type MailboxFreeBusy } from "../mailbox/abilities/free-busy.js";
import { recipientsOf } from "../mailbox/abilities/recipients.js";
import type { MailboxRef } from "../push/mailbox-change-source.js";
import { checksOfAbility, day, type MailboxCheck } from "./mailbox-contract-subject.js";

const nobody = "no-such-person-qqzz";
const hour = 3_600_000;

const sameAddress = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
const beginningOf = (name: string): string => name.split(/\s+/, 1)[0]?.slice(0, 3) ?? "";

const directoryChecks = checksOfAbility(directoryOf, {
  "the address list finds people by the beginnings of their names, in any letter case": async (
    { ref, person },
    able,
  ) => {
    if (person === undefined) return;
    const beginning = beginningOf(person.displayName);
    for (const text of [person.displayName, beginning, beginning.toUpperCase()]) {
      const { entries, total } = await able.findInDirectory(ref, {
        text,
        withPhotos: false,
        first: 0,
        limit: 100,
      });
      const isThere = entries.some(({ emailAddress }) => sameAddress(emailAddress, person.emailAddress));
      assert.ok(isThere, `${text} finds ${total} without ${person.emailAddress}`);
      assert.ok(total >= entries.length);
    }
  },

  "the address list finds nobody who is not there": async ({ ref, person }, able) => {
    for (const text of [nobody, `${person?.displayName ?? ""} ${nobody}`, "*", "%", "*)(objectClass=*"]) {
      const found = await able.findInDirectory(ref, { text, withPhotos: false, first: 0, limit: 100 });
      assert.deepEqual(found, { entries: [], total: 0 }, JSON.stringify(text));
    }
  },

  "the address list is read in pages, always in the same order": async ({ ref, person }, able) => {
    if (person === undefined) return;
    const text = beginningOf(person.displayName);
    const page = async (first: number, limit: number): Promise<readonly string[]> => {
      const { entries } = await able.findInDirectory(ref, { text, withPhotos: false, first, limit });
      assert.ok(entries.length <= limit, `${entries.length} entries where ${limit} were wanted`);
      return entries.map(({ emailAddress }) => emailAddress);
    };
    const whole = await page(0, 100);
    const single: string[] = [];
    for (let first = 0; first < whole.length; first += 1) single.push(...(await page(first, 1)));
    assert.deepEqual(single, whole);
    assert.deepEqual(await page(whole.length, 10), []);
  },
});

const plain = { withCertificates: false, withPhotos: false } as const;

const recipientChecks = checksOfAbility(recipientsOf, {
  "an address stands for its owner alone, in any letter case": async ({ ref, person }, able) => {
    if (person === undefined) return;
    for (const to of [person.emailAddress, person.emailAddress.toUpperCase()]) {
      const { recipients, total } = await able.resolveRecipient(ref, to, { ...plain, limit: 10 });
      assert.equal(total, 1, to);
      assert.equal(recipients.length, 1, to);
      assert.ok(sameAddress(recipients[0]?.emailAddress ?? "", person.emailAddress));
      assert.notEqual(recipients[0]?.displayName, "");
    }
  },

  "part of a name stands for everyone who has it": async ({ ref, person }, able) => {
    if (person === undefined) return;
    const to = beginningOf(person.displayName);
    const { recipients, total } = await able.resolveRecipient(ref, to, { ...plain, limit: 100 });
    assert.ok(recipients.some(({ emailAddress }) => sameAddress(emailAddress, person.emailAddress)));
    const one = await able.resolveRecipient(ref, to, { ...plain, limit: 1 });
    assert.equal(one.recipients.length, 1);
    assert.equal(one.total, total);
  },

  "who is not there is nobody": async ({ ref }, able) => {
    for (const to of [nobody, `${nobody}@example.invalid`, "@", "*", "\u{1f4ce}".repeat(100)]) {
      assert.deepEqual(await able.resolveRecipient(ref, to, { ...plain, limit: 10 }), {
        recipients: [],
        total: 0,
      });
    }
  },
});

/** Undefined where the mailbox does not tell. */
async function intervals(
  able: MailboxFreeBusy,
  ref: MailboxRef,
  emailAddress: string,
): Promise<readonly BusyInterval[] | undefined> {
  const told = await able.freeBusy(ref, emailAddress, day(10), day(11));
  return told.kind === "intervals" ? told.intervals : undefined;
}

const freeBusyChecks = checksOfAbility(freeBusyOf, {
  "when someone is busy is told, and only what touches the time asked for": async ({ ref, person }, able) => {
    if (person?.addAppointment === undefined) return;
    await person.addAppointment(day(10) + 9 * hour, day(10) + 10 * hour);
    await person.addAppointment(day(12), day(12) + hour);
    const told = await intervals(able, ref, person.emailAddress);
    if (told === undefined) return;
    const busy = { startMs: day(10) + 9 * hour, endMs: day(10) + 10 * hour };
    const covers = ({ startMs, endMs }: BusyInterval): boolean =>
      startMs <= busy.startMs && endMs >= busy.endMs;
    assert.ok(told.some(covers), "the appointment is missing");
    for (const { startMs, endMs } of told) {
      assert.ok(startMs < endMs, "an interval ends before it begins");
      assert.ok(startMs < day(11) && endMs > day(10), "an interval lies outside of the time asked for");
    }
  },

  "when somebody has time of whom nothing is known is unknown": async ({ ref }, able) => {
    const told = await able.freeBusy(ref, `${nobody}@example.invalid`, day(10), day(11));
    assert.deepEqual(told, { kind: "unknown" });
  },
});

/** What looking people up must do, where a mailbox does. */
export const peopleChecks: Readonly<Record<string, MailboxCheck>> = {
  ...directoryChecks,
  ...recipientChecks,
  ...freeBusyChecks,
};
