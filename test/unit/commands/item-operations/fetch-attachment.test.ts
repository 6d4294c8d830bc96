import { describe, expect, it } from "vitest";
import { MemoryMailbox } from "../../../../src/testing/index.js";
import {
  AirSyncBase,
  element,
  ItemOperations,
  textElement,
  type WbxmlElement,
} from "../../../../src/wbxml/index.js";
import { noteBytes, pictureBytes, startBench, user } from "./item-operations-bench.js";

function fetch(fileReference: string, range?: string): WbxmlElement {
  return element(ItemOperations.Fetch, [
    textElement(ItemOperations.Store, "Mailbox"),
    textElement(AirSyncBase.FileReference, fileReference),
    range === undefined
      ? undefined
      : element(ItemOperations.Options, [textElement(ItemOperations.Range, range)]),
  ]);
}

function answered(...answers: readonly unknown[]): unknown {
  return ["ItemOperations", ["Status", "1"], ["Response", ...answers]];
}

function fetched(fileReference: string, ...properties: readonly unknown[]): unknown {
  return ["Fetch", ["Status", "1"], ["FileReference", fileReference], ["Properties", ...properties]];
}

function refused(status: number, fileReference: string): unknown {
  return ["Fetch", ["Status", String(status)], ["FileReference", fileReference]];
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Gives attachments of any size and conduct, under the name that says which. */
class ContentMailbox extends MemoryMailbox {
  returned = 0;

  override async attachment(
    ...[, fileReference, range]: Parameters<MemoryMailbox["attachment"]>
  ): ReturnType<MemoryMailbox["attachment"]> {
    if (fileReference === "forbidden") return { kind: "forbidden" };
    const [name = "", size = "0"] = fileReference.split(":");
    const sizeBytes = Number(size);
    const first = range?.first ?? 0;
    const last = Math.min(range?.last ?? sizeBytes - 1, sizeBytes - 1);
    return {
      kind: "attachment",
      contentType: "application/x-test",
      sizeBytes,
      content: this.#content(name, Math.max(0, last - first + 1)),
    };
  }

  async *#content(name: string, length: number): AsyncGenerator<Uint8Array> {
    try {
      if (name === "broken") throw new Error("the disk is gone");
      let left = name === "short" ? length - 1 : length;
      if (name === "long") left += 10;
      for (; left > 0; left -= 1_000) yield Buffer.alloc(Math.min(1_000, left), "x");
    } finally {
      this.returned += 1;
    }
  }
}

