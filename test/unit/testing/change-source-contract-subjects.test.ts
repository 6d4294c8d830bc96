import { describe, test } from "vitest";
import { changesFromListing } from "../../../src/mailbox/listed-changes.js";
import { HIERARCHY } from "../../../src/push/mailbox-change-source.js";
import { mailboxChangeSourceContract } from "../../../src/testing/change-source-contract.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

const user = "alice";
const mailbox = { user };

describe("the memory mailbox, a folder", () => {
  const suite = mailboxChangeSourceContract(() => {
    const source = new MemoryMailbox();
    const change = async (): Promise<void> => {
      source.deliver(user, "Subject: x\r\n\r\n");
    };
    return { source, mailbox, folder: "inbox", otherFolder: "sent", change };
  });
  for (const { name, run } of suite) test(name, run);
});

describe("the memory mailbox, the folder tree", () => {
  const suite = mailboxChangeSourceContract(() => {
    const source = new MemoryMailbox();
    let made = 0;
    const change = async (): Promise<void> => {
      source.createFolder(user, { name: `folder ${++made}` });
    };
    return { source, mailbox, folder: HIERARCHY, otherFolder: "sent", change };
  });
  for (const { name, run } of suite) test(name, run);
});

describe("changes from listings", () => {
  const suite = mailboxChangeSourceContract(() => {
    const store = new MemoryMailbox();
    const source = changesFromListing({
      list: async (_mailbox, folder) =>
        [...store.snapshot(user, folder)].map(([id, item]) => ({ id, ...item })),
      intervalMs: 2,
    });
    const change = async (): Promise<void> => {
      store.deliver(user, "Subject: x\r\n\r\n");
    };
    return { source, mailbox, folder: "inbox", otherFolder: "sent", change };
  });
  for (const { name, run } of suite) test(name, run);
});
