import { describe, expect, it } from "vitest";
import { AirSyncBase, Email, Email2, textElement } from "../../../../src/wbxml/index.js";
import { alice, attach, bob, DraftBench, detach, drafts, toldReferences, written } from "./draft-requests.js";
import {
  addCommand,
  changeCommand,
  collectionsOf,
  dataOf,
  deleteCommand,
  syncRequest,
} from "./sync-bench.js";

const letter = { to: `"Bob" <${bob}>`, subject: "Lunch", text: "Noon?\r\nOr one?" } as const;

/** What the next Sync says; "nothing" for an empty answer. */
async function next(bench: DraftBench): Promise<unknown> {
  const [answer] = collectionsOf(await bench.sync(syncRequest([{ id: drafts, key: bench.key }])));
  if (answer === undefined) return "nothing";
  const { adds, changes, deletes } = answer;
  return { adds, changes, deletes };
}

describe("a draft that a phone adds", () => {
  it.each(["16.0", "16.1"] as const)(
    "is stored as a message in %s, and does not come back",
    async (version) => {
      const bench = await DraftBench.begin({ version });
      const answer = await bench.up([
        addCommand(
          "c1",
          written({ ...letter, cc: "carol@example.com", bcc: "dan@example.com", importance: 2 }),
        ),
      ]);
      const [id = ""] = bench.ids();
      expect(answer.responses).toEqual([`Add c1 ${id} 1`]);
      expect(await next(bench)).toBe("nothing");
      expect(await bench.stored(id)).toMatchObject({
        isDraft: true,
        read: true,
        from: alice,
        to: `"Bob" <${bob}>`,
        cc: "carol@example.com",
        bcc: "dan@example.com",
        subject: "Lunch",
        importance: "high",
        dateReceivedMs: bench.clock.now(),
      });
      expect(await bench.message(id)).toMatch(
        /^Date: .*\r\nFrom: alice@example\.com\r\nTo: "Bob" <bob@example\.com>\r\nCc: carol@example\.com\r\nBcc: dan@example\.com\r\nSubject: Lunch\r\nImportance: high\r\nMessage-ID: <[\w-]+@example\.com>\r\n[\s\S]*\r\n\r\nNoon\?\r\nOr one\?\s*$/,
      );
    },
  );

  it("may be as good as empty, and have recipients that are no addresses yet", async () => {
    const bench = await DraftBench.begin();
    expect((await bench.up([addCommand("c1", [])])).responses).toEqual([`Add c1 ${bench.ids()[0]} 1`]);
    const id = await bench.draft({ to: "Bo" }, "c2");
    expect(await bench.stored(id)).toMatchObject({ to: '"Bo"', subject: "" });
  });

  it("cannot smuggle in a header", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft({
      to: `"Bob\r\nBcc: eve@example.com" <${bob}>`,
      subject: "Hi\r\nX-Evil: 1",
      attachments: [attach("a1", 'x"\r\nX-Evil: 2.txt', "x")],
    });
    const [head = ""] = (await bench.message(id)).split("\r\n\r\n");
    expect(head).not.toMatch(/^(?:Bcc|X-Evil):/im);
    expect(await bench.message(id)).not.toMatch(/^X-Evil/im);
  });

  it("has names and a subject in any script, and semicolons between addresses", async () => {
    const bench = await DraftBench.begin();
    const to = `"Зоя; ж" <zoya@example.com>; ${bob}`;
    const id = await bench.draft({ to, subject: "Привет 🌍", html: "<p>Как дела?</p>" });
    expect(await bench.stored(id)).toMatchObject({
      to: `"Зоя; ж" <zoya@example.com>, ${bob}`,
      subject: "Привет 🌍",
      body: { native: "html", html: { data: expect.stringContaining("Как дела?") as string } },
    });
    expect(/[^\r\n -~\t]/.test((await bench.message(id)).split("\r\n\r\n")[0] ?? "")).toBe(false);
  });

  it("can be a whole message, as some phones write it", async () => {
    const bench = await DraftBench.begin();
    const mime = `To: ${bob}\r\nSubject: Whole\r\nMessage-ID: <1@nine>\r\nX-Own: 1\r\n\r\nAs it is.\r\n`;
    const id = await bench.draft({ mime });
    expect(await bench.message(id)).toContain("X-Own: 1\r\n\r\nAs it is.\r\n");
    expect(await bench.stored(id)).toMatchObject({ to: bob, subject: "Whole", from: alice });
    const other = await bench.draft({ mime, subject: "Beside it" }, "c2");
    expect(await bench.stored(other)).toMatchObject({ to: bob, subject: "Beside it" });
  });

  it("is pushed to the user's other phones, which see it as the message that it is", async () => {
    const bench = await DraftBench.begin();
    const other = { deviceId: "device2", version: "14.1" } as const;
    await bench.folderSync(other);
    const key = await bench.all(drafts, {}, other);
    const id = await bench.draft({ ...letter, bcc: "dan@example.com" });
    const answer = await bench.one({ id: drafts, key }, other);
    expect(answer.adds).toEqual([id]);
    const told = dataOf(answer, "Commands", id)?.content;
    const tags = Array.isArray(told) ? told.map(({ tag }) => tag) : [];
    expect(tags).toContain(Email.To);
    expect(tags).not.toContain(Email2.Bcc);
    expect(tags).not.toContain(Email2.IsDraft);
  });

  it("is stored once however often it is sent up, and as it was edited last", async () => {
    const bench = await DraftBench.begin();
    const { key } = bench;
    const first = await bench.up([addCommand("c1", written(letter))]);
    bench.key = key;
    expect((await bench.up([addCommand("c1", written(letter))])).responses).toEqual(first.responses);
    bench.key = key;
    const edited = await bench.up([addCommand("c1", written({ text: "Two?", to: bob }))]);
    expect(edited.responses).toEqual(first.responses);
    const [id = "", ...others] = bench.ids();
    expect(others).toEqual([]);
    const item = await bench.stored(id);
    expect(item).toMatchObject({ subject: "", body: { plain: { data: expect.stringMatching(/^Two\?/) } } });
    expect(await next(bench)).toBe("nothing");
  });
});