describe("Fetch of an attachment", () => {
  it("carries its type and its bytes as base64", async () => {
    const bench = startBench();
    const [picture, note] = [await bench.fileReference(0), await bench.fileReference(1)];
    expect(await bench.operate(fetch(picture), fetch(note))).toEqual(
      answered(
        fetched(picture, ["ContentType", "image/png"], ["Data", base64(pictureBytes)]),
        fetched(note, ["ContentType", "text/plain"], ["Data", base64(noteBytes)]),
      ),
    );
  });

  it("carries its bytes as they are in a part of their own", async () => {
    const bench = startBench("12.1");
    const [picture, note] = [await bench.fileReference(0), await bench.fileReference(1)];
    const { document, parts, answer } = await bench.operateInParts(fetch(note), fetch(picture));
    expect(answer.headers["content-type"]).toBe("application/vnd.ms-sync.multipart");
    expect(answer.headers["content-length"]).toBe(String(answer.body?.length));
    expect(document).toEqual(
      answered(
        fetched(note, ["ContentType", "text/plain"], ["Part", "1"]),
        fetched(picture, ["ContentType", "image/png"], ["Part", "2"]),
      ),
    );
    expect(parts).toEqual([noteBytes, pictureBytes]);
  });

  it.each([
    ["0-3", "0-3", pictureBytes.subarray(0, 4)],
    ["4-100", "4-9", pictureBytes.subarray(4)],
    [" 9 - 9 ", "9-9", pictureBytes.subarray(9)],
  ])("carries the range %s, and tells which and the whole size", async (range, sent, bytes) => {
    const bench = startBench();
    const picture = await bench.fileReference(0);
    const properties = [
      ["ContentType", "image/png"],
      ["Range", sent],
      ["Total", "10"],
    ] as const;
    expect(await bench.operate(fetch(picture, range))).toEqual(
      answered(fetched(picture, ...properties, ["Data", base64(bytes)])),
    );
    const { parts, document } = await bench.operateInParts(fetch(picture, range));
    expect(document).toEqual(answered(fetched(picture, ...properties, ["Part", "1"])));
    expect(parts).toEqual([Buffer.from(bytes)]);
  });

  it.each(["10-12", "3-2", "a-b", "-5", "5", "1-2-3", "99999999999999999999-999999999999999999999"])(
    "has Status 8 for the range %s",
    async (range) => {
      const bench = startBench();
      const picture = await bench.fileReference(0);
      expect(await bench.operate(fetch(picture, range))).toEqual(answered(refused(8, picture)));
    },
  );

  it("has Status 15 for a name that nothing has, of an item that is gone, or of another user", async () => {
    const bench = startBench();
    const picture = await bench.fileReference(0);
    const foreign = bench.mailbox.deliver("bob@example.com", "Subject: x\r\n\r\nx");
    bench.mailbox.removeItem(user, "inbox", bench.id);
    const names = [picture, "nothing", "../../etc/passwd", `${foreign}.0`, "\u{1f4ce}"];
    expect(await bench.operate(...names.map((name) => fetch(name)))).toEqual(
      answered(...names.map((name) => refused(15, name))),
    );
  });

  it("has Status 15 where the mailbox gives no attachments", async () => {
    const mailbox = Object.assign(new MemoryMailbox(), { attachment: undefined });
    const bench = startBench("16.1", mailbox as unknown as MemoryMailbox);
    expect(await bench.operate(fetch("a"))).toEqual(answered(refused(15, "a")));
  });

  it("finds an attachment by its name after the mail was moved", async () => {
    const bench = startBench();
    const picture = await bench.fileReference(0);
    bench.mailbox.moveItem(user, "inbox", bench.id, "deleted");
    expect(await bench.operate(fetch(picture))).toEqual(
      answered(fetched(picture, ["ContentType", "image/png"], ["Data", base64(pictureBytes)])),
    );
  });

  it("has Status 16 for what the user may not, and 10 for an empty one", async () => {
    const bench = startBench("16.1", new ContentMailbox());
    expect(await bench.operate(fetch("forbidden"), fetch("empty:0"), fetch("empty:0", "0-1"))).toEqual(
      answered(refused(16, "forbidden"), refused(10, "empty:0"), refused(10, "empty:0")),
    );
  });

  it("has Status 12 for a small one that cannot be read, or that ends too early", async () => {
    const mailbox = new ContentMailbox();
    const bench = startBench("16.1", mailbox);
    expect(await bench.operate(fetch("broken:5"), fetch("short:5"), fetch("good:1"))).toEqual(
      answered(
        refused(12, "broken:5"),
        refused(12, "short:5"),
        fetched("good:1", ["ContentType", "application/x-test"], ["Data", base64(Buffer.from("x"))]),
      ),
    );
    expect(mailbox.returned).toBe(3);
  });

  it("cuts what is longer than it says", async () => {
    const mailbox = new ContentMailbox();
    const bench = startBench("16.1", mailbox);
    const { parts } = await bench.operateInParts(fetch("long:2500"), fetch("long:100000"));
    expect(parts.map(({ length }) => length)).toEqual([2_500, 100_000]);
    expect(mailbox.returned).toBe(2);
  });

  it("streams what is large, inline and in parts, with the length known before", async () => {
    const bench = startBench("16.1", new ContentMailbox());
    const inline = await bench.device.command(
      "ItemOperations",
      element(ItemOperations.ItemOperations, [fetch("a:1000001"), fetch("b:70001")]),
    );
    expect(inline.headers["content-length"]).toBe(String(inline.body?.length));
    const { parts, answer } = await bench.operateInParts(fetch("a:1000001"), fetch("b:70001"));
    expect(answer.headers["content-length"]).toBe(String(answer.body?.length));
    expect(parts.map(({ length }) => length)).toEqual([1_000_001, 70_001]);
    expect(await bench.operate(fetch("b:70001"))).toEqual(
      answered(
        fetched(
          "b:70001",
          ["ContentType", "application/x-test"],
          ["Data", base64(Buffer.alloc(70_001, "x"))],
        ),
      ),
    );
  });

  it("breaks off where a large one cannot be read to its end", async () => {
    const bench = startBench("16.1", new ContentMailbox());
    await expect(bench.operate(fetch("short:200000"))).rejects.toThrow("1 bytes too early");
    await expect(bench.operateInParts(fetch("broken:200000"))).rejects.toThrow("the disk is gone");
  });

  it("has Status 11 for more than a multipart body can carry", async () => {
    const bench = startBench("16.1", new ContentMailbox());
    expect(await bench.operate(fetch("huge:5000000000"))).toEqual(answered(refused(11, "huge:5000000000")));
  });

  it("answers 503 when the mailbox cannot be reached, or tells a size that is none", async () => {
    const bench = startBench("16.1", new ContentMailbox());
    const request = (name: string): WbxmlElement => element(ItemOperations.ItemOperations, [fetch(name)]);
    expect((await bench.device.command("ItemOperations", request("bad:-1"))).status).toBe(503);
    expect((await bench.device.command("ItemOperations", request("bad:NaN"))).status).toBe(503);
    const failing = startBench();
    failing.mailbox.faults.failWith(new Error("down"), ["attachment"]);
    expect((await failing.device.command("ItemOperations", request("a"))).status).toBe(503);
  });
});
