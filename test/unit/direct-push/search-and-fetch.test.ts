import { expect, it } from "vitest";
import { createDirectPush, type ProtocolVersion } from "../../../src/index.js";
import { InProcessDevice, MemoryMailbox } from "../../../src/testing/index.js";
import {
  AirSync,
  decode,
  element,
  emptyElement,
  ItemOperations,
  Search,
  textElement,
} from "../../../src/wbxml/index.js";
import { plain } from "../commands/command-context.js";

const user = "alice@example.com";

function setUp(version: ProtocolVersion) {
  const mailbox = new MemoryMailbox();
  const directPush = createDirectPush({
    mailbox,
    source: mailbox,
    authenticate: async () => ({ kind: "user", user }),
  });
  mailbox.createFolder(user, { name: "Five", id: "5" });
  mailbox.deliver(user, "Subject: Invoice\r\n\r\nPlease pay.\r\n", { folder: "5" });
  return { mailbox, device: new InProcessDevice(directPush, { version }) };
}

it.each(["12.1", "14.0", "14.1", "16.0", "16.1"] as const)(
  "a phone of version %s fetches what it found, by its LongId",
  async (version) => {
    const { device } = setUp(version);
    const found = await device.command(
      "Search",
      element(Search.Search, [
        element(Search.Store, [
          textElement(Search.Name, "Mailbox"),
          element(Search.Query, [
            element(Search.And, [
              textElement(AirSync.Class, "Email"),
              textElement(AirSync.CollectionId, "5"),
              textElement(Search.FreeText, "invoice"),
            ]),
          ]),
          element(Search.Options, [
            emptyElement(Search.RebuildResults),
            emptyElement(Search.DeepTraversal),
            textElement(Search.Range, "0-9"),
          ]),
        ]),
      ]),
    );
    const longId = /\["LongId","([^"]+)"/.exec(JSON.stringify(found.document && plain(found.document)))?.[1];
    const fetched = await device.command(
      "ItemOperations",
      element(ItemOperations.ItemOperations, [
        element(ItemOperations.Fetch, [
          textElement(ItemOperations.Store, "Mailbox"),
          textElement(Search.LongId, longId ?? "none"),
        ]),
      ]),
    );
    expect(JSON.stringify(fetched.document && plain(fetched.document))).toContain("Please pay.");
  },
);

it("answers a Find as it travels", async () => {
  const bytes =
    "03016a00001945460332463742314135302d303030302d343030302d38303030" +
    "2d303030303030303030303031000147484900005003456d61696c0001520335" +
    "000100194b03696e766f6963650001014c4d03302d343900010e01010101";
  const { device } = setUp("16.1");
  const document = decode(Buffer.from(bytes, "hex"));
  const answer = await device.command("Find", document);
  expect(JSON.stringify(answer.document && plain(answer.document))).toContain('["Subject","Invoice"]');
});

it("refuses Find below 16.1", async () => {
  const { device } = setUp("16.0");
  const answer = await device.command("Find", element(Search.Search, []));
  expect(answer.document === undefined ? answer.status : JSON.stringify(plain(answer.document))).toMatch(
    /137|138/,
  );
});
