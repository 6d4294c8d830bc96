/** How the items of a class are written on the wire by the simulated phones, and what of them is compared. */
import type { MailboxItem } from "../../src/index.js";
import {
  Calendar,
  Contacts,
  childText,
  Email,
  Tasks,
  textElement,
  type WbxmlElement,
} from "../../src/wbxml/index.js";

/** The classes that the simulation uses. */
export type SimulatedClass = "Email" | "Calendar" | "Contacts" | "Tasks";

/** What phones and the mailbox must agree on about an item. */
export interface Content {
  readonly title: string;
  /** Mail alone. */
  readonly read: boolean;
}

/** Makes a new item as a mail server would hold it. */
export function itemOf(itemClass: SimulatedClass, content: Content, dateMs: number): MailboxItem {
  switch (itemClass) {
    case "Email":
      return {
        class: "Email",
        subject: content.title,
        from: "sender@example.com",
        to: "alice@example.com",
        dateReceivedMs: dateMs,
        read: content.read,
        body: { native: "plain", plain: { data: content.title } },
      };
    case "Calendar":
      return {
        class: "Calendar",
        subject: content.title,
        startTimeMs: dateMs - 3_600_000,
        endTimeMs: dateMs,
        uid: content.title,
      };
    case "Contacts":
      return { class: "Contacts", firstName: content.title };
    case "Tasks":
      return { class: "Tasks", subject: content.title, complete: false };
  }
}

/** What is compared of an item. */
export function contentOf(item: MailboxItem): Content {
  if (item.class === "Email") return { title: item.subject, read: item.read };
  return { title: (item.class === "Contacts" ? item.firstName : item.subject) ?? "", read: false };
}

/** The same with another title. */
export function retitled(item: MailboxItem, title: string): MailboxItem {
  return item.class === "Contacts" ? { ...item, firstName: title } : { ...item, subject: title };
}

/** What a phone sends to add or to change an item. */
export function elementsOf(itemClass: SimulatedClass, content: Content, dateMs: number): WbxmlElement[] {
  switch (itemClass) {
    case "Email":
      return [textElement(Email.Read, content.read)];
    case "Calendar":
      return [
        textElement(Calendar.Subject, content.title),
        textElement(Calendar.StartTime, compactTime(dateMs - 3_600_000)),
        textElement(Calendar.EndTime, compactTime(dateMs)),
      ];
    case "Contacts":
      return [textElement(Contacts.FirstName, content.title)];
    case "Tasks":
      return [textElement(Tasks.Subject, content.title), textElement(Tasks.Complete, 0)];
  }
}

/** What ApplicationData says, on top of what was known: a Change of a mail may carry its flags alone. */
export function contentFrom(
  itemClass: SimulatedClass,
  data: WbxmlElement,
  known: Content | undefined,
): Content {
  const title = childText(data, titleTag[itemClass]) ?? known?.title ?? "";
  const read =
    itemClass === "Email" ? (childText(data, Email.Read) ?? (known?.read ? "1" : "0")) === "1" : false;
  return { title, read };
}

const titleTag = {
  Email: Email.Subject,
  Calendar: Calendar.Subject,
  Contacts: Contacts.FirstName,
  Tasks: Tasks.Subject,
} as const;

function compactTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