describe("what is no draft that a phone may write", () => {
  it.each([
    ["12.1", drafts],
    ["14.0", drafts],
    ["14.1", drafts],
    ["16.1", "inbox"],
    ["16.1", "sent"],
  ] as const)("is Status 6 in %s in the folder %s, and nothing is stored", async (version, folder) => {
    const bench = await DraftBench.begin({ version });
    const key = await bench.all(folder);
    const mail = bench.mail("There", undefined, folder);
    const { key: later } = await bench.one({ id: folder, key });
    const commands = [addCommand("c1", written(letter)), changeCommand(mail, written({ subject: "Other" }))];
    const answer = await bench.one({ id: folder, key: later, commands });
    expect(answer.responses).toEqual(["Add c1 6", `Change ${mail} 6`]);
    expect(answer.changes).toEqual([mail]);
    expect(bench.ids(folder)).toEqual([mail]);
    expect((await bench.stored(mail, folder)).subject).toBe("There");
  });

  it.each(["mailbox", "submission"] as const)("is Status 6 without a %s that can", async (lacking) => {
    const bench = await DraftBench.begin();
    const context = bench.context.bind(bench);
    if (lacking === "mailbox") Object.assign(bench.mailbox, { saveDraft: undefined });
    else bench.context = (...args) => ({ ...context(...args), submission: undefined });
    const answer = await bench.up([addCommand("c1", written(letter))]);
    expect(answer.responses).toEqual(["Add c1 6"]);
  });

  it.each([
    ["a body in RTF", [...written({ to: bob }), ...written({ text: "x" })], 3],
    ["a body in nothing known", written({ text: "x" }), 9],
  ])("is Status 6 with %s", async (_what, _data, type) => {
    const bench = await DraftBench.begin();
    const [body] = written({ text: "x" });
    const content = Array.isArray(body?.content) ? body.content : [];
    const changed = content.map((one) =>
      one.tag === AirSyncBase.Type ? textElement(AirSyncBase.Type, type) : one,
    );
    const data = [{ tag: AirSyncBase.Body, content: changed }];
    expect((await bench.up([addCommand("c1", data)])).responses).toEqual(["Add c1 6"]);
  });

  it.each([
    ["an attachment without a ClientId", [{ tag: AirSyncBase.Add, content: [] }]],
    ["an attachment that is taken away and not named", [{ tag: AirSyncBase.Delete, content: [] }]],
  ])("is Status 6 with %s", async (_what, attachments) => {
    const bench = await DraftBench.begin();
    const answer = await bench.up([addCommand("c1", written({ ...letter, attachments }))]);
    expect(answer.responses).toEqual(["Add c1 6"]);
    expect(bench.ids()).toEqual([]);
  });

  it("is Status 6 as a whole message with attachments beside it, and with an Importance that there is not", async () => {
    const bench = await DraftBench.begin();
    const mime = `To: ${bob}\r\n\r\nx\r\n`;
    const commands = [
      addCommand("c1", written({ mime, attachments: [attach("a1", "a.txt", "a")] })),
      addCommand("c2", [textElement(Email.Importance, 7)]),
      addCommand("c3", [textElement(Email.To, `${"x".repeat(33_000)}@example.com`)]),
      addCommand("c4", written({ mime: "no message" })),
    ];
    expect((await bench.up(commands)).responses).toEqual(["Add c1 6", "Add c2 6", "Add c3 6", "Add c4 6"]);
  });

  it("is Status 6 where a Change names what the server decides about", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    const data = [...written({ subject: "x" }), { tag: Email2.ConversationId, content: new Uint8Array(16) }];
    const answer = await bench.up([changeCommand(id, data)]);
    expect(answer).toMatchObject({ responses: [`Change ${id} 6`], changes: [id] });
  });

  it("is 9 and 6 as the mailbox refuses it", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    bench.mailbox.saveDraft = async () => ({ kind: "quota-exceeded" });
    const commands = [addCommand("c2", written(letter)), changeCommand(id, written({ text: "More" }))];
    expect((await bench.up(commands)).responses).toEqual(["Add c2 9", `Change ${id} 9`]);
    bench.mailbox.saveDraft = async () => ({ kind: "forbidden" });
    expect((await bench.up(commands)).responses).toEqual(["Add c2 6", `Change ${id} 6`]);
  });

  it("is 8 when it is gone", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    bench.mailbox.removeItem(alice, drafts, id);
    const answer = await bench.edit(id, { text: "More" });
    expect(answer).toMatchObject({ responses: [`Change ${id} 8`], deletes: [id] });
  });
});

