import assert from "node:assert/strict";
import { draftsOf, type MailboxDrafts } from "../mailbox/abilities/drafts.js";
import type { EmailItem } from "../mailbox/items/email.js";
import type { MailboxCheck, MailboxSubject } from "./mailbox-contract-subject.js";

type DraftCheck = (subject: MailboxSubject, able: MailboxDrafts, folder: string) => Promise<void>;

const view = {
  withBody: true,
  bodies: [
    { type: "mime", truncationBytes: undefined, allOrNone: false, previewCharacters: 0 },
    { type: "plain", truncationBytes: undefined, allOrNone: false, previewCharacters: 0 },
  ],
} as const;

function draft(subject: string): EmailItem {
  const lines = ["From: a@example.com", "To: b@example.com", "Bcc: c@example.com", `Subject: ${subject}`];
  return {
    class: "Email",
    subject,
    from: "a@example.com",
    to: "b@example.com",
    bcc: "c@example.com",
    dateReceivedMs: Date.UTC(2020, 0, 1),
    read: true,
    isDraft: true,
    body: {
      native: "plain",
      plain: { data: "text\r\n" },
      mime: { data: Buffer.from(`${lines.join("\r\n")}\r\n\r\ntext\r\n`) },
    },
  };
}

async function stored({ mailbox, ref }: MailboxSubject, folder: string, id: string): Promise<EmailItem> {
  const item = await mailbox.item(ref, folder, id, view);
  if (item?.class !== "Email") assert.fail(`the draft ${id} is not there`);
  return item;
}

async function present({ mailbox, ref, settle }: MailboxSubject, folder: string): Promise<readonly string[]> {
  await settle?.();
  const ids = new Set<string>();
  let cursor: string | undefined;
  for (;;) {
    const page = await mailbox.changes(ref, folder, { cursor, sinceMs: undefined, limit: 50 });
    if (page.kind !== "page") assert.fail(`the drafts folder was answered ${page.kind}`);
    for (const change of page.changes) {
      if (change.kind === "present") ids.add(change.id);
      else ids.delete(change.id);
    }
    cursor = page.cursor;
    if (!page.more) return [...ids];
  }
}

const checks: Readonly<Record<string, DraftCheck>> = {
  "a draft that was saved is there as it was given, with Bcc": async (subject, able, folder) => {
    const saved = await able.saveDraft(subject.ref, folder, draft("one"), undefined, "t1");
    if (saved.kind !== "saved") assert.fail(`the draft was answered ${saved.kind}`);
    const item = await stored(subject, folder, saved.id);
    assert.equal(item.subject, "one");
    assert.match(item.bcc ?? "", /c@example\.com/);
    assert.equal(item.read, true);
    assert.equal(item.isDraft, true);
    const now = await subject.mailbox.itemVersion(subject.ref, folder, saved.id);
    assert.equal(now?.version, saved.version);
  },

  "a draft takes the place of the one before": async (subject, able, folder) => {
    const first = await able.saveDraft(subject.ref, folder, draft("one"), undefined, "t1");
    if (first.kind !== "saved") assert.fail(`the draft was answered ${first.kind}`);
    const replaced = { id: first.id, expectedVersion: first.version };
    const second = await able.saveDraft(subject.ref, folder, draft("two"), replaced, "t2");
    if (second.kind !== "saved") assert.fail(`the changed draft was answered ${second.kind}`);
    assert.equal((await stored(subject, folder, second.id)).subject, "two");
    assert.deepEqual(await present(subject, folder), [second.id]);
    assert.ok(second.id !== first.id || second.version !== first.version, "its id or version is another");
  },

  "a draft that someone else changed is not replaced": async (subject, able, folder) => {
    const first = await able.saveDraft(subject.ref, folder, draft("one"), undefined, "t1");
    if (first.kind !== "saved") assert.fail(`the draft was answered ${first.kind}`);
    const outdated = { id: first.id, expectedVersion: "of-another-draft" };
    const refused = await able.saveDraft(subject.ref, folder, draft("two"), outdated, "t2");
    assert.equal(refused.kind, "version-mismatch");
    assert.equal((await stored(subject, folder, first.id)).subject, "one");
    const gone = { id: "no-such-draft", expectedVersion: first.version };
    const missing = await able.saveDraft(subject.ref, folder, draft("two"), gone, "t3");
    assert.equal(missing.kind, "not-found");
    assert.deepEqual(await present(subject, folder), [first.id]);
  },

  "a draft that is saved again with its token is saved once": async (subject, able, folder) => {
    const first = await able.saveDraft(subject.ref, folder, draft("one"), undefined, "t1");
    const again = await able.saveDraft(subject.ref, folder, draft("one"), undefined, "t1");
    if (first.kind !== "saved" || again.kind !== "saved") assert.fail("the draft was refused");
    assert.equal(again.id, first.id);
    const replaced = { id: first.id, expectedVersion: first.version };
    const second = await able.saveDraft(subject.ref, folder, draft("two"), replaced, "t2");
    const repeated = await able.saveDraft(subject.ref, folder, draft("two"), replaced, "t2");
    if (second.kind !== "saved" || repeated.kind !== "saved") assert.fail("the changed draft was refused");
    assert.deepEqual([repeated.id, repeated.version], [second.id, second.version]);
    assert.deepEqual(await present(subject, folder), [second.id]);
  },
};

/** Checks for mailboxes with {@link MailboxDrafts} and a folder of kind `drafts`; they pass unseen without. */
export const draftChecks: Readonly<Record<string, MailboxCheck>> = Object.fromEntries(
  Object.entries(checks).map(([name, check]) => [
    name,
    async (subject: MailboxSubject): Promise<void> => {
      const able = draftsOf(subject.mailbox);
      const folder = (await subject.mailbox.folders(subject.ref)).find(({ kind }) => kind === "drafts");
      if (able !== undefined && folder !== undefined) await check(subject, able, folder.id);
    },
  ]),
);
