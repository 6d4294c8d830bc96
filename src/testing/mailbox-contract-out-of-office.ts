import assert from "node:assert/strict";
import { outOfOfficeOf } from "../mailbox/abilities/out-of-office.js";
import { checksOfAbility, type MailboxCheck } from "./mailbox-contract-subject.js";

const reply = { format: "text", content: "Back on Friday — see you & yours" } as const;
const timed = { kind: "timed", startMs: 1_900_000_000_000, endMs: 1_900_000_600_000 } as const;

/** What keeping absence notes must do, where a mailbox does. */
export const outOfOfficeChecks: Readonly<Record<string, MailboxCheck>> = checksOfAbility(outOfOfficeOf, {
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
});
