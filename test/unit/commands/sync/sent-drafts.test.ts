import { describe, expect, it } from "vitest";
import { guardedMailbox } from "../../../../src/mailbox/guarded-mailbox.js";
import type { SubmissionResult } from "../../../../src/mailbox/mail-submission.js";
import { updateSentMail } from "../../../../src/state/sent-mail-record.js";
import { AirSync, Email2, element, emptyElement, textElement } from "../../../../src/wbxml/index.js";
import { alice, attach, bob, DraftBench, drafts, sending, sendOnly, written } from "./draft-requests.js";
import { addCommand, changeCommand, collectionsOf, deleteCommand, syncRequest } from "./sync-bench.js";

const letter = { to: bob, subject: "Lunch", text: "Noon?" } as const;

function refusing(bench: DraftBench, reason: Extract<SubmissionResult, { kind: "refused" }>["reason"]): void {
  bench.mailbox.submission.submit = async () => ({ kind: "refused", reason });
}

/** What went where: mails out, copies in Sent, drafts left, mails in Bob's inbox. */
function counts(bench: DraftBench): readonly number[] {
  return [bench.out.length, bench.ids("sent").length, bench.ids().length, bench.ids("inbox", bob).length];
}

describe("a draft that is sent by a Change", () => {
  it("goes out, is copied to Sent, leaves the drafts, and is told to be gone", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft({
      ...letter,
      bcc: "dan@example.com",
      attachments: [attach("a1", "a.txt", "enclosed")],
    });
    const answer = await bench.up([sendOnly(id)]);
    expect(answer).toMatchObject({ status: "1", responses: [], deletes: [id] });
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
    const [sent] = bench.mailbox.submission.sent;
    expect(sent).toMatchObject({ sender: alice, recipients: [bob, "dan@example.com"] });
    expect(bench.out[0]).toContain("Subject: Lunch\r\n");
    expect(bench.out[0]).not.toMatch(/^Bcc:/m);
    const [copy = ""] = bench.ids("sent");
    expect(await bench.stored(copy, "sent")).toMatchObject({
      to: bob,
      bcc: "dan@example.com",
      read: true,
      attachments: [{ displayName: "a.txt" }],
    });
    expect((await bench.stored(copy, "sent")).isDraft).toBeUndefined();
  });

  it("goes out as the same Change edits it", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    await bench.up([sending(changeCommand(id, written({ to: "carol@example.com", subject: "Dinner" })))]);
    expect(bench.mailbox.submission.sent[0]?.recipients).toEqual(["carol@example.com"]);
    expect(bench.out[0]).toMatch(/Subject: Dinner\r\n[\s\S]*Noon\?/);
    expect(bench.ids()).toEqual([]);
  });

  it("is sent as well where the element stands in ApplicationData", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    await bench.up([changeCommand(id, [emptyElement(Email2.Send)])]);
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
  });

  it("goes out once however often the request comes", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    const { key } = bench;
    for (let round = 0; round < 3; round += 1) {
      bench.key = key;
      expect(await bench.up([sendOnly(id)])).toMatchObject({ responses: [], deletes: [id] });
    }
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
    expect(collectionsOf(await bench.sync(syncRequest([{ id: drafts, key: bench.key }])))).toEqual([]);
  });

  it("goes out once when two requests, or two phones, send it at the same time", async () => {
    const bench = await DraftBench.begin();
    const other = { deviceId: "device2" };
    await bench.folderSync(other);
    const id = await bench.draft(letter);
    const key = await bench.all(drafts, {}, other);
    const request = { id: drafts, key: bench.key, commands: [sendOnly(id)] };
    const answers = await Promise.all([
      bench.one(request),
      bench.one(request),
      bench.one({ ...request, key }, other),
    ]);
    expect(answers.map(({ responses }) => responses)).toEqual([[], [], [`Change ${id} 8`]]);
    expect(answers[2]?.deletes).toEqual([id]);
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
  });

  it.each([
    ["the mailbox fails at the copy", ["create"], 0],
    ["the mailbox fails at the draft's removal", ["delete"], 1],
  ] as const)("is finished by the repeat when %s", async (_what, failing, copies) => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    const { key } = bench;
    bench.mailbox.faults.failWith(new Error("down"), failing);
    const request = syncRequest([{ id: drafts, key, commands: [sendOnly(id)] }]);
    expect((await bench.sync(request)).outcome?.kind).toBe("unavailable");
    expect(counts(bench)).toEqual([1, copies, 1, 1]);
    bench.mailbox.faults.recover();
    expect(await bench.up([sendOnly(id)])).toMatchObject({ responses: [], deletes: [id] });
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
  });

  it("goes out at the repeat when the mail server was down", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    bench.mailbox.faults.failWith(new Error("down"), ["submit"]);
    const request = syncRequest([{ id: drafts, key: bench.key, commands: [sendOnly(id)] }]);
    expect((await bench.sync(request)).outcome?.kind).toBe("unavailable");
    bench.mailbox.faults.recover();
    await bench.up([sendOnly(id)]);
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
  });

  it("is answered alike when the process ended before that was noted", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    const write = bench.state.write.bind(bench.state);
    bench.state.write = async (key, ...rest) => {
      if (key.startsWith("collection")) throw new Error("ends here");
      return write(key, ...rest);
    };
    const request = syncRequest([{ id: drafts, key: bench.key, commands: [sendOnly(id)] }]);
    expect((await bench.sync(request)).outcome?.kind).toBe("unavailable");
    bench.state.write = write;
    expect(await bench.up([sendOnly(id)])).toMatchObject({ responses: [], deletes: [id] });
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
  });

  it("waits for another process that is at it: Status 16", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    bench.mailbox.faults.failWith(new Error("down"), ["submit"]);
    const { key } = bench;
    const atMs = bench.clock.now();
    const request = syncRequest([{ id: drafts, key, commands: [sendOnly(id)] }]);
    const write = bench.state.write.bind(bench.state);
    // The other process ended in the middle: what it noted stays.
    let clientId = "";
    bench.state.write = async (name, value, ...rest) => {
      if (name.startsWith("sent")) clientId = JSON.parse(value).mails.at(-1)?.clientId ?? clientId;
      return write(name, value, ...rest);
    };
    await bench.sync(request);
    bench.mailbox.faults.recover();
    await updateSentMail(bench.state, alice, bench.deviceId, clientId, () => ({
      result: undefined,
      note: { clientId, state: "sending", atMs },
    }));
    expect(await bench.one({ id: drafts, key, commands: [sendOnly(id)] })).toMatchObject({ status: "16" });
    expect(bench.out).toEqual([]);
    await bench.clock.advance(120_000);
    expect(await bench.up([sendOnly(id)])).toMatchObject({ responses: [] });
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
  });

  it("looks sent although the mailbox does not let the draft go; it comes back", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    bench.mailbox.delete = async () => ({ kind: "forbidden" });
    expect(await bench.up([sendOnly(id)])).toMatchObject({ responses: [], changes: [id] });
    expect(bench.told.sourceFailures).toHaveLength(1);
    expect(counts(bench)).toEqual([1, 1, 1, 1]);
  });
});