describe("a draft that a phone changes", () => {
  it("has what the phone says, keeps the body that it omits, and is the same message", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft({ ...letter, cc: "carol@example.com" });
    const before = await bench.message(id);
    const answer = await bench.edit(id, { to: bob, subject: "Dinner" });
    expect(answer).toMatchObject({ responses: [], changes: [], adds: [], deletes: [] });
    const item = await bench.stored(id);
    expect(item).toMatchObject({ to: bob, subject: "Dinner" });
    // What an edit of the headers leaves out is gone ([MS-ASCMD] 2.2.3.24).
    expect(item.cc).toBeUndefined();
    expect(item.body?.plain?.data).toMatch(/^Noon\?/);
    const messageId = /^Message-ID: .*$/m.exec(before)?.[0] ?? "none";
    expect(await bench.message(id)).toContain(messageId);
    expect(await next(bench)).toBe("nothing");
  });

  it("keeps recipients and subject where only the text is written", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft({ ...letter, importance: 2 });
    await bench.edit(id, { html: "<b>Noon!</b>" });
    expect(await bench.stored(id)).toMatchObject({
      to: `"Bob" <${bob}>`,
      subject: "Lunch",
      importance: "high",
      body: { native: "html", plain: { data: expect.stringContaining("Noon!") } },
    });
  });

  it("keeps the headers that others gave it, such as what it answers", async () => {
    const bench = await DraftBench.begin();
    const raw = `From: ${alice}\r\nTo: ${bob}\r\nSubject: Re: Q\r\nIn-Reply-To: <q@x>\r\nX-Mailer: webmail\r\n\r\nOld\r\n`;
    const id = bench.mailbox.deliver(alice, raw, { folder: drafts, read: true });
    bench.key = (await bench.one({ id: drafts, key: bench.key })).key;
    await bench.edit(id, { text: "New" });
    const message = await bench.message(id);
    expect(message).toContain("In-Reply-To: <q@x>\r\nX-Mailer: webmail\r\n");
    expect(message).toMatch(/\r\n\r\nNew\s*$/);
    expect(message).not.toContain("Old");
  });

  it("is only marked where the Change says no more", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    const { version } = bench.mailbox.snapshot(alice, drafts).get(id) ?? {};
    const data = [...written({ read: 0 }), textElement(Email2.IsDraft, 1)];
    expect((await bench.up([changeCommand(id, data)])).responses).toEqual([]);
    expect(bench.mailbox.snapshot(alice, drafts).get(id)).toMatchObject({ version, flags: { read: false } });
    await bench.edit(id, { read: 1, text: "More" });
    expect(await bench.stored(id)).toMatchObject({ read: true });
  });

  it("is Status 7 when others changed it, and the phone gets theirs", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    const other = { deviceId: "device2" };
    await bench.folderSync(other);
    const key = await bench.all(drafts, {}, other);
    await bench.one({ id: drafts, key, commands: [changeCommand(id, written({ text: "Theirs" }))] }, other);
    const answer = await bench.edit(id, { text: "Mine" });
    expect(answer).toMatchObject({ responses: [`Change ${id} 7`], changes: [id] });
    expect((await bench.stored(id)).body?.plain?.data).toMatch(/^Theirs/);
  });

  it("is in no conflict with the phone's own edit whose answer was lost", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    const { key } = bench;
    await bench.edit(id, { text: "One" });
    bench.key = key;
    expect(await bench.edit(id, { text: "Two" })).toMatchObject({ responses: [], changes: [] });
    expect((await bench.stored(id)).body?.plain?.data).toMatch(/^Two/);
    expect(await next(bench)).toBe("nothing");
  });

  it("is stored once when the process ended before that was noted", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    const write = bench.state.write.bind(bench.state);
    bench.state.write = async () => {
      throw new Error("ends here");
    };
    const request = syncRequest([
      { id: drafts, key: bench.key, commands: [changeCommand(id, written({ text: "New" }))] },
    ]);
    expect((await bench.sync(request)).outcome?.kind).toBe("unavailable");
    bench.state.write = write;
    const { version } = bench.mailbox.snapshot(alice, drafts).get(id) ?? {};
    const [answer] = collectionsOf(await bench.sync(request));
    expect(answer).toMatchObject({ responses: [], changes: [] });
    expect(bench.mailbox.snapshot(alice, drafts).get(id)?.version).toBe(version);
  });

  it("goes to the deleted items when it is deleted", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    expect((await bench.up([deleteCommand(id)])).responses).toEqual([]);
    expect([bench.ids(), bench.ids("deleted").length]).toEqual([[], 1]);
  });

  it("is told under its new id where the store gives it one", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft(letter);
    // A store of immutable messages: a changed one is another one.
    const save = bench.mailbox.saveDraft.bind(bench.mailbox);
    bench.mailbox.saveDraft = async (ref, folder, draft, replaced, token) => {
      const { version } = bench.mailbox.snapshot(alice, folder).get(replaced?.id ?? "") ?? {};
      if (replaced !== undefined && version !== replaced.expectedVersion) return { kind: "version-mismatch" };
      const saved = await save(ref, folder, draft, undefined, token);
      if (replaced !== undefined) bench.mailbox.removeItem(alice, folder, replaced.id);
      return saved;
    };
    const { key } = bench;
    const answer = await bench.edit(id, { text: "One" });
    const [second = ""] = bench.ids();
    expect(second).not.toBe(id);
    expect(answer).toMatchObject({ responses: [], adds: [second], deletes: [id] });
    // The answer was lost, and the phone knows the draft by its old id.
    bench.key = key;
    const again = await bench.edit(id, { text: "Two" });
    const [third = "", ...others] = bench.ids();
    expect(others).toEqual([]);
    expect(again).toMatchObject({ responses: [], adds: [third], deletes: [id] });
    expect((await bench.stored(third)).body?.plain?.data).toMatch(/^Two/);
    expect(await next(bench)).toBe("nothing");
  });
});

