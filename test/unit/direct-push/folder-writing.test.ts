/** The folder commands through the whole server. */
import { describe, expect, it } from "vitest";
import { createDirectPush, type ProtocolVersion } from "../../../src/index.js";
import { InProcessDevice, MemoryMailbox } from "../../../src/testing/index.js";
import { childText, element, FolderHierarchy, textElement } from "../../../src/wbxml/index.js";

const user = "alice@example.com";
const writing = ["FolderCreate", "FolderDelete", "FolderUpdate"];

async function setUp(mailbox: MemoryMailbox, version: ProtocolVersion) {
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    authenticate: async () => ({ kind: "user", user }),
  });
  const phone = new InProcessDevice(directPush, { version });
  await phone.provision();
  await phone.folderSync();
  const advertised = (await phone.options()).headers["ms-asprotocolcommands"]?.split(",") ?? [];
  const create = element(FolderHierarchy.FolderCreate, [
    textElement(FolderHierarchy.SyncKey, phone.folderSyncKey),
    textElement(FolderHierarchy.ParentId, 0),
    textElement(FolderHierarchy.DisplayName, "New"),
    textElement(FolderHierarchy.Type, 12),
  ]);
  return { advertised, answer: await phone.command("FolderCreate", create) };
}

describe.each(["12.1", "14.0", "14.1", "16.0", "16.1"] as const)(
  "folder commands in version %s",
  (version) => {
    it("are advertised and answered where the mailbox can change its folders", async () => {
      const { advertised, answer } = await setUp(new MemoryMailbox(), version);
      expect(advertised).toEqual(expect.arrayContaining(writing));
      expect(childText(answer.document, FolderHierarchy.Status)).toBe("1");
    });

    it("are neither where it cannot do all of it", async () => {
      const mailbox = new MemoryMailbox();
      Object.defineProperty(mailbox, "updateFolder", { value: undefined });
      const { advertised, answer } = await setUp(mailbox, version);
      expect(advertised).toContain("MoveItems");
      expect(advertised).not.toEqual(expect.arrayContaining([expect.stringMatching(/^Folder[^S]/)]));
      if (version === "12.1") expect(answer.status).toBe(501);
      else expect(childText(answer.document, FolderHierarchy.Status)).toBe("137");
    });

    it.each([
      ["quota-exceeded", 507, "113"],
      ["too-many-folders", 400, "151"],
    ] as const)("tell that the mailbox is full: %s", async (kind, httpStatus, status) => {
      const mailbox = new MemoryMailbox();
      mailbox.addFolder = async () => ({ kind });
      const { answer } = await setUp(mailbox, version);
      if (version === "12.1") expect(answer.status).toBe(httpStatus);
      else expect(childText(answer.document, FolderHierarchy.Status)).toBe(status);
    });
  },
);