describe("a draft that cannot be sent", () => {
  it.each([
    ["no recipient", { text: "x" }, 183],
    ["a recipient that is no address", { to: "Bob", text: "x" }, 183],
  ] as const)("for %s is Status 183, and stays", async (_what, draft, status) => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(draft);
    expect((await bench.up([sendOnly(id)])).responses).toEqual([`Change ${id} ${status}`]);
    expect(counts(bench)).toEqual([0, 0, 1, 0]);
  });

  it.each([
    ["recipient-unknown", 183],
    ["quota-exceeded", 115],
    ["reply-not-allowed", 117],
    ["failed", 120],
    ["too-large", 122],
    ["sending-disabled", 167],
  ] as const)("because of %s is Status %i, and stays as the user wrote it last", async (reason, status) => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    refusing(bench, reason);
    const { key } = bench;
    const command = sending(changeCommand(id, written({ text: "More" })));
    const answer = await bench.up([command]);
    expect(answer).toMatchObject({ responses: [`Change ${id} ${status}`], changes: [] });
    expect((await bench.stored(id)).body?.plain?.data).toMatch(/^More/);
    // A repeat tries again, and is in no conflict with what was kept.
    bench.key = key;
    expect((await bench.up([command])).responses).toEqual([`Change ${id} ${status}`]);
    bench.mailbox.submission.submit = Object.getPrototypeOf(bench.mailbox.submission).submit;
    expect((await bench.up([command])).responses).toEqual([]);
    expect(bench.out[0]).toContain("More");
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
  });

  it("because others changed it is Status 7, and the phone gets theirs", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    const raw = Buffer.from(`From: ${alice}\r\nTo: ${bob}\r\nSubject: Theirs\r\n\r\nx\r\n`);
    const item = {
      ...(await bench.stored(id)),
      subject: "Theirs",
      body: { native: "plain", mime: { data: raw } },
    };
    bench.mailbox.updateItem(alice, drafts, id, { kind: "replace", item: item as never });
    const answer = await bench.up([sendOnly(id)]);
    expect(answer).toMatchObject({ responses: [`Change ${id} 7`], changes: [id] });
    expect(counts(bench)).toEqual([0, 0, 1, 0]);
  });

  it("because it is gone is Status 8", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    bench.mailbox.removeItem(alice, drafts, id);
    expect(await bench.up([sendOnly(id)])).toMatchObject({ responses: [`Change ${id} 8`], deletes: [id] });
    expect(bench.out).toEqual([]);
  });

  it("because no address of the user is known is Status 167", async () => {
    const bench = await DraftBench.begin({ user: "alice" });
    Object.assign(bench.mailbox.submission, { senderAddresses: async () => [] });
    const answer = await bench.up([sending(addCommand("c1", written(letter)))]);
    expect(answer.responses).toEqual(["Add c1 167"]);
    expect((await bench.up([addCommand("c2", written(letter))])).responses).toEqual(["Add c2 167"]);
  });

  it.each(["14.1", "16.1"] as const)("as it is a mail of the inbox is Status 6 in %s", async (version) => {
    const bench = await DraftBench.begin({ version });
    const id = bench.mail();
    const key = await bench.all();
    const answer = await bench.one({ key, commands: [sendOnly(id)] });
    expect(answer.responses).toEqual([`Change ${id} 6`]);
    expect(bench.out).toEqual([]);
  });

  it("as it is no mail is Status 6", async () => {
    const bench = await DraftBench.begin();
    const key = await bench.all("contacts");
    const answer = await bench.one({ id: "contacts", key, commands: [sending(addCommand("c1", []))] });
    expect(answer.responses).toEqual(["Add c1 6"]);
    expect(bench.ids("contacts")).toEqual([]);
  });
});

