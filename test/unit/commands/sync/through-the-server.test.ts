import { beforeAll, describe, expect, it } from "vitest";
import { createDirectPush, type DirectPushOptions } from "../../../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../../src/testing/index.js";
import {
  AirSync,
  AirSyncBase,
  Calendar,
  child,
  childText,
  Email2,
  element,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";

const user = "alice@example.com";

async function setUp(options: Partial<DirectPushOptions> = {}) {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const server = createDirectPush({
    mailbox,
    source: mailbox,
    clock,
    authenticate: async () => ({ kind: "user", user }),
    ...options,
  });
  const phone = new InProcessDevice(server);
  await phone.folderSync();
  return { clock, mailbox, phone };
}

const fetches = (count: number): readonly WbxmlElement[] =>
  Array.from({ length: count }, () => element(AirSync.Fetch, [textElement(AirSync.ServerId, "none")]));

// The parser of mails is loaded with the first mail, in real time.
beforeAll(async () => {
  const { mailbox, phone } = await setUp();
  mailbox.deliver(user, "Subject: one\r\n\r\none");
  await phone.syncAll("inbox");
});

describe("the commands of one request", () => {
  it.each([
    [200, "1", 200],
    [201, "4", 0],
  ])("are at most 200 unless the host says otherwise: %i get Status %s", async (count, status, responses) => {
    const { phone } = await setUp();
    await phone.sync("inbox");
    const result = await phone.sync("inbox", { commands: fetches(count) });
    expect(result.status).toBe(status);
    expect(result.responses).toHaveLength(responses);
    expect(childText(result.answer.document, AirSync.Status)).toBe(status === "1" ? undefined : status);
  });
});

describe("a mail that never loads", () => {
  it("keeps the folder away for three tries at most, and comes when it changes", async () => {
    const { clock, mailbox, phone } = await setUp({ callTimeoutMs: 1_000 });
    mailbox.deliver(user, "Subject: known\r\n\r\nknown");
    await phone.syncAll("inbox");
    const stuck = mailbox.deliver(user, "Subject: stuck\r\n\r\nstuck");
    const good = mailbox.deliver(user, "Subject: good\r\n\r\ngood");
    const load = mailbox.item.bind(mailbox);
    mailbox.item = (ref, folder, id, view) =>
      id === stuck ? new Promise(() => undefined) : load(ref, folder, id, view);
    const sync = async () => {
      const result = phone.sync("inbox");
      await clock.advance(5_000);
      return result;
    };
    for (const attempt of [1, 2]) expect((await sync()).answer.status, `try ${attempt}`).toBe(503);
    expect((await sync()).added.map(({ serverId }) => serverId)).toEqual([good]);
    mailbox.item = load;
    mailbox.updateItem(user, "inbox", stuck, {
      kind: "replace",
      item: { class: "Email", subject: "new", from: "a", to: "b", dateReceivedMs: clock.now(), read: false },
    });
    expect((await sync()).added.map(({ serverId }) => serverId)).toEqual([stuck]);
  });

  it("is not given up while nothing else loads either", async () => {
    const { clock, mailbox, phone } = await setUp({ callTimeoutMs: 1_000 });
    await phone.syncAll("inbox");
    const id = mailbox.deliver(user, "Subject: one\r\n\r\none");
    mailbox.faults.hang(["item"]);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const result = phone.sync("inbox");
      await clock.advance(10_000);
      expect((await result).answer.status, `try ${attempt}`).toBe(503);
    }
    mailbox.faults.recover();
    expect((await phone.sync("inbox")).added.map(({ serverId }) => serverId)).toEqual([id]);
  });
});

describe("a mail in the drafts folder", () => {
  it("is told to be a draft", async () => {
    const { mailbox, phone } = await setUp();
    mailbox.deliver(user, "Subject: draft\r\n\r\ndraft", { folder: "drafts" });
    mailbox.deliver(user, "Subject: mail\r\n\r\nmail");
    const told = async (folder: string): Promise<string | undefined> => {
      const results = await phone.syncAll(folder);
      const data = results.flatMap(({ added }) => added)[0]?.data;
      return data === undefined ? "no mail" : childText(data, Email2.IsDraft);
    };
    expect([await told("drafts"), await told("inbox")]).toEqual(["1", undefined]);
  });
});

describe("what only some versions have", () => {
  const startTimeMs = Date.UTC(2026, 0, 5, 9);
  const instance = textElement(AirSyncBase.InstanceId, "20260106T090000Z");

  it("travels: a Change of one occurrence, and the answer to one that fails", async () => {
    const { mailbox, phone } = await setUp();
    const id = mailbox.addItem(user, "calendar", {
      class: "Calendar",
      subject: "Daily",
      startTimeMs,
      endTimeMs: startTimeMs + 3_600_000,
      recurrence: { type: "daily" },
    });
    await phone.syncAll("calendar");
    const change = (serverId: string): WbxmlElement =>
      element(AirSync.Change, [
        textElement(AirSync.ServerId, serverId),
        instance,
        element(AirSync.ApplicationData, [textElement(Calendar.Subject, "Review")]),
      ]);
    const result = await phone.sync("calendar", { commands: [change(id), change("no-such-item")] });
    expect(result.status).toBe("1");
    const failed = [textElement(AirSync.ServerId, "no-such-item"), instance, textElement(AirSync.Status, 8)];
    expect(result.responses).toEqual([element(AirSync.Change, failed)]);
    const item = await mailbox.item({ user }, "calendar", id, { bodies: [], withBody: true });
    expect(item).toMatchObject({ subject: "Daily", exceptions: [{ subject: "Review" }] });
  });

  it("travels: the part of a mail that is asked for", async () => {
    const { mailbox, phone } = await setUp();
    mailbox.deliver(user, "Subject: one\r\n\r\n1 < 2");
    const options = [element(AirSyncBase.BodyPartPreference, [textElement(AirSyncBase.Type, 2)])];
    await phone.sync("inbox", { options });
    const { added } = await phone.sync("inbox");
    const part = child(added[0]?.data, AirSyncBase.BodyPart);
    expect(childText(part, AirSyncBase.Status)).toBe("1");
    expect(childText(part, AirSyncBase.Data)).toContain("1 &lt; 2");
  });
});
