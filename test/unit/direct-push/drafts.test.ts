import { expect, it } from "vitest";
import { createDirectPush } from "../../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../src/testing/index.js";
import {
  AirSync,
  child,
  childElements,
  childText,
  Email,
  Email2,
  element,
  Ping,
  textElement,
  type WbxmlElement,
} from "../../../src/wbxml/index.js";
import { alice, bob, drafts, sendOnly, written } from "../commands/sync/draft-requests.js";
import { addCommand, changeCommand } from "../commands/sync/sync-bench.js";

const letter = { to: bob, subject: "Lunch", text: "Noon?" } as const;

interface Phones {
  readonly clock: FakeClock;
  readonly mailbox: MemoryMailbox;
  readonly phone: InProcessDevice;
  readonly tablet: InProcessDevice;
  readonly his: InProcessDevice;
}

async function phones(): Promise<Phones> {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    submission: mailbox.submission,
    clock,
    authenticate: async (attempt) =>
      attempt.kind === "basic" ? { kind: "user", user: attempt.user } : { kind: "refused" },
  });
  const phone = new InProcessDevice(directPush, { user: alice, version: "16.1" });
  const tablet = new InProcessDevice(directPush, { user: alice, version: "16.0", deviceId: "TABLET" });
  const his = new InProcessDevice(directPush, { user: bob, version: "14.1", deviceId: "HIS" });
  for (const device of [phone, tablet, his]) await device.folderSync();
  for (const device of [phone, tablet]) await device.syncAll(drafts);
  await his.syncAll("inbox");
  return { clock, mailbox, phone, tablet, his };
}

async function statusOf(ping: ReturnType<InProcessDevice["ping"]>): Promise<string | undefined> {
  return childText((await ping.answer).document, Ping.Status);
}

it("a draft goes from one phone to the other, is changed there, comes back, and is sent", async () => {
  const { clock, mailbox, phone, tablet, his } = await phones();
  const held = tablet.ping({ heartbeatSeconds: 480, folders: [drafts] });
  const own = phone.ping({ heartbeatSeconds: 480, folders: [drafts] });
  await clock.advance(10_000);
  expect([held.isAnswered, own.isAnswered]).toEqual([false, false]);

  const added = await phone.sync(drafts, { commands: [addCommand("c1", written(letter))] });
  expect(added.added).toEqual([]);
  await clock.advance(1_000);
  expect(await statusOf(held)).toBe("2");
  const [draft] = (await tablet.sync(drafts)).added;
  const id = draft?.serverId ?? "";
  expect(childText(draft?.data, Email.To)).toBe(bob);
  expect(childText(draft?.data, Email2.IsDraft)).toBe("1");

  // What a phone did itself does not wake it; what the other one does, does.
  const again = phone.ping({ heartbeatSeconds: 480, folders: [drafts] });
  await clock.advance(10_000);
  expect(again.isAnswered).toBe(false);
  const edit = { ...letter, subject: "Dinner", bcc: "dan@example.com" };
  await tablet.sync(drafts, { commands: [changeCommand(id, written(edit))] });
  await clock.advance(1_000);
  expect(await statusOf(again)).toBe("2");
  const [changed] = (await phone.sync(drafts)).changed;
  expect(childText(changed?.data, Email.Subject)).toBe("Dinner");
  expect(childText(changed?.data, Email2.Bcc)).toBe("dan@example.com");

  const waiting = his.ping({ heartbeatSeconds: 480, folders: ["inbox"] });
  const tablets = tablet.ping({ heartbeatSeconds: 480, folders: [drafts] });
  await clock.advance(10_000);
  const sent = await phone.sync(drafts, { commands: [sendOnly(id)] });
  expect(sent.deleted).toEqual([id]);
  await clock.advance(1_000);
  expect([await statusOf(waiting), await statusOf(tablets)]).toEqual(["2", "2"]);
  const [got] = (await his.sync("inbox")).added;
  expect(childText(got?.data, Email.Subject)).toBe("Dinner");
  expect((await tablet.sync(drafts)).deleted).toEqual([id]);
  expect(mailbox.submission.sent).toHaveLength(1);
  expect(mailbox.snapshot(alice, "sent").size).toBe(1);
});

it("goes out over the wire as a phone writes it, with the element beside ApplicationData", async () => {
  const { mailbox, phone } = await phones();
  await phone.sync(drafts, { commands: [addCommand("c1", written(letter))] });
  const [id = ""] = mailbox.snapshot(alice, drafts).keys();
  const change = changeCommand(id, written({ text: "One?" }));
  const content = (change.content as readonly WbxmlElement[]) ?? [];
  const command = element(AirSync.Change, [...content, element(Email2.Send, [])]);
  const document = element(AirSync.Sync, [
    element(AirSync.Collections, [
      element(AirSync.Collection, [
        textElement(AirSync.SyncKey, phone.syncKeyOf(drafts)),
        textElement(AirSync.CollectionId, drafts),
        element(AirSync.Commands, [command]),
      ]),
    ]),
  ]);
  const answer = await phone.command("Sync", document);
  const [collection] = childElements(child(answer.document, AirSync.Collections));
  expect(childText(collection, AirSync.Status)).toBe("1");
  expect(child(collection, AirSync.Responses)).toBeUndefined();
  expect(Buffer.from(mailbox.submission.sent[0]?.message ?? []).toString()).toContain("One?");
});