describe("a draft that is sent as it is added", () => {
  it("goes out, is copied to Sent, and the phone's own goes", async () => {
    const bench = await DraftBench.begin();
    const answer = await bench.up([sending(addCommand("c1", written(letter)))]);
    const [response = ""] = answer.responses;
    expect(response).toMatch(/^Add c1 sent-[\w-]+ 1$/);
    const [, , serverId = ""] = response.split(" ");
    expect(serverId.length).toBeLessThanOrEqual(48);
    expect(answer).toMatchObject({ adds: [], deletes: [serverId] });
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
    expect(collectionsOf(await bench.sync(syncRequest([{ id: drafts, key: bench.key }])))).toEqual([]);
  });

  it("is told to be gone by the next Sync where this one gets no changes", async () => {
    const bench = await DraftBench.begin();
    const commands = [sending(addCommand("c1", written(letter)))];
    const answer = await bench.one({ id: drafts, key: bench.key, getChanges: false, commands });
    const [, , serverId = ""] = answer.responses[0]?.split(" ") ?? [];
    expect(answer.deletes).toEqual([]);
    expect((await bench.one({ id: drafts, key: answer.key })).deletes).toEqual([serverId]);
  });

  it("goes out in the very first Sync of the folder", async () => {
    const bench = new DraftBench(drafts, {});
    await bench.folderSync();
    bench.key = await bench.start(drafts);
    const answer = await bench.up([sending(addCommand("c1", written(letter)))]);
    expect(answer.deletes).toHaveLength(1);
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
  });

  it("goes out once however often the request comes, and is another mail with another key", async () => {
    const bench = await DraftBench.begin();
    const { key } = bench;
    const commands = [sending(addCommand("c1", written(letter)))];
    const first = await bench.up(commands);
    bench.key = key;
    const again = await bench.up(commands);
    expect(again).toMatchObject({ responses: first.responses, deletes: first.deletes });
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
    await bench.up(commands);
    expect(counts(bench)).toEqual([2, 2, 0, 2]);
  });

  it("goes out once when the process ended before that was noted", async () => {
    const bench = await DraftBench.begin();
    const write = bench.state.write.bind(bench.state);
    bench.state.write = async (key, ...rest) => {
      if (key.startsWith("collection")) throw new Error("ends here");
      return write(key, ...rest);
    };
    const commands = [sending(addCommand("c1", written(letter)))];
    const request = syncRequest([{ id: drafts, key: bench.key, commands }]);
    expect((await bench.sync(request)).outcome?.kind).toBe("unavailable");
    bench.state.write = write;
    expect((await bench.up(commands)).deletes).toHaveLength(1);
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
  });

  it("goes out once where the phone had added it before, and has not heard of it", async () => {
    const bench = await DraftBench.begin();
    const { key } = bench;
    await bench.up([addCommand("c1", written(letter))]);
    const [id] = bench.ids();
    const request = sending(addCommand("c1", written({ ...letter, text: "One?" })));
    for (let round = 0; round < 2; round += 1) {
      bench.key = key;
      const answer = await bench.up([request]);
      expect(answer).toMatchObject({ responses: [`Add c1 ${id} 1`], deletes: [id] });
    }
    expect(counts(bench)).toEqual([1, 1, 0, 1]);
    expect(bench.out[0]).toContain("One?");
  });

  it("is Status 183 without recipients, and nothing of it stays", async () => {
    const bench = await DraftBench.begin();
    const answer = await bench.up([sending(addCommand("c1", written({ text: "x" })))]);
    expect(answer).toMatchObject({ responses: ["Add c1 183"], adds: [] });
    expect(counts(bench)).toEqual([0, 0, 0, 0]);
  });

  it("does not keep a draft from being stored under the same ClientId", async () => {
    const bench = await DraftBench.begin();
    const { key } = bench;
    await bench.up([sending(addCommand("c1", written(letter)))]);
    bench.key = key;
    await bench.up([addCommand("c1", written({ ...letter, text: "Not yet" }))]);
    expect(counts(bench)).toEqual([1, 1, 1, 1]);
  });
});

