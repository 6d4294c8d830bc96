/** How the items of a class are written on the wire by the simulated phones, and what of them is compared. */
import type { MailboxItem } from "../../src/index.js";
import {
  Calendar,
  Contacts,
  child,
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
  /** The one category of a mail, or nothing; phones before 14.0 are not told. */
  readonly mark: string;
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
        categories: content.mark === "" ? [] : [content.mark],
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

/** A mail that invites to a meeting, an hour long, by that title. */
export function invitationOf(
  title: string,
  organizer: string,
  dateMs: number,
  startTimeMs: number,
): MailboxItem {
  return {
    ...itemOf("Email", contentTitled(title), dateMs),
    class: "Email",
    messageClass: "IPM.Schedule.Meeting.Request",
    meetingRequest: {
      uid: title,
      dtStampMs: dateMs,
      startTimeMs,
      endTimeMs: startTimeMs + 3_600_000,
      organizer,
    },
  } as MailboxItem;
}

/** What is compared of an item. */
export function contentOf(item: MailboxItem): Content {
  if (item.class === "Email") {
    return { title: item.subject, read: item.read, mark: item.categories?.join() ?? "" };
  }
  return contentTitled((item.class === "Contacts" ? item.firstName : item.subject) ?? "");
}

/** What an item is when it was just made. */
export function contentTitled(title: string): Content {
  return { title, read: false, mark: "" };
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

/** A Change that no server can take. */
export function brokenElements(itemClass: SimulatedClass): WbxmlElement[] {
  const tag = {
    Email: Email.Subject,
    Calendar: Calendar.StartTime,
    Contacts: Contacts.Birthday,
    Tasks: Tasks.DueDate,
  }[itemClass];
  return [textElement(tag, "at noon")];
}

/** What ApplicationData says, on top of what was known: a Change of a mail may carry its flags alone. */
export function contentFrom(
  itemClass: SimulatedClass,
  data: WbxmlElement,
  known: Content | undefined,
): Content {
  const title = childText(data, titleTag[itemClass]) ?? known?.title ?? "";
  if (itemClass !== "Email") return contentTitled(title);
  const read = (childText(data, Email.Read) ?? (known?.read ? "1" : "0")) === "1";
  const marks = child(data, Email.Categories);
  return {
    title,
    read,
    mark: marks === undefined ? (known?.mark ?? "") : (childText(marks, Email.Category) ?? ""),
  };
}

const titleTag = {
  Email: Email.Subject,
  Calendar: Calendar.Subject,
  Contacts: Contacts.FirstName,
  Tasks: Tasks.Subject,
} as const;

/** A time as the Calendar class writes it. */
export function compactTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
