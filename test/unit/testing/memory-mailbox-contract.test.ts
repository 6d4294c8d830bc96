import { describe, test } from "vitest";
import type { MailboxItem } from "../../../src/mailbox/items/item.js";
import { mailboxContract } from "../../../src/testing/mailbox-contract.js";
import type { ListedPerson, MailboxSubject } from "../../../src/testing/mailbox-contract-subject.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";

const user = "alice";

function subject(
  folder: string,
  kind: "user-mail" | "user-calendar" | "user-notes",
  item: (dateMs: number) => MailboxItem,
): MailboxSubject {
  const mailbox = new MemoryMailbox();
  return {
    mailbox,
    ref: { user },
    folder,
    otherFolder: mailbox.createFolder(user, { name: "Other", kind }).id,
    add: async (dateMs) => mailbox.addItem(user, folder, item(dateMs)),
    newItem: () => item(0),
  };
}

function mail(dateReceivedMs: number): MailboxItem {
  return { class: "Email", subject: "s", from: "f", to: "t", dateReceivedMs, read: false };
}

describe("a mail folder", () => {
  for (const { name, run } of mailboxContract(() => subject("inbox", "user-mail", mail))) test(name, run);
});

describe("a calendar", () => {
  const appointment = (endTimeMs: number): MailboxItem => ({
    class: "Calendar",
    startTimeMs: endTimeMs - 1,
    endTimeMs,
  });
  const make = () => subject("calendar", "user-calendar", appointment);
  for (const { name, run } of mailboxContract(make)) test(name, run);
});

describe("notes, which have no date", () => {
  const make = () => subject("notes", "user-notes", () => ({ class: "Notes" }));
  for (const { name, run } of mailboxContract(make)) test(name, run);
});

describe("delivered mail", () => {
  const make = (): MailboxSubject => {
    const mailbox = new MemoryMailbox();
    const add = async (receivedMs: number) => mailbox.deliver(user, "Subject: x\r\n\r\nbody", { receivedMs });
    const deliver = async (message: string, receivedMs: number) =>
      mailbox.deliver(user, message, { receivedMs });
    const person: ListedPerson = {
      displayName: "bob",
      emailAddress: "bob@example.com",
      addAppointment: async (startTimeMs, endTimeMs) => {
        mailbox.addItem("bob@example.com", "calendar", { class: "Calendar", startTimeMs, endTimeMs });
      },
    };
    mailbox.deliver(person.emailAddress, "Subject: x\r\n\r\nbody");
    const content = Buffer.alloc(200_000, "0123456789");
    const attached = [
      "Content-Type: application/pdf",
      "Content-Disposition: attachment; filename=a.pdf",
      "Content-Transfer-Encoding: base64",
    ].join("\r\n");
    const addAttachment = async () => {
      const id = mailbox.deliver(user, `${attached}\r\n\r\n${content.toString("base64")}`);
      const item = await mailbox.item({ user }, "inbox", id, { bodies: [], withBody: false });
      const [attachment] = (item?.class === "Email" ? item.attachments : undefined) ?? [];
      return { fileReference: attachment?.fileReference ?? "", content };
    };
    const folders = { folder: "inbox", otherFolder: "deleted" };
    return { mailbox, ref: { user }, ...folders, add, addAttachment, deliver, person };
  };
  for (const { name, run } of mailboxContract(make)) test(name, run);
});
