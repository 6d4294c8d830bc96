/** A phone and others move mails among three folders, and answers get lost: the phone ends with what the mailbox has. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { createDirectPush } from "../../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../../src/testing/index.js";
import { children, childText, element, Move, textElement } from "../../../src/wbxml/index.js";

const user = "alice@example.com";
const folders = ["inbox", "deleted", "sent"] as const;
type Folder = (typeof folders)[number];
type ItemMove = readonly [id: string, from: Folder, to: Folder];

class MovingPhone extends InProcessDevice {
  readonly items = new Map<Folder, Set<string>>(folders.map((folder) => [folder, new Set<string>()]));
  /** A move whose answer was lost. */
  lost: ItemMove | undefined = undefined;

  async move(move: ItemMove, isLost: boolean): Promise<void> {
    const [id, from, to] = move;
    const document = element(Move.MoveItems, [
      element(Move.Move, [
        textElement(Move.SrcMsgId, id),
        textElement(Move.SrcFldId, from),
        textElement(Move.DstFldId, to),
      ]),
    ]);
    const [response] = children((await this.command("MoveItems", document)).document, Move.Response);
    this.lost = isLost ? move : undefined;
    if (isLost || childText(response, Move.Status) !== "3") return;
    this.items.get(from)?.delete(id);
    this.items.get(to)?.add(childText(response, Move.DstMsgId) ?? "");
  }

  async syncOnce(folder: Folder, isLost: boolean): Promise<void> {
    const before = this.syncKeyOf(folder);
    const result = await this.sync(folder, { windowSize: 2 });
    expect(["1", undefined]).toContain(result.status);
    if (isLost && before !== "0") return this.setSyncKey(folder, before);
    for (const { serverId } of result.added) this.items.get(folder)?.add(serverId);
    for (const serverId of result.deleted) this.items.get(folder)?.delete(serverId);
    if (result.moreAvailable && !isLost) await this.syncOnce(folder, false);
  }
}

const at = fc.nat(20);
const folder = fc.constantFrom(...folders);
const isLost = fc.boolean();
const step = fc.oneof(
  fc.record({ kind: fc.constant("move" as const), from: folder, to: folder, at, isLost }),
  fc.record({ kind: fc.constant("repeat" as const), isLost }),
  fc.record({ kind: fc.constant("sync" as const), from: folder, isLost }),
  fc.record({ kind: fc.constant("others-move" as const), from: folder, to: folder, at }),
  fc.record({ kind: fc.constant("others-remove" as const), from: folder, at }),
  fc.record({ kind: fc.constant("deliver" as const), from: folder }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function take(one: Step, phone: MovingPhone, mailbox: MemoryMailbox): Promise<void> {
  if (one.kind === "repeat") return phone.lost && phone.move(phone.lost, one.isLost);
  if (one.kind === "sync") return phone.syncOnce(one.from, one.isLost);
  if (one.kind === "deliver") {
    mailbox.addItem(user, one.from, {
      class: "Email",
      subject: "s",
      from: "f",
      to: "t",
      dateReceivedMs: 0,
      read: false,
    });
    return;
  }
  const ids = one.kind === "move" ? phone.items.get(one.from) : mailbox.snapshot(user, one.from).keys();
  const all = [...(ids ?? [])];
  const id = all[one.at % Math.max(1, all.length)];
  if (id === undefined) return;
  if (one.kind === "others-remove") mailbox.removeItem(user, one.from, id);
  else if (one.kind === "move") await phone.move([id, one.from, one.to], one.isLost);
  else if (one.from !== one.to) mailbox.moveItem(user, one.from, id, one.to);
}

it("a phone that moves mails ends with what the mailbox has, whoever else does", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const mailbox = new MemoryMailbox();
      const directPush = createDirectPush({
        mailbox,
        source: mailbox,
        clock: new FakeClock(),
        authenticate: async () => ({ kind: "user", user }),
      });
      const phone = new MovingPhone(directPush);
      await phone.provision();
      await phone.folderSync();
      for (const one of folders) {
        await take({ kind: "deliver", from: one }, phone, mailbox);
        for (let round = 0; round < 2; round += 1) await phone.syncOnce(one, false);
      }
      for (const one of steps) await take(one, phone, mailbox);
      for (const one of folders) await phone.syncOnce(one, false);
      for (const one of folders) {
        expect([...(phone.items.get(one) ?? [])].sort()).toEqual(
          [...mailbox.snapshot(user, one).keys()].sort(),
        );
      }
    }),
    { numRuns: 60 },
  );
});
