import { describe, expect, test } from "vitest";
import { mailboxContract } from "../../../src/testing/mailbox-contract.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

const user = "alice";
const content = Buffer.from("content of a file");
const message = [
  "Content-Type: application/pdf",
  "Content-Disposition: attachment; filename=a.pdf",
  "Content-Transfer-Encoding: base64",
  "",
  content.toString("base64"),
].join("\r\n");

type AttachmentArgs = Parameters<MemoryMailbox["attachment"]>;
type AttachmentAnswer = ReturnType<MemoryMailbox["attachment"]>;

async function failures(mailbox: () => MemoryMailbox): Promise<readonly string[]> {
  const suite = mailboxContract(() => {
    const subject = mailbox();
    return {
      mailbox: subject,
      ref: { user },
      folder: "inbox",
      add: async (receivedMs) => subject.deliver(user, "Subject: x\r\n\r\nx", { receivedMs }),
      addAttachment: async () => {
        const id = subject.deliver(user, message);
        const item = await subject.item({ user }, "inbox", id, { bodies: [], withBody: false });
        const [attachment] = (item?.class === "Email" ? item.attachments : undefined) ?? [];
        return { fileReference: attachment?.fileReference ?? "", content };
      },
    };
  });
  const failed: string[] = [];
  for (const { name, run } of suite) await run().catch(() => failed.push(name));
  return failed;
}

class IgnoresRanges extends MemoryMailbox {
  override attachment(...args: AttachmentArgs): AttachmentAnswer {
    return super.attachment(args[0], args[1]);
  }
}

class TellsTheSizeOfTheRange extends MemoryMailbox {
  override async attachment(...args: AttachmentArgs): AttachmentAnswer {
    const opened = await super.attachment(...args);
    const [, , range] = args;
    if (opened.kind !== "attachment" || range === undefined) return opened;
    return { ...opened, sizeBytes: range.last - range.first + 1 };
  }
}

class EstimatesSizes extends MemoryMailbox {
  override async attachment(...args: AttachmentArgs): AttachmentAnswer {
    const opened = await super.attachment(...args);
    return opened.kind === "attachment" ? { ...opened, sizeBytes: opened.sizeBytes + 1 } : opened;
  }
}

class OpensOnce extends MemoryMailbox {
  #opened: AttachmentAnswer | undefined;
  override attachment(...args: AttachmentArgs): AttachmentAnswer {
    this.#opened ??= super.attachment(...args);
    return this.#opened;
  }
}

class FindsAnything extends MemoryMailbox {
  override async attachment(...args: AttachmentArgs): AttachmentAnswer {
    const opened = await super.attachment(...args);
    return opened.kind === "attachment" ? opened : { kind: "forbidden" };
  }
}

class LeavesAnItem extends MemoryMailbox {
  override async emptyFolder(
    ...[ref, folder]: Parameters<MemoryMailbox["emptyFolder"]>
  ): ReturnType<MemoryMailbox["emptyFolder"]> {
    const [first] = this.snapshot(ref.user, folder).keys();
    if (first !== undefined) this.removeItem(ref.user, folder, first);
    return { kind: "emptied" };
  }
}

describe("the mailbox contract about attachments and empty folders", () => {
  test("a mailbox without fault passes", async () => {
    expect(await failures(() => new MemoryMailbox())).toEqual([]);
  });

  test.each([
    [IgnoresRanges, "an attachment is read in ranges"],
    [TellsTheSizeOfTheRange, "an attachment is read in ranges"],
    [EstimatesSizes, "an attachment has the size that it tells"],
    [OpensOnce, "an attachment is read again and at the same time"],
    [FindsAnything, "an attachment of a made-up name is not found"],
    [LeavesAnItem, "an emptied folder is empty, and its change list tells so"],
    [LeavesAnItem, "a folder that does not exist is not emptied"],
  ])("%o fails", async (Faulty, name) => {
    expect(await failures(() => new Faulty())).toContain(name);
  });
});
