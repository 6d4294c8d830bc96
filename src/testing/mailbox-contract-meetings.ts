import assert from "node:assert/strict";
import { meetingsOf } from "../mailbox/abilities/meetings.js";
import {
  checksOfAbility,
  type MailboxCheck,
  type MailboxSubject,
  remove,
} from "./mailbox-contract-subject.js";

const uid = "Contract-Check@example.com";

/** The id of a new appointment with the UID; undefined where the folder is no calendar, or nothing can be created. */
async function appointment({
  mailbox,
  ref,
  folder,
  ...subject
}: MailboxSubject): Promise<string | undefined> {
  const item = subject.newItem?.();
  if (item?.class !== "Calendar") return undefined;
  const created = await mailbox.create(ref, folder, { ...item, uid }, "token of the appointment");
  assert.equal(created.kind, "created");
  await subject.settle?.();
  return created.kind === "created" ? created.id : undefined;
}

/** What finding appointments by their UID must do, where a mailbox does. */
export const meetingChecks: Readonly<Record<string, MailboxCheck>> = checksOfAbility(meetingsOf, {
  "an appointment is found by its UID, for as long as it is there": async (subject, able) => {
    const { ref, folder } = subject;
    const item = await appointment(subject);
    if (item === undefined) return;
    assert.deepEqual(await able.meetingByUid(ref, uid), { folder, item });
    await remove(subject, item);
    assert.equal(await able.meetingByUid(ref, uid), undefined);
  },

  "an appointment that was moved is found where it is": async (subject, able) => {
    const { mailbox, ref, folder, otherFolder } = subject;
    const item = await appointment(subject);
    if (item === undefined || otherFolder === undefined) return;
    const moved = await mailbox.move(ref, folder, item, otherFolder);
    assert.equal(moved.kind, "moved");
    await subject.settle?.();
    if (moved.kind !== "moved") return;
    assert.deepEqual(await able.meetingByUid(ref, uid), { folder: otherFolder, item: moved.id });
  },

  "another UID finds nothing, whatever it looks like": async (subject, able) => {
    await appointment(subject);
    for (const other of [uid.toLowerCase(), uid.slice(0, -1), `${uid} `, "*", "%", ""]) {
      assert.equal(await able.meetingByUid(subject.ref, other), undefined, JSON.stringify(other));
    }
  },
});