it("a draft that was sent and then deleted by the phone stays sent", async () => {
  const bench = await DraftBench.begin();
  const id = await bench.draft(letter);
  const answer = await bench.up([sendOnly(id), deleteCommand(id)]);
  expect(answer).toMatchObject({ responses: [], status: "1" });
  expect(counts(bench)).toEqual([1, 1, 0, 1]);
  expect(bench.ids("deleted")).toEqual([]);
});

it("a Change of a draft with neither data nor Send is Status 6", async () => {
  const bench = await DraftBench.begin();
  const id = await bench.draft(letter);
  const answer = await bench.up([element(AirSync.Change, [textElement(AirSync.ServerId, id)])]);
  expect(answer.responses).toEqual([`Change ${id} 6`]);
});

it("saving drafts is bounded in time like any other call", async () => {
  const bench = await DraftBench.begin();
  const { mailbox, clock } = bench;
  const guarded = guardedMailbox(mailbox, { timeoutMs: 1_000, clock });
  mailbox.faults.hang(["saveDraft"]);
  const draft = { class: "Email", subject: "", from: "", to: "", dateReceivedMs: 0, read: true } as const;
  const saving = guarded.saveDraft?.({ user: alice }, drafts, draft, undefined, "t");
  const failed = expect(saving).rejects.toMatchObject({ code: "ERR_MAILBOX_UNAVAILABLE" });
  await clock.settle();
  await clock.advance(1_000);
  await failed;
});
