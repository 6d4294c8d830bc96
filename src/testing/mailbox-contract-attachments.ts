import assert from "node:assert/strict";
import { attachmentsOf, type ByteRange } from "../mailbox/abilities/attachments.js";
import type { MailboxCheck, MailboxSubject } from "./mailbox-contract-subject.js";

/** Reads an attachment to its end; fails when it is not there. */
async function read(
  subject: MailboxSubject,
  fileReference: string,
  range?: ByteRange,
): Promise<{ readonly sizeBytes: number; readonly bytes: Buffer }> {
  const opened = await attachmentsOf(subject.mailbox)?.attachment(subject.ref, fileReference, range);
  if (opened?.kind !== "attachment") assert.fail(`the attachment was answered ${opened?.kind}`);
  assert.match(opened.contentType, /^[^/\s]+\/[^/\s]+/);
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.content) chunks.push(chunk);
  return { sizeBytes: opened.sizeBytes, bytes: Buffer.concat(chunks) };
}

/** What giving attachments must do, where a mailbox does. */
export const attachmentChecks: Readonly<Record<string, MailboxCheck>> = {
  "an attachment has the size that it tells": async (subject) => {
    const added = await addAttachment(subject);
    if (added === undefined) return;
    const { sizeBytes, bytes } = await read(subject, added.fileReference);
    assert.equal(sizeBytes, bytes.length);
    assert.deepEqual(bytes, Buffer.from(added.content));
  },

  "an attachment is read in ranges": async (subject) => {
    const added = await addAttachment(subject);
    if (added === undefined) return;
    const { fileReference, content } = added;
    const size = content.length;
    const middle = Math.floor(size / 2);
    const ranges = [
      { first: 0, last: 0 },
      { first: 0, last: middle },
      { first: middle, last: size - 1 },
      { first: middle, last: size + 1_000 },
    ];
    for (const range of ranges) {
      const part = await read(subject, fileReference, range);
      assert.equal(part.sizeBytes, size);
      assert.deepEqual(part.bytes, Buffer.from(content.subarray(range.first, range.last + 1)));
    }
    const beyond = await attachmentsOf(subject.mailbox)?.attachment(subject.ref, fileReference, {
      first: size,
      last: size + 1,
    });
    assert.equal(beyond?.kind === "attachment" && beyond.sizeBytes, size);
  },

  "an attachment is read again and at the same time": async (subject) => {
    const added = await addAttachment(subject);
    if (added === undefined) return;
    const both = await Promise.all([read(subject, added.fileReference), read(subject, added.fileReference)]);
    for (const { bytes } of both) assert.deepEqual(bytes, Buffer.from(added.content));
  },

  "an attachment of a made-up name is not found": async (subject) => {
    const able = attachmentsOf(subject.mailbox);
    if (able === undefined) return;
    for (const name of ["no-such-attachment", "../x", "\u{1f4ce}".repeat(100)]) {
      const answer = await able.attachment(subject.ref, name);
      assert.equal(answer.kind, "not-found");
    }
  },
};

/** Undefined where the mailbox gives no attachments, or the subject cannot add one. */
async function addAttachment(
  subject: MailboxSubject,
): Promise<{ readonly fileReference: string; readonly content: Uint8Array } | undefined> {
  if (attachmentsOf(subject.mailbox) === undefined) return undefined;
  const added = await subject.addAttachment?.();
  if (added !== undefined) assert.ok(added.content.length >= 2, "the attachment has at least two bytes");
  return added;
}
