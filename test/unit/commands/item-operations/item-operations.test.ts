import { describe, expect, it } from "vitest";
import { MemoryMailbox } from "../../../../src/testing/index.js";
import {
  AirSync,
  AirSyncBase,
  bytesElement,
  element,
  emptyElement,
  ItemOperations,
  Ping,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { type Bench, startBench, user } from "./item-operations-bench.js";

function emptyFolder(folder: string | undefined, withSubfolders = false): WbxmlElement {
  return element(ItemOperations.EmptyFolderContents, [
    folder === undefined ? undefined : textElement(AirSync.CollectionId, folder),
    withSubfolders
      ? element(ItemOperations.Options, [emptyElement(ItemOperations.DeleteSubFolders)])
      : undefined,
  ]);
}

function move(id: Uint8Array, folder: string | undefined, always = true): WbxmlElement {
  return element(ItemOperations.Move, [
    bytesElement(ItemOperations.ConversationId, id),
    folder === undefined ? undefined : textElement(ItemOperations.DstFldId, folder),
    always ? element(ItemOperations.Options, [emptyElement(ItemOperations.MoveAlways)]) : undefined,
  ]);
}

const fetch = element(ItemOperations.Fetch, [
  textElement(ItemOperations.Store, "Mailbox"),
  textElement(AirSyncBase.FileReference, "a"),
]);

function answered(...answers: readonly unknown[]): unknown {
  return ["ItemOperations", ["Status", "1"], ["Response", ...answers]];
}

const refusal = (status: number): unknown => ["ItemOperations", ["Status", String(status)]];

describe("ItemOperations", () => {
  it.each(["12.1", "14.0", "14.1", "16.0", "16.1"] as const)("is there in version %s", async (version) => {
    expect(await startBench(version).operate(emptyFolder("inbox"))).toEqual(
      answered(["EmptyFolderContents", ["Status", "1"], ["CollectionId", "inbox"]]),
    );
  });

  it("has Status 2 for a request without operations, or with something else among them", async () => {
    const bench = startBench();
    expect(await bench.operate()).toEqual(refusal(2));
    expect(await bench.operate(textElement(ItemOperations.Status, 1))).toEqual(refusal(2));
    expect(await bench.operate(fetch, emptyElement(ItemOperations.Options))).toEqual(refusal(2));
  });

  it("has Status 11 for more than 100 operations, and does none of them", async () => {
    const bench = startBench();
    expect(await bench.operate(...Array.from({ length: 100 }, () => fetch))).toHaveProperty("1", [
      "Status",
      "1",
    ]);
    const many = Array.from({ length: 100 }, () => fetch);
    expect(await bench.operate(emptyFolder("inbox"), ...many)).toEqual(refusal(11));
    expect(bench.mailbox.snapshot(user, "inbox").size).toBe(1);
  });

  it("is refused in the version's way without a body, and with one that is none", async () => {
    const old = startBench("12.1").device;
    expect((await old.command("ItemOperations")).status).toBe(400);
    const { device } = startBench();
    expect((await device.command("ItemOperations")).status).toBe(200);
    const junk = device.send("ItemOperations", undefined, { body: Buffer.from("junk") });
    expect((await junk.answer).status).toBe(200);
    const other = await device.command("ItemOperations", element(Ping.Ping, []));
    expect(other.document?.content).toEqual([textElement(ItemOperations.Status, 103)]);
  });

  it("answers a refusal in parts as well", async () => {
    const { document, parts, answer } = await startBench().operateInParts();
    expect(document).toEqual(refusal(2));
    expect(parts).toEqual([]);
    expect(answer.headers["content-type"]).toBe("application/vnd.ms-sync.multipart");
  });

  it("answers in parts a base64 query that has the bit for it", async () => {
    const { device } = startBench("14.1");
    const fields = (options: number): Buffer =>
      Buffer.concat([
        Buffer.from([141, 19, 9, 4, 4]),
        Buffer.from("DEV1"),
        Buffer.from([0, 2]),
        Buffer.from("SP"),
        Buffer.from([7, 1, options]),
      ]);
    const typeOf = async (options: number): Promise<string | undefined> => {
      const url = `/Microsoft-Server-ActiveSync?${fields(options).toString("base64")}`;
      const request = element(ItemOperations.ItemOperations, [fetch]);
      return (await device.send("ItemOperations", request, { url }).answer).headers["content-type"];
    };
    expect(await typeOf(2)).toBe("application/vnd.ms-sync.multipart");
    expect(await typeOf(1)).toBe("application/vnd.ms-sync.wbxml");
  });

  it("carries operations out in their order and groups their answers", async () => {
    const bench = startBench();
    const byId = element(ItemOperations.Fetch, [
      textElement(ItemOperations.Store, "Mailbox"),
      textElement(AirSync.CollectionId, "inbox"),
      textElement(AirSync.ServerId, bench.id),
      element(ItemOperations.Options, [element(ItemOperations.Schema, [emptyElement(AirSyncBase.Location)])]),
    ]);
    const names = [
      ["CollectionId", "inbox"],
      ["ServerId", bench.id],
    ] as const;
    expect(await bench.operate(byId, emptyFolder("inbox"), byId)).toEqual(
      answered(
        ["EmptyFolderContents", ["Status", "1"], ["CollectionId", "inbox"]],
        ["Fetch", ["Status", "1"], ...names, ["Class", "Email"], ["Properties", ""]],
        ["Fetch", ["Status", "6"], ...names],
      ),
    );
  });
});

describe("EmptyFolderContents", () => {
  it("removes the items, and the folders below when asked to", async () => {
    const bench = startBench();
    const { mailbox } = bench;
    const below = mailbox.createFolder(user, { name: "Below", parentId: "inbox" }).id;
    await bench.operate(emptyFolder("inbox"));
    expect(mailbox.snapshot(user, "inbox").size).toBe(0);
    const ids = async (): Promise<readonly string[]> => (await mailbox.folders({ user })).map(({ id }) => id);
    expect(await ids()).toContain(below);
    await bench.operate(emptyFolder("inbox", true));
    expect(await ids()).not.toContain(below);
  });

  it("says why it did nothing", async () => {
    const bench = startBench();
    const { mailbox } = bench;
    mailbox.changeFolder(user, "sent", { parentId: "inbox" });
    expect(
      await bench.operate(emptyFolder(undefined), emptyFolder("nowhere"), emptyFolder("inbox", true)),
    ).toEqual(
      answered(
        ["EmptyFolderContents", ["Status", "2"]],
        ["EmptyFolderContents", ["Status", "6"], ["CollectionId", "nowhere"]],
        ["EmptyFolderContents", ["Status", "16"], ["CollectionId", "inbox"]],
      ),
    );
    expect(mailbox.snapshot(user, "inbox").size).toBe(1);
  });

  it("has Status 3 where the mailbox cannot", async () => {
    const mailbox = Object.assign(new MemoryMailbox(), { emptyFolder: undefined });
    const bench = startBench("16.1", mailbox as unknown as MemoryMailbox);
    expect(await bench.operate(emptyFolder("inbox"))).toEqual(
      answered(["EmptyFolderContents", ["Status", "3"], ["CollectionId", "inbox"]]),
    );
  });
});

describe("Move of a conversation", () => {
  const id = Buffer.from("0123456789abcdef");
  const told = (status: number): unknown => ["Move", ["Status", String(status)], ["ConversationId", [...id]]];

  /** The conversation of a mail as a phone knows it. */
  async function conversationOf({ mailbox }: Bench, id: string): Promise<Uint8Array> {
    const item = await mailbox.item({ user }, "inbox", id, { bodies: [], withBody: false });
    return (item?.class === "Email" ? item.conversationId : undefined) ?? new Uint8Array(0);
  }

  it("moves its mails, and those that arrive later", async () => {
    const bench = startBench("14.0");
    const { mailbox } = bench;
    const first = mailbox.deliver(user, "Message-ID: <1@example.com>\r\nSubject: a\r\n\r\na");
    mailbox.deliver(user, "Message-ID: <2@example.com>\r\nIn-Reply-To: <1@example.com>\r\n\r\nb");
    mailbox.deliver(user, "Message-ID: <3@example.com>\r\nSubject: c\r\n\r\nc");
    const conversation = await conversationOf(bench, first);
    const folder = mailbox.createFolder(user, { name: "Done" }).id;
    expect(await bench.operate(move(conversation, folder))).toEqual(
      answered(["Move", ["Status", "1"], ["ConversationId", [...conversation]]]),
    );
    expect(mailbox.snapshot(user, folder).size).toBe(2);
    expect(mailbox.snapshot(user, "inbox").size).toBe(2);
    mailbox.deliver(user, "References: <1@example.com> <2@example.com>\r\nSubject: Re: a\r\n\r\nd");
    mailbox.deliver(user, "References: <3@example.com>\r\nSubject: Re: c\r\n\r\ne");
    expect(mailbox.snapshot(user, folder).size).toBe(3);
    expect(mailbox.snapshot(user, "inbox").size).toBe(3);
    mailbox.deleteFolder(user, folder);
    mailbox.deliver(user, "References: <1@example.com>\r\n\r\nf");
    expect(mailbox.snapshot(user, "inbox").size).toBe(4);
  });

  it("is refused with what is wrong with it", async () => {
    const bench = startBench("14.0");
    expect(
      await bench.operate(
        move(id, "deleted", false),
        move(id, "calendar"),
        move(id, "nowhere"),
        move(id, undefined),
        move(id, "deleted"),
      ),
    ).toEqual(answered(told(155), told(156), told(156), told(2), told(6)));
    expect(bench.mailbox.snapshot(user, "inbox").size).toBe(1);
  });

  it("is refused where the mailbox moves none, or not for this user", async () => {
    const without = Object.assign(new MemoryMailbox(), { moveConversation: undefined });
    const unable = startBench("14.0", without as unknown as MemoryMailbox);
    expect(await unable.operate(move(id, "deleted"))).toEqual(answered(told(16)));
    const bench = startBench("14.0");
    bench.mailbox.moveConversation = async () => ({ kind: "forbidden" });
    expect(await bench.operate(move(id, "deleted"))).toEqual(answered(told(16)));
  });

  it("is no operation of version 12.1", async () => {
    expect(await startBench("12.1").operate(move(id, "deleted"))).toEqual(refusal(2));
  });
});
