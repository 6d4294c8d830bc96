import assert from "node:assert/strict";
import { type MailboxOutOfOffice, outOfOfficeOf } from "../mailbox/abilities/out-of-office.js";
import type { MailboxCheck, MailboxSubject } from "./mailbox-contract-subject.js";

type NotesCheck = (subject: MailboxSubject, notes: MailboxOutOfOffice) => Promise<void>;

const reply = { format: "text", content: "Back on Friday — see you & yours" } as const;
const timed = { kind: "timed", startMs: 1_900_000_000_000, endMs: 1_900_000_600_000 } as const;

const checks: Readonly<Record<string, NotesCheck>> = {
  "an absence note that was set is told": async ({ ref }, notes) => {
    const messages = { internal: { enabled: true, reply } };
    assert.deepEqual(await notes.setOutOfOffice(ref, { state: timed, messages }), { kind: "updated" });
    const told = await notes.outOfOffice(ref);
    assert.deepEqual(told.state, timed);
    assert.deepEqual(told.messages.internal, { enabled: true, reply });
  },

  "what a change of absence notes leaves out stays": async ({ ref }, notes) => {
    await notes.setOutOfOffice(ref, { state: timed, messages: { internal: { enabled: true, reply } } });
    await notes.setOutOfOffice(ref, { messages: { internal: { enabled: false } } });
    const off = await notes.outOfOffice(ref);
    assert.deepEqual(off.state, timed);
    assert.deepEqual(off.messages.internal, { enabled: false, reply });
    await notes.setOutOfOffice(ref, { state: { kind: "off" }, messages: {} });
    const { state, messages } = await notes.outOfOffice(ref);
    assert.deepEqual(state, { kind: "off" });
    assert.deepEqual(messages.internal, { enabled: false, reply });
  },
};

/** Checks for mailboxes with {@link MailboxOutOfOffice}; they pass unseen without it. */
export const outOfOfficeChecks: Readonly<Record<string, MailboxCheck>> = Object.fromEntries(
  Object.entries(checks).map(([name, check]) => [
    name,
    async (subject: MailboxSubject): Promise<void> => {
      const notes = outOfOfficeOf(subject.mailbox);
      if (notes !== undefined) await check(subject, notes);
    },
  ]),
);
