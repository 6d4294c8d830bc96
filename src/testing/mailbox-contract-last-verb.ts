import assert from "node:assert/strict";
import { lastVerbOf } from "../mailbox/abilities/last-verb.js";
import {
  apply,
  checksOfAbility,
  content,
  day,
  type MailboxCheck,
  readAll,
} from "./mailbox-contract-subject.js";

const verb = { executed: "reply", atMs: day(2) } as const;

/** What marking a mail as answered must do, where a mailbox does. */
export const lastVerbChecks: Readonly<Record<string, MailboxCheck>> = checksOfAbility(lastVerbOf, {
  "a mail that was answered says so, and counts as changed": async (subject, able) => {
    const { mailbox, ref, folder } = subject;
    const id = await subject.deliver?.("From: ann@example.com\r\nSubject: Question\r\n\r\nWell?\r\n", day(1));
    if (id === undefined) return;
    const before = (await content(subject)).get(id);
    const { cursor } = await readAll(subject, undefined);
    assert.deepEqual(await able.setLastVerb(ref, folder, id, verb), { kind: "updated" });
    await subject.settle?.();
    const item = await mailbox.item(ref, folder, id, { bodies: [], withBody: false });
    assert.equal(item?.class === "Email" && item.lastVerb?.executed, verb.executed);
    const told = apply(new Map(), (await readAll(subject, cursor)).changes).get(id);
    assert.notEqual(told, undefined, "the change list does not tell of it");
    assert.notDeepEqual(told, before);
  },

  "a mail that does not exist was not answered": async ({ ref, folder }, able) => {
    assert.deepEqual(await able.setLastVerb(ref, folder, "no-such-item", verb), { kind: "not-found" });
    assert.deepEqual(await able.setLastVerb(ref, "no-such-folder", "x", verb), { kind: "not-found" });
  },
});