describe("the attachments of a draft", () => {
  const two = [attach("a1", "one.txt", "first"), attach("a2", "two.txt", "second")] as const;

  it("are stored, and named to the phone", async () => {
    const bench = await DraftBench.begin();
    const answer = await bench.up([addCommand("c1", written({ ...letter, attachments: two }))]);
    const [id = ""] = bench.ids();
    const told = toldReferences(answer, id);
    expect([...told.keys()]).toEqual(["a1", "a2"]);
    expect(await bench.attached(told.get("a1") ?? "")).toBe("first");
    expect(await bench.attached(told.get("a2") ?? "")).toBe("second");
    expect(await next(bench)).toBe("nothing");
  });

  it("are named again in a repeat", async () => {
    const bench = await DraftBench.begin();
    const { key } = bench;
    const commands = [addCommand("c1", written({ ...letter, attachments: two }))];
    const first = await bench.up(commands);
    bench.key = key;
    const again = await bench.up(commands);
    const [id = ""] = bench.ids();
    expect(toldReferences(again, id)).toEqual(toldReferences(first, id));
  });

  it("stay, go and come as the phone says; the phone is told what they are called now", async () => {
    const bench = await DraftBench.begin();
    const added = await bench.up([addCommand("c1", written({ ...letter, attachments: two }))]);
    const [id = ""] = bench.ids();
    const removed = toldReferences(added, id).get("a1") ?? "";
    const attachments = [detach(removed), attach("a3", "two.txt", "third")];
    const answer = await bench.edit(id, { attachments });
    const item = await bench.stored(id);
    expect(item.subject).toBe("Lunch");
    expect(item.body?.plain?.data).toMatch(/^Noon\?/);
    expect(item.attachments?.map(({ displayName }) => displayName)).toEqual(["two.txt", "two.txt"]);
    expect(await bench.attached(toldReferences(answer, id).get("a3") ?? "")).toBe("third");
    // The one that stays has another reference in this mailbox.
    expect(answer.changes).toEqual([id]);
    const listed = item.attachments?.map(({ fileReference }) => bench.attached(fileReference)) ?? [];
    expect(await Promise.all(listed)).toEqual(["second", "third"]);
  });

  it("can be images that the text shows", async () => {
    const bench = await DraftBench.begin();
    const inline = [textElement(AirSyncBase.ContentId, "<img1>"), textElement(AirSyncBase.IsInline, 1)];
    const attachments = [
      attach("a1", "i.png", "png", inline, "image/png"),
      attach("a2", "b.txt", "beside", [textElement(AirSyncBase.IsInline, 1)]),
    ];
    const id = await bench.draft({ to: bob, html: '<img src="cid:img1">', attachments });
    expect((await bench.stored(id)).attachments).toMatchObject([
      { displayName: "i.png", contentId: "img1", inline: true },
      { displayName: "b.txt" },
    ]);
  });

  it("that nobody can name are Status 6: what the user took away must not go out", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft({ ...letter, attachments: two });
    const answer = await bench.edit(id, { attachments: [detach("of-an-older-draft")] });
    expect(answer).toMatchObject({ responses: [`Change ${id} 6`], changes: [id] });
    expect((await bench.stored(id)).attachments).toHaveLength(2);
  });

  it("that cannot be read are Status 6, and the draft stays as it is", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft({ ...letter, attachments: two });
    bench.mailbox.attachment = async () => ({ kind: "forbidden" });
    const answer = await bench.edit(id, { text: "New" });
    expect(answer.responses).toEqual([`Change ${id} 6`]);
    expect((await bench.stored(id)).attachments).toHaveLength(2);
  });

  it("of a mailbox that gives no messages are carried over one by one", async () => {
    const bench = await DraftBench.begin();
    const id = await bench.draft({ ...letter, cc: "carol@example.com", attachments: two });
    const item = bench.mailbox.item.bind(bench.mailbox);
    bench.mailbox.item = async (...call) => {
      const found = await item(...call);
      if (found?.class !== "Email" || found.body === undefined) return found;
      const { mime: _, ...body } = found.body;
      return { ...found, body };
    };
    await bench.edit(id, { text: "New" });
    expect(await bench.stored(id)).toMatchObject({
      from: alice,
      to: `"Bob" <${bob}>`,
      cc: "carol@example.com",
      subject: "Lunch",
      attachments: [{ displayName: "one.txt" }, { displayName: "two.txt" }],
    });
  });
});
