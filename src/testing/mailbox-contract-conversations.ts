import assert from "node:assert/strict";
import { conversationsOf } from "../mailbox/abilities/conversations.js";
import {
  apply,
  checksOfAbility,
  content,
  day,
  type MailboxCheck,
  type MailboxSubject,
  readAll,
} from "./mailbox-contract-subject.js";

const root = "<contract-root@example.com>";

function message(id: string, answered?: string): string {
  const thread = answered === undefined ? "" : `In-Reply-To: ${answered}\r\nReferences: ${answered}\r\n`;
  return `From: ann@example.com\r\nTo: carol@example.com\r\nSubject: Plans\r\nMessage-ID: ${id}\r\n${thread}\r\nHello\r\n`;
}

/** A conversation of two mails and a mail that is no part of it; undefined where there is no way to make one. */
async function conversation(
  subject: MailboxSubject,
): Promise<{ readonly id: Uint8Array; readonly other: string } | undefined> {
  const { mailbox, ref, folder, otherFolder, deliver } = subject;
  if (deliver === undefined || otherFolder === undefined) return undefined;
  const first = await subject.deliver?.(message(root), day(1));
  await subject.deliver?.(message("<contract-reply@example.com>", root), day(2));
  const other = await subject.deliver?.(message("<contract-other@example.com>"), day(3));
  await subject.settle?.();
  if (first === undefined || other === undefined) return undefined;
  const item = await mailbox.item(ref, folder, first, { bodies: [], withBody: false });
  if (item?.class !== "Email" || item.conversationId === undefined) return undefined;
  return { id: item.conversationId, other };
}

/** What moving conversations must do, where a mailbox does. */
export const conversationChecks: Readonly<Record<string, MailboxCheck>> = checksOfAbility(conversationsOf, {
  "a conversation is moved as a whole, and what is no part of it stays": async (subject, able) => {
    const made = await conversation(subject);
    if (made === undefined) return;
    const { ref, otherFolder = "" } = subject;
    const here = await readAll(subject, undefined);
    const there = await readAll({ ...subject, folder: otherFolder }, undefined);
    assert.deepEqual(await able.moveConversation(ref, made.id, otherFolder), { kind: "moved" });
    await subject.settle?.();
    const left = apply(apply(new Map(), here.changes), (await readAll(subject, here.cursor)).changes);
    assert.deepEqual([...left.keys()], [made.other]);
    const arrived = await readAll({ ...subject, folder: otherFolder }, there.cursor);
    assert.equal(apply(new Map(), arrived.changes).size, 2);
  },

  "what arrives later of a conversation that was moved goes where it is": async (subject, able) => {
    const made = await conversation(subject);
    if (made === undefined) return;
    const { ref, otherFolder = "" } = subject;
    await able.moveConversation(ref, made.id, otherFolder);
    await subject.deliver?.(message("<contract-late@example.com>", root), day(4));
    await subject.settle?.();
    assert.deepEqual([...(await content(subject)).keys()], [made.other]);
    assert.equal((await content({ ...subject, folder: otherFolder })).size, 3);
  },

  "a conversation that is moved again stays where it is": async (subject, able) => {
    const made = await conversation(subject);
    if (made === undefined) return;
    const { ref, otherFolder = "" } = subject;
    await able.moveConversation(ref, made.id, otherFolder);
    assert.deepEqual(await able.moveConversation(ref, made.id, otherFolder), { kind: "moved" });
    await subject.settle?.();
    assert.equal((await content({ ...subject, folder: otherFolder })).size, 2);
  },

  "a conversation that does not exist is not found, and nothing is moved": async (subject, able) => {
    const id = await subject.add(day(1));
    const target = subject.otherFolder ?? subject.folder;
    for (const unknown of [new Uint8Array(16).fill(0xaa), new Uint8Array(0)]) {
      assert.deepEqual(await able.moveConversation(subject.ref, unknown, target), { kind: "not-found" });
    }
    assert.deepEqual([...(await content(subject)).keys()], [id]);
  },
});
